// The pages of a timeline: together they are the whole, and each fits into what a client takes. The adherence is in the
// first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/reminder_name.h"
#include "tests/engine/clinic_fixture.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::SizeIs;

std::vector<std::string> NamesOf(const v1::GetTimelineResponse& timeline) {
  std::vector<std::string> names;
  for (const v1::Reminder& reminder : timeline.reminders()) names.push_back(reminder.name());
  return names;
}

class TimelineTest : public RealTimeFixture {
 protected:
  explicit TimelineTest(const FixtureOptions& options = {}) : RealTimeFixture(options) {}

  absl::StatusOr<v1::GetTimelineResponse> Page(int size, const std::string& token) {
    v1::GetTimelineRequest request;
    request.set_name(enrollment_);
    request.set_page_size(size);
    request.set_page_token(token);
    return world_.Call(&Engine::enrollments, &Enrollments::GetTimeline, request);
  }

  // The names of all pages of that size; every page has the enrollment and all phases, and is no larger than 4 MiB.
  // Only the first has the adherence.
  std::vector<std::string> AllPages(int size) {
    std::vector<std::string> names;
    std::string token;
    do {
      const v1::GetTimelineResponse page = Good(Page(size, token));
      EXPECT_EQ(page.enrollment().name(), enrollment_);
      EXPECT_FALSE(page.phases().empty());
      EXPECT_GT(page.reminders_size(), 0);
      EXPECT_LE(page.ByteSizeLong(), size_t{4} << 20);
      EXPECT_EQ(page.has_adherence(), token.empty());
      for (const std::string& name : NamesOf(page)) names.push_back(name);
      token = page.next_page_token();
    } while (!token.empty() && !HasFailure());
    return names;
  }

  std::string enrollment_ = world_.Enrol("north", "e", KneePatient("north"));
};

TEST_F(TimelineTest, PagesOfAnySizeAreTogetherTheWhole) {
  const v1::GetTimelineResponse whole = world_.Timeline(enrollment_);
  EXPECT_THAT(whole.next_page_token(), "");
  ASSERT_THAT(NamesOf(whole), SizeIs(13));
  for (const int size : {1, 2, 5, 12, 13, 14}) {
    EXPECT_THAT(AllPages(size), ElementsAreArray(NamesOf(whole))) << "pages of " << size;
  }
}

TEST_F(TimelineTest, WhatHappensBetweenTwoPagesRepeatsNoReminder) {
  const v1::GetTimelineResponse first = Good(Page(3, ""));
  ASSERT_THAT(first.reminders(), SizeIs(3));
  world_.MoveTo(At("2029-03-03T10:30"));  // the first ones are rows by now
  const v1::GetTimelineResponse second = Good(Page(2, first.next_page_token()));
  EXPECT_THAT(NamesOf(second), ElementsAre(Name("task.2029-03-03"), Name("ice.2029-03-03-1500")));
}

TEST_F(TimelineTest, ATokenIsGoodForItsEnrollmentOnlyAndASizeIsNotNegative) {
  const std::string token = Good(Page(3, "")).next_page_token();
  enrollment_ = world_.Enrol("north", "f", KneePatient("north", "p-2"));
  EXPECT_THAT(BadFields(Page(3, token).status()), ElementsAre("page_token"));
  EXPECT_THAT(BadFields(Page(-1, "nonsense").status()), ElementsAre("page_size", "page_token"));
}

// A patient who is asked for scores, and whether something was done.
class AdherenceInTimelineTest : public Replying {
 protected:
  absl::StatusOr<v1::GetTimelineResponse> Page(int size, const std::string& token) {
    v1::GetTimelineRequest request;
    request.set_name("clinics/box/enrollments/e");
    request.set_page_size(size);
    request.set_page_token(token);
    return world_.Call(&Engine::enrollments, &Enrollments::GetTimeline, request);
  }
  v1::Adherence Adherence() {
    v1::GetAdherenceRequest request;
    request.set_name("clinics/box/enrollments/e");
    return Good(world_.Call(&Engine::enrollments, &Enrollments::GetAdherence, request)).adherence();
  }
};

TEST_F(AdherenceInTimelineTest, TheFirstPageHasWhatGetAdherenceReturns) {
  world_.Enrol("box", "e", Patient());
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  SendUntil("2029-03-02T12:00");
  Until("2029-03-03T08:00");
  const v1::GetTimelineResponse first = Good(Page(5, ""));
  EXPECT_EQ(first.adherence().end_date(), "2029-03-02");
  EXPECT_THAT(first.adherence().categories(), SizeIs(3));
  EXPECT_THAT(first.adherence().scores(), SizeIs(1));
  EXPECT_EQ(first.adherence().SerializeAsString(), Adherence().SerializeAsString());
  EXPECT_THAT(first.reminders(), SizeIs(5));
  EXPECT_FALSE(Good(Page(5, first.next_page_token())).has_adherence());
}

// Four messages a day for ten years, each as long as a text may be. They ask for scores.
class LongTimelineTest : public TimelineTest {
 protected:
  static v1::Pathway LongPathway() {
    std::string text;
    for (int i = 0; i < 1500; ++i) text += "€";  // Three bytes.
    return FromText<v1::Pathway>(absl::StrCat(
        "display_name: 'Long' default_locale: 'en' "
        "phases { id: 'all' display_name: 'All' span { days { first: 1 last: 3650 } } }"
        "rules { id: 'msg' phase: 'all' category: 'rest' answer: ANSWER_KIND_SCORE texts { key: 'en' value: '",
        text, "' } schedule { daily {} times: '08:00' times: '12:00' times: '16:00' times: '20:00' } }"));
  }
  LongTimelineTest() : TimelineTest({.pathway = LongPathway()}) {}

  // Stores that many messages that were answered before the year began.
  void AddAnswered(int count) {
    world_.Write([count](store::WriteTransaction& tx) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        store::ReminderRow row;
        row.key = {"north", "e", "msg", plan::EncodeName({absl::CivilDay(2020, 1, 1) + i, {}})};
        row.state = v1::REMINDER_STATE_COMPLETED;
        row.reason = v1::REMINDER_REASON_ANSWERED;
        row.due = At("2028-03-01T08:00") + absl::Seconds(i);
        row.expire = row.due + absl::Hours(1);
        row.state_time = row.due;
        row.attempts = 1;
        row.score = i % 11;
        if (auto inserted = tx.InsertReminder(row); !inserted.ok()) return inserted.status();
      }
      return absl::OkStatus();
    });
  }
};

TEST_F(LongTimelineTest, NoPageIsLargerThanAClientTakes) {
  EXPECT_LT(Good(Page(1000, "")).reminders_size(), 1000);
  EXPECT_THAT(AllPages(1000), SizeIs(4 * 3650));
}

TEST_F(LongTimelineTest, ThousandScoresLeaveLessRoomOnTheFirstPageForReminders) {
  AddAnswered(2000);
  const v1::GetTimelineResponse first = Good(Page(1000, ""));
  EXPECT_THAT(first.adherence().scores(), SizeIs(1000));
  const v1::GetTimelineResponse second = Good(Page(1000, first.next_page_token()));
  // Both pages are filled as far as they may be, so they differ by less than what the next reminders would take.
  EXPECT_GT(first.adherence().ByteSizeLong(), 5 * second.reminders(0).ByteSizeLong());
  EXPECT_LT(first.ByteSizeLong(), second.ByteSizeLong() + 2 * second.reminders(0).ByteSizeLong());
}

}  // namespace
}  // namespace aftercare::engine
