#include "scheduler/store/reader_pool.h"

#include <algorithm>
#include <utility>

namespace aftercare::store {
namespace {

// Reads that share a snapshot. More would save nothing, and would keep the log from being written back.
constexpr size_t kMaxShared = 64;

void Answer(Connection& connection, std::vector<Store::ReadJob>& jobs) {
  if (absl::Status status = connection.Begin(); !status.ok()) {
    for (Store::ReadJob& job : jobs) job(status);
    return;
  }
  ReadTransaction tx(connection);
  for (Store::ReadJob& job : jobs) job(&tx);
  connection.Rollback();
}

}  // namespace

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Connection>> connections, int max_queued)
    : connections_(std::move(connections)), max_queued_(max_queued) {
  for (std::unique_ptr<Connection>& connection : connections_) {
    threads_.emplace_back([this, &connection] { Work(*connection); });
  }
}

void ReaderPool::Read(Store::ReadJob job) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!stopped_ && queue_.size() < max_queued_) {
    queue_.push_back(std::move(job));
    lock.unlock();
    wake_.notify_one();
    return;
  }
  const bool stopped = stopped_;
  lock.unlock();
  job(stopped ? absl::UnavailableError("the store is closed")
              : absl::ResourceExhaustedError("too many reads are waiting"));
}

void ReaderPool::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  connections_.clear();
}

bool ReaderPool::Take(std::vector<Store::ReadJob>& jobs) {
  jobs.clear();
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
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
  while (Take(jobs)) Answer(connection, jobs);
}

}  // namespace aftercare::store
