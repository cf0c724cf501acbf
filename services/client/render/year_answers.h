#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_ANSWERS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_ANSWERS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "services/client/render/questions.h"
#include "services/client/render/year.h"

// What a patient answered over the year. All functions are pure and thread safe.
namespace aftercare::client {

// Returns what became of the questions of a timeline, by reminder. Reminders without an entry are kNothing.
//
// A message that was sent asks if its rule does. The clinic's record that something was done counts as its answer. The
// messages of one instance of a group are one question: one answer answers those that were sent. An instance begins
// with each reminder of the group's first rule.
absl::flat_hash_map<const v1::Reminder*, Answering> AnsweringOf(const v1::GetTimelineResponse& timeline,
                                                                const Questions& questions);

// Returns the scores of the timeline's adherence as curves: by scale, those of one scale in order of the first score,
// the questionnaires last. Scores of a rule or questionnaire that `questions` does not have are taken to be 0 to 10, or
// more if they are more.
std::vector<YearCurve> CurvesOf(const v1::GetTimelineResponse& timeline, const Questions& questions,
                                absl::TimeZone zone);

// Returns a sentence about the whole time since the enrollment: how many questions were answered, and on how many days
// all that was asked was done. Empty if nothing was asked.
std::string AnswersNote(const v1::Adherence& adherence);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_ANSWERS_H_
