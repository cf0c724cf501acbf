// Notes of what the rest of the process must learn from a commit. Mutations add notes to their transaction. The store
// passes them to its commit listener after the commit. The notes of a mutation that was undone are dropped.
#ifndef AFTERCARE_SCHEDULER_STORE_COMMIT_NOTES_H_
#define AFTERCARE_SCHEDULER_STORE_COMMIT_NOTES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/store/records.h"

namespace aftercare::store {

// An event that was appended.
struct EventNote {
  int64_t seq = 0;
  std::string clinic;
  v1::ReminderState reminder_state = v1::REMINDER_STATE_UNSPECIFIED;  // the new state; set for events of reminders
};

// A lease that somebody other than its holder ended. `attempt` is the number of the lease: the value of
// ReminderRow::attempts while it was held. Nobody may hold it any more; listeners ignore leases that they do not know.
struct RevokedLease {
  ReminderKey key;
  int32_t attempt = 0;
};

// The notes of one mutation, or of all mutations of a commit together. Not thread safe.
struct CommitNotes {
  std::vector<EventNote> events;  // in the order in which they were appended
  size_t told_events = 0;         // of the first so many, the listener before the commit has told already
  // Clinics of which more messages may be leased now, for a reason that no event tells, such as a higher send rate.
  std::vector<std::string> leasable_clinics;
  std::vector<RevokedLease> revoked_leases;
  // One entry for each message that was leased on the real-time clock: when the message had become available.
  std::vector<absl::Time> offered_since;
  // The sweep of the real-time clock must run at this instant at the latest, because of these changes. InfiniteFuture
  // if the changes need no sweep.
  absl::Time wake = absl::InfiniteFuture();
  // Something must be counted from this instant of real time on (AdherenceMark), or in the past: at once.
  // InfiniteFuture if these changes need no count.
  absl::Time count = absl::InfiniteFuture();

  bool empty() const {
    return events.empty() && leasable_clinics.empty() && revoked_leases.empty() && offered_since.empty() &&
           wake == absl::InfiniteFuture() && count == absl::InfiniteFuture();
  }

  // The extent of the notes at one moment. ReturnTo goes back to it when the mutation after it is undone.
  struct Mark {
    size_t events;
    size_t leasable_clinics;
    size_t revoked_leases;
    size_t offered_since;
    absl::Time wake;
    absl::Time count;
  };
  Mark mark() const {
    return {events.size(), leasable_clinics.size(), revoked_leases.size(), offered_since.size(), wake, count};
  }
  // Drops what was noted since `mark`.
  void ReturnTo(const Mark& mark) {
    events.resize(mark.events);
    leasable_clinics.resize(mark.leasable_clinics);
    revoked_leases.resize(mark.revoked_leases);
    offered_since.resize(mark.offered_since);
    wake = mark.wake;
    count = mark.count;
  }
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_COMMIT_NOTES_H_
