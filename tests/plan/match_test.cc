// The rules by which stored reminders cover the occurrences of a new plan, one by one. The year is 2026.

#include "scheduler/plan/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "tests/plan/matching_world.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;

constexpr char kNone[] = "nothing";

absl::TimeZone Zone(const std::string& name = "America/New_York") { return FindZone(name).value(); }

absl::Time At(const std::string& local, absl::TimeZone zone = Zone()) {
  return absl::FromCivil(absl::CivilSecond(Local(local)), zone);
}

// An occurrence of a repeating rule at a local time. Its window ends with the day.
Telling Repeating(const std::string& local, absl::TimeZone zone = Zone()) {
  Telling telling;
  telling.series = "s";
  telling.rule = "r";
  telling.nominal = Local(local);
  telling.zone = zone;
  telling.instant = At(local, zone);
  telling.expire = absl::FromCivil(absl::CivilDay(Local(local)) + 1, zone);
  return telling;
}

Telling OnLine(int offset, const std::string& local, int times = 1) {
  Telling telling = Repeating(local);
  telling.line = Line{.days = offset};
  telling.times = times;
  return telling;
}

Telling OfVisit(const std::string& local, const std::string& start) {
  Telling telling = OnLine(-1, local);
  telling.visit = "v";
  telling.start = At(start);
  return telling;
}

std::vector<Telling> PlanOf(std::vector<Telling> plan) {
  FillGaps(absl::MakeSpan(plan));
  return plan;
}

// A reminder that was sent, or had its standing decided, at its nominal time for a procedure on 2 March.
StoredReminder Stored(const Telling& telling, Standing standing = Standing::kTold) {
  return {.name = "reminder",
          .telling = telling,
          .standing = standing,
          .time = telling.instant,
          .procedure_date = Date("03-02")};
}

StoredReminder WithTime(StoredReminder reminder, const std::string& local) {
  reminder.time = At(local);
  return reminder;
}

MatchFacts FactsOn(const std::string& date, absl::TimeZone zone = Zone()) {
  return {.procedure_date = Date(date), .zone = zone};
}

// What each reminder covers, as `03-05 08:00` or `nothing`.
std::vector<std::string> Covered(const std::vector<StoredReminder>& reminders, const std::vector<Telling>& plan,
                                 const MatchFacts& facts = FactsOn("03-02")) {
  std::vector<std::string> covered;
  for (const std::optional<int>& index : Match(reminders, plan, facts)) {
    covered.push_back(index.has_value() ? absl::FormatTime("%m-%d %H:%M", plan[*index].instant, facts.zone) : kNone);
  }
  return covered;
}

// ---- Gaps.

TEST(FillGapsTest, AGapIsThatToTheNearestNeighbourOnTheCalendarAndTheClock) {
  // Clocks change on 8 March.
  const auto plan =
      PlanOf({Repeating("03-12 08:00"), Repeating("03-07 08:00"), Repeating("03-08 08:00"), Repeating("03-12 20:00")});
  EXPECT_EQ(plan[0].gap->days, 0);
  EXPECT_EQ(plan[0].gap->seconds, 12 * 3600);
  EXPECT_EQ(plan[1].gap->days, 1);
  EXPECT_EQ(plan[1].gap->seconds, 24 * 3600);
  EXPECT_EQ(plan[2].gap->days, 1);
}

TEST(FillGapsTest, AnOccurrenceWithoutAnotherOfItsSeriesAndAnchorIsAlone) {
  Telling other = Repeating("03-05 09:00");
  other.series = "t";
  const auto plan = PlanOf(
      {Repeating("03-05 08:00"), other, OfVisit("03-05 10:00", "03-06 09:00"), OfVisit("03-05 10:00", "03-06 15:00")});
  for (const Telling& telling : plan) EXPECT_FALSE(telling.gap.has_value());
}

// ---- The procedure.

TEST(StandsForProcedureTest, WhatWasToldBeforeAPostponedProcedureDoesNotStand) {
  const StoredReminder sent = Stored(Repeating("03-05 08:00"));
  EXPECT_TRUE(StandsForProcedure(sent, FactsOn("03-02")));
  EXPECT_TRUE(StandsForProcedure(sent, FactsOn("03-01")));
  EXPECT_TRUE(StandsForProcedure(sent, FactsOn("03-04")));  // Sent after that day.
  EXPECT_FALSE(StandsForProcedure(sent, FactsOn("03-05")));
  EXPECT_FALSE(StandsForProcedure(sent, FactsOn("03-16")));
}

