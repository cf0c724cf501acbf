#ifndef AFTERCARE_TESTS_ENGINE_PENDING_H_
#define AFTERCARE_TESTS_ENGINE_PENDING_H_

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "scheduler/engine/engine.h"

namespace aftercare::engine {

// How long a test waits for what must come soon.
inline constexpr std::chrono::seconds kPatience(300);

// Ends the program: the test waited for `what` in vain, and what it refers to is about to go.
[[noreturn]] void GiveUp(const char* what);

// The end of one use case, to be waited for. A use case that takes longer than kPatience ends the program. Thread safe.
class Pending {
 public:
  Pending();
  Done done();
  absl::Status Wait();  // once
  bool over() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_PENDING_H_
