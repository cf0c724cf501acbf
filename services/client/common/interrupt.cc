#include "services/client/common/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

namespace aftercare::client {
namespace {

// The destructor wakes the listener with this signal.
constexpr int kWakeUp = SIGUSR1;

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, kWakeUp);
  return signals;
}

}  // namespace

ScopedSignalBlock::ScopedSignalBlock() {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
}

ScopedSignalBlock::~ScopedSignalBlock() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

Interrupt::Interrupt(std::function<void()> on_interrupt) : on_interrupt_(std::move(on_interrupt)) {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  listener_ = std::thread([this] { Listen(); });
}

Interrupt::~Interrupt() {
  pthread_kill(listener_.native_handle(), kWakeUp);
  listener_.join();
}

void Interrupt::Listen() {
  const sigset_t signals = Signals();
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal != kWakeUp) {
    if (happened_.HasBeenNotified()) _exit(128 + signal);
    happened_.Notify();
    on_interrupt_();
  }
}

}  // namespace aftercare::client
