// Which reminders make one round of a questionnaire, and what its score is. The last test checks on random rounds that
// the order of the rows makes no difference; it prints its seed, and AFTERCARE_SEED runs another.
#include "scheduler/engine/lifecycle/questionnaire_rounds.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/reaction_records.h"
#include "scheduler/plan/reminder_name.h"
#include "tests/engine/testing.h"
#include "tests/plan/testing.h"
#include "tests/support/random.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Questions `a`, each day at 09:00, then `b` and `c`, each for a score from 0 to 10. The score is twice the sum.
v1::Pathway Questions() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Questions" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 100 } } }
    rules { id: "a" phase: "p" category: "c" answer: ANSWER_KIND_SCORE
            schedule { daily {} times: "09:00" } texts { key: "en" value: "A?" } }
    rules { id: "b" phase: "p" category: "c" answer: ANSWER_KIND_SCORE reaction { rules: "a" answered: true }
            schedule {} texts { key: "en" value: "B?" } }
    rules { id: "c" phase: "p" category: "c" answer: ANSWER_KIND_SCORE reaction { rules: "b" answered: true }
            schedule {} texts { key: "en" value: "C?" } }
    questionnaires { id: "q" rules: "a" rules: "b" rules: "c" linear { factor: 2 } }
  )pb");
}

class RoundsTest : public ::testing::Test {
 protected:
  RoundsTest() {
    context_.row.clinic = "box";
    context_.row.enrollment = "e";
    context_.row.data.set_pathway_revision(1);
    context_.pathway = plan::CompileGood(Questions());
    context_.facts.zone = absl::UTCTimeZone();
  }

  // Adds a reminder that is due at a time, with the answer that came at another. `count` is that of its name. Returns
  // its id.
  std::string Ask(const std::string& rule, const std::string& due, std::optional<int> score = std::nullopt,
                  const std::string& answered = "", int count = 1) {
    store::ReminderRow row;
    const absl::CivilMinute local = absl::ToCivilMinute(At(due), absl::UTCTimeZone());
    plan::NamedTime named{absl::CivilDay(local), std::nullopt, count};
    if (rule != "a") named.minute = local.hour() * 60 + local.minute();
    row.key = {"box", "e", rule, plan::EncodeName(named)};
    row.revision = revision_;
    row.due = At(due);
    row.state = score ? v1::REMINDER_STATE_COMPLETED : v1::REMINDER_STATE_SENT;
    row.score = score;
    row.state_time = At(answered.empty() ? due : answered);
    rows_.push_back(row);
    return ReminderIdOf(row.key);
  }

  // Records that the answer to a reminder, which came at a time, set off a rule.
  void SetOff(const std::string& rule, const std::string& asked, const std::string& time, bool withdrawn = false) {
    record::v1::ReactionRecord& record = *context_.row.history.add_reactions();
    record.set_rule(rule);
    record.set_reminder(asked);
    record.set_time_micros(absl::ToUnixMicros(At(time)));
    record.set_withdrawn(withdrawn);
  }

  // Adds a whole round, whose questions are answered one minute after the other from the hour on.
  void AddRound(const std::string& day, int a, int b, int c) {
    const std::string first = Ask("a", day + "T09:00", a, day + "T10:00");
    SetOff("b", first, day + "T10:00");
    const std::string second = Ask("b", day + "T10:00", b, day + "T10:01");
    SetOff("c", second, day + "T10:01");
    Ask("c", day + "T10:01", c, day + "T10:02");
  }

  store::ReminderRow& RowOf(const std::string& id) {
    return *std::find_if(rows_.begin(), rows_.end(),
                         [&](const store::ReminderRow& row) { return ReminderIdOf(row.key) == id; });
  }

  // Returns the rounds as `q: a.2029-03-02, b.2029-03-02-1000, c.2029-03-02-1001 make 6, score 12 at 10:02`.
  std::vector<std::string> Rounds() const {
    std::vector<std::string> shown;
    for (const CompleteRound& round : CompleteRoundsOf(context_, rows_)) {
      std::string ids;
      for (const store::ReminderRow* row : round.reminders) {
        absl::StrAppend(&ids, ids.empty() ? "" : ", ", ReminderIdOf(row->key));
      }
      shown.push_back(absl::StrCat(round.questionnaire, ": ", ids, " make ", round.score.sum, ", score ",
                                   round.score.score, " at ",
                                   absl::FormatTime("%H:%M", round.answer_time, absl::UTCTimeZone())));
    }
    return shown;
  }

  EnrollmentContext context_;
  int32_t revision_ = 1;
  std::vector<store::ReminderRow> rows_;
};

TEST_F(RoundsTest, ARoundIsComplete) {
  EXPECT_THAT(Rounds(), IsEmpty());
  AddRound("2029-03-02", 1, 2, 3);
  EXPECT_THAT(Rounds(),
              ElementsAre("q: a.2029-03-02, b.2029-03-02-1000, c.2029-03-02-1001 make 6, score 12 at 10:02"));
}

