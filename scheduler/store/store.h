// The facts, durable. One thread applies mutations in the order they were submitted and commits them in groups: one
// fsync for many of them. One that fails leaves no trace and harms no other. A small pool of threads answers reads,
// each from a snapshot that holds everything acknowledged before it was asked.
//
// Thread safety: all methods may be called from any thread. Callbacks run on the store's threads: they must be short,
// must not block, and may submit further work.
#ifndef AFTERCARE_SCHEDULER_STORE_STORE_H_
#define AFTERCARE_SCHEDULER_STORE_STORE_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/store/driver.h"
#include "scheduler/store/records.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {

struct StoreOptions {
  int reader_threads = 2;
  int max_queued_mutations = 8192;
  int max_queued_reads = 8192;
  int max_group = 512;  // mutations in one commit
};

class Store {
 public:
  using Mutation = absl::AnyInvocable<absl::Status(WriteTransaction&)>;
  using Done = absl::AnyInvocable<void(absl::Status)>;
  using ReadJob = absl::AnyInvocable<void(absl::StatusOr<ReadTransaction*>)>;
  // Called after each commit that appended events, on the writer's thread, in commit order, before the `done`s of that
  // commit.
  using CommitListener = std::function<void(const std::vector<EventNote>&)>;
  // Called on the writer's thread when the database stops (false) or resumes (true) taking commits.
  using HealthListener = std::function<void(bool healthy)>;

  // Migrates the schema and starts the threads. Fails with FAILED_PRECONDITION when the database is not ours, newer
  // than this program, or in use by another; DATA_LOSS when it is corrupt; UNAVAILABLE when it cannot be opened. In
  // each of these cases it has not been changed.
  static absl::StatusOr<std::unique_ptr<Store>> Open(std::unique_ptr<Driver> driver, StoreOptions options);

  virtual ~Store() = default;

  // To be set before the first Submit. Without a call nobody is told.
  virtual void SetListeners(CommitListener on_commit, HealthListener on_health) = 0;

  // Applies `mutation`, commits, then calls `done` with OK; or with the mutation's own error; or with UNAVAILABLE when
  // the commit failed, and then nothing of it is stored. `done` is called at once, on this thread, with
  // RESOURCE_EXHAUSTED when the queue is full, and with UNAVAILABLE when the store is closed or knows that it cannot
  // commit at present.
  //
  // `mutation` may run twice: when another of its group fails after writing, the group is begun again, and only the
  // last run counts. So it must not move out of its captures, and must begin by clearing what it leaves in them.
  virtual void Submit(Mutation mutation, Done done) = 0;

  // Runs `job` with a snapshot, or with UNAVAILABLE; RESOURCE_EXHAUSTED at once when the queue is full.
  virtual void Read(ReadJob job) = 0;

  // The same on a thread of its own, for work that is part of a mutation's and that others wait for: it waits for its
  // like only, however many reads there are.
  virtual void ReadInBackground(ReadJob job) = 0;

  // Runs what is queued, then stops the threads. Later work is answered UNAVAILABLE. Called by the destructor too. Not
  // to be called from a callback of the store.
  virtual void Close() = 0;

  // Mutations waiting, for operators.
  virtual int QueueDepth() const = 0;

  virtual const std::string& secret() const = 0;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_STORE_H_
