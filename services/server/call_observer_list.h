// Several call observers as one.
#ifndef AFTERCARE_SERVICES_SERVER_CALL_OBSERVER_LIST_H_
#define AFTERCARE_SERVICES_SERVER_CALL_OBSERVER_LIST_H_

#include <initializer_list>
#include <vector>

#include "services/server/call_observer.h"

namespace aftercare::server {

// Passes each call on to all its observers, in order. Thread safe.
class CallObserverList final : public CallObserver {
 public:
  // The observers must outlive the list.
  CallObserverList(std::initializer_list<CallObserver*> observers) : observers_(observers) {}

  void OnStarted(absl::string_view method) override {
    for (CallObserver* observer : observers_) observer->OnStarted(method);
  }
  void OnEnded(const EndedCall& call) override {
    for (CallObserver* observer : observers_) observer->OnEnded(call);
  }

 private:
  const std::vector<CallObserver*> observers_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CALL_OBSERVER_LIST_H_
