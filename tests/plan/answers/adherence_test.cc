// How questions and answers are counted. The last tests check properties on random messages; each prints its seed, and
// AFTERCARE_SEED runs another.
#include "scheduler/plan/answers/adherence.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "tests/support/random.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Days are counted back from the last day that counts: day 0 is that day, day 1 the one before, day -1 today.
const absl::CivilDay kLastDay(2029, 3, 31);

absl::Time TimeOn(int days_ago, int hour) {
  return absl::FromCivil(absl::CivilHour(kLastDay - days_ago) + hour, absl::UTCTimeZone());
}

// A message that was due at 9:00 and sent on that day.
AskingMessage Sent(int days_ago, v1::AnswerKind kind = v1::ANSWER_KIND_DONE, const std::string& category = "walk") {
  AskingMessage message;
  message.category = category;
  message.phase = "early";
  message.answer = kind;
  message.due = TimeOn(days_ago, 9);
  message.due_day = kLastDay - days_ago;
  message.sent_day = message.due_day;
  return message;
}

AskingMessage Answered(AskingMessage message, int days_ago, int hour, bool not_done = false) {
  message.given = RecordedAnswer{TimeOn(days_ago, hour), kLastDay - days_ago, not_done};
  return message;
}

// Answered on the day on which it was due.
AskingMessage Done(int days_ago) { return Answered(Sent(days_ago), days_ago, 10); }
AskingMessage NotDone(int days_ago) { return Answered(Sent(days_ago), days_ago, 10, true); }

AskingMessage In(const std::string& instance, AskingMessage message) {
  message.instance = instance;
  return message;
}

v1::Adherence Count(const std::vector<AskingMessage>& messages) {
  const std::string phases[] = {"early", "late"};
  v1::Adherence adherence;
  CountAdherence(messages, kLastDay, phases, &adherence);
  return adherence;
}

// `14: 2/3 answered, 1 done, 1 not, 1/2 days`, the rate following from the days.
std::string Shown(const v1::AdherencePeriod& period) {
  EXPECT_EQ(period.asked(), period.answered() + period.unanswered());
  EXPECT_EQ(period.has_rate(), period.days_asked() > 0);
  if (period.has_rate()) {
    EXPECT_DOUBLE_EQ(period.rate() * period.days_asked(), period.days_done());
  }
  return absl::StrCat(period.days(), ": ", period.answered(), "/", period.asked(), " answered, ", period.done(),
                      " done, ", period.not_done(), " not, ", period.days_done(), "/", period.days_asked(), " days");
}

std::vector<std::string> Shown(const v1::CategoryAdherence& entry) {
  std::vector<std::string> lines;
  for (const v1::AdherencePeriod& period : entry.periods()) lines.push_back(Shown(period));
  return lines;
}

// The whole time, over all categories.
std::string All(const std::vector<AskingMessage>& messages) { return Shown(Count(messages).categories(0).periods(3)); }

std::vector<std::string> Ids(const google::protobuf::RepeatedPtrField<v1::CategoryAdherence>& entries) {
  std::vector<std::string> ids;
  for (const v1::CategoryAdherence& entry : entries) ids.push_back(absl::StrCat(entry.category(), entry.phase()));
  return ids;
}

TEST(AdherenceTest, NoQuestionsGiveOneEntryWithoutARate) {
  const v1::Adherence adherence = Count({});
  EXPECT_EQ(adherence.end_date(), "2029-03-31");
  ASSERT_THAT(Ids(adherence.categories()), ElementsAre(""));
  EXPECT_THAT(Shown(adherence.categories(0)),
              ElementsAre("7: 0/0 answered, 0 done, 0 not, 0/0 days", "14: 0/0 answered, 0 done, 0 not, 0/0 days",
                          "28: 0/0 answered, 0 done, 0 not, 0/0 days", "0: 0/0 answered, 0 done, 0 not, 0/0 days"));
  EXPECT_THAT(adherence.phases(), IsEmpty());
}

TEST(AdherenceTest, APeriodEndsWithTheLastDayAndBeginsThatManyDaysEarlier) {
  const v1::Adherence adherence = Count({Done(0), NotDone(6), Done(7), Sent(13), Done(14), Done(27), Done(28)});
  EXPECT_THAT(Shown(adherence.categories(0)),
              ElementsAre("7: 2/2 answered, 1 done, 1 not, 1/2 days", "14: 3/4 answered, 2 done, 1 not, 2/4 days",
                          "28: 5/6 answered, 4 done, 1 not, 4/6 days", "0: 6/7 answered, 5 done, 1 not, 5/7 days"));
}

TEST(AdherenceTest, ADayIsDoneIfEachOfItsQuestionsIsAnsweredWithYes) {
  EXPECT_EQ(All({Done(1), Done(1)}), "0: 2/2 answered, 2 done, 0 not, 1/1 days");
  EXPECT_EQ(All({Done(1), NotDone(1)}), "0: 2/2 answered, 1 done, 1 not, 0/1 days");
  EXPECT_EQ(All({Sent(1), Done(1)}), "0: 1/2 answered, 1 done, 0 not, 0/1 days");
}

