#ifndef AFTERCARE_TESTS_ENGINE_PENDING_H_
#define AFTERCARE_TESTS_ENGINE_PENDING_H_

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "scheduler/engine/engine.h"

namespace aftercare::engine {

// How long a test waits before it gives up. Long, because a loaded machine must not fail a test.
inline constexpr std::chrono::seconds kPatience(300);

// Ends the program after a message that `what` was waited for in vain. It does not fail the test and go on, because
// objects that are still in use would then be destroyed.
[[noreturn]] void GiveUp(const char* what);

// Waits for the end of one use case. A use case that takes longer than kPatience ends the program. Thread safe.
class Pending {
 public:
  Pending();
  // Returns the callback to give to the use case. It may run after this object is gone.
  Done done();
  // Waits for the end and returns the status of the use case. May be called once.
  absl::Status Wait();
  // Returns whether the use case has ended.
  bool over() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_PENDING_H_
