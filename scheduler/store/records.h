// The rows that the store keeps, and the queries for them. Plain values without behaviour. Instants have microsecond
// precision.
#ifndef AFTERCARE_SCHEDULER_STORE_RECORDS_H_
#define AFTERCARE_SCHEDULER_STORE_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "aftercare/v1/reply.pb.h"

namespace aftercare::store {

// The clock of an enrollment: "" for real time, otherwise the id of the sandbox clinic whose test clock it is.
using ClockId = std::string;

// A clinic.
struct ClinicRow {
  std::string clinic;
  int64_t version = 1;               // the etag is made from it
  v1::Clinic data;                   // name and etag are not set
  int64_t calendar_fingerprint = 0;  // of the fields of `data` that plans depend on; 0 if none of them is set
  // Set while enrollments of the clinic must be planned again, because its calendar or the time-zone rules have
  // changed. They are planned again in the order of their ids. The value is the id of the last one that is done, or the
  // empty string if none is.
  std::optional<std::string> replan_after = std::nullopt;
};

// One immutable revision of a pathway. In `data`, name, revision and etag are not set.
struct PathwayRow {
  std::string clinic;
  std::string pathway;
  int32_t revision = 1;
  absl::Time create_time;
  v1::Pathway data;
};

// Identifies one state of an enrollment's row and of its clinic's calendar. If two reads of an enrollment return equal
// values, neither has changed. A mutation that was prepared from an earlier read compares it before it writes. The
// fields are those of EnrollmentRow.
struct RowVersion {
  int64_t version = 0;
  std::optional<absl::Time> next_due;
  std::optional<absl::Time> compare_rows_until;
  int64_t plan_fingerprint = 0;
  int64_t calendar_fingerprint = 0;

  bool operator==(const RowVersion&) const = default;
};

// An enrollment.
struct EnrollmentRow {
  std::string clinic;
  std::string enrollment;
  ClockId clock;
  int64_t version = 1;  // changes with every change of a field that is not itself part of RowVersion
  v1::EnrollmentState state = v1::ENROLLMENT_STATE_ACTIVE;
  // Derived from the plan: when the next occurrence that has not fired comes due. Empty if there is none, or if the
  // enrollment is not ACTIVE. Valid only while `plan_fingerprint` is that of the present calendar and time-zone rules.
  std::optional<absl::Time> next_due;
  v1::Enrollment data;           // name, etag and state are not set
  int64_t plan_fingerprint = 0;  // of the clinic's calendar and the time-zone rules that next_due was derived from
  // An occurrence that the plan makes due at or before this instant may have a row that differs from the plan, so the
  // row must be looked up. Empty if no row differs. Set if
  //   an occurrence that the plan makes due in the future has a row already, with another due time;
  //   an occurrence that the present plan counts as missed has a row;
  //   a row has yet to come due (SCHEDULED);
  //   a pause holds back an occurrence that is due.
  std::optional<absl::Time> compare_rows_until = std::nullopt;
  int64_t calendar_fingerprint = 0;  // the clinic's when the row was read; ignored by writes of the row
  record::v1::PlanHistory history{};
  int64_t opted_out = 0;  // the channels that the patient has opted out of, as bits (1 << channel)
  // The contact points, as bits (1 << index), whose address is stopped, or held by a doubtful reply (AddressRow).
  uint32_t stopped_points = 0;
  uint32_t held_points = 0;
  // The store's own number for the row, which it gives at the insert and never changes. Rises in the order in which
  // patients were enrolled. Set when the row was read; ignored by InsertEnrollment.
  int64_t row_id = 0;
  // A record.v1.PlanOutline of this row, serialized, for ForEachSchedule. Inserts and updates store it. Empty: none is
  // stored, and who needs one makes it from the row, which takes longer. Reads do not set it.
  std::string outline{};
  bool has_outline = false;  // set by reads: an outline is stored

