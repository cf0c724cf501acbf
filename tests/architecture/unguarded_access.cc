// Not part of any program: thread_safety must find fault with it.
#include "scheduler/sync.h"

namespace aftercare {

class Counter {
 public:
  void Add() { ++count_; }

 private:
  Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

void Use() { Counter().Add(); }

}  // namespace aftercare
