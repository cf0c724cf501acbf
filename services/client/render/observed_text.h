#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_OBSERVED_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_OBSERVED_TEXT_H_

#include <string>

#include "aftercare/v1/observed.pb.h"

// Conditions on what a patient answered, as text for a terminal. All functions are pure and thread safe.
namespace aftercare::client {

// Returns what a condition asks for: `therapy done on less than 50 % of the days of the last 14 days (3 asked at
// least)`, `the last 2 answers to check-in are choice 3`, with `not: ` before it if the condition holds otherwise.
std::string ConditionText(const v1::ObservedCondition& condition);

// Returns what was observed for a condition, and whether it held: `25 % of 4 days: held`, `9, 8: held`.
std::string ObservationText(const v1::Observation& observation);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_OBSERVED_TEXT_H_
