#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_ADHERENCE_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_ADHERENCE_TEXT_H_

#include <string>
#include <vector>

#include "aftercare/v1/adherence.pb.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "services/client/render/lists.h"

// How a patient follows the care plan, as text for a terminal and as records of a CSV file. All functions are pure and
// thread safe.
namespace aftercare::client {

// Returns a table of the categories and phases with one column for each period, and tables of the scores with a
// sparkline for each rule and each questionnaire. Scores are drawn on the scales that `pathway` has. Times are in the
// zone of `style`, which should be the patient's. Every line ends with a line feed.
std::string RenderAdherence(const v1::Adherence& adherence, const v1::Pathway& pathway, const ListStyle& style);

// Returns a table with one line for each enrollment: its rate in the period of so many days, on how many days it was
// asked, for how many it has not answered, and the last day that is counted. `list` has a summary for each enrollment.
// Every line ends with a line feed.
std::string RenderFollowing(const v1::ListEnrollmentsResponse& list, int days, const ListStyle& style);

// Returns the fields of a CSV file, the titles first: one record for each category or phase and each period. The record
// for all categories has neither a category nor a phase.
std::vector<std::vector<std::string>> AdherenceRecords(const v1::Adherence& adherence);

// The same for the scores: one record for each, those of questionnaires last. The record of a questionnaire's score has
// no rule, and the reminder that asked the first question. Times are in RFC 3339, in UTC.
std::vector<std::vector<std::string>> ScoreRecords(const v1::Adherence& adherence);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_ADHERENCE_TEXT_H_
