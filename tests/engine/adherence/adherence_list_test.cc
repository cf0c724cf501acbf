// Who falls behind: lists of enrollments by adherence.
#include "scheduler/engine/adherence/adherence_list.h"

#include "tests/engine/adherence/following.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AdherenceListTest : public Following {
 protected:
  // Enrols `all`, who does each walk, `half`, who does the first of two, and `none`, who answers nothing, and plays two
  // days.
  void PlayTwoDays() {
    for (const char* id : {"all", "half", "none"}) Enrol(id);
    SendUntil("2029-03-02T12:00");
    ReplyOf("all", "done");
    ReplyOf("half", "done");
    SendUntil("2029-03-03T12:00");
    ReplyOf("all", "done");
    Until("2029-03-04T00:00");
  }
};

TEST_F(AdherenceListTest, TheListByNameHasSummariesIfItIsAskedForThem) {
  Enrol("new");
  PlayTwoDays();
  EXPECT_THAT(Enrollments("adherence {}"),
              ElementsAre("all 2/2 silent 0", "half 1/2 silent 1", "new 0/2 silent 2", "none 0/2 silent 2"));
  Enrol("newest");
  const auto list = Good(TryEnrollments("adherence { days: 7 } page_size: 4"));
  ASSERT_EQ(list.summaries_size(), 4);
  EXPECT_EQ(list.enrollments(3).name(), "clinics/box/enrollments/newest");
  EXPECT_EQ(list.summaries(3).end_date(), "2029-03-03");
  EXPECT_FALSE(list.summaries(3).periods(2).has_rate());
  EXPECT_EQ(list.summaries(0).periods(1).rate(), 1.0);
  EXPECT_THAT(Good(TryEnrollments("")).summaries(), IsEmpty());
}

TEST_F(AdherenceListTest, WhoDoesLeastComesFirst) {
  PlayTwoDays();
  Enrol("new");
  EXPECT_THAT(Enrollments("order: ENROLLMENT_ORDER_ADHERENCE"),
              ElementsAre("none 0/2 silent 2", "half 1/2 silent 1", "all 2/2 silent 0"));
  EXPECT_THAT(Enrollments("order: ENROLLMENT_ORDER_SILENCE"), ElementsAre("none 0/2 silent 2", "half 1/2 silent 1"));
}

TEST_F(AdherenceListTest, FiltersSelectWhoFallsBehind) {
  PlayTwoDays();
  Enrol("new");
  EXPECT_THAT(Enrollments("adherence { rate_below_percent: 51 }"),
              ElementsAre("half 1/2 silent 1", "none 0/2 silent 2"));
  EXPECT_THAT(Enrollments("adherence { rate_below_percent: 50 }"), ElementsAre("none 0/2 silent 2"));
  EXPECT_THAT(Enrollments("adherence { rate_below_percent: 100 min_days_asked: 3 }"), IsEmpty());
  EXPECT_THAT(Enrollments("adherence { rate_below_percent: 100 min_days_asked: 2 }"),
              ElementsAre("half 1/2 silent 1", "none 0/2 silent 2"));
  EXPECT_THAT(Enrollments("adherence { silent_days: 1 }"), ElementsAre("half 1/2 silent 1", "none 0/2 silent 2"));
  EXPECT_THAT(Enrollments("adherence { silent_days: 2 } order: ENROLLMENT_ORDER_ADHERENCE"),
              ElementsAre("none 0/2 silent 2"));
  EXPECT_THAT(Enrollments("adherence { silent_days: 3 }"), IsEmpty());
}

TEST_F(AdherenceListTest, ThePeriodIsThatOfTheFilter) {
  PlayTwoDays();
  Until("2029-03-10T00:00");  // Nobody was sent anything since. The first walk is eight days ago.
  EXPECT_THAT(Enrollments("adherence { days: 7 rate_below_percent: 100 }"),
              ElementsAre("half 0/1 silent 7", "none 0/1 silent 8"));
  Until("2029-03-11T00:00");
  EXPECT_THAT(Enrollments("adherence { days: 7 rate_below_percent: 100 }"), IsEmpty());
  EXPECT_THAT(Enrollments("adherence { rate_below_percent: 100 }"),
              ElementsAre("half 0/0 silent 8", "none 0/0 silent 9"));
}

TEST_F(AdherenceListTest, TheOtherFiltersOfTheListHold) {
  world_.CreatePathway("box", "other", AsksPathway());
  Enrol("apart", "UTC", "other");
  PlayTwoDays();
  EXPECT_THAT(Enrollments("order: ENROLLMENT_ORDER_ADHERENCE pathway: 'clinics/box/pathways/other'"),
              ElementsAre("apart 0/2 silent 2"));
  EXPECT_THAT(Enrollments("order: ENROLLMENT_ORDER_ADHERENCE patient: 'p-half'"), ElementsAre("half 1/2 silent 1"));
  EXPECT_THAT(Enrollments("adherence {} patient: 'p-half'"), ElementsAre("half 1/2 silent 1"));
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/none").ok());
  ASSERT_TRUE(world_.End("clinics/box/enrollments/apart").ok());
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Enrollments("order: ENROLLMENT_ORDER_ADHERENCE state: ENROLLMENT_STATE_ACTIVE"),
                ElementsAre("half 1/2 silent 1", "all 2/2 silent 0"));
    EXPECT_THAT(Enrollments("order: ENROLLMENT_ORDER_ADHERENCE state: ENROLLMENT_STATE_PAUSED"),
                ElementsAre("none 0/2 silent 2"));
    EXPECT_THAT(Enrollments("order: ENROLLMENT_ORDER_SILENCE state: ENROLLMENT_STATE_ENDED"),
                ElementsAre("apart 0/2 silent 2"));
    CountAll();  // The same once it is counted.
  }
}

