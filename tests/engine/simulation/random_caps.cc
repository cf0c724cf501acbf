#include "tests/engine/simulation/random_caps.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/text_proto.h"

namespace aftercare::engine {
namespace {

v1::MessageCap RandomCap(Random& random) {
  v1::MessageCap cap;
  if (!random.OneIn(4)) cap.set_per_day(1 + random.Upto(2));
  if (random.OneIn(2)) cap.set_per_week(2 + random.Upto(6));
  return cap;
}

}  // namespace

void AddDailyRules(Random& random, v1::Pathway* pathway) {
  for (int i = 0; i <= random.Upto(2); ++i) {
    const std::string times =
        random.Of<std::string>({"'08:00'", "'09:00'", "'12:00'", "'18:00'", "'08:00' times: '18:00'"});
    *pathway->add_rules() = FromText<v1::Rule>(absl::StrCat(
        "id: 'd", i, "' phase: 'early' category: '", random.OneIn(2) ? "ice" : "rest", "' schedule { daily {} times: ",
        times, " span { days { first: 0 last: ", 2 + random.Upto(6), " } } window { days: ", random.Upto(3),
        " } } texts { key: 'en' value: 'Hello' } supersede: ", random.OneIn(3) ? "true" : "false"));
  }
}

void SetRandomCap(Random& random, v1::Clinic* clinic) {
  clinic->clear_message_cap();
  if (random.OneIn(2)) *clinic->mutable_message_cap() = RandomCap(random);
}

void SetRandomCap(Random& random, v1::Pathway* pathway) {
  pathway->clear_message_cap();
  pathway->clear_important_categories();
  if (!random.OneIn(3)) *pathway->mutable_message_cap() = RandomCap(random);
  std::vector<std::string> categories;
  for (const v1::Rule& rule : pathway->rules()) {
    const bool is_known = std::count(categories.begin(), categories.end(), rule.category()) > 0;
    if (rule.audience() != v1::AUDIENCE_CARE_TEAM && !is_known) categories.push_back(rule.category());
  }
  if (random.OneIn(2)) std::reverse(categories.begin(), categories.end());
  for (const std::string& category : categories) {
    if (!random.OneIn(3)) pathway->add_important_categories(category);
  }
}

}  // namespace aftercare::engine
