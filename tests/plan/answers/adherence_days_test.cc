// The days of adherence in a few bytes. The last tests check properties on random messages; each prints its seed, and
// AFTERCARE_SEED runs another.
#include "scheduler/plan/answers/adherence_days.h"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/answers/adherence.h"
#include "scheduler/plan/civil.h"
#include "tests/support/random.h"

namespace aftercare::plan {
namespace {

const absl::CivilDay kLastDay(2029, 3, 31);

absl::Time TimeOn(absl::CivilDay day, int hour) {
  return absl::FromCivil(absl::CivilHour(day) + hour, absl::UTCTimeZone());
}

AskingMessage Sent(int days_ago, v1::AnswerKind kind = v1::ANSWER_KIND_DONE, int hour = 9) {
  AskingMessage message;
  message.answer = kind;
  message.due_day = kLastDay - days_ago;
  message.due = TimeOn(message.due_day, hour);
  message.sent_day = message.due_day;
  return message;
}

AskingMessage Answered(AskingMessage message, int days_ago, bool not_done = false) {
  message.given = RecordedAnswer{TimeOn(kLastDay - days_ago, 20), kLastDay - days_ago, not_done};
  return message;
}

// `5 of 7, 9 of 14, 9 of 28, silent 3`.
std::string Shown(const AdherenceDays& days) {
  std::string text;
  const v1::AdherenceSummary summary = SummaryOf(days);
  for (const v1::AdherencePeriod& period : summary.periods()) {
    EXPECT_EQ(period.has_rate(), period.days_asked() > 0);
    absl::StrAppend(&text, period.days_done(), "/", period.days_asked(), " of ", period.days(), ", ");
  }
  return absl::StrCat(text, "silent ", summary.silent_days());
}

std::string Shown(const std::vector<AskingMessage>& messages) { return Shown(CountDays(messages, kLastDay)); }

TEST(AdherenceDaysTest, WhoWasAskedNothingHasNoRateAndIsNotSilent) {
  EXPECT_EQ(Shown(std::vector<AskingMessage>()), "0/0 of 7, 0/0 of 14, 0/0 of 28, silent 0");
  EXPECT_EQ(SummaryOf(CountDays({}, kLastDay)).end_date(), "2029-03-31");
}

TEST(AdherenceDaysTest, APeriodHasItsFirstAndItsLastDay) {
  const auto shown = [](int days_ago) { return Shown({Answered(Sent(days_ago), days_ago)}); };
  EXPECT_EQ(shown(0), "1/1 of 7, 1/1 of 14, 1/1 of 28, silent 0");
  EXPECT_EQ(shown(6), "1/1 of 7, 1/1 of 14, 1/1 of 28, silent 0");
  EXPECT_EQ(shown(7), "0/0 of 7, 1/1 of 14, 1/1 of 28, silent 0");
  EXPECT_EQ(shown(27), "0/0 of 7, 0/0 of 14, 1/1 of 28, silent 0");
  EXPECT_EQ(shown(28), "0/0 of 7, 0/0 of 14, 0/0 of 28, silent 0");
}

TEST(AdherenceDaysTest, ADayIsDoneIfEachQuestionOfItIs) {
  EXPECT_EQ(Shown({Answered(Sent(1), 1), Sent(1, v1::ANSWER_KIND_DONE, 7)}),
            "0/1 of 7, 0/1 of 14, 0/1 of 28, silent 0");
  EXPECT_EQ(Shown({Answered(Sent(1), 1), Answered(Sent(1, v1::ANSWER_KIND_DONE, 7), 1, /*not_done=*/true)}),
            "0/1 of 7, 0/1 of 14, 0/1 of 28, silent 0");
  EXPECT_EQ(Shown({Answered(Sent(1), 1), Sent(1, v1::ANSWER_KIND_SCORE, 7)}),
            "1/1 of 7, 1/1 of 14, 1/1 of 28, silent 0");
}

TEST(AdherenceDaysTest, SilenceBeginsWithTheFirstQuestionAfterTheLastAnsweredOne) {
  const auto score = v1::ANSWER_KIND_SCORE;
  EXPECT_EQ(SilentDays(CountDays({{Sent(0, score)}}, kLastDay)), 1);
  EXPECT_EQ(SilentDays(CountDays({{Sent(9, score), Sent(3, score)}}, kLastDay)), 10);
  EXPECT_EQ(SilentDays(CountDays({{Answered(Sent(9, score), 9), Sent(5), Sent(3, score)}}, kLastDay)), 6);
  EXPECT_EQ(SilentDays(CountDays({{Sent(9, score), Sent(5), Answered(Sent(3, score), 0)}}, kLastDay)), 0);
  // Of one day, the later question is the last one.
  EXPECT_EQ(SilentDays(CountDays({{Answered(Sent(2, score, 9), 2), Sent(2, score, 18)}}, kLastDay)), 3);
  EXPECT_EQ(SilentDays(CountDays({{Sent(2, score, 9), Answered(Sent(2, score, 18), 2)}}, kLastDay)), 0);
  // The last answered question counts, not the last answer.
  EXPECT_EQ(SilentDays(CountDays({{Answered(Sent(9, score), 0), Sent(5, score)}}, kLastDay)), 6);
}

TEST(AdherenceDaysTest, SilenceEndsAtSixtyDays) {
  EXPECT_EQ(SilentDays(CountDays({{Sent(59)}}, kLastDay)), 60);
  EXPECT_EQ(SilentDays(CountDays({{Sent(200)}}, kLastDay)), 60);
}

TEST(AdherenceDaysTest, WhatIsSentOrAnsweredLaterMustBeCountedAgain) {
  EXPECT_EQ(CountDays({{Answered(Sent(3), 2)}}, kLastDay).next_change, std::nullopt);
  EXPECT_EQ(CountDays({{Sent(3), Sent(-1), Sent(-4)}}, kLastDay).next_change, kLastDay + 1);
  EXPECT_EQ(CountDays({{Answered(Sent(3), -2)}}, kLastDay).next_change, kLastDay + 2);
  AskingMessage late = Sent(3);
  late.sent_day = kLastDay + 1;
  EXPECT_EQ(CountDays({{late}}, kLastDay).next_change, kLastDay + 1);
  AskingMessage never_sent = Sent(-3);
  never_sent.sent_day.reset();
  EXPECT_EQ(CountDays({{never_sent}}, kLastDay).next_change, std::nullopt);
}

class RandomAdherenceDaysTest : public testing::Test {
 protected:
  // Returns messages from 80 days before the last day to a few days after it, some of them in instances.
  std::vector<AskingMessage> Messages() {
    std::vector<AskingMessage> messages(random_() % 60);
    for (AskingMessage& message : messages) {
      message = Sent(Between(-3, random_() % 2 == 0 ? 30 : 80),
                     random_() % 3 == 0 ? v1::ANSWER_KIND_SCORE : v1::ANSWER_KIND_DONE, Between(7, 9));
      if (random_() % 3 == 0) message.instance = absl::StrCat(random_() % 5);
      if (random_() % 8 == 0) message.sent_day = message.due_day + Between(0, 2);
      if (random_() % 2 == 0) {
        const absl::CivilDay day = message.due_day + Between(0, 3);
        message.given = RecordedAnswer{TimeOn(day, Between(10, 20)), day, random_() % 4 == 0};
        if (random_() % 8 == 0) message.sent_day.reset();
      }
    }
    return messages;
  }
  int Between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  const uint64_t seed_ = SeedOfRun();
  std::mt19937_64 random_{seed_};
};

TEST_F(RandomAdherenceDaysTest, TheyAgreeWithTheCountByCategory) {
  for (int i = 0; i < 3000; ++i) {
    const std::vector<AskingMessage> messages = Messages();
    v1::Adherence adherence;
    CountAdherence(messages, kLastDay, {}, &adherence);
    const v1::AdherenceSummary summary = SummaryOf(CountDays(messages, kLastDay));
    EXPECT_EQ(summary.end_date(), adherence.end_date());
    ASSERT_EQ(summary.periods_size(), 3);
    for (int p = 0; p < 3; ++p) {
      const v1::AdherencePeriod& counted = adherence.categories(0).periods(p);
      ASSERT_EQ(summary.periods(p).days(), counted.days());
      ASSERT_EQ(summary.periods(p).days_asked(), counted.days_asked()) << "seed " << seed_;
      ASSERT_EQ(summary.periods(p).days_done(), counted.days_done()) << "seed " << seed_;
      ASSERT_EQ(summary.periods(p).rate(), counted.rate());
    }
  }
}

TEST_F(RandomAdherenceDaysTest, UntilTheNextChangeTheyOnlyMoveOn) {
  for (int i = 0; i < 3000; ++i) {
    const std::vector<AskingMessage> messages = Messages();
    const AdherenceDays days = CountDays(messages, kLastDay);
    for (const int later : {0, 1, 2, 5, 27, 28, 40}) {
      if (days.next_change && kLastDay + later >= *days.next_change) break;
      EXPECT_EQ(Shown(MovedTo(days, kLastDay + later)), Shown(CountDays(messages, kLastDay + later)))
          << "seed " << seed_ << ", " << later << " days later";
    }
  }
}

}  // namespace
}  // namespace aftercare::plan
