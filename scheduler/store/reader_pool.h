// Answers reads on a few threads, each with a connection of its own. A thread that comes free takes a share of all that
// wait and answers them from one snapshot, begun after they were asked, so it holds everything acknowledged before.
//
// Thread safety: all methods may be called from any thread, Stop from one only.
#ifndef AFTERCARE_SCHEDULER_STORE_READER_POOL_H_
#define AFTERCARE_SCHEDULER_STORE_READER_POOL_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "scheduler/store/store.h"

namespace aftercare::store {

class ReaderPool {
 public:
  // One thread for each connection.
  ReaderPool(std::vector<std::unique_ptr<Connection>> connections, int max_queued);
  ~ReaderPool() { Stop(); }

  // As Store::Read.
  void Read(Store::ReadJob job);

  // Answers what is queued, then ends the threads.
  void Stop();

 private:
  void Work(Connection& connection);
  // Waits for work. False: there will be no more.
  bool Take(std::vector<Store::ReadJob>& jobs);

  std::vector<std::unique_ptr<Connection>> connections_;
  const size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Store::ReadJob> queue_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_READER_POOL_H_
