#ifndef AFTERCARE_SCHEDULER_PLAN_FIELD_ERRORS_H_
#define AFTERCARE_SCHEDULER_PLAN_FIELD_ERRORS_H_

#include <string>
#include <vector>

namespace aftercare::plan {

// One fault in a message somebody sent. Checks collect all of them, so that a caller can mend everything at once.
struct FieldError {
  // Path of the field from the checked message, for instance `rules[3].texts["es"]`.
  std::string field;

  // What must hold, as a phrase that follows the field's name: "must be a time of day, HH:MM". Never repeats a
  // patient's data.
  std::string description;
};

using FieldErrors = std::vector<FieldError>;

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_FIELD_ERRORS_H_
