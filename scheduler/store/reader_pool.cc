#include "scheduler/store/reader_pool.h"

#include <algorithm>
#include <utility>

namespace aftercare::store {
namespace {

// Reads that share a snapshot. More would save nothing, and would keep the log from being written back.
constexpr size_t kMaxShared = 64;

void Answer(Connection& connection, ClinicNumbers& numbers, std::vector<Store::ReadJob>& jobs) {
  if (absl::Status status = connection.Begin(); !status.ok()) {
    for (Store::ReadJob& job : jobs) job(status);
    return;
  }
  ReadTransaction tx(connection, numbers);
  for (Store::ReadJob& job : jobs) job(&tx);
  connection.Rollback();
}

}  // namespace

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Connection>> connections, ClinicNumbers& numbers, int max_queued)
    : connections_(std::move(connections)), numbers_(numbers), max_queued_(max_queued) {
  for (std::unique_ptr<Connection>& connection : connections_) {
    threads_.emplace_back([this, &connection] { Work(*connection); });
  }
}

void ReaderPool::Read(Store::ReadJob job) {
  MutexLock lock(mutex_);
  if (!stopped_ && queue_.size() < max_queued_) {
    queue_.push_back(std::move(job));
    lock.Unlock();
    wake_.NotifyOne();
    return;
  }
  const bool stopped = stopped_;
  lock.Unlock();
  job(stopped ? absl::UnavailableError("the store is closed")
              : absl::ResourceExhaustedError("too many reads are waiting"));
}

int ReaderPool::QueueDepth() const {
  MutexLock lock(mutex_);
  return static_cast<int>(queue_.size());
}

void ReaderPool::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
  }
  wake_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  connections_.clear();
}

bool ReaderPool::Take(std::vector<Store::ReadJob>& jobs) {
  jobs.clear();
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopped_) wake_.Wait(mutex_);
  if (queue_.empty()) return false;
  const size_t share = (queue_.size() + connections_.size() - 1) / connections_.size();
  for (size_t left = std::min(share, kMaxShared); left > 0; --left) {
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return true;
}

void ReaderPool::Work(Connection& connection) {
  std::vector<Store::ReadJob> jobs;
  while (Take(jobs)) Answer(connection, numbers_, jobs);
}

}  // namespace aftercare::store