  RowVersion row_version() const {
    return {version, next_due, compare_rows_until, plan_fingerprint, calendar_fingerprint};
  }
};

// What is read of an enrollment to plan it together with those of its clinic. The fields are those of EnrollmentRow.
struct ScheduleRow {
  int64_t row_id = 0;
  std::optional<absl::Time> next_due;
  int64_t plan_fingerprint = 0;
  std::optional<absl::Time> compare_rows_until;
  int64_t cohort = 0;         // see GetCohort; 0 if `outline` is empty
  absl::string_view outline;  // empty if none is stored
};

// What is read of a patient's enrollment to decide whether the patient may be enrolled again.
struct EnrollmentOutline {
  std::string enrollment;
  std::string pathway;  // an id
  v1::EnrollmentState state = v1::ENROLLMENT_STATE_UNSPECIFIED;
  v1::EndReason end_reason = v1::END_REASON_UNSPECIFIED;  // set if it has ended
};

// The key of a reminder, which is its name.
struct ReminderKey {
  std::string clinic;
  std::string enrollment;
  std::string rule;
  int64_t code = 0;  // what follows the rule in the name, as an integer (plan/reminder_name.h)
  friend bool operator==(const ReminderKey&, const ReminderKey&) = default;
};

// The occurrence of the present plan that a reminder stands for: it is not sent again.
struct Cover {
  std::string rule;  // empty: the rule in the reminder's key
  int64_t code = 0;  // of the occurrence's name, without a count; 0: the reminder covers nothing
  friend bool operator==(const Cover&, const Cover&) = default;
};

// A reminder that is stored: an occurrence that has fired, or that somebody changed before it was due. All other
// occurrences are only in the plan. A row in state SCHEDULED comes due at `due`, even if it was due earlier already.
struct ReminderRow {
  ReminderKey key;
  ClockId clock;
  int32_t revision = 1;  // the pathway revision whose rule it follows
  v1::ReminderState state = v1::REMINDER_STATE_UNSPECIFIED;
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
  absl::Time due;
  absl::Time expire;
  absl::Time state_time;
  // When it may be leased next; for a leased message, when its lease expires. Set while a message waits for a gateway
  // (DUE) or is leased by one (LEASED), and while a task waits in the same way until its team is told. Empty otherwise,
  // and while a pause holds a message back.
  std::optional<absl::Time> available;
  // Equal to `expire` while the sweep must act at that time: for messages that are DUE or LEASED, for tasks that
  // escalate then, and for SCHEDULED rows of a paused enrollment. Empty otherwise. ExpiredReminders finds reminders by
  // it.
  std::optional<absl::Time> closes;
  int32_t attempts = 0;       // leases so far; the number of the current lease
  int32_t failures = 0;       // reported temporary failures at the current contact point
  int32_t contact_point = 0;  // index into the enrollment's contact points, or those of the team that is told
  bool moved = false;         // the clinic chose `due`, not the plan
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;  // of the contact point, when that was last set; else unspecified
  std::optional<int32_t> score = std::nullopt;    // the score or choice that the patient answered
  std::string error_code{};                       // the channel's code for the last attempt that failed
  // What it covers. Empty: the occurrence that its key names.
  std::optional<Cover> cover = std::nullopt;
  int32_t facts_version = 0;  // the version of the facts (PlanHistory) under which it was told
  std::string record{};       // a record.v1.ReminderRecord, serialized; empty if nothing is recorded
  // The store's own number for the row, which it gives at the insert: later rows have greater ones. 0 if the row was
  // not read from the store; an update then finds the row by its key, which takes longer.
  int64_t row_id = 0;
  int64_t enrollment_row_id = 0;  // EnrollmentRow::row_id; 0 if not known, the store then looks it up
};

// One line of a clinic's change log.
struct EventRow {
  int64_t seq = 0;  // orders all events of the store
  std::string clinic;
  v1::Event data;  // resume_token is not set; actor made the change, and is empty if time alone made it
};

// The result of WriteTransaction::DeleteGivenUpEvents.
struct DeletedEvents {
  std::string clinic;  // whose events were deleted; empty if no clinic with events was left
  int count = 0;
};

// The answer to a request that carried a request_id.
struct RequestRow {
  std::string clinic;
  std::string request_id;
  uint64_t body_hash = 0;
  absl::Time time;
  std::string response;  // the response message, serialized
};

// A reply of a patient. In `data`, name is not set. Ids sort by the time at which they were made.
struct ReplyRow {
  std::string clinic;
  std::string reply;
  v1::Reply data;
};

// What is known of an address that somebody wrote to a clinic from, whoever has it.
struct AddressRow {
  std::string clinic;
  std::string hash;      // AddressIdentity (address_key.h)
  bool stopped = false;  // nothing may be sent to it
  std::string held_by;   // the id of the newest doubtful reply from it while that waits for a decision, else empty
  // When a stop word, a start word or a help word from it was last answered by an automatic reply.
  std::optional<absl::Time> stop_answered;
  std::optional<absl::Time> start_answered;
  std::optional<absl::Time> help_answered;
};

// An enrollment that has an address, or once had it.
struct EnrollmentAtAddress {
  std::string enrollment;
  // False: it does not have the address now. Then it had it once, or another address with the same AddressHash.
  bool has_address = false;
};

// Selects replies to a clinic. They are returned by id, the greatest first. `patient` and `task` must not both be set.
struct ReplyQuery {
  std::string clinic;
  std::string patient;  // empty: of all patients
  v1::ReplyTask task = v1::REPLY_TASK_UNSPECIFIED;  // only those with this task; UNSPECIFIED: all
  std::string before;   // only ids below this one; empty: all
  int limit = 1000;
};

// A position in a list by due time. The list continues after it, in the order (due, enrollment_row_id, rule, code):
// what is due at one instant is in the order of enrolment.
struct DuePosition {
  absl::Time due;
  int64_t enrollment_row_id = 0;
  std::string rule;
  int64_t code = 0;
};

// A position in the list of a clinic's enrollments by next_due. The list continues after it, in the order (next_due,
// row_id).
struct SchedulePosition {
  absl::Time next_due;
  int64_t row_id = 0;
};

// The queue of one clinic's messages on one clock and channel that wait for a gateway or are leased by one.
struct LeaseQueue {
  ClockId clock;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  std::string clinic;
};

// A position in a queue. A list continues after it, in the order (available, row_id).
struct QueuePosition {
  absl::Time available;
  int64_t row_id = 0;
};

// Selects reminders of a clinic that have a row, with due_from <= due < due_before. They are returned in the order
// (due, enrollment_row_id, rule, code).
struct ReminderQuery {
  std::string clinic;
  std::string enrollment;  // empty: of all enrollments
  std::optional<DuePosition> after;
  std::optional<absl::Time> due_from;
  std::optional<absl::Time> due_before;
  std::vector<v1::ReminderState> states;  // empty: in any state
  int limit = 1000;
};

// Selects enrollments of a clinic. They are returned by id.
struct EnrollmentQuery {
  std::string clinic;
  std::string patient;  // empty: of all patients
  std::string pathway;  // an id; empty: on all pathways
  v1::EnrollmentState state = v1::ENROLLMENT_STATE_UNSPECIFIED;  // unspecified: in any state
  bool pending_only = false;  // only those that have a next_due or are paused
  std::string after;          // only ids above this one; empty: all
  int limit = 1000;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_RECORDS_H_