TEST(StandsForProcedureTest, DayZeroEndsAtMidnightInTheZoneOfTheFacts) {
  const StoredReminder sent = Stored(Repeating("03-05 08:00"));  // 02:00 of the next day in Auckland.
  EXPECT_FALSE(StandsForProcedure(sent, FactsOn("03-05")));
  EXPECT_TRUE(StandsForProcedure(sent, FactsOn("03-05", Zone("Pacific/Auckland"))));
}

TEST(StandsForProcedureTest, WhatWasCalledOffOrIsAboutAnAppointmentStands) {
  const StoredReminder off = Stored(Repeating("03-05 08:00"), Standing::kSetByPerson);
  EXPECT_TRUE(StandsForProcedure(off, FactsOn("03-16")));
  EXPECT_TRUE(StandsForProcedure(Stored(OfVisit("03-05 08:00", "03-06 09:00")), FactsOn("03-16")));
}

TEST(MatchTest, BeforeAPostponedProcedureADailyMessageStandsOnlyForTheDayItWasSent) {
  const auto old = PlanOf({Repeating("03-07 08:00"), Repeating("03-08 08:00")});
  const auto plan = PlanOf({Repeating("03-07 09:00"), Repeating("03-08 09:00")});
  const StoredReminder sent = Stored(old[0]);
  EXPECT_THAT(Covered({sent}, plan, FactsOn("03-11")), ElementsAre("03-07 09:00"));
  EXPECT_THAT(Covered({WithTime(sent, "03-08 10:00")}, plan, FactsOn("03-11")), ElementsAre(kNone));
  EXPECT_THAT(Covered({WithTime(sent, "03-08 10:00")}, plan), ElementsAre("03-07 09:00"));
}

// ---- The same occurrence.

TEST(MatchTest, WhatWasToldTakesItsOccurrenceBeforeWhatWasCalledOffAndThatBeforeWhatEnded) {
  const auto plan = PlanOf({Repeating("03-05 08:00")});
  const StoredReminder told = Stored(plan[0]);
  const StoredReminder off = Stored(plan[0], Standing::kSetByPerson);
  const StoredReminder failed = Stored(plan[0], Standing::kEndedUnsent);
  EXPECT_THAT(Covered({failed, off, told}, plan), ElementsAre(kNone, kNone, "03-05 08:00"));
  EXPECT_THAT(Covered({failed, off}, plan), ElementsAre(kNone, "03-05 08:00"));
}

TEST(MatchTest, WhatEndedUnsentCoversOnlyItsOwn) {
  const auto old = PlanOf({Repeating("03-05 08:00"), Repeating("03-06 08:00")});
  const StoredReminder failed = Stored(old[0], Standing::kEndedUnsent);
  EXPECT_THAT(Covered({failed}, old), ElementsAre("03-05 08:00"));
  EXPECT_THAT(Covered({failed}, PlanOf({Repeating("03-05 09:00")})), ElementsAre(kNone));
}

TEST(MatchTest, AnOpenReminderCoversItsOwnUnlessWhatWasToldStandsForIt) {
  const auto plan = PlanOf({Repeating("03-05 09:00"), Repeating("03-06 09:00")});
  const StoredReminder open = Stored(plan[0], Standing::kOpen);
  const StoredReminder told = Stored(PlanOf({Repeating("03-05 08:00")})[0]);
  EXPECT_THAT(Covered({open}, plan), ElementsAre("03-05 09:00"));
  EXPECT_THAT(Covered({open, told}, plan), ElementsAre(kNone, "03-05 09:00"));
}

TEST(MatchTest, WhatAChangeEndedCoversNothing) {
  const auto plan = PlanOf({Repeating("03-05 09:00")});
  EXPECT_THAT(Covered({Stored(plan[0], Standing::kEndedByChange)}, plan), ElementsAre(kNone));
}

TEST(MatchTest, AnotherWindowMakesAnotherOccurrence) {
  Telling longer = Repeating("03-05 08:00");
  longer.expire += absl::Hours(24);
  EXPECT_THAT(Covered({Stored(longer, Standing::kEndedUnsent)}, {Repeating("03-05 08:00")}), ElementsAre(kNone));
  EXPECT_THAT(Covered({Stored(longer)}, {Repeating("03-05 08:00")}), ElementsAre("03-05 08:00"));
}

// ---- Lines.

