// The pages of a timeline: together they are the whole, and each fits into what a client takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/clinic_fixture.h"

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
  std::vector<std::string> AllPages(int size) {
    std::vector<std::string> names;
    std::string token;
    do {
      const v1::GetTimelineResponse page = Good(Page(size, token));
      EXPECT_EQ(page.enrollment().name(), enrollment_);
      EXPECT_FALSE(page.phases().empty());
      EXPECT_GT(page.reminders_size(), 0);
      EXPECT_LE(page.ByteSizeLong(), size_t{4} << 20);
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

// Four messages a day for ten years, each as long as a text may be.
class LongTimelineTest : public TimelineTest {
 protected:
  static v1::Pathway LongPathway() {
    return FromText<v1::Pathway>(absl::StrCat(
        "display_name: 'Long' default_locale: 'en' "
        "phases { id: 'all' display_name: 'All' span { days { first: 1 last: 3650 } } }"
        "rules { id: 'msg' phase: 'all' category: 'rest' texts { key: 'en' value: '",
        std::string(1500, 'x'),
        "' } schedule { daily {} times: '08:00' times: '12:00' times: '16:00' times: '20:00' } }"));
  }
  LongTimelineTest() : TimelineTest({.pathway = LongPathway()}) {}
};

TEST_F(LongTimelineTest, NoPageIsLargerThanAClientTakes) {
  EXPECT_LT(Good(Page(1000, "")).reminders_size(), 1001);
  EXPECT_THAT(AllPages(1000), SizeIs(4 * 3650));
}

}  // namespace
}  // namespace aftercare::engine
