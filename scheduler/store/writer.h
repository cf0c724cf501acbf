// The one thread that changes the database: takes mutations from a queue, applies all that wait, commits them together,
// and then says so to the listener and to each caller. A mutation that fails leaves no trace and harms no other.
//
// When a commit fails it refuses all work at once, and tries a small commit each second until one succeeds.
//
// Thread safety: all methods may be called from any thread, Stop from one only.
#ifndef AFTERCARE_SCHEDULER_STORE_WRITER_H_
#define AFTERCARE_SCHEDULER_STORE_WRITER_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/types/span.h"
#include "scheduler/store/event_sequence.h"
#include "scheduler/store/store.h"

namespace aftercare::store {

class Writer {
 public:
  Writer(std::unique_ptr<Connection> connection, EventSequence sequence, const StoreOptions& options);
  ~Writer() { Stop(); }

  // As Store::SetListeners, Store::Submit and Store::QueueDepth.
  void SetListeners(Store::CommitListener on_commit, Store::HealthListener on_health);
  void Submit(Store::Mutation mutation, Store::Done done);
  int QueueDepth() const;

  // Applies what is queued, then ends the thread and closes the connection.
  void Stop();

 private:
  struct Work {
    Store::Mutation mutation;
    Store::Done done;
    absl::Status status;
  };

  void Run();
  // Waits for work, or while the database is down for the time to try it. False: there will be no more.
  bool Take(std::vector<Work>& taken);
  void Process(absl::Span<Work> group);
  absl::Status CommitGroup(absl::Span<Work> group, WriteTransaction& transaction);
  absl::StatusOr<bool> ApplyAll(absl::Span<Work> group, WriteTransaction& transaction, bool savepoints);
  // A commit that is as small as can be.
  absl::Status Probe();
  void SetHealthy(bool healthy);

  std::unique_ptr<Connection> connection_;
  EventSequence sequence_;
  const size_t max_queued_;
  const size_t max_group_;
  Store::CommitListener on_commit_;
  Store::HealthListener on_health_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Work> queue_;
  size_t waiting_ = 0;  // in the queue, or taken from it and not yet begun
  bool stopped_ = false;
  bool healthy_ = true;  // changed by the writer's thread only
  std::thread thread_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_WRITER_H_
