// Properties that hold for every plan, tried on random pathways, patients and instants in every time zone there is.
// Each test prints its seed; AFTERCARE_SEED runs another.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/plan/appointment_tasks.h"
#include "tests/plan/random_plan.h"
#include "tests/plan/slow_plan.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

auto AllOf(const Occurrence& o) {
  return std::tie(o.rule, o.number, o.due, o.expire, o.nominal, o.missed, o.outside_contact_hours);
}

std::string Shown(const Occurrence& o) {
  return absl::StrFormat("%d.%d %s due %s until %s%s%s", o.rule, o.number, FormatMinute(o.nominal),
                         absl::FormatTime(o.due, absl::UTCTimeZone()), absl::FormatTime(o.expire, absl::UTCTimeZone()),
                         o.missed != 0 ? " late" : "", o.outside_contact_hours ? " outside" : "");
}

// Where two lists first differ; empty if they do not.
std::string Difference(const std::vector<Occurrence>& a, const std::vector<Occurrence>& b) {
  const auto same = [](const Occurrence& x, const Occurrence& y) { return AllOf(x) == AllOf(y); };
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end(), same);
  if (x == a.end() && y == b.end()) return "";
  return absl::StrCat("at ", x - a.begin(), ": ", x == a.end() ? "the end" : Shown(*x), " against ",
                      y == b.end() ? "the end" : Shown(*y));
}

std::string Shown(const std::vector<Suspension>& holds) {
  std::string text;
  for (const Suspension& suspension : holds) {
    absl::StrAppend(&text, "held from ", absl::FormatTime(suspension.from), " until ",
                    absl::FormatTime(suspension.until), ", ");
  }
  return text;
}

// Every test walks through random plans in all zones.
class PlanProperty : public testing::Test {
 protected:
  // Calls `check` with `rounds` random plans in every zone, until one fails.
  template <typename Check>
  void ForRandomPlans(int rounds, Check check) {
    const std::vector<std::string> zones = AllZones();
    for (int round = 0; round < rounds; ++round) {
      for (const std::string& zone : zones) {
        SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed_));
        ASSERT_TRUE(FindZone(zone).has_value()) << zone;
        const auto pathway = CompileGood(RandomPathway(&random_));
        ASSERT_NE(pathway, nullptr);
        const std::string& other_zone = zones[random_.Between(0, static_cast<int>(zones.size()) - 1)];
        const RandomFacts facts = RandomPatient(*pathway, zone, other_zone, &random_);
        SCOPED_TRACE(absl::StrCat(zone, " from ", FormatDate(facts.procedure_date), " enrolled ",
                                  absl::FormatTime(facts.enroll_time), ", ", Shown(facts.suspensions),
                                  "with the rules ", facts.rules.to_string().substr(kMaxRules - 6),
                                  " (the first one last), hours ", facts.contact_hours.ShortDebugString(), ", clinic ",
                                  facts.clinic.ShortDebugString(), ", visits ", facts.history.ShortDebugString(),
                                  ", of ", pathway->source().ShortDebugString()));
        ASSERT_NO_FATAL_FAILURE(check(*pathway, facts));
        if (HasFailure()) return;
      }
    }
  }

  const uint64_t seed_ = SeedOfRun();
  Random random_{seed_};
};

