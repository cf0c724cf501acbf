#include "scheduler/engine/adherence/adherence_counter.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "scheduler/engine/adherence/count_adherence.h"
#include "scheduler/engine/runtime/system_access.h"

namespace aftercare::engine {
namespace {

// So few that neither a read nor a mutation holds up others.
constexpr int kEnrollmentsPerBatch = 64;

// Rounds are at least this far apart, so that many changes are counted together.
constexpr absl::Duration kRoundInterval = absl::Seconds(1);

constexpr absl::Duration kRetryDelay = absl::Seconds(1);

}  // namespace

// Enrollments of one clinic that are counted together.
struct AdherenceCounter::Batch {
  struct Entry {
    store::AdherenceMark mark;
    CountedAdherence counted;
  };

  std::string clinic;  // Empty if there was nothing to count.
  std::vector<Entry> entries;
  absl::Time next = absl::InfiniteFuture();  // When there is something to count, if there was nothing now.
};

AdherenceCounter::AdherenceCounter(EngineContext& engine) : engine_(engine), thread_([this] { Run(); }) {}

AdherenceCounter::~AdherenceCounter() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    wake_.NotifyAll();
    while (batch_pending_) wake_.Wait(mutex_);
  }
  thread_.join();
}

void AdherenceCounter::WakeAt(absl::Time time) {
  MutexLock lock(mutex_);
  const absl::Time last_round = std::min(last_round_, engine_.clock().Now());  // The clock may have been set back.
  time = std::max(time, last_round + kRoundInterval);
  if (time >= next_) return;
  next_ = time;
  wake_.NotifyAll();
}

void AdherenceCounter::Run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (batch_pending_) {
      wake_.Wait(mutex_);
    } else if (next_ > engine_.clock().Now()) {
      engine_.clock().WaitUntil(mutex_, wake_, next_);
    } else {
      batch_pending_ = true;
      next_ = absl::InfiniteFuture();
      lock.Unlock();
      StartReading();
      lock.Lock();
    }
  }
}

void AdherenceCounter::StartReading() {
  auto batch = std::make_shared<Batch>();
  SystemAccess::ReadInBackground(
      engine_, [this, batch](store::ReadTransaction& tx) { return ReadBatch(tx, batch.get()); },
      [this, batch](const absl::Status& status) {
        if (!status.ok() || batch->entries.empty()) return OnDone(status, *batch);
        StartWriting(batch);
      });
}

absl::Status AdherenceCounter::ReadBatch(store::ReadTransaction& tx, Batch* batch) const {
  auto first_marks = tx.FirstAdherenceMarks();
  if (!first_marks.ok()) return first_marks.status();
  // The clinics take turns.
  std::sort(first_marks->begin(), first_marks->end(), [this](const auto& a, const auto& b) {
    const bool a_is_next = a.clinic > last_clinic_;
    const bool b_is_next = b.clinic > last_clinic_;
    return a_is_next != b_is_next ? a_is_next : a.clinic < b.clinic;
  });
  for (const store::AdherenceMark& first : *first_marks) {
    if (absl::Status status = CountClinic(tx, first, batch); !status.ok()) return status;
    if (!batch->entries.empty()) return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status AdherenceCounter::CountClinic(store::ReadTransaction& tx, const store::AdherenceMark& first,
                                           Batch* batch) const {
  absl::Time now = engine_.RealNow();
  absl::Time through = now - kCountDelay;
  if (!first.clock.empty()) {
    auto clinic = tx.GetClinic(first.clinic);
    if (!clinic.ok()) return clinic.status();
    if (!clinic->has_value()) return absl::OkStatus();
    now = through = engine_.Now(**clinic);
  }
  if (first.count_after > through) {
    if (first.clock.empty()) batch->next = std::min(batch->next, first.count_after + kCountDelay);
    return absl::OkStatus();
  }
  auto marks = tx.AdherenceMarks(first.clock, first.clinic, through, kEnrollmentsPerBatch);
  if (!marks.ok()) return marks.status();
  batch->clinic = first.clinic;
  for (store::AdherenceMark& mark : *marks) {
    auto counted = CountAdherenceOf(engine_, tx, mark, now);
    if (absl::IsUnavailable(counted.status())) return counted.status();
    // An enrollment that cannot be read does not keep others from being counted.
    batch->entries.push_back({std::move(mark), counted.ok() ? *std::move(counted) : CountedAdherence()});
  }
  return absl::OkStatus();
}

void AdherenceCounter::StartWriting(std::shared_ptr<Batch> batch) {
  SystemAccess::Write(
      engine_,
      [batch](store::WriteTransaction& tx) -> absl::Status {
        for (const Batch::Entry& entry : batch->entries) {
          auto stored = tx.StoreAdherence(entry.mark, entry.counted.row);
          if (!stored.ok()) return stored.status();
          if (!*stored || !entry.counted.count_after) continue;
          absl::Status status = tx.MarkAdherence(entry.mark.clinic, entry.mark.clock, entry.mark.enrollment_row_id,
                                                 *entry.counted.count_after);
          if (!status.ok()) return status;
        }
        return absl::OkStatus();
      },
      [this, batch](const absl::Status& status) { OnDone(status, *batch); });
}

void AdherenceCounter::OnDone(const absl::Status& status, const Batch& batch) {
  const bool is_round_over = status.ok() && batch.entries.empty();
  if (is_round_over) engine_.wakeups().Notify(kAdherenceCountedTopic);
  const absl::Time now = engine_.clock().Now();
  MutexLock lock(mutex_);
  if (is_round_over) last_round_ = now;
  if (!batch.clinic.empty()) last_clinic_ = batch.clinic;
  const absl::Time next = !status.ok() ? now + kRetryDelay : batch.entries.empty() ? batch.next : now;
  next_ = std::min(next_, next);
  batch_pending_ = false;
  wake_.NotifyAll();
}

}  // namespace aftercare::engine
