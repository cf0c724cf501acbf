// The store keeps the facts durably in a database.
//
// One thread applies mutations in the order in which they were submitted, and commits them in groups: one fsync serves
// many mutations. A mutation that fails is undone alone. A small pool of threads runs reads, each on a snapshot that
// contains everything that was acknowledged before the read was submitted.
//
// Thread safety: all methods may be called from any thread, but the listeners are set before the first Submit, and
// Close is called by one thread at a time. Callbacks run on the store's threads: they must be short and must not block.
// They may submit further work.
#ifndef AFTERCARE_SCHEDULER_STORE_STORE_H_
#define AFTERCARE_SCHEDULER_STORE_STORE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/store/commit_notes.h"
#include "scheduler/store/driver.h"
#include "scheduler/store/records.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {

// Sizes of a store.
struct StoreOptions {
  int reader_threads = 2;
  int max_queued_mutations = 8192;
  int max_queued_reads = 8192;
  int max_group = 512;  // the largest number of mutations in one commit
  // Told by Open, on its thread, what the migration of an older database is about to do. May be null.
  std::function<void(absl::string_view what)> on_migration{};
};

class Store {
 public:
  // Reads and writes facts in a transaction. An error undoes what it wrote.
  using Mutation = absl::AnyInvocable<absl::Status(WriteTransaction&)>;
  using Done = absl::AnyInvocable<void(absl::Status)>;
  // Called once, with a snapshot to read from, or with an error if there is no snapshot. The snapshot is valid until
  // the job returns.
  using ReadJob = absl::AnyInvocable<void(absl::StatusOr<ReadTransaction*>)>;
  // Called after each commit that left notes, in the order of commits, before the `done` callbacks of that commit. One
  // call at a time, on the writer's thread or, while that goes on, on another.
  using CommitListener = std::function<void(const CommitNotes&)>;
  // Called before a commit. Returns whether it has told of the events; see CommitNotes::told_events.
  using BeforeCommitListener = std::function<bool(const CommitNotes&)>;
  // Called on the writer's thread with false when commits begin to fail, and with true when they succeed again.
  using HealthListener = std::function<void(bool healthy)>;

  // Called on the writer's thread after each group of mutations, unless the commit of the group failed. `duration` is
  // the time from the beginning of the transaction until it was durable, `mutations` the size of the group.
  using GroupListener = std::function<void(absl::Duration duration, int mutations)>;

  // Connects to the database, migrates its schema and starts the threads. Creates the database if it does not exist.
  // Returns
  //   FAILED_PRECONDITION if its schema is newer than this program, in which case the data are unchanged;
  //   DATA_LOSS           if it is corrupt;
  //   UNAVAILABLE         if it cannot be opened or written.
  // The driver may have refused the database before; see OpenSqlite.
  static absl::StatusOr<std::unique_ptr<Store>> Open(std::unique_ptr<Driver> driver, StoreOptions options);

  virtual ~Store() = default;

  // Sets the listeners. Call it before the first Submit, or never.
  virtual void SetListeners(CommitListener on_commit, HealthListener on_health) = 0;

  // Sets the listener that measures groups. Call it before the first Submit, or never.
  virtual void SetGroupListener(GroupListener on_group) = 0;

  // Sets a listener that is called on the writer's thread when a group is applied and not committed yet, with the notes
  // of the group. If it has told of the events, mutations that are submitted before it returns are applied and
  // committed with the group, unless others wait: who is told now of a reminder that comes due can lease it in the same
  // commit. The listener must not block. If the commit fails, what it was told of has not happened. Call it before the
  // first Submit, or never.
  virtual void SetBeforeCommitListener(BeforeCommitListener before_commit) = 0;

  // Applies `mutation` and commits it, then calls `done`
  //   with OK, if it is committed;
  //   with the error that `mutation` returned; nothing of it is stored then;
  //   with UNAVAILABLE, if the commit failed, or an earlier one while `mutation` waited; nothing of it is stored then.
  // If the mutation is refused, `done` is called on the calling thread before Submit returns: with RESOURCE_EXHAUSTED
  // if the queue is full, with UNAVAILABLE if the store is closed or cannot commit at present.
  //
  // `mutation` may run twice: if any mutation of its group fails after writing, the whole group is applied again, and
  // only the last run counts. So a mutation must not move anything out of its captures. If it leaves results in them,
  // it must reset them at its beginning.
  virtual void Submit(Mutation mutation, Done done) = 0;

  // Runs `job` with a snapshot, or with UNAVAILABLE if the database cannot be read. If the read is refused, `job` is
  // called on the calling thread before Read returns: with RESOURCE_EXHAUSTED if the queue is full, with UNAVAILABLE if
  // the store is closed.
  virtual void Read(ReadJob job) = 0;

  // Like Read, but with a separate thread and queue. Use it for reads that prepare mutations: they then wait for each
  // other only, and never for the reads of clients.
  virtual void ReadInBackground(ReadJob job) = 0;

  // Runs the queued work, then stops the threads and closes the database. Later work is refused with UNAVAILABLE. The
  // destructor calls it too. Must not be called from a callback of the store.
  virtual void Close() = 0;

  // The numbers of mutations, of reads and of background reads that wait. They are metrics for operators.
  virtual int QueueDepth() const = 0;
  virtual int ReadQueueDepth() const = 0;
  virtual int BackgroundReadQueueDepth() const = 0;

  // The secret of this database; see ReadTransaction::Secret.
  virtual const std::string& secret() const = 0;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_STORE_H_
