#ifndef AFTERCARE_SERVICES_CLIENT_INTERRUPT_H_
#define AFTERCARE_SERVICES_CLIENT_INTERRUPT_H_

#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace aftercare::client {

// Turns the first Ctrl-C (or SIGTERM) into an orderly end of a command that would run for ever; the second one ends the
// program at once. To be made before any other thread, of which the signals are then kept away; at most one at a time.
class Interrupt {
 public:
  // `on_interrupt` runs once, on a thread of its own, and must not block.
  explicit Interrupt(std::function<void()> on_interrupt);

  // Waits for that thread. The signals stay blocked.
  ~Interrupt();

  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Whether it happened.
  bool Happened() const { return happened_.HasBeenNotified(); }

  // Waits so long at most, and returns at once when it happens.
  void Pause(absl::Duration duration) const { happened_.WaitForNotificationWithTimeout(duration); }

 private:
  void Listen();

  std::function<void()> on_interrupt_;
  absl::Notification happened_;
  std::thread listener_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INTERRUPT_H_