TEST_F(RoundsTest, WhereOneAnswerIsMissingThereIsNoRound) {
  for (const std::string missing : {"a.2029-03-02", "b.2029-03-02-1000", "c.2029-03-02-1001"}) {
    rows_.clear();
    AddRound("2029-03-02", 1, 2, 3);
    RowOf(missing).score.reset();  // The clinic completed it.
    EXPECT_THAT(Rounds(), IsEmpty()) << missing;
    RowOf(missing).state = v1::REMINDER_STATE_SENT;
    EXPECT_THAT(Rounds(), IsEmpty()) << missing;
    std::erase_if(rows_, [&](const store::ReminderRow& row) { return ReminderIdOf(row.key) == missing; });
    EXPECT_THAT(Rounds(), IsEmpty()) << missing;
  }
}

TEST_F(RoundsTest, ARoundIsOfTheTimeOfItsLastAnswerAndTheEarliestIsFirst) {
  AddRound("2029-03-02", 1, 2, 3);
  AddRound("2029-03-03", 4, 5, 6);
  RowOf("b.2029-03-02-1000").state_time = At("2029-03-03T11:00");  // A correction.
  EXPECT_THAT(Rounds(),
              ElementsAre("q: a.2029-03-03, b.2029-03-03-1000, c.2029-03-03-1001 make 15, score 30 at 10:02",
                          "q: a.2029-03-02, b.2029-03-02-1000, c.2029-03-02-1001 make 6, score 12 at 11:00"));
}

TEST_F(RoundsTest, AQuestionBelongsToTheRoundWhoseAnswerSetItOff) {
  // Both are open; the second is answered first.
  const std::string first = Ask("a", "2029-03-02T09:00", 1, "2029-03-03T12:00");
  const std::string second = Ask("a", "2029-03-03T09:00", 5, "2029-03-03T11:00");
  SetOff("b", second, "2029-03-03T11:00");
  SetOff("b", first, "2029-03-03T12:00");
  const std::string b_of_second = Ask("b", "2029-03-03T11:00", 6, "2029-03-03T11:30");
  const std::string b_of_first = Ask("b", "2029-03-03T12:00", 2, "2029-03-03T12:30");
  SetOff("c", b_of_second, "2029-03-03T11:30");
  SetOff("c", b_of_first, "2029-03-03T12:30");
  Ask("c", "2029-03-03T11:30", 7, "2029-03-03T13:00");
  Ask("c", "2029-03-03T12:30", 3, "2029-03-03T13:30");
  EXPECT_THAT(Rounds(),
              ElementsAre("q: a.2029-03-03, b.2029-03-03-1100, c.2029-03-03-1130 make 18, score 36 at 13:00",
                          "q: a.2029-03-02, b.2029-03-03-1200, c.2029-03-03-1230 make 6, score 12 at 13:30"));
}

TEST_F(RoundsTest, AQuestionThatAnswersOfOneMinuteSetOffIsOfBothRounds) {
  for (const std::string day : {"2029-03-02", "2029-03-03"}) {
    SetOff("b", Ask("a", day + "T09:00", 1, "2029-03-03T12:00"), "2029-03-03T12:00");
  }
  SetOff("c", Ask("b", "2029-03-03T12:00", 2, "2029-03-03T12:10"), "2029-03-03T12:10");
  Ask("c", "2029-03-03T12:10", 3, "2029-03-03T12:20");
  EXPECT_THAT(Rounds(),
              ElementsAre("q: a.2029-03-02, b.2029-03-03-1200, c.2029-03-03-1210 make 6, score 12 at 12:20",
                          "q: a.2029-03-03, b.2029-03-03-1200, c.2029-03-03-1210 make 6, score 12 at 12:20"));
}

TEST_F(RoundsTest, OfTwoRemindersOfOneMinuteTheAnsweredOneCountsAndElseTheFirst) {
  for (const bool first_is_answered : {true, false}) {
    rows_.clear();
    context_.row.history.clear_reactions();
    SetOff("b", Ask("a", "2029-03-02T09:00", 1, "2029-03-02T10:00"), "2029-03-02T10:00");
    Ask("b", "2029-03-02T10:00", first_is_answered ? std::optional(2) : std::nullopt, "2029-03-02T10:01");
    Ask("b", "2029-03-02T10:00", 9, "2029-03-02T10:01", /*count=*/2);
    const std::string asked = first_is_answered ? "b.2029-03-02-1000" : "b.2029-03-02-1000~2";
    SetOff("c", asked, "2029-03-02T10:01");
    Ask("c", "2029-03-02T10:01", 3, "2029-03-02T10:02");
    EXPECT_THAT(Rounds(), ElementsAre(::testing::HasSubstr(asked)));
  }
}

