// Errors in the fields of a message. Checks collect all of them, so that a caller can correct everything at once.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_FIELD_ERRORS_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_FIELD_ERRORS_H_

#include <string>
#include <vector>

namespace aftercare::plan {

// An error in one field of a message.
struct FieldError {
  // Path of the field from the checked message, such as `rules[3].texts["es"]`.
  std::string field;

  // The requirement that does not hold, as a phrase that follows the field's name: "must be a time of day, HH:MM".
  // Never contains data of a patient.
  std::string description;
};

using FieldErrors = std::vector<FieldError>;

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_FIELD_ERRORS_H_
