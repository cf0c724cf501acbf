#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_FIELDS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_FIELDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// The fields of one resource, each on a line of its own: the name, and the value in the same column for all. All
// functions are pure and thread safe.
namespace aftercare::client {

// Returns `name             value` with a line feed. Empty if the value is empty.
std::string Field(absl::string_view name, absl::string_view value);

// Returns one line for each value, the first with the name of the field. Empty if there are no values.
std::string Fields(absl::string_view name, const std::vector<std::string>& values);

// Returns the field with a value that may be long, broken into lines of at most 100 columns. Empty if the value is
// empty.
std::string LongField(absl::string_view name, absl::string_view value);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_FIELDS_H_