TEST_F(PlanProperty, APlanIsWhatTheScheduleDefinesDayByDay) {
  size_t occurrences = 0, late = 0, at_enrollment = 0, outside = 0, missed_later = 0, at_hold = 0, at_visit = 0;
  size_t by_appointment = 0, by_visit = 0;
  ForRandomPlans(30, [&](const CompiledPathway& pathway, const RandomFacts& facts) {
    const std::vector<Occurrence> all = WholePlan(pathway, facts);
    ASSERT_EQ(Difference(all, SlowPlan(pathway, facts)), "");
    occurrences += all.size();
    for (const Occurrence& occurrence : all) {
      late += occurrence.missed == v1::REMINDER_REASON_LATE_ENROLLMENT ? 1 : 0;
      missed_later += occurrence.missed > v1::REMINDER_REASON_LATE_ENROLLMENT ? 1 : 0;
      for (const Suspension& suspension : facts.suspensions) at_hold += occurrence.due == suspension.until ? 1 : 0;
      outside += occurrence.outside_contact_hours ? 1 : 0;
      by_appointment += occurrence.missed == v1::REMINDER_REASON_WINDOW_CLOSED ? 1 : 0;
      by_visit += occurrence.missed == v1::REMINDER_REASON_VISIT_CHANGED ? 1 : 0;
      for (const VisitFacts& visit : facts.visits) at_visit += occurrence.due == visit.since ? 1 : 0;
      at_enrollment += occurrence.due == facts.enroll_time ? 1 : 0;
    }
  });
  // That there was something to compare.
  EXPECT_GT(occurrences, 10'000u);
  EXPECT_GT(late, 1000u);
  EXPECT_GT(at_enrollment, 100u);
  EXPECT_GT(outside, 1000u);
  EXPECT_GT(missed_later, 1000u);
  EXPECT_GT(at_hold, 100u);
  EXPECT_GT(at_visit, 100u);
  EXPECT_GT(by_visit, 1000u);
  EXPECT_GT(by_appointment, 1000u);
}

TEST_F(PlanProperty, OccurrencesAreInStrictOrderAndNumberedWithoutAGap) {
  ForRandomPlans(8, [](const CompiledPathway& pathway, const RandomFacts& facts) {
    const std::vector<Occurrence> all = WholePlan(pathway, facts);
    for (size_t i = 1; i < all.size(); ++i) {
      const Occurrence& before = all[i - 1];
      const Occurrence& after = all[i];
      ASSERT_LT(std::tie(before.due, before.rule, before.number), std::tie(after.due, after.rule, after.number));
    }
    for (int rule = 0; rule < pathway.rule_count(); ++rule) {
      std::vector<Occurrence> own;
      std::copy_if(all.begin(), all.end(), std::back_inserter(own), [rule](const auto& o) { return o.rule == rule; });
      ASSERT_TRUE(facts.rules[rule] || own.empty());
      std::sort(own.begin(), own.end(), [](const auto& a, const auto& b) { return a.nominal < b.nominal; });
      const int visit = pathway.rule(rule).visit;
      const int appointment = visit < 0 ? 1 : std::max(facts.visits[visit].appointment, 1);
      const int before = (appointment - 1) * static_cast<int>(own.size());
      for (size_t i = 0; i < own.size(); ++i)
        ASSERT_EQ(own[i].number, before + static_cast<int>(i) + 1) << Shown(own[i]);
    }
  });
}

TEST_F(PlanProperty, NothingIsDueBeforeItsDayBeforeItsTimeOrOutsideItsWindow) {
  ForRandomPlans(8, [](const CompiledPathway& pathway, const RandomFacts& facts) {
    for (const Occurrence& occurrence : WholePlan(pathway, facts)) {
      const int visit = pathway.rule(occurrence.rule).visit;
      const bool on_never_told = pathway.rule(occurrence.rule).on_never_told;
      if (visit < 0 && !on_never_told) {
        const v1::Schedule& schedule = pathway.rule_source(occurrence.rule).schedule();
        const v1::Span& phase = pathway.phase_source(pathway.rule(occurrence.rule).phase).span();
        const DateRange days = SpanDates(phase, facts.procedure_date);
        const absl::CivilDay day(occurrence.nominal);
        ASSERT_GE(day, days.first) << Shown(occurrence);
        ASSERT_LE(day, days.last + (schedule.on().empty() ? 0 : 1)) << Shown(occurrence);
      } else if (visit >= 0 && facts.visits[visit].state == v1::VISIT_STATE_BOOKED && occurrence.missed == 0 &&
                 !IsDueAfterAppointment(pathway.rule_source(occurrence.rule))) {
        ASSERT_LE(occurrence.expire, facts.visits[visit].start) << Shown(occurrence);
      }
      // Where clocks skip the time the patient's clock shows a later one, where they repeat it the same; never earlier.
      const absl::Time instant = facts.zone.At(absl::CivilSecond(occurrence.nominal)).pre;
      ASSERT_GE(absl::ToCivilSecond(instant, facts.zone), absl::CivilSecond(occurrence.nominal)) << Shown(occurrence);
      ASSERT_GE(occurrence.due, instant) << Shown(occurrence);
      ASSERT_LT(occurrence.due, occurrence.expire) << Shown(occurrence);
      const bool ever_booked = visit >= 0 && facts.visits[visit].appointment > 0;
      const absl::Time begun = on_never_told ? *facts.never_told
                               : ever_booked ? facts.visits[visit].since
                                             : facts.enroll_time;
      ASSERT_TRUE(occurrence.missed != 0 || occurrence.due >= begun) << Shown(occurrence);
      if (occurrence.missed == v1::REMINDER_REASON_LATE_ENROLLMENT) {
        ASSERT_LE(occurrence.expire, facts.enroll_time) << Shown(occurrence);
      }
      for (const Suspension& suspension : facts.suspensions) {
        const bool counts = (!ever_booked && !on_never_told) || suspension.until > begun;
        const bool inside = counts && occurrence.due >= suspension.from && occurrence.due < suspension.until;
        ASSERT_TRUE(occurrence.missed != 0 || !inside) << Shown(occurrence);
      }
    }
  });
}

TEST_F(PlanProperty, MessagesKeepContactHoursAndTasksOpenDays) {
  size_t messages = 0, tasks = 0;
  ForRandomPlans(8, [&](const CompiledPathway& pathway, const RandomFacts& facts) {
    for (const Occurrence& occurrence : WholePlan(pathway, facts)) {
      if (occurrence.missed != 0) continue;
      if (pathway.rule(occurrence.rule).audience == v1::AUDIENCE_CARE_TEAM) {
        ASSERT_FALSE(occurrence.outside_contact_hours) << Shown(occurrence);
        ASSERT_FALSE(SlowClosedDay(facts.clinic, occurrence.due)) << Shown(occurrence);
        tasks += facts.clinic.closed_weekdays().empty() ? 0 : 1;
      } else {
        ASSERT_NE(SlowOpen(facts.contact_hours, occurrence.due, facts.zone), occurrence.outside_contact_hours)
            << Shown(occurrence);
        messages += facts.contact_hours.openings().empty() ? 0 : 1;
      }
    }
  });
  EXPECT_GT(messages, 10'000u);
  EXPECT_GT(tasks, 10'000u);
}

TEST_F(PlanProperty, TheSameFactsMakeTheSamePlan) {
  ForRandomPlans(8, [](const CompiledPathway& pathway, const RandomFacts& facts) {
    v1::Pathway copy;  // As another process would have it: through bytes.
    ASSERT_TRUE(copy.ParseFromString(pathway.source().SerializeAsString()));
    PatientFacts others = FactsFor(FormatDate(facts.procedure_date), facts.zone.name(), facts.enroll_time);
    others.rules = facts.rules;
    others.suspensions = facts.suspensions;
    others.visits = facts.visits;
    others.never_told = facts.never_told;
    FieldErrors errors;
    others.hours = ContactHours::Read(facts.contact_hours, "contact_hours", &errors);
    others.setting = {std::make_shared<const ClinicCalendar>(ReadCalendar(facts.clinic, &errors)),
                      facts.setting.spread_seed};
    ASSERT_EQ(Difference(WholePlan(pathway, facts), WholePlan(*CompileGood(copy), others)), "");
  });
}

TEST_F(PlanProperty, SeekingEqualsSkippingFromTheStart) {
  ForRandomPlans(20, [this](const CompiledPathway& pathway, const RandomFacts& facts) {
    const std::vector<Occurrence> all = WholePlan(pathway, facts);
    std::vector<absl::Time> instants = {absl::InfinitePast(), absl::InfiniteFuture(), facts.enroll_time};
    for (int i = 0; i < 10; ++i) instants.push_back(RandomInstant(facts, &random_));
    for (int i = 0; i < 8 && !all.empty(); ++i) {
      const Occurrence& near = all[random_.Between(0, static_cast<int>(all.size()) - 1)];
      instants.push_back((random_.OneIn(4) ? near.expire : near.due) + absl::Nanoseconds(random_.Between(-1, 1)));
    }
    Plan plan(pathway, facts);
    for (const absl::Time t : instants) {
      const auto first = std::find_if(all.begin(), all.end(), [t](const Occurrence& o) { return o.due >= t; });
      plan.Seek(t);
      ASSERT_EQ(Difference(Rest(&plan), std::vector<Occurrence>(first, all.end())), "") << "seeking " << t;
    }
  });
}

TEST_F(PlanProperty, FindingAgreesWithWalking) {
  ForRandomPlans(8, [](const CompiledPathway& pathway, const RandomFacts& facts) {
    const Plan plan(pathway, facts);
    std::vector<int> count(pathway.rule_count());
    Occurrence found;
    for (const Occurrence& occurrence : WholePlan(pathway, facts)) {
      ASSERT_TRUE(plan.Find(occurrence.rule, occurrence.number, &found)) << Shown(occurrence);
      ASSERT_EQ(AllOf(found), AllOf(occurrence)) << Shown(found) << " against " << Shown(occurrence);
      ++count[occurrence.rule];
    }
    for (int rule = 0; rule < pathway.rule_count(); ++rule) {
      const int visit = pathway.rule(rule).visit;
      const int before = visit < 0 ? 0 : std::max(facts.visits[visit].appointment - 1, 0) * count[rule];
      ASSERT_FALSE(plan.Find(rule, 0, &found));
      ASSERT_FALSE(plan.Find(rule, before, &found)) << Shown(found);
      ASSERT_FALSE(plan.Find(rule, before + count[rule] + 1, &found)) << Shown(found);
    }
  });
}

// The arithmetic of local times, against the time library's own, at and around every change of clocks.
TEST(LocalClockProperty, LocalTimesAreReadWithTheOffsetBeforeAChange) {
  const absl::Time end = absl::FromCivil(absl::CivilSecond(2212, 1, 1), absl::UTCTimeZone());
  size_t changes = 0;
  for (const std::string& name : AllZones()) {
    const absl::TimeZone zone = FindZone(name).value();
    LocalClock clock(zone);
    absl::TimeZone::CivilTransition change;
    absl::Time t = absl::FromCivil(absl::CivilSecond(1969, 1, 1), absl::UTCTimeZone());
    for (; t < end && zone.NextTransition(t, &change); ++changes) {
      for (const absl::CivilSecond civil : {change.from, change.to}) {
        for (const int seconds : {-86'400, -1801, -1, 0, 1, 1799, 3600, 86'400}) {
          const absl::CivilSecond local = civil + seconds;
          ASSERT_EQ(clock.At(local - absl::CivilSecond(1970, 1, 1)), absl::ToUnixSeconds(zone.At(local).pre))
              << name << " " << absl::FormatCivilTime(local);
        }
      }
      t = zone.At(change.to).trans;
    }
  }
  EXPECT_GT(changes, 10'000u);
}

}  // namespace
}  // namespace aftercare::plan
