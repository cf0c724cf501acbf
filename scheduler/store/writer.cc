#include "scheduler/store/writer.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/store/query.h"

namespace aftercare::store {
namespace {

constexpr std::chrono::seconds kProbeInterval(1);
// What follows a commit of so few is done sooner by the writer itself than by another thread.
constexpr size_t kFewMutations = 8;
constexpr size_t kFewEvents = 64;
// A commit of so many takes some ten milliseconds. More would spare little.
constexpr size_t kMaxEvents = 1000;

absl::Status Refusal(const absl::Status& cause) {
  return absl::UnavailableError(absl::StrCat("the store cannot commit: ", cause.message()));
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, ClinicNumbers& numbers, EventSequence sequence,
               const StoreOptions& options)
    : connection_(std::move(connection)),
      numbers_(numbers),
      sequence_(sequence),
      max_queued_(options.max_queued_mutations),
      max_group_(std::max(options.max_group, 1)),
      thread_([this] { Run(); }) {}

void Writer::SetListeners(Store::CommitListener on_commit, Store::HealthListener on_health) {
  on_commit_ = std::move(on_commit);
  on_health_ = std::move(on_health);
}

void Writer::Submit(Store::Mutation mutation, Store::Done done) {
  MutexLock lock(mutex_);
  absl::Status refusal;
  if (stopped_) {
    refusal = absl::UnavailableError("the store is closed");
  } else if (!healthy_) {
    refusal = absl::UnavailableError("the store cannot commit at present");
  } else if (waiting_ >= max_queued_) {
    refusal = absl::ResourceExhaustedError("too many mutations are waiting");
  } else {
    ++waiting_;
    queue_.push_back(Work{std::move(mutation), std::move(done), absl::OkStatus()});
    const bool was_empty = queue_.size() == 1;
    lock.Unlock();
    if (was_empty) wake_.NotifyOne();
    return;
  }
  lock.Unlock();
  done(std::move(refusal));
}

int Writer::QueueDepth() const {
  MutexLock lock(mutex_);
  return static_cast<int>(waiting_);
}

void Writer::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
  }
  wake_.NotifyOne();
  if (thread_.joinable()) thread_.join();
  completions_.Stop();
  connection_.reset();
}

void Writer::Run() {
  std::vector<Work> taken;
  while (Take(taken)) {
    for (size_t begin = 0; begin < taken.size();) {
      size_t size = std::min(max_group_, taken.size() - begin);
      bool healthy;
      {
        MutexLock lock(mutex_);
        waiting_ -= size;
        healthy = healthy_;
      }
      const auto first = std::make_move_iterator(taken.begin() + static_cast<std::ptrdiff_t>(begin));
      std::vector<Work> left = Process({first, first + static_cast<std::ptrdiff_t>(size)}, healthy);
      begin += size - left.size();
      std::move(left.begin(), left.end(), taken.begin() + static_cast<std::ptrdiff_t>(begin));
      MutexLock lock(mutex_);
      waiting_ += left.size();
    }
    taken.clear();
  }
}

bool Writer::Take(std::vector<Work>& taken) {
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopped_) {
    if (healthy_) {
      wake_.Wait(mutex_);
      continue;
    }
    const auto probe_at = std::chrono::steady_clock::now() + kProbeInterval;
    while (!stopped_ && wake_.WaitUntil(mutex_, probe_at)) continue;
    if (stopped_) break;
    lock.Unlock();
    if (Probe().ok()) SetHealthy(true);
    lock.Lock();
  }
  if (queue_.empty()) return false;
  taken.swap(queue_);
  return true;
}

std::vector<Writer::Work> Writer::Process(std::vector<Work> group, bool healthy) {
  WriteTransaction transaction(*connection_, numbers_, sequence_);
  const auto start = std::chrono::steady_clock::now();
  // What waited while a commit failed is not tried: only a probe, which surely writes, can tell that all is well again.
  std::vector<Work> left;
  const absl::Status committed =
      healthy ? CommitGroup(group, transaction, left) : absl::UnavailableError("not at present");
  if (committed.ok()) {
    const auto duration = std::chrono::steady_clock::now() - start;
    if (on_group_) on_group_(absl::FromChrono(duration), static_cast<int>(group.size()));
  } else {
    // Not even a mutation's own error may stand: what it was judged by may have been a change that is now undone.
    for (Work& work : group) work.status = Refusal(committed);
  }
  if (!committed.ok()) SetHealthy(false);
  CommitNotes notes = committed.ok() ? std::move(transaction.notes()) : CommitNotes();
  const bool is_short = group.size() <= kFewMutations && notes.events.size() <= kFewEvents;
  completions_.Run(is_short, [this, group = std::move(group), notes = std::move(notes)]() mutable {
    if (on_commit_ && !notes.empty()) on_commit_(notes);
    for (Work& work : group) work.done(std::move(work.status));
  });
  return left;
}