TEST(MatchTest, TimesOfALinePairByTheTimeOfDayWhateverTheDay) {
  const auto old = PlanOf({OnLine(1, "03-03 08:00", 2), OnLine(1, "03-03 20:00", 2)});
  const auto earlier = PlanOf({OnLine(1, "02-28 09:00", 2), OnLine(1, "02-28 21:00", 2)});
  EXPECT_THAT(Covered({Stored(old[1])}, earlier, FactsOn("02-27")), ElementsAre("02-28 21:00"));
  EXPECT_THAT(Covered({Stored(old[0]), Stored(old[1])}, earlier, FactsOn("02-27")),
              ElementsAre("02-28 09:00", "02-28 21:00"));
}

TEST(MatchTest, ATimeOfALineDoesNotStandForTheSameTimeOfAnotherLine) {
  const auto old = PlanOf({OnLine(1, "03-03 08:00", 2), OnLine(1, "03-03 20:00", 2)});
  const auto plan = PlanOf({OnLine(1, "03-03 09:00", 2), OnLine(1, "03-03 21:00", 2), OnLine(2, "03-04 08:00", 2),
                            OnLine(2, "03-04 20:00", 2)});
  EXPECT_THAT(Covered({Stored(old[0])}, plan), ElementsAre("03-03 09:00"));
}

TEST(MatchTest, ATimeOfALineDoesNotStandForOneHalfTheGapAway) {
  const auto old = PlanOf({OnLine(1, "03-03 08:00", 2), OnLine(1, "03-03 20:00", 2)});
  EXPECT_THAT(Covered({Stored(old[0])}, PlanOf({OnLine(1, "03-03 13:59")})), ElementsAre("03-03 13:59"));
  EXPECT_THAT(Covered({Stored(old[0])}, PlanOf({OnLine(1, "03-03 14:00")})), ElementsAre(kNone));
}

TEST(MatchTest, ALineKeepsItsOffsetBesideARepeatingRule) {
  const StoredReminder first = Stored(PlanOf({OnLine(1, "03-06 08:00"), Repeating("03-07 08:00")})[0]);
  const auto plan = PlanOf({OnLine(1, "03-03 08:00"), Repeating("03-04 08:00"), Repeating("03-06 08:00")});
  EXPECT_THAT(Covered({first}, plan, FactsOn("03-02")), ElementsAre("03-03 08:00"));
}

TEST(MatchTest, ALineWhoseOffsetIsGonePairsWithALineCloserThanHalfTheGap) {
  const StoredReminder sent = Stored(PlanOf({OnLine(-7, "03-13 08:00"), OnLine(-1, "03-19 08:00")})[0]);
  const StoredReminder other = Stored(PlanOf({OnLine(-7, "03-13 08:00"), OnLine(-1, "03-19 08:00")})[1]);
  EXPECT_THAT(Covered({sent}, PlanOf({OnLine(-5, "03-15 08:00")})), ElementsAre("03-15 08:00"));
  EXPECT_THAT(Covered({sent}, PlanOf({OnLine(-4, "03-16 08:00")})), ElementsAre(kNone));
  // A line whose offset is still planned does not.
  EXPECT_THAT(Covered({other, sent}, PlanOf({OnLine(-1, "03-13 09:00"), OnLine(-7, "03-07 09:00")}), FactsOn("02-28")),
              ElementsAre("03-13 09:00", "03-07 09:00"));
}

TEST(MatchTest, ALineAndARepeatingRuleStandForEachOtherOnOneLocalDay) {
  const StoredReminder line = Stored(OnLine(3, "03-05 23:00"));
  const auto daily = PlanOf({Repeating("03-05 08:00"), Repeating("03-06 08:00")});
  EXPECT_THAT(Covered({line}, daily), ElementsAre("03-05 08:00"));
  EXPECT_THAT(Covered({Stored(daily[1])}, {OnLine(3, "03-05 23:00")}), ElementsAre(kNone));

  // 23:00 in New York is 04:00 of the next day in London.
  const absl::TimeZone london = Zone("Europe/London");
  const auto there = PlanOf({Repeating("03-05 08:00", london), Repeating("03-06 08:00", london)});
  EXPECT_THAT(Covered({line}, there, FactsOn("03-02", london)), ElementsAre("03-06 08:00"));
}

// ---- The nearest.

TEST(MatchTest, TheNearestReminderCoversAndOfTwoThatAreAsNearTheEarlier) {
  const auto weekly = [](const std::string& local, const std::string& next) {
    return PlanOf({Repeating(local), Repeating(next)})[0];
  };
  const auto plan = PlanOf({Repeating("03-18 08:00"), Repeating("03-25 08:00")});
  const StoredReminder before = Stored(weekly("03-17 08:00", "03-24 08:00"));
  EXPECT_THAT(Covered({Stored(weekly("03-19 08:00", "03-26 08:00")), before}, plan), ElementsAre(kNone, "03-18 08:00"));
  EXPECT_THAT(Covered({Stored(weekly("03-19 07:00", "03-26 07:00")), before}, plan), ElementsAre("03-18 08:00", kNone));
}

