#include "scheduler/plan/year/visit_stories.h"

#include "scheduler/plan/civil.h"

namespace aftercare::plan {
namespace {

constexpr int kStartHour = 10;

// A change of a visit.
struct Change {
  v1::VisitState state;
  int days;  // After the target.
  int hour;  // By the patient's clock.
};

// Returns the changes of a visit, in order. The first books it.
std::vector<Change> ChangesOf(VisitStory story) {
  switch (story) {
    case VisitStory::kNotBooked:
      return {};
    case VisitStory::kAttended:
      return {{v1::VISIT_STATE_BOOKED, -60, 11}, {v1::VISIT_STATE_ATTENDED, 0, 11}};
    case VisitStory::kMissed:
      return {{v1::VISIT_STATE_BOOKED, -21, 11}, {v1::VISIT_STATE_MISSED, 0, 17}};
    case VisitStory::kCancelled:
      return {{v1::VISIT_STATE_BOOKED, -21, 11}, {v1::VISIT_STATE_CANCELLED, -3, 12}};
    case VisitStory::kNotRecorded:
      return {{v1::VISIT_STATE_BOOKED, -60, 11}};
  }
  return {};
}

absl::Time TimeOf(absl::CivilDay day, int hour, absl::TimeZone zone) {
  return InstantOf(absl::CivilSecond(absl::CivilHour(day) + hour), zone);
}

}  // namespace

std::vector<VisitStage> StagesOf(const CompiledPathway& pathway, VisitStory story, absl::CivilDay procedure_date,
                                 absl::TimeZone zone) {
  VisitStage stage;
  stage.visits = VisitsOf(pathway, procedure_date, zone, nullptr, {});
  stage.until.assign(stage.visits.size(), absl::InfiniteFuture());
  std::vector<VisitStage> stages = {stage};
  for (const Change& change : ChangesOf(story)) {
    stage.state = change.state;
    for (size_t i = 0; i < stage.visits.size(); ++i) {
      VisitFacts& visit = stage.visits[i];
      visit.state = change.state;
      visit.appointment = 1;
      visit.start = TimeOf(visit.target, kStartHour, zone);
      visit.since = TimeOf(visit.target + change.days, change.hour, zone);
      visit.anchor = visit.target;
      stages.back().until[i] = visit.since;
    }
    stages.push_back(stage);
  }
  return stages;
}

}  // namespace aftercare::plan