TEST(AdherenceTest, ScoresAndChoicesCountAsAnsweredAndMakeNoDay) {
  const AskingMessage score = Sent(1, v1::ANSWER_KIND_SCORE, "pain");
  const AskingMessage choice = Sent(1, v1::ANSWER_KIND_CHOICE, "mood");
  EXPECT_EQ(All({score, choice}), "0: 0/2 answered, 0 done, 0 not, 0/0 days");
  // A score of 0 is no answer that something was not done.
  EXPECT_EQ(All({Answered(score, 1, 10, true), Answered(choice, 0, 8)}), "0: 2/2 answered, 0 done, 0 not, 0/0 days");
  EXPECT_EQ(All({score, Done(1)}), "0: 1/2 answered, 1 done, 0 not, 1/1 days");
}

TEST(AdherenceTest, EntriesAreByCategoryAndByPhaseOfThePathway) {
  AskingMessage late = Done(1);
  late.phase = "late";
  late.category = "bike";
  AskingMessage gone = Sent(2);
  gone.phase = "dropped";
  const v1::Adherence adherence = Count({gone, late, NotDone(3)});
  EXPECT_THAT(Ids(adherence.categories()), ElementsAre("", "bike", "walk"));
  EXPECT_EQ(Shown(adherence.categories(1).periods(0)), "7: 1/1 answered, 1 done, 0 not, 1/1 days");
  EXPECT_EQ(Shown(adherence.categories(2).periods(0)), "7: 1/2 answered, 0 done, 1 not, 0/2 days");
  // A phase that the pathway no longer has comes last.
  EXPECT_THAT(Ids(adherence.phases()), ElementsAre("early", "late", "dropped"));
  EXPECT_EQ(Shown(adherence.phases(0).periods(0)), "7: 1/1 answered, 0 done, 1 not, 0/1 days");
}

TEST(AdherenceTest, WhatWasSentOrAnsweredLaterIsNotCountedYet) {
  AskingMessage sent_today = Done(0);
  sent_today.sent_day = kLastDay + 1;
  EXPECT_EQ(All({Done(-1), sent_today}), "0: 0/0 answered, 0 done, 0 not, 0/0 days");
  EXPECT_THAT(Ids(Count({Done(-1)}).categories()), ElementsAre(""));
  EXPECT_EQ(All({Answered(Sent(0), -1, 8)}), "0: 0/1 answered, 0 done, 0 not, 0/1 days");
}

TEST(AdherenceTest, WhatWasRecordedButNeverSentWasNotAsked) {
  AskingMessage recorded = Done(1);
  recorded.sent_day.reset();
  EXPECT_EQ(All({recorded}), "0: 0/0 answered, 0 done, 0 not, 0/0 days");
  EXPECT_EQ(All({In("a", recorded), In("a", Sent(2))}), "0: 1/1 answered, 1 done, 0 not, 1/1 days");
}

TEST(AdherenceTest, TheMessagesOfAnInstanceAreOneQuestionOfTheFirstThatWasSent) {
  AskingMessage nudge = In("a", Answered(Sent(2, v1::ANSWER_KIND_DONE, "nudge"), 2, 12));
  nudge.phase = "late";
  const v1::Adherence adherence = Count({nudge, In("a", Sent(7)), In("b", Sent(1))});
  EXPECT_THAT(Ids(adherence.categories()), ElementsAre("", "walk"));
  EXPECT_THAT(Ids(adherence.phases()), ElementsAre("early"));
  // It counts for day 7, which the last seven days do not reach.
  EXPECT_THAT(Shown(adherence.categories(0)),
              ElementsAre("7: 0/1 answered, 0 done, 0 not, 0/1 days", "14: 1/2 answered, 1 done, 0 not, 1/2 days",
                          "28: 1/2 answered, 1 done, 0 not, 1/2 days", "0: 1/2 answered, 1 done, 0 not, 1/2 days"));
}

TEST(AdherenceTest, TheLatestAnswerToAnInstanceCounts) {
  const AskingMessage no = In("a", Answered(Sent(3), 3, 10, true));
  EXPECT_EQ(All({no, In("a", Answered(Sent(2), 2, 10))}), "0: 1/1 answered, 1 done, 0 not, 1/1 days");
  EXPECT_EQ(All({no, In("a", Answered(Sent(2), 4, 10))}), "0: 1/1 answered, 0 done, 1 not, 0/1 days");
  // The answer of today does not count yet, the one before does.
  EXPECT_EQ(All({no, In("a", Answered(Sent(2), -1, 10))}), "0: 1/1 answered, 0 done, 1 not, 0/1 days");
}

TEST(AdherenceTest, AScoreDoesNotTellWhetherSomethingWasDone) {
  const AskingMessage score = In("a", Answered(Sent(2, v1::ANSWER_KIND_SCORE), 2, 10));
  EXPECT_EQ(All({In("a", Sent(3)), score}), "0: 1/1 answered, 0 done, 0 not, 0/1 days");
  EXPECT_EQ(All({In("a", Sent(3, v1::ANSWER_KIND_SCORE)), In("a", Done(2))}),
            "0: 1/1 answered, 0 done, 0 not, 0/0 days");
}

