// What a commit means to the rest of the process. Mutations note it on their transaction; the store's commit listener
// is told of it after the commit, and never of what was undone.
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
  v1::ReminderState reminder_state = v1::REMINDER_STATE_UNSPECIFIED;  // the new state, for an event of a reminder
};

// A lease that was ended by somebody other than its holder. `attempt` is the row's count of leases with that lease.
struct RevokedLease {
  ReminderKey key;
  int32_t attempt = 0;
};

// The notes of one mutation, or of all mutations of a commit together. Not thread safe.
struct CommitNotes {
  std::vector<EventNote> events;              // in the order in which they were appended
  std::vector<std::string> leasable_clinics;  // more of their messages may be leased now, besides what events tell
  std::vector<RevokedLease> revoked_leases;
  std::vector<absl::Time> offered_since;     // of each message leased by real time: since when it had been available
  absl::Time wake = absl::InfiniteFuture();  // when real time must be swept next, for what was changed

  bool empty() const {
    return events.empty() && leasable_clinics.empty() && revoked_leases.empty() && offered_since.empty() &&
           wake == absl::InfiniteFuture();
  }

  // A place to return to when the mutations after it are undone.
  struct Mark {
    size_t events;
    size_t leasable_clinics;
    size_t revoked_leases;
    size_t offered_since;
    absl::Time wake;
  };
  Mark mark() const {
    return {events.size(), leasable_clinics.size(), revoked_leases.size(), offered_since.size(), wake};
  }
  // Drops what was noted since `mark`.
  void ReturnTo(const Mark& mark) {
    events.resize(mark.events);
    leasable_clinics.resize(mark.leasable_clinics);
    revoked_leases.resize(mark.revoked_leases);
    offered_since.resize(mark.offered_since);
    wake = mark.wake;
  }
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_COMMIT_NOTES_H_