// Savepoints cost about as much again as what is done in them, and are of use only when a mutation fails after it has
// written. So the group is tried without, and begun again with savepoints if that happens.
absl::Status Writer::CommitGroup(std::vector<Work>& group, WriteTransaction& transaction, std::vector<Work>& left) {
  bool may_grow = before_commit_ != nullptr;
  for (bool savepoints = false;; savepoints = true) {
    if (absl::Status status = connection_->Begin(); !status.ok()) return status;
    transaction.notes() = {};
    auto applied = ApplyAll(absl::MakeSpan(group), transaction, savepoints);
    if (applied.ok() && *applied) CutOff(group, **applied, left);
    if (applied.ok() && *applied && may_grow && left.empty() && !transaction.notes().empty()) {
      may_grow = false;
      const size_t size = group.size();
      AddFollowers(group, transaction.notes());
      applied = ApplyAll(absl::MakeSpan(group).subspan(size), transaction, savepoints);
      if (applied.ok() && *applied) CutOff(group, size + **applied, left);
    }
    if (applied.ok() && *applied) break;
    connection_->Rollback();
    if (!applied.ok()) return applied.status();
    if (group.size() == 1) {
      transaction.notes() = {};
      return absl::OkStatus();
    }
  }
  if (absl::Status status = transaction.SaveEvents(); !status.ok()) {
    connection_->Rollback();
    return status;
  }
  return connection_->Commit();
}

void Writer::CutOff(std::vector<Work>& group, size_t size, std::vector<Work>& left) {
  const auto end = group.begin() + static_cast<std::ptrdiff_t>(size);
  left.insert(left.begin(), std::make_move_iterator(end), std::make_move_iterator(group.end()));
  group.erase(end, group.end());
}

void Writer::AddFollowers(std::vector<Work>& group, CommitNotes& notes) {
  if (!before_commit_(notes)) return;
  notes.told_events = notes.events.size();
  MutexLock lock(mutex_);
  // What waits behind this group was submitted earlier and goes first.
  if (waiting_ > queue_.size()) return;
  const size_t size = std::min(queue_.size(), max_group_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(size);
  group.insert(group.end(), std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  waiting_ -= size;
}

absl::StatusOr<std::optional<size_t>> Writer::ApplyAll(absl::Span<Work> group, WriteTransaction& transaction,
                                                       bool savepoints) {
  size_t applied = 0;
  for (Work& work : group) {
    if (applied > 0 && transaction.notes().events.size() >= kMaxEvents) break;
    ++applied;
    if (savepoints) {
      if (absl::Status status = Query(*connection_, "SAVEPOINT mutation").Run(); !status.ok()) return status;
    }
    const CommitNotes::Mark mark = transaction.notes().mark();
    transaction.BeginMutation();
    work.status = work.mutation(transaction);
    // When the disk is full the database may have given up the transaction, with all that the mutations before did.
    if (!connection_->InTransaction()) {
      return work.status.ok() ? absl::UnavailableError("the transaction was lost") : work.status;
    }
    if (!work.status.ok()) transaction.notes().ReturnTo(mark);
    if (!work.status.ok() && transaction.wrote()) {
      if (!savepoints) return std::nullopt;
      if (absl::Status status = Query(*connection_, "ROLLBACK TO mutation").Run(); !status.ok()) return status;
    }
    if (savepoints) {
      if (absl::Status status = Query(*connection_, "RELEASE mutation").Run(); !status.ok()) return status;
    }
  }
  return applied;
}

absl::Status Writer::Probe() {
  if (absl::Status status = connection_->Begin(); !status.ok()) return status;
  absl::Status status = Query(*connection_, "UPDATE meta SET number = number + 1 WHERE key = 'probe'").Run();
  if (status.ok()) return connection_->Commit();
  connection_->Rollback();
  return status;
}

void Writer::SetHealthy(bool healthy) {
  {
    MutexLock lock(mutex_);
    if (healthy_ == healthy) return;
    healthy_ = healthy;
  }
  if (on_health_) on_health_(healthy);
}

}  // namespace aftercare::store