TEST_F(AdherenceListTest, PagesFollowOneAnother) {
  PlayTwoDays();
  Enrol("more");
  SendUntil("2029-03-04T12:00");
  Until("2029-03-05T00:00");
  for (const std::string order :
       {"ENROLLMENT_ORDER_ADHERENCE", "ENROLLMENT_ORDER_SILENCE", "ENROLLMENT_ORDER_UNSPECIFIED"}) {
    const std::string fields = absl::StrCat("adherence { silent_days: 1 } order: ", order);
    const std::vector<std::string> all = Enrollments(fields);
    ASSERT_EQ(all.size(), 4u);
    std::vector<std::string> paged;
    std::string token;
    do {
      const std::string page = absl::StrCat(fields, " page_size: 1 page_token: '", token, "'");
      for (const std::string& line : Enrollments(page)) paged.push_back(line);
      token = Good(TryEnrollments(page)).next_page_token();
    } while (!token.empty() && paged.size() < 10);
    EXPECT_EQ(paged, all) << order;
  }
}

TEST_F(AdherenceListTest, APageTokenBelongsToItsRequest) {
  PlayTwoDays();
  const std::string fields = "order: ENROLLMENT_ORDER_ADHERENCE adherence { days: 7 } page_size: 1 ";
  const std::string token = absl::StrCat("page_token: '", Good(TryEnrollments(fields)).next_page_token(), "'");
  EXPECT_THAT(Enrollments(fields + token), ElementsAre("half 1/2 silent 1"));
  for (const char* other : {"order: ENROLLMENT_ORDER_SILENCE adherence { days: 7 }",
                            "order: ENROLLMENT_ORDER_ADHERENCE",
                            "order: ENROLLMENT_ORDER_ADHERENCE adherence { days: 7 silent_days: 1 }",
                            "order: ENROLLMENT_ORDER_ADHERENCE adherence { days: 7 rate_below_percent: 99 }",
                            "order: ENROLLMENT_ORDER_ADHERENCE adherence { days: 7 min_days_asked: 2 }", ""}) {
    EXPECT_THAT(BadFields(TryEnrollments(absl::StrCat(other, " ", token)).status()), ElementsAre("page_token"))
        << other;
  }
}

TEST_F(AdherenceListTest, EachBadFieldIsNamed) {
  EXPECT_THAT(BadFields(TryEnrollments("adherence { days: 8 rate_below_percent: 101 min_days_asked: 29"
                                       " silent_days: 61 } order: 7 state: 99 page_size: -1")
                            .status()),
              ElementsAre("state", "adherence.days", "adherence.rate_below_percent", "adherence.min_days_asked",
                          "adherence.silent_days", "order", "page_size"));
  EXPECT_THAT(BadFields(TryEnrollments(
                            "adherence { days: -7 rate_below_percent: -1 min_days_asked: -1 silent_days: -1 }")
                            .status()),
              ElementsAre("adherence.days", "adherence.rate_below_percent", "adherence.min_days_asked",
                          "adherence.silent_days"));
}

TEST_F(AdherenceListTest, YesterdayIsThePatients) {
  Enrol("east", "Pacific/Auckland");
  Enrol("west", "UTC");
  SendUntil("2029-03-01T23:00");  // 2 March 12:00 in Auckland.
  Until("2029-03-02T11:00");
  const auto list = Good(TryEnrollments("adherence {}"));
  EXPECT_EQ(list.summaries(0).end_date(), "2029-03-02");
  EXPECT_EQ(list.summaries(0).periods(0).days_asked(), 1);
  EXPECT_EQ(list.summaries(1).end_date(), "2029-03-01");
}

TEST_F(AdherenceListTest, APositionIsReadAsItWasWritten) {
  const auto position = AdherencePosition::FromText(AdherencePosition{3, 7, "a.b-c_d"}.ToText());
  ASSERT_TRUE(position.has_value());
  EXPECT_EQ(position->ToText(), "3/7/a.b-c_d");
  for (const char* text : {"", "3", "3/7", "x/7/a", "3/0/a", "3/-1/a"}) {
    EXPECT_FALSE(AdherencePosition::FromText(text).has_value()) << text;
  }
  EXPECT_LT((AdherencePosition{1, 3, "b"}), (AdherencePosition{2, 5, "a"}));
  EXPECT_LT((AdherencePosition{1, 2, "a"}), (AdherencePosition{2, 4, "b"}));
  EXPECT_LT((AdherencePosition{-9, 1, "b"}), (AdherencePosition{-8, 1, "a"}));
}

}  // namespace
}  // namespace aftercare::engine
