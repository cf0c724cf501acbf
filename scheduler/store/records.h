// What the store keeps: rows of facts. Plain values, no behaviour. Instants have microsecond precision.
#ifndef AFTERCARE_SCHEDULER_STORE_RECORDS_H_
#define AFTERCARE_SCHEDULER_STORE_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "aftercare/v1/reply.pb.h"

namespace aftercare::store {

// Which clock an enrollment lives by: "" is real time, anything else is the sandbox clinic of that id.
using ClockId = std::string;

// A clinic. `data` has neither name nor etag set; the etag is made from `version`.
struct ClinicRow {
  std::string clinic;
  int64_t version = 1;
  v1::Clinic data;
  int64_t calendar_fingerprint = 0;  // fingerprint of what of `data` plans depend on; 0 where there is nothing of it
  // While enrollments may have a next_due by an earlier calendar, or by other rules of time zones: those up to this id
  // (empty: none) do not any more.
  std::optional<std::string> replan_after = std::nullopt;
};

// One immutable revision of a pathway. `data` has neither name, revision nor etag set.
struct PathwayRow {
  std::string clinic;
  std::string pathway;
  int32_t revision = 1;
  absl::Time create_time;
  v1::Pathway data;
};

// What of an enrollment tells whether it is still as it was read. `calendar_fingerprint` is the clinic's.
struct RowVersion {
  int64_t version = 0;
  std::optional<absl::Time> next_due;
  std::optional<absl::Time> compare_rows_until;
  int64_t plan_fingerprint = 0;
  int64_t calendar_fingerprint = 0;

  bool operator==(const RowVersion&) const = default;
};

// An enrollment. `data` has name, etag and state cleared. `next_due` is derived from the plan: the first instant at
// which an occurrence that has not fired comes due; empty when none will. It was derived from what has the fingerprint
// `plan_fingerprint`, the clinic's calendar and the rules of time zones, and says nothing where one of them is another
// by now.
struct EnrollmentRow {
  std::string clinic;
  std::string enrollment;
  ClockId clock;
  int64_t version = 1;  // another wherever more has changed than the other parts of its stamp
  v1::EnrollmentState state = v1::ENROLLMENT_STATE_ACTIVE;
  std::optional<absl::Time> next_due;
  v1::Enrollment data;
  int64_t plan_fingerprint = 0;
  // Up to when rows and plan must be compared: the plan has occurrences at or after next_due that have a row all the
  // same, under another due time, because it has changed since; or it has ones that have a row and are late by it now;
  // or rows are still to come due (SCHEDULED). Empty: rows lie where the plan does.
  std::optional<absl::Time> compare_rows_until = std::nullopt;
  int64_t calendar_fingerprint = 0;  // the clinic's as of the same snapshot; only read
  record::v1::PlanHistory history{};
  int64_t opted_out = 0;  // channels on which the patient wants nothing, as bits (1 << channel)

  RowVersion row_version() const {
    return {version, next_due, compare_rows_until, plan_fingerprint, calendar_fingerprint};
  }
};

// Names one occurrence. Ordered as the store orders rows.
struct ReminderKey {
  std::string clinic;
  std::string enrollment;
  std::string rule;
  int32_t number = 0;
  friend bool operator==(const ReminderKey&, const ReminderKey&) = default;
};

// What has become of one occurrence that fired, or was dealt with before it was due. In state SCHEDULED it is to come
// due, or once more, at `due`.
struct ReminderRow {
  ReminderKey key;
  ClockId clock;
  int32_t revision = 1;  // of the enrollment's pathway, at firing
  v1::ReminderState state = v1::REMINDER_STATE_UNSPECIFIED;
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
  absl::Time due;
  absl::Time expire;
  absl::Time state_time;
  // While it waits for a gateway (DUE) or is with one (LEASED): from when it may be leased (again). Empty otherwise.
  std::optional<absl::Time> available;
  // While the end of its window matters (a message that is DUE or LEASED, anything SCHEDULED that a pause holds back):
  // equals `expire`, and is what ExpiredReminders goes by. Empty otherwise.
  std::optional<absl::Time> closes;
  int32_t attempts = 0;       // leases so far; the number of the current lease
  int32_t failures = 0;       // reported temporary failures at the current contact point
  int32_t contact_point = 0;  // index into the enrollment's contact points
  bool moved = false;         // the clinic chose `due`, not the plan
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;  // of the contact point, where there was one when that was last set
  std::optional<int32_t> score = std::nullopt;    // what the patient answered
  std::string error_code{};                       // what the channel answered to the last attempt that failed
};

// One line of a clinic's change log.
struct EventRow {
  int64_t seq = 0;  // total order in the store
  std::string clinic;
  v1::Event data;  // resume_token not set
};

// What a listener hears of an event that was appended.
struct EventNote {
  int64_t seq = 0;
  std::string clinic;
  v1::EventType type = v1::EVENT_TYPE_UNSPECIFIED;
  v1::ReminderState reminder_state = v1::REMINDER_STATE_UNSPECIFIED;  // of the reminder that changed, if one did,
  int32_t attempts = 0;                                               // and how often it was leased
};

// What was deleted from the log of one clinic.
struct DeletedEvents {
  std::string clinic;  // empty: there was none
  int count = 0;
};

// What was answered to a request that carried a request_id.
struct RequestRow {
  std::string clinic;
  std::string request_id;
  uint64_t body_hash = 0;
  absl::Time time;
  std::string response;  // serialized response message
};

// What a patient wrote back. `data` has its name cleared. Ids are ordered by when they were made.
struct ReplyRow {
  std::string clinic;
  std::string reply;
  v1::Reply data;
};

// Replies to a clinic, the newest id first.
struct ReplyQuery {
  std::string clinic;
  std::string patient;  // empty: all
  std::string before;   // id; empty: from the newest
  int limit = 1000;
};

// Where a listing by due time goes on: strictly after (due, enrollment, rule, number).
struct DuePosition {
  absl::Time due;
  std::string enrollment;
  std::string rule;
  int32_t number = 0;
};

// Messages of one clinic on one channel that wait for a gateway, or are with one.
struct LeaseQueue {
  ClockId clock;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  std::string clinic;
};

// Where a look through a queue goes on: strictly after (available, enrollment, rule, number).
struct QueuePosition {
  absl::Time available;
  std::string enrollment;
  std::string rule;
  int32_t number = 0;
};

// Stored reminders of a clinic, ordered by (due, enrollment, rule, number).
struct ReminderQuery {
  std::string clinic;
  std::string enrollment;  // empty: all
  std::optional<DuePosition> after;
  std::optional<absl::Time> due_from;
  std::optional<absl::Time> due_before;
  std::vector<v1::ReminderState> states;  // empty: all
  int limit = 1000;
};

// Enrollments of a clinic, ordered by id.
struct EnrollmentQuery {
  std::string clinic;
  std::string patient;  // empty: all
  std::string pathway;  // id; empty: all
  v1::EnrollmentState state = v1::ENROLLMENT_STATE_UNSPECIFIED;  // unspecified: any
  bool pending_only = false;  // only those with a next_due, and paused ones
  std::string after;          // id; empty: from the start
  int limit = 1000;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_RECORDS_H_
