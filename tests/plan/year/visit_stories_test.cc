#include "scheduler/plan/year/visit_stories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;

// Returns the stages of a story of one visit on 10 June 2027, with the time at which each ends.
std::vector<std::string> Stages(VisitStory story) {
  v1::Pathway source = OneRulePathway("days { last: 1 }", "times: '09:00'");
  *source.add_visits() = FromText<v1::PathwayVisit>("id: 'v' display_name: 'V' target { days: 100 }");
  const auto pathway = CompileGood(source);
  std::vector<std::string> stages;
  for (const VisitStage& stage :
       StagesOf(*pathway, story, absl::CivilDay(2027, 3, 2), FindZone("America/New_York").value())) {
    const VisitFacts& visit = stage.visits.at(0);
    EXPECT_EQ(visit.state, stage.state);
    EXPECT_EQ(visit.anchor, absl::CivilDay(2027, 6, 10));
    if (visit.appointment > 0) {
      EXPECT_EQ(InUtc(visit.start), "2027-06-10T14:00Z");
    }
    const absl::Time end = stage.until.at(0);
    stages.push_back(absl::StrCat(v1::VisitState_Name(stage.state).substr(12), " ",
                                  end == absl::InfiniteFuture() ? "on" : InUtc(end)));
  }
  return stages;
}

TEST(VisitStoriesTest, EachStoryGoesItsWayByThePatientsClock) {
  EXPECT_THAT(Stages(VisitStory::kNotBooked), ElementsAre("UNBOOKED on"));
  EXPECT_THAT(Stages(VisitStory::kAttended),
              ElementsAre("UNBOOKED 2027-04-11T15:00Z", "BOOKED 2027-06-10T15:00Z", "ATTENDED on"));
  EXPECT_THAT(Stages(VisitStory::kMissed),
              ElementsAre("UNBOOKED 2027-05-20T15:00Z", "BOOKED 2027-06-10T21:00Z", "MISSED on"));
  EXPECT_THAT(Stages(VisitStory::kCancelled),
              ElementsAre("UNBOOKED 2027-05-20T15:00Z", "BOOKED 2027-06-07T16:00Z", "CANCELLED on"));
  EXPECT_THAT(Stages(VisitStory::kNotRecorded), ElementsAre("UNBOOKED 2027-04-11T15:00Z", "BOOKED on"));
}

}  // namespace
}  // namespace aftercare::plan
