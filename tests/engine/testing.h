// What the engine's tests write and read: instants, messages, and states and errors as short texts.
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

// The instant of `2029-03-01T09:00` or `2029-03-01T09:00:30`, UTC.
absl::Time At(const std::string& text);

// The value, which the test says there is.
template <typename T>
T Good(absl::StatusOr<T> value) {
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *std::move(value) : T();
}

// `DUE`, or with a reason `EXPIRED/WINDOW_CLOSED`.
std::string StateAndReason(v1::ReminderState state, v1::ReminderReason reason);
inline std::string StateAndReason(const v1::Reminder& reminder) {
  return StateAndReason(reminder.state(), reminder.reason());
}

// The last part of a resource name: `ice.1` of a reminder's.
std::string IdOf(const std::string& name);

// `NOT_FOUND/CLINIC_NOT_FOUND`, `OK`.
std::string ErrorOf(const absl::Status& status);
std::string ErrorOf(const google::rpc::Status& status);

// The fields a BadRequest names.
std::vector<std::string> BadFields(const absl::Status& status);

// May do everything.
Caller Operator();

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_TESTING_H_
