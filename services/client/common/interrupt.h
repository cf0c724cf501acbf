#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_INTERRUPT_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_INTERRUPT_H_

#include <signal.h>

#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace aftercare::client {

// While it lives, threads that are started are not given the signals of an Interrupt. For threads that others start
// before there is an Interrupt: one thread that takes a signal by its default ends the program.
class SignalsHeld {
 public:
  SignalsHeld();

  // Gives the signals back to this thread, as it had them before.
  ~SignalsHeld();

  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

// Turns the first Ctrl-C (or SIGTERM) into an orderly end of a command that would run for ever; the second one ends the
// program at once. To be made before any other thread but those of SignalsHeld; at most one at a time.
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

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_INTERRUPT_H_
