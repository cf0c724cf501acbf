// The one thread that changes the database. It takes all waiting mutations from a queue. In groups of at most
// StoreOptions::max_group it applies them, commits them together, and then calls the commit listener and each caller's
// `done`. A mutation that fails is undone alone; the others are committed all the same.
//
// When a commit fails, the writer is unhealthy. It then refuses all mutations, also those that wait, and tries a small
// commit every second until one succeeds.
//
// Thread safety: Submit and QueueDepth may be called from any thread. The listeners are set before the first Submit.
// Stop is called by one thread at a time.
#ifndef AFTERCARE_SCHEDULER_STORE_WRITER_H_
#define AFTERCARE_SCHEDULER_STORE_WRITER_H_

#include <memory>
#include <thread>
#include <vector>

#include "absl/types/span.h"
#include "scheduler/store/event_sequence.h"
#include "scheduler/store/store.h"
#include "scheduler/store/completions.h"
#include "scheduler/sync.h"

namespace aftercare::store {

class Writer {
 public:
  // `numbers` must outlive this.
  Writer(std::unique_ptr<Connection> connection, ClinicNumbers& numbers, EventSequence sequence,
         const StoreOptions& options);
  ~Writer() { Stop(); }

  // See Store's methods of the same names.
  void SetListeners(Store::CommitListener on_commit, Store::HealthListener on_health);
  void SetGroupListener(Store::GroupListener on_group) { on_group_ = std::move(on_group); }
  void SetBeforeCommitListener(Store::BeforeCommitListener before_commit) { before_commit_ = std::move(before_commit); }
  void Submit(Store::Mutation mutation, Store::Done done);
  int QueueDepth() const;

  // Finishes the queued mutations, then ends the thread and closes the connection. Later mutations are refused with
  // UNAVAILABLE.
  void Stop();

 private:
  struct Work {
    Store::Mutation mutation;
    Store::Done done;
    absl::Status status;
  };

  // The loop of the thread.
  void Run();
  // Waits for mutations and takes all of them. While unhealthy, probes the database in between. Returns false if there
  // will be no more mutations.
  bool Take(std::vector<Work>& taken);
  // Commits the first mutations of the group, or refuses them if the writer is not `healthy`. Then has the listener and
  // each `done` called. Returns the mutations that are left: a commit ends with the one by which it has kMaxEvents
  // events, so that what waits does not wait for long.
  std::vector<Work> Process(std::vector<Work> group, bool healthy);
  // Applies and commits the first mutations of the group, and what is submitted before the commit if that was
  // announced. What is not applied is moved to `left`. Returns OK and sets the status of each mutation, or returns an
  // error if the commit failed; then nothing is stored.
  absl::Status CommitGroup(std::vector<Work>& group, WriteTransaction& transaction, std::vector<Work>& left);
  // Moves all but the first `size` mutations of the group in front of those that are left already.
  static void CutOff(std::vector<Work>& group, size_t size, std::vector<Work>& left);
  // Tells the listener of the coming commit. If it has told of the events, adds to the group what waits in the queue,
  // at most as many as a group may have.
  void AddFollowers(std::vector<Work>& group, CommitNotes& notes);
  // Applies the mutations of the group until there are kMaxEvents events, each in a savepoint if `savepoints`. Returns
  // how many it has applied. Returns nothing if a mutation failed after it wrote and cannot be undone alone because
  // there are no savepoints. Returns an error if the whole transaction is lost.
  absl::StatusOr<std::optional<size_t>> ApplyAll(absl::Span<Work> group, WriteTransaction& transaction,
                                                 bool savepoints);
  // Tries a commit that writes one small row.
  absl::Status Probe();
  // Sets the health. Calls the health listener if the health has changed.
  void SetHealthy(bool healthy);

  std::unique_ptr<Connection> connection_;
  ClinicNumbers& numbers_;
  EventSequence sequence_;
  const size_t max_queued_;
  const size_t max_group_;
  // Not guarded: they are set before the first Submit, and that hands them to the writer's thread.
  Store::CommitListener on_commit_;
  Store::HealthListener on_health_;
  Store::GroupListener on_group_;
  Store::BeforeCommitListener before_commit_;

  mutable Mutex mutex_;
  CondVar wake_;
  std::vector<Work> queue_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;  // mutations in the queue, or taken from it but not begun
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool healthy_ ABSL_GUARDED_BY(mutex_) = true;  // false after a failed commit; set by the writer's thread only
  Completions completions_;  // used by the writer's thread, and by Stop after that
  std::thread thread_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_WRITER_H_