TEST(MatchTest, OccurrencesThatAreAloneAreADayApartAtMost) {
  EXPECT_THAT(Covered({Stored(Repeating("03-05 08:00"))}, {Repeating("03-05 23:00")}), ElementsAre("03-05 23:00"));
  EXPECT_THAT(Covered({Stored(Repeating("03-05 23:00"))}, {Repeating("03-06 01:00")}), ElementsAre(kNone));
}

// ---- What a person set.

TEST(MatchTest, WhatWasCalledOffCountsByTheWallTimeOfItsDayInAnyZone) {
  const absl::TimeZone auckland = Zone("Pacific/Auckland");
  const auto old = PlanOf({Repeating("03-05 08:00"), Repeating("03-05 20:00"), Repeating("03-06 08:00")});
  const auto there = PlanOf(
      {Repeating("03-05 08:00", auckland), Repeating("03-05 20:00", auckland), Repeating("03-06 08:00", auckland)});
  EXPECT_THAT(Covered({Stored(old[1], Standing::kSetByPerson)}, there, FactsOn("03-02", auckland)),
              ElementsAre("03-05 20:00"));
  EXPECT_THAT(Covered({Stored(old[1])}, there, FactsOn("03-02", auckland)), ElementsAre(kNone));
}

TEST(MatchTest, WithSeveralTimesADayWhatWasCalledOffStaysOnItsDay) {
  const auto old = PlanOf({Repeating("03-05 12:00"), Repeating("03-05 23:00")});
  const auto plan = PlanOf({Repeating("03-06 01:00"), Repeating("03-06 12:00")});
  EXPECT_THAT(Covered({Stored(old[0], Standing::kSetByPerson)}, plan), ElementsAre(kNone));
  EXPECT_THAT(Covered({Stored(old[1], Standing::kSetByPerson)}, plan), ElementsAre(kNone));
  EXPECT_THAT(Covered({Stored(old[1])}, plan), ElementsAre("03-06 01:00"));
}

// ---- Appointments.

TEST(MatchTest, AReminderOfAnAppointmentStandsUntilThePatientIsToldOtherwise) {
  const std::vector<Telling> plan = {OfVisit("03-09 10:00", "03-10 09:00")};
  const StoredReminder eve = Stored(plan[0]);
  EXPECT_THAT(Covered({eve}, plan), ElementsAre("03-09 10:00"));

  Telling moved = OfVisit("03-09 11:00", "03-10 15:00");
  Telling missed = OfVisit("03-09 11:00", "03-10 09:00");
  missed.series = "missed";
  missed.fell_through = true;
  Telling book = OnLine(-14, "03-09 11:00");
  book.series = "book";
  book.visit = "v";
  for (const Telling& otherwise : {moved, missed, book}) {
    EXPECT_THAT(Covered({eve, Stored(otherwise)}, plan), ElementsAre(kNone, kNone));
    // Not if it was sent before, or not at all, or is about another visit.
    EXPECT_THAT(Covered({eve, WithTime(Stored(otherwise), "03-09 09:00")}, plan), ElementsAre("03-09 10:00", kNone));
    EXPECT_THAT(Covered({eve, Stored(otherwise, Standing::kEndedUnsent)}, plan), ElementsAre("03-09 10:00", kNone));
    Telling elsewhere = otherwise;
    elsewhere.visit = "w";
    EXPECT_THAT(Covered({eve, Stored(elsewhere)}, plan), ElementsAre("03-09 10:00", kNone));
  }
}

TEST(MatchTest, WhatFailedForAStartIsTriedAgainOncePatientsWereToldAnother) {
  const std::vector<Telling> plan = {OfVisit("03-09 10:00", "03-10 09:00")};
  const StoredReminder failed = Stored(plan[0], Standing::kEndedUnsent);
  EXPECT_THAT(Covered({failed}, plan), ElementsAre("03-09 10:00"));
  EXPECT_THAT(Covered({failed, Stored(OfVisit("03-09 11:00", "03-10 15:00"))}, plan), ElementsAre(kNone, kNone));
}

TEST(MatchTest, AppointmentsDoNotFollowTheProcedure) {
  const std::vector<Telling> plan = {OfVisit("03-09 10:00", "03-10 09:00")};
  EXPECT_THAT(Covered({Stored(plan[0])}, plan, FactsOn("03-30")), ElementsAre("03-09 10:00"));
}

}  // namespace
}  // namespace aftercare::plan
