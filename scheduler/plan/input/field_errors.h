// Errors in the fields of a message. Checks collect all of them, so that a caller can correct everything at once.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_FIELD_ERRORS_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_FIELD_ERRORS_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

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

// Adds an error if a list does not have `least` to `most` elements. Returns how many of them to look at, so that the
// work on a list that is too long is bounded.
inline int CheckListSize(const std::string& field, int size, int least, int most, FieldErrors* errors) {
  if (size < least) errors->push_back({field, absl::StrCat("must have at least ", least)});
  if (size > most) errors->push_back({field, absl::StrCat("must have at most ", most)});
  return std::min(size, most);
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_FIELD_ERRORS_H_
