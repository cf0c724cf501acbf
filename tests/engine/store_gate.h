#ifndef AFTERCARE_TESTS_ENGINE_STORE_GATE_H_
#define AFTERCARE_TESTS_ENGINE_STORE_GATE_H_

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// Lets requests pass, until a test holds them back or refuses them. Thread safe.
class Gate {
 public:
  // Returns how many requests have come so far, without those that were refused.
  int passed() const;

  // Holds back what comes from now on. Release lets it pass, in the order in which it came.
  void Hold();
  void Release();
  size_t held() const;
  void AwaitHeld(size_t count);

  // The next `count` requests fail with `status`.
  void Refuse(int count, absl::Status status = absl::ResourceExhaustedError("the queue is full"));
  int refusals_left() const;

  // For who asks: returns the error that the next request fails with, or nothing if it may pass.
  std::optional<absl::Status> TakeRefusal();
  // Calls `request`, now or on Release.
  void Pass(absl::AnyInvocable<void()> request);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int passed_ = 0;
  int refusals_left_ = 0;
  absl::Status refusal_;
  bool holding_ = false;
  std::vector<absl::AnyInvocable<void()>> held_;
};

// The gates of one store. They must outlive the world.
struct StoreGates {
  // Puts the gates before a store.
  World::Wrap Wrap();

  Gate reads;
  Gate mutations;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_STORE_GATE_H_
