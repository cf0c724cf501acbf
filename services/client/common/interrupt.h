#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_INTERRUPT_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_INTERRUPT_H_

#include <signal.h>

#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

// Ctrl-C and SIGTERM for commands that run until they are told to stop.
namespace aftercare::client {

// Blocks the signals that Interrupt uses (SIGINT, SIGTERM and SIGUSR1) in the current thread until it is destroyed.
// Threads that this thread starts meanwhile block them too. Code that starts threads before there is an Interrupt needs
// it: in a thread that does not block it, a signal ends the program. Must be destroyed on the thread that made it.
class ScopedSignalBlock {
 public:
  ScopedSignalBlock();

  // Restores the signal mask the thread had before.
  ~ScopedSignalBlock();

  ScopedSignalBlock(const ScopedSignalBlock&) = delete;
  ScopedSignalBlock& operator=(const ScopedSignalBlock&) = delete;

 private:
  sigset_t before_;
};

// Turns the first Ctrl-C (or SIGTERM) into a callback, so that a command can end in order. The second one ends the
// program at once, with exit code 128 plus the signal number. At most one object may exist at a time. Threads that were
// started before it must have been started under a ScopedSignalBlock. Happened and WaitFor are thread safe.
class Interrupt {
 public:
  // `on_interrupt` runs at most once, on a thread of its own, and must not block.
  explicit Interrupt(std::function<void()> on_interrupt);

  // Joins the thread of the callback. The signals stay blocked.
  ~Interrupt();

  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Returns whether the first signal has arrived.
  bool Happened() const { return happened_.HasBeenNotified(); }

  // Waits for `duration`, or until the first signal arrives.
  void WaitFor(absl::Duration duration) const { happened_.WaitForNotificationWithTimeout(duration); }

 private:
  void Listen();

  std::function<void()> on_interrupt_;
  absl::Notification happened_;
  std::thread listener_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_INTERRUPT_H_
