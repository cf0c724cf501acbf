// Properties of what answers set off, tried on random pathways and answers in every time zone there is, often where
// clocks change. Each test prints its seed; AFTERCARE_SEED runs another.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/plan/random_plan.h"
#include "tests/plan/slow_plan.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

auto AllOf(const Occurrence& o) {
  return std::tie(o.rule, o.number, o.due, o.expire, o.nominal, o.missed, o.outside_contact_hours);
}

std::string Shown(const Occurrence& o) {
  return absl::StrCat(o.rule, ".", o.number, " ", FormatMinute(o.nominal), " due ",
                      absl::FormatTime(o.due, absl::UTCTimeZone()), " until ",
                      absl::FormatTime(o.expire, absl::UTCTimeZone()), o.missed != 0 ? " missed" : "");
}

// A pathway with reactions, and a patient with answers.
struct Case {
  std::shared_ptr<const CompiledPathway> pathway;
  v1::Enrollment enrollment;
  v1::Clinic clinic;
  record::v1::PlanHistory history;
  PatientFacts facts;
};

class ReactionProperty : public testing::Test {
 protected:
  // The question `ask` on every day, and one to four reactions.
  v1::Pathway RandomReactions() {
    auto pathway = FromText<v1::Pathway>(R"pb(
      display_name: "Random" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 0 last: 30 } } }
      rules { id: "ask" phase: "p" category: "c" answer: ANSWER_KIND_SCORE
              schedule { daily {} times: "09:00" } texts { key: "en" value: "How bad?" } }
    )pb");
    for (int i = random_.Between(1, 4); i > 0; --i) {
      v1::Rule* rule = pathway.add_rules();
      rule->set_id(absl::StrCat("r", i));
      rule->set_phase("p");
      rule->set_category("c");
      rule->mutable_reaction()->add_rules("ask");
      rule->mutable_reaction()->set_score_at_least(7);
      (*rule->mutable_texts())["en"] = "Text";
      std::string schedule = random_.OneIn(2) ? "" : absl::StrCat("on { days: ", random_.Between(0, 5), " }");
      if (random_.OneIn(2)) {
        absl::StrAppend(&schedule, TimesText(&random_));
      } else if (random_.OneIn(2)) {
        absl::StrAppend(&schedule, " window { hours: ", random_.Between(1, 60), " }");
      }
      *rule->mutable_schedule() = FromText<v1::Schedule>(schedule);
      if (random_.OneIn(2)) {
        rule->set_audience(v1::AUDIENCE_CARE_TEAM);
        rule->set_urgency(static_cast<v1::Urgency>(random_.Between(0, 3)));
      }
      if (random_.OneIn(4)) rule->mutable_spread()->set_seconds(random_.Between(1, 3600));
    }
    return pathway;
  }

  // Adds answers near `day`, many of them close to each other, in no order. Some are withdrawn.
  void AddAnswers(absl::CivilDay day, const CompiledPathway& pathway, absl::TimeZone zone,
                  record::v1::PlanHistory* history) {
    const absl::Time begin = zone.At(absl::CivilSecond(day)).pre;
    for (int i = random_.Between(0, 25); i > 0; --i) {
      record::v1::ReactionRecord* record = history->add_reactions();
      const int which = random_.Between(0, static_cast<int>(pathway.reactions().size()) - 1);
      record->set_rule(pathway.rule_source(pathway.reactions()[which]).id());
      const absl::Duration after = random_.OneIn(2) ? absl::Seconds(random_.Between(0, 4 * 3600))
                                                    : absl::Minutes(random_.Between(-1440, 7 * 1440));
      record->set_time_micros(absl::ToUnixMicros(begin + after) + (random_.OneIn(2) ? random_.Between(0, 999'999) : 0));
      record->set_withdrawn(random_.OneIn(5));
    }
  }

  Case RandomCase(const std::string& zone_name, bool open) {
    Case made;
    made.pathway = CompileGood(RandomReactions());
    const absl::TimeZone zone = *FindZone(zone_name);
    const absl::CivilDay day = std::min(DayBeforeAChange(zone, &random_), absl::CivilDay(2198, 12, 31));
    made.enrollment.set_procedure_date(FormatDate(day));
    made.enrollment.set_time_zone(zone_name);
    made.clinic.set_time_zone(zone_name);
    if (!open) {
      if (random_.OneIn(2)) made.clinic = RandomClinic(zone_name, day, &random_);
      if (random_.OneIn(2)) *made.enrollment.mutable_contact_hours() = RandomHours(&random_);
    }
    // From the day of the change of clocks on, if it is one within two months.
    absl::TimeZone::CivilTransition change;
    const bool changes = zone.NextTransition(zone.At(absl::CivilSecond(day)).pre, &change);
    const absl::CivilDay first = changes && change.to.year() < 2199 ? absl::CivilDay(change.to) : day;
    AddAnswers(first, *made.pathway, zone, &made.history);
    Derive(&made);
    return made;
  }

  static void Derive(Case* made) {
    Setting setting;
    FieldErrors errors;
    setting.calendar = std::make_shared<const ClinicCalendar>(ReadCalendar(made->clinic, &errors));
    setting.spread_seed = 7;
    made->facts = TrustedFactsOf(made->enrollment, *made->pathway, setting, made->history);
  }

  // Calls `check` with random cases in every zone, until one fails.
  template <typename Check>
  void ForRandomCases(int rounds, bool open, Check check) {
    const std::vector<std::string> zones = AllZones();
    for (int round = 0; round < rounds; ++round) {
      for (const std::string& zone : zones) {
        const Case made = RandomCase(zone, open);
        SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed_, " ", made.enrollment.ShortDebugString(), ", clinic ",
                                  made.clinic.ShortDebugString(), ", history ", made.history.ShortDebugString(),
                                  ", of ", made.pathway->source().ShortDebugString()));
        ASSERT_NO_FATAL_FAILURE(check(made));
        if (HasFailure()) return;
      }
    }
  }

  static std::vector<Occurrence> Reactions(const Case& made) {
    std::vector<Occurrence> reactions;
    for (const Occurrence& o : WholePlan(*made.pathway, made.facts)) {
      if (o.rule > 0) reactions.push_back(o);
    }
    return reactions;
  }

  const uint64_t seed_ = SeedOfRun();
  Random random_{seed_};
};