// ---- Properties

AskingMessage RandomMessage(Random& random) {
  const v1::AnswerKind kinds[] = {v1::ANSWER_KIND_DONE, v1::ANSWER_KIND_DONE, v1::ANSWER_KIND_SCORE,
                                  v1::ANSWER_KIND_CHOICE};
  AskingMessage message = Sent(random.Upto(34) - 4, kinds[random.Upto(3)], random.OneIn(2) ? "walk" : "pain");
  if (random.OneIn(3)) message.phase = "late";
  if (random.OneIn(2)) message.instance = absl::StrCat("i", random.Upto(9));
  if (random.OneIn(8)) message.sent_day = *message.sent_day + 1;
  if (random.OneIn(8)) message.sent_day.reset();
  if (random.OneIn(2)) {
    message = Answered(message, static_cast<int>(kLastDay - message.due_day) - random.Upto(3), random.Upto(23),
                       random.OneIn(2));
  }
  return message;
}

std::vector<AskingMessage> RandomMessages(Random& random) {
  std::vector<AskingMessage> messages;
  for (int count = random.Upto(40); count > 0; --count) messages.push_back(RandomMessage(random));
  return messages;
}

// Calls `check` with many random lists of messages, until one fails.
template <typename Check>
void ForRandomMessages(Check check) {
  Random random(SeedOfRun());
  for (int round = 0; round < 2000 && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    check(RandomMessages(random), random);
  }
}

TEST(AdherencePropertyTest, TheOrderOfMessagesDoesNotMatter) {
  ForRandomMessages([](std::vector<AskingMessage> messages, Random& random) {
    const std::string before = Count(messages).SerializeAsString();
    std::shuffle(messages.begin(), messages.end(), std::mt19937_64(random.Bits()));
    EXPECT_EQ(Count(messages).SerializeAsString(), before);
  });
}

TEST(AdherencePropertyTest, WhatHappensAfterTheLastDayChangesNothing) {
  ForRandomMessages([](std::vector<AskingMessage> messages, Random& random) {
    const std::string before = Count(messages).SerializeAsString();
    for (AskingMessage& message : messages) {
      if (!message.given && random.OneIn(2)) message = Answered(message, -1 - random.Upto(3), 1, random.OneIn(2));
      if (!message.sent_day && random.OneIn(2)) message.sent_day = kLastDay + 1;
    }
    for (int count = random.Upto(5); count > 0; --count) {
      AskingMessage added = RandomMessage(random);
      added.given.reset();
      added.sent_day = kLastDay + 1 + random.Upto(2);
      messages.push_back(added);
    }
    EXPECT_EQ(Count(messages).SerializeAsString(), before);
  });
}

// Fails the test unless the counts of the entries from `first` on add up to those of `all`.
void ExpectSum(const google::protobuf::RepeatedPtrField<v1::CategoryAdherence>& entries, int first,
               const v1::CategoryAdherence& all) {
  for (int period = 0; period < all.periods_size(); ++period) {
    const auto sum = [&](int (v1::AdherencePeriod::*field)() const) {
      int total = 0;
      for (int i = first; i < entries.size(); ++i) total += (entries[i].periods(period).*field)();
      return total;
    };
    EXPECT_EQ(sum(&v1::AdherencePeriod::asked), all.periods(period).asked());
    EXPECT_EQ(sum(&v1::AdherencePeriod::answered), all.periods(period).answered());
    EXPECT_EQ(sum(&v1::AdherencePeriod::done), all.periods(period).done());
    EXPECT_EQ(sum(&v1::AdherencePeriod::not_done), all.periods(period).not_done());
    EXPECT_GE(sum(&v1::AdherencePeriod::days_asked), all.periods(period).days_asked());
  }
}

TEST(AdherencePropertyTest, SumsAgreeAndALongerPeriodHoldsTheShorter) {
  ForRandomMessages([](const std::vector<AskingMessage>& messages, Random&) {
    const v1::Adherence adherence = Count(messages);
    const v1::CategoryAdherence& all = adherence.categories(0);
    ExpectSum(adherence.categories(), 1, all);
    ExpectSum(adherence.phases(), 0, all);
    for (int i = 0; i < all.periods_size(); ++i) {
      const v1::AdherencePeriod& period = all.periods(i);
      EXPECT_EQ(period.asked(), period.answered() + period.unanswered());
      EXPECT_LE(period.done() + period.not_done(), period.answered());
      EXPECT_LE(period.days_done(), period.days_asked());
      EXPECT_LE(period.days_done(), period.done());
      if (period.days() > 0) {
        EXPECT_LE(period.days_asked(), period.days());
      }
      if (i == 0) continue;
      EXPECT_GE(period.asked(), all.periods(i - 1).asked());
      EXPECT_GE(period.done(), all.periods(i - 1).done());
      EXPECT_GE(period.days_done(), all.periods(i - 1).days_done());
    }
  });
}

}  // namespace
}  // namespace aftercare::plan
