// Properties that hold for every change of facts, tried on random rules, patients and changes. Each test prints its
// seed; AFTERCARE_SEED runs another.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/plan/matching_world.h"
#include "tests/support/random.h"

namespace aftercare::plan {
namespace {

constexpr int kScenarios = 1500;

std::string RandomZone(Random* random) {
  return random->Of<std::string>({"Pacific/Honolulu", "America/Los_Angeles", "America/New_York", "America/St_Johns",
                                  "UTC", "Europe/London", "Asia/Kathmandu", "Pacific/Auckland", "Australia/Lord_Howe",
                                  "Pacific/Apia"});
}

std::string RandomTimes(Random* random) {
  return random->Of<std::string>({"08:00", "00:30", "02:30", "06:00", "12:00", "20:00", "23:30", "08:00 20:00",
                                  "09:00 21:00", "06:00 12:00 17:00"});
}

// A rule of the series `s`.
WorldRule RandomRule(Random* random, const std::string& id) {
  const std::string times = RandomTimes(random);
  WorldRule rule;
  switch (random->Upto(4)) {
    case 0:
      rule = On(id, random->Of<std::vector<int>>({{1}, {2}, {-1}, {1, 7}, {-7, -1}, {1, 2, 3}}), times);
      break;
    case 1:
      rule = Weekly(id, random->Of<std::vector<int>>({{0}, {2}, {4}, {0, 3}, {1, 3, 5}}), times);
      break;
    case 2:
      rule = Monthly(id, random->Upto(1), 4, times);
      break;
    default:
      rule = Daily(id, random->Of<int>({-5, 0, 1}), random->Of<int>({3, 10, 25}), times);
  }
  rule.series = "s";
  rule.window_days = random->Of<int>({0, 0, 1, 3});
  rule.window_hours = random->OneIn(4) ? 2 : 0;
  rule.supersede = random->OneIn(5);
  return rule;
}

WorldFacts RandomFacts(Random* random) {
  WorldFacts facts;
  facts.date = absl::CivilDay(2026, 1 + random->Upto(11), 1 + random->Upto(30));
  facts.zone = RandomZone(random);
  facts.rules = {RandomRule(random, "a")};
  if (random->OneIn(3)) facts.rules.push_back(RandomRule(random, "b"));
  if (random->OneIn(3)) {
    facts.rules.push_back(On("eve", {-7, -1}, "10:00"));
    facts.rules.back().visit = "visit";
    facts.appointments["visit"] = absl::CivilMinute(facts.date + 2 + random->Upto(10)) + 540;
  }
  return facts;
}

// The facts with one or two of them changed.
WorldFacts Changed(WorldFacts facts, Random* random) {
  const int kind = random->Upto(4);
  if (kind <= 1) facts.date += random->OneIn(2) ? random->Upto(40) - 10 : random->Of<int>({-2, -1, 1, 2});
  if (kind == 1 || kind == 2) facts.zone = RandomZone(random);
  if (kind == 3) facts.rules[0] = RandomRule(random, random->Of<std::string>({"a", "c"}));
  if (kind == 4) {
    for (auto& [visit, start] : facts.appointments) start += random->Of<int>({-1440, 60, 360, 1440, 7200});
  }
  return facts;
}

// Lets some days pass, in which not all goes well.
void PlayDays(MatchingWorld* world, Random* random) {
  const absl::Time end = world->now() + absl::Minutes(random->Upto(9 * 1440));
  world->PlayUntil(end, [random](const WorldRule&, absl::CivilMinute) {
    switch (random->Upto(15)) {
      case 0:
        return Outcome::kAnswered;
      case 1:
        return Outcome::kFailed;
      case 2:
        return Outcome::kLeased;
      case 3:
        return Outcome::kWaits;
      default:
        return Outcome::kSent;
    }
  });
}

// Runs a check on worlds that have a history of one to three changes, with things sent between them.
void ForRandomWorlds(const std::function<void(MatchingWorld* world, Random* random)>& check) {
  const uint64_t seed = SeedOfRun();
  for (int i = 0; i < kScenarios && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("scenario ", i, " of seed ", seed));
    Random random(seed * 1'000'003 + i);
    const WorldFacts facts = RandomFacts(&random);
    MatchingWorld world(facts, absl::CivilMinute(facts.date + random.Of<int>({-8, -2, 0, 1})) + 600);
    if (random.OneIn(4) && !world.plan().empty()) {
      const Telling& telling = world.plan()[random.Upto(static_cast<int>(world.plan().size()) - 1)];
      world.CallOff(std::string(telling.rule), absl::CivilDay(telling.nominal));
    }
    PlayDays(&world, &random);
    for (int changes = random.Upto(2); changes > 0; --changes) {
      world.Change(Changed(world.facts(), &random), /*keep_sent=*/random.OneIn(8));
      if (random.OneIn(3)) world.ReportAllSent();
      PlayDays(&world, &random);
    }
    check(&world, &random);
  }
}

// What is covered, by the names of the reminders.
std::map<std::string, absl::Time> CoversOf(const std::vector<StoredReminder>& reminders,
                                           const std::vector<Telling>& plan, const MatchFacts& facts) {
  std::map<std::string, absl::Time> covers;
  const std::vector<std::optional<int>> indices = Match(reminders, plan, facts);
  for (size_t i = 0; i < reminders.size(); ++i) {
    if (indices[i].has_value()) covers[std::string(reminders[i].name)] = plan[*indices[i]].instant;
  }
  return covers;
}

TEST(MatchPropertyTest, AnUndoneChangeRestoresWhatIsCoveredAndDue) {
  ForRandomWorlds([](MatchingWorld* world, Random* random) {
    const WorldFacts facts = world->facts();
    const std::vector<std::string> covers = world->Covers();
    const std::vector<std::string> due = world->Due();
    const bool leased = world->HasLeases();
    world->Change(Changed(facts, random));
    world->Change(facts);
    EXPECT_EQ(world->Covers(), covers);
    // What is leased ends with the change, and is then due again as another reminder.
    if (!leased) {
      EXPECT_EQ(world->Due(), due);
    }
  });
}

TEST(MatchPropertyTest, ChangingNothingChangesNothing) {
  ForRandomWorlds([](MatchingWorld* world, Random*) {
    const std::vector<std::string> covers = world->Covers(/*open=*/true);
    const std::vector<std::string> due = world->Due();
    world->Change(world->facts());
    EXPECT_EQ(world->Covers(/*open=*/true), covers);
    EXPECT_EQ(world->Due(), due);
  });
}

TEST(MatchPropertyTest, TheOrderOfRemindersAndOccurrencesDoesNotMatter) {
  ForRandomWorlds([](MatchingWorld* world, Random* random) {
    world->Change(Changed(world->facts(), random));
    std::vector<StoredReminder> reminders = world->reminders();
    std::vector<Telling> plan = world->plan();
    const auto covers = CoversOf(reminders, plan, world->match_facts());
    for (size_t i = reminders.size(); i > 1; --i) std::swap(reminders[i - 1], reminders[random->Upto(i - 1)]);
    for (size_t i = plan.size(); i > 1; --i) std::swap(plan[i - 1], plan[random->Upto(i - 1)]);
    EXPECT_EQ(CoversOf(reminders, plan, world->match_facts()), covers);
  });
}

TEST(MatchPropertyTest, EachReminderCoversAtMostOneOccurrenceOfItsSeriesAndAnchor) {
  ForRandomWorlds([](MatchingWorld* world, Random* random) {
    world->Change(Changed(world->facts(), random));
    const std::vector<StoredReminder> reminders = world->reminders();
    std::set<int> covered;
    const std::vector<std::optional<int>> indices = Match(reminders, world->plan(), world->match_facts());
    ASSERT_EQ(indices.size(), reminders.size());
    for (size_t i = 0; i < reminders.size(); ++i) {
      if (!indices[i].has_value()) continue;
      EXPECT_TRUE(covered.insert(*indices[i]).second) << reminders[i].name << " covers what another covers";
      EXPECT_EQ(world->plan()[*indices[i]].series, reminders[i].telling.series);
      EXPECT_EQ(world->plan()[*indices[i]].start, reminders[i].telling.start);
    }
  });
}

TEST(MatchPropertyTest, OpenRemindersMakeNoDifferenceToWhatOthersCover) {
  ForRandomWorlds([](MatchingWorld* world, Random* random) {
    world->Change(Changed(world->facts(), random));
    const std::vector<StoredReminder> reminders = world->reminders();
    std::vector<StoredReminder> closed;
    std::copy_if(reminders.begin(), reminders.end(), std::back_inserter(closed),
                 [](const StoredReminder& r) { return r.standing != Standing::kOpen; });
    auto covers = CoversOf(reminders, world->plan(), world->match_facts());
    for (const StoredReminder& r : reminders) {
      if (r.standing == Standing::kOpen) covers.erase(std::string(r.name));
    }
    EXPECT_EQ(CoversOf(closed, world->plan(), world->match_facts()), covers);
  });
}

}  // namespace
}  // namespace aftercare::plan
