// Helpers of the engine's tests: instants from text, and states and errors as short texts.
#ifndef AFTERCARE_TESTS_ENGINE_TESTING_H_
#define AFTERCARE_TESTS_ENGINE_TESTING_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/engine.h"
#include "tests/support/text_proto.h"

namespace aftercare::engine {

// Parses an instant in UTC: `2029-03-01T09:00` or `2029-03-01T09:00:30`.
absl::Time At(const std::string& text);

// Returns the value. Fails the test, and returns an empty value, if there is an error instead.
template <typename T>
T Good(absl::StatusOr<T> value) {
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *std::move(value) : T();
}

// Returns `DUE`, or with a reason `EXPIRED/WINDOW_CLOSED`.
std::string StateAndReason(v1::ReminderState state, v1::ReminderReason reason);
inline std::string StateAndReason(const v1::Reminder& reminder) {
  return StateAndReason(reminder.state(), reminder.reason());
}

// Returns the last part of a resource name: `ice.1` for a reminder.
std::string IdOf(const std::string& name);

// Returns the code and the reason of an error: `NOT_FOUND/CLINIC_NOT_FOUND`. Returns `OK` if there is none.
std::string ErrorOf(const absl::Status& status);
std::string ErrorOf(const google::rpc::Status& status);

// Returns the fields that the BadRequest of the status names.
std::vector<std::string> BadFields(const absl::Status& status);

// Returns a caller that may do everything.
Caller Operator();

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_TESTING_H_
