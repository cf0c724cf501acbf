// A pool of threads that run reads, each thread on a connection of its own. A thread that becomes free takes several of
// the waiting reads and runs them on one snapshot. The snapshot is taken after those reads were queued, so it contains
// everything that was committed before.
//
// Thread safety: Read and QueueDepth may be called from any thread, Stop from one thread only.
#ifndef AFTERCARE_SCHEDULER_STORE_READER_POOL_H_
#define AFTERCARE_SCHEDULER_STORE_READER_POOL_H_

#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "scheduler/store/store.h"
#include "scheduler/sync.h"

namespace aftercare::store {

class ReaderPool {
 public:
  // Starts one thread for each connection; there must be at least one. At most `max_queued` reads wait at a time.
  // `numbers` must outlive this.
  ReaderPool(std::vector<std::unique_ptr<Connection>> connections, ClinicNumbers& numbers, int max_queued);
  ~ReaderPool() { Stop(); }

  // Queues a read; see Store::Read.
  void Read(Store::ReadJob job);

  // The number of reads that wait.
  int QueueDepth() const;

  // Runs the queued reads, then ends the threads and closes the connections. Later reads are refused with UNAVAILABLE.
  void Stop();

 private:
  // The loop of a thread.
  void Work(Connection& connection);
  // Waits for reads and takes this thread's share of them. Returns false if there will be no more.
  bool Take(std::vector<Store::ReadJob>& jobs);

  std::vector<std::unique_ptr<Connection>> connections_;
  ClinicNumbers& numbers_;
  const size_t max_queued_;
  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<Store::ReadJob> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_READER_POOL_H_
