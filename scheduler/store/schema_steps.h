// The text of the schema, step by step (see migrations.h).
#ifndef AFTERCARE_SCHEDULER_STORE_SCHEMA_STEPS_H_
#define AFTERCARE_SCHEDULER_STORE_SCHEMA_STEPS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace aftercare::store {

// Step n of the schema is the element n - 1: SQL in which words of the dialect stand in braces (see Dialect). Instants
// are microseconds since 1970.
absl::Span<const char* const> SchemaSteps();

// A line that begins so names the part of a step that follows, for those who wait for it.
inline constexpr absl::string_view kStepPart = "--: ";

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_SCHEMA_STEPS_H_
