#ifndef AFTERCARE_TESTS_ENGINE_STORE_GATE_H_
#define AFTERCARE_TESTS_ENGINE_STORE_GATE_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// A gate for the requests to a store. It lets them pass, unless a test holds them back or refuses them. Thread safe.
class Gate {
 public:
  // Returns how many requests have come so far. Counts held requests, but no refused ones.
  int passed() const;

  // Hold holds back the requests that come from now on. Release lets them pass, in the order in which they came.
  void Hold();
  void Release();
  // Lets one of the held requests pass, by its place among them, and goes on holding.
  void ReleaseOne(size_t index = 0);
  size_t held() const;
  // Waits until `count` requests are held. A wait longer than kPatience ends the program.
  void AwaitHeld(size_t count);

  // The next `count` requests fail with `status`.
  void Refuse(int count, absl::Status status = absl::ResourceExhaustedError("the queue is full"));
  int refusals_left() const;

  // The store calls this for each request, before Pass. Returns the error that the request fails with, or nothing if it
  // may pass.
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

// The gates of one store, for reads and for mutations. Background reads have no gate. The gates must outlive the world.
struct StoreGates {
  // Returns a Wrap for World that puts the gates in front of its store.
  World::Wrap Wrap();

  Gate reads;
  Gate mutations;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_STORE_GATE_H_
