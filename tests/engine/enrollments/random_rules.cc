#include "tests/engine/enrollments/random_rules.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/engine/enrollments/told_world.h"

namespace aftercare::engine {
namespace {

v1::Rule RandomDays(Random& random, const std::string& id) {
  const std::vector<std::string> times = RandomTimes(random);
  const int first = random.Upto(2);
  switch (random.Upto(7)) {
    case 0:
    case 1: {
      std::set<int> days = {1 + random.Upto(9)};
      while (random.OneIn(2)) days.insert(1 + random.Upto(9));
      return On(id, {days.begin(), days.end()}, times);
    }
    case 2: {
      std::set<v1::Weekday> days;
      do {
        days.insert(static_cast<v1::Weekday>(1 + random.Upto(6)));
      } while (random.OneIn(2));
      return Weekly(id, {days.begin(), days.end()}, times[0], /*last_day=*/21);
    }
    case 3:
      return Monthly(id, 1, 3, times[0]);
    default: {
      const int length = random.Of<int>({2, 6, 10});
      return Daily(id, first, first + length, times, random.Of<int>({1, 1, 1, 2, 3}));
    }
  }
}

}  // namespace

std::string RandomPatientZone(Random& random) {
  return random.Of<std::string>({"Pacific/Honolulu", "America/Los_Angeles", "America/New_York", "America/St_Johns",
                                 "UTC", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Auckland"});
}

std::vector<std::string> RandomTimes(Random& random) {
  const std::vector<std::string> all = {"00:30", "06:00", "08:00", "08:30", "12:00", "17:00", "20:00",
                                        "21:00", "23:30"};
  std::set<std::string> times = {random.Of(all)};
  if (random.OneIn(3)) times.insert(random.Of(all));
  return {times.begin(), times.end()};
}

v1::Rule RandomRule(Random& random, const std::string& id, const std::string& series) {
  const std::vector<std::string> windows = {"", "", "hours: 2", "hours: 12", "until: '23:45'", "days: 1", "days: 3"};
  const v1::Rule days = RandomDays(random, id);
  v1::Rule rule = With(days, absl::StrCat("schedule { window { ", random.Of(windows), " } }"));
  rule.set_series(series);
  rule.set_supersede(random.OneIn(6));
  if (random.OneIn(8)) rule = With(rule, "conditions { factor: 'severity' values: 'mild' }");
  return rule;
}

}  // namespace aftercare::engine