// Returns the first answer of each minute or day, from the definition.
std::vector<Trigger> SlowTriggers(const Case& made) {
  std::vector<Trigger> triggers;
  std::set<std::pair<int, std::string>> seen;
  std::vector<record::v1::ReactionRecord> records(made.history.reactions().begin(), made.history.reactions().end());
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.time_micros() < b.time_micros(); });
  for (const auto& record : records) {
    if (record.withdrawn()) continue;
    const int rule = made.pathway->FindRule(record.rule());
    const bool timed = !made.pathway->rule_source(rule).schedule().times().empty();
    const absl::Time time = absl::FromUnixMicros(record.time_micros());
    const std::string place = absl::FormatTime(timed ? "%Y-%m-%d" : "%Y-%m-%d %H:%M", time, made.facts.zone);
    if (seen.insert({rule, place}).second) triggers.push_back({rule, time});
  }
  return triggers;
}

TEST_F(ReactionProperty, EachAnswerSetsOffItsDayAndTimesFromThenOn) {
  size_t occurrences = 0, merged = 0, at_once = 0, missed = 0;
  ForRandomCases(4, /*open=*/true, [&](const Case& made) {
    std::multiset<std::tuple<int, std::string, absl::Time>> expected, planned;
    const std::vector<Trigger> triggers = SlowTriggers(made);
    merged += made.history.reactions_size() - triggers.size();
    for (const Trigger& trigger : triggers) {
      const v1::Schedule& schedule = made.pathway->rule_source(trigger.rule).schedule();
      const absl::CivilSecond local = absl::ToCivilSecond(trigger.time, made.facts.zone);
      const int days = schedule.on().empty() ? 0 : schedule.on(0).days();
      std::vector<std::string> times(schedule.times().begin(), schedule.times().end());
      const bool at_answer = times.empty();
      if (at_answer) times.push_back(FormatMinute(absl::CivilMinute(local)).substr(11));
      for (const std::string& time : times) {
        const absl::CivilMinute nominal = *ParseMinute(FormatDate(absl::CivilDay(local) + days) + "T" + time);
        absl::Time due = made.facts.zone.At(absl::CivilSecond(nominal)).pre;
        if (at_answer && days == 0) due = trigger.time;
        expected.insert({trigger.rule, FormatMinute(nominal), std::max(due, trigger.time)});
      }
    }
    for (const Occurrence& o : Reactions(made)) {
      ++occurrences;
      const absl::Time since = TriggerOf(made.pathway->rule(o.rule), o, made.facts).time;
      ASSERT_LT(o.due, o.expire) << Shown(o);
      absl::Time due = o.due;
      if (o.missed != 0) {
        ++missed;
        ASSERT_LE(o.expire, since) << Shown(o);
        ASSERT_EQ(o.missed, v1::REMINDER_REASON_WINDOW_CLOSED) << Shown(o);
        due = since;
      } else if (made.pathway->rule_source(o.rule).has_spread()) {
        due = o.due == since ? o.due : std::max(since, made.facts.zone.At(absl::CivilSecond(o.nominal)).pre);
        ASSERT_GE(o.due, due) << Shown(o);
      }
      at_once += o.due == since ? 1 : 0;
      planned.insert({o.rule, FormatMinute(o.nominal), due});
    }
    ASSERT_EQ(planned, expected);
  });
  EXPECT_GT(occurrences, 10'000u);
  EXPECT_GT(merged, 1000u);
  EXPECT_GT(at_once, 1000u);
  EXPECT_GT(missed, 100u);
}

TEST_F(ReactionProperty, NothingIsDueBeforeItsAnswerOrOutsideItsWindowWhateverIsClosed) {
  size_t moved = 0;
  ForRandomCases(4, /*open=*/false, [&](const Case& made) {
    for (const Occurrence& o : Reactions(made)) {
      const CompiledRule& rule = made.pathway->rule(o.rule);
      ASSERT_LT(o.due, o.expire) << Shown(o);
      if (o.missed != 0) continue;
      const absl::Time since = TriggerOf(rule, o, made.facts).time;
      ASSERT_GE(o.due, since) << Shown(o);
      ASSERT_GE(o.due, made.facts.zone.At(absl::CivilSecond(o.nominal)).pre) << Shown(o);
      if (rule.audience == v1::AUDIENCE_PATIENT) {
        ASSERT_NE(SlowOpen(made.enrollment.contact_hours(), o.due, made.facts.zone), o.outside_contact_hours)
            << Shown(o);
      } else if (rule.urgency == v1::URGENCY_ROUTINE) {
        ASSERT_FALSE(SlowClosedDay(made.clinic, o.due)) << Shown(o);
        moved += absl::CivilDay(o.nominal) != absl::ToCivilDay(o.due, made.facts.zone) ? 1 : 0;
      } else if (rule.spread == 0) {
        const absl::Time nominal = made.facts.zone.At(absl::CivilSecond(o.nominal)).pre;
        const bool is_repeated = rule.at_answer && rule.on[0].days == 0;
        ASSERT_EQ(o.due, is_repeated ? since : std::max(nominal, since)) << Shown(o);
      }
    }
  });
  EXPECT_GT(moved, 100u);
}

TEST_F(ReactionProperty, NamesAreUniqueAndFindTheirOccurrence) {
  ForRandomCases(3, /*open=*/false, [](const Case& made) {
    const Plan plan(*made.pathway, made.facts);
    std::set<std::pair<int, int64_t>> names;
    std::set<std::pair<int, int>> numbers;
    for (const Occurrence& o : WholePlan(*made.pathway, made.facts)) {
      ASSERT_TRUE(names.insert({o.rule, NameCodeOf(*made.pathway, o)}).second) << Shown(o);
      ASSERT_TRUE(numbers.insert({o.rule, o.number}).second) << Shown(o);
      Occurrence found;
      ASSERT_TRUE(plan.FindNamed(o.rule, NameCodeOf(*made.pathway, o), &found)) << Shown(o);
      ASSERT_EQ(AllOf(found), AllOf(o)) << Shown(found) << " and not " << Shown(o);
      Steps steps;
      ASSERT_TRUE(plan.Find(o.rule, o.number, &found, &steps));
      ASSERT_EQ(AllOf(found), AllOf(o)) << Shown(found) << " and not " << Shown(o);
      ASSERT_EQ(steps.back().time, o.due) << Shown(o);
    }
    Occurrence none;
    for (int rule = 1; rule < made.pathway->rule_count(); ++rule) {
      const int count = static_cast<int>(std::count_if(numbers.begin(), numbers.end(),
                                                       [rule](const auto& number) { return number.first == rule; }));
      ASSERT_FALSE(plan.Find(rule, count + 1, &none));
      ASSERT_FALSE(plan.Find(rule, 0, &none));
    }
  });
}

TEST_F(ReactionProperty, SeekingAgreesWithWalkingFromTheBeginning) {
  ForRandomCases(3, /*open=*/false, [this](const Case& made) {
    const std::vector<Occurrence> all = WholePlan(*made.pathway, made.facts);
    for (size_t i = 1; i < all.size(); ++i) {
      const Occurrence& a = all[i - 1];
      const Occurrence& b = all[i];
      ASSERT_LT(std::tie(a.due, a.rule, a.number), std::tie(b.due, b.rule, b.number));
    }
    Plan plan(*made.pathway, made.facts);
    for (int i = 0; i < 4; ++i) {
      const Occurrence& near = all[random_.Between(0, static_cast<int>(all.size()) - 1)];
      const absl::Time from = near.due + absl::Nanoseconds(random_.Between(-1, 1));
      plan.Seek(from);
      const std::vector<Occurrence> rest = Rest(&plan);
      const auto first =
          std::find_if(all.begin(), all.end(), [from](const Occurrence& o) { return o.due >= from; });
      ASSERT_EQ(rest.size(), static_cast<size_t>(all.end() - first)) << "from " << absl::FormatTime(from);
      for (size_t j = 0; j < rest.size(); ++j) ASSERT_EQ(AllOf(rest[j]), AllOf(first[j])) << Shown(rest[j]);
    }
  });
}

TEST_F(ReactionProperty, TheOrderInWhichAnswersWereStoredDoesNotMatterAndWithdrawnOnesDoNotCount) {
  ForRandomCases(3, /*open=*/false, [this](const Case& made) {
    Case other = made;
    other.history.clear_reactions();
    for (const auto& record : made.history.reactions()) {
      if (!record.withdrawn()) *other.history.add_reactions() = record;
    }
    for (int i = 0; i + 1 < other.history.reactions_size(); ++i) {
      other.history.mutable_reactions()->SwapElements(i, random_.Between(i, other.history.reactions_size() - 1));
    }
    Derive(&other);
    const std::vector<Occurrence> a = WholePlan(*made.pathway, made.facts);
    const std::vector<Occurrence> b = WholePlan(*made.pathway, other.facts);
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) ASSERT_EQ(AllOf(a[i]), AllOf(b[i])) << Shown(a[i]) << " and " << Shown(b[i]);
  });
}

}  // namespace
}  // namespace aftercare::plan