TEST_F(RoundsTest, WhatNoRecordNamesIsOfNoRound) {
  Ask("a", "2029-03-02T09:00", 1, "2029-03-02T10:00");
  SetOff("c", Ask("b", "2029-03-02T10:00", 2, "2029-03-02T10:01"), "2029-03-02T10:01");
  Ask("c", "2029-03-02T10:01", 3, "2029-03-02T10:02");
  EXPECT_THAT(Rounds(), IsEmpty());
  SetOff("b", "a.2029-03-03", "2029-03-02T10:00");
  EXPECT_THAT(Rounds(), IsEmpty());
  SetOff("b", "a.2029-03-02", "2029-03-02T10:00");
  EXPECT_EQ(Rounds().size(), 1u);
}

TEST_F(RoundsTest, AnAnsweredQuestionCountsThoughWhatSetItOffWasWithdrawn) {
  const std::string first = Ask("a", "2029-03-02T09:00", 1, "2029-03-02T10:00");
  SetOff("b", first, "2029-03-02T10:00", /*withdrawn=*/true);
  SetOff("c", Ask("b", "2029-03-02T10:00", 2, "2029-03-02T10:01"), "2029-03-02T10:01");
  Ask("c", "2029-03-02T10:01", 3, "2029-03-02T10:02");
  EXPECT_EQ(Rounds().size(), 1u);
}

TEST_F(RoundsTest, TheScoreIsThatOfTheRevisionWhichAskedTheLastQuestion) {
  AddRound("2029-03-02", 1, 2, 3);
  v1::Pathway changed = Questions();
  changed.mutable_questionnaires(0)->mutable_linear()->set_factor(100);
  context_.earlier_revisions.emplace_back(1, std::exchange(context_.pathway, plan::CompileGood(changed)));
  context_.row.data.set_pathway_revision(2);
  EXPECT_THAT(Rounds(), ElementsAre(::testing::HasSubstr("score 12 "))) << "all were asked before";
  RowOf("c.2029-03-02-1001").revision = 2;
  EXPECT_THAT(Rounds(), ElementsAre(::testing::HasSubstr("score 600 ")));
}

TEST_F(RoundsTest, AQuestionThatARevisionPutElsewhereEndsTheRound) {
  AddRound("2029-03-02", 1, 2, 3);
  v1::Pathway changed = Questions();
  changed.mutable_questionnaires(0)->mutable_rules()->RemoveLast();
  context_.earlier_revisions.emplace_back(1, std::exchange(context_.pathway, plan::CompileGood(changed)));
  context_.row.data.set_pathway_revision(2);
  EXPECT_EQ(Rounds().size(), 1u);
  RowOf("c.2029-03-02-1001").revision = 2;
  EXPECT_THAT(Rounds(), IsEmpty()) << "the last question is none there";
  RowOf("b.2029-03-02-1000").revision = 2;
  EXPECT_THAT(Rounds(), ElementsAre("q: a.2029-03-02, b.2029-03-02-1000 make 3, score 6 at 10:01"));
}

TEST_F(RoundsTest, TheOrderOfTheRowsMakesNoDifference) {
  const uint64_t seed = SeedOfRun();
  Random random(seed);
  size_t found = 0;
  for (int run = 0; run < 300; ++run) {
    rows_.clear();
    context_.row.history.clear_reactions();
    // Few minutes, so that answers of one minute and open rounds are common.
    const auto minute = [&] { return absl::StrCat("2029-03-09T10:0", random.Upto(4)); };
    std::map<std::string, std::set<std::string>> asked;
    const auto ask = [&](const std::string& rule, const std::string& due) {
      const int count = 1 + random.Upto(1);  // A minute may have several reminders, told under different facts.
      if (!asked[rule].insert(absl::StrCat(due, "~", count)).second) return;
      const std::optional<int> score = random.OneIn(5) ? std::nullopt : std::optional(random.Upto(10));
      const std::string answered = minute();
      const std::string id = Ask(rule, due, score, answered, count);
      if (rule != "c" && !random.OneIn(6)) SetOff(rule == "a" ? "b" : "c", id, answered, random.OneIn(6));
    };
    for (int i = 1; i <= 3; ++i) ask("a", absl::StrCat("2029-03-0", i, "T09:00"));
    for (const std::string rule : {"b", "c"}) {
      for (int i = 0; i < 4; ++i) ask(rule, minute());
    }
    const std::vector<std::string> rounds = Rounds();
    found += rounds.size();
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      for (size_t i = rows_.size(); i-- > 1;) std::swap(rows_[i], rows_[random.Upto(static_cast<int>(i))]);
      ASSERT_EQ(Rounds(), rounds) << "AFTERCARE_SEED=" << seed << ", run " << run;
    }
  }
  EXPECT_GT(found, 100u) << "too few rounds to say anything";
}

}  // namespace
}  // namespace aftercare::engine
