// Typed access to the facts in a database. These two classes contain all SQL for facts, written once for every driver.
// A transaction can be bound to the clinics that its caller may touch; it then refuses the others' data.
// Their methods are defined by resource, in transaction_clinics.cc (which has pathways and requests too),
// transaction_enrollments.cc, transaction_reminders.cc, transaction_deliveries.cc, transaction_replies.cc and
// transaction_events.cc; those for operators in transaction_statistics.cc.
//
// Thread safety: none. A transaction belongs to the thread that runs the read or the mutation it was passed to, and is
// valid until that returns.
//
// Errors: UNAVAILABLE if the database cannot answer (I/O error, disk full, busy), DATA_LOSS if stored data cannot be
// parsed. If something does not exist, that is no error: the result is an empty optional.
#ifndef AFTERCARE_SCHEDULER_STORE_TRANSACTION_H_
#define AFTERCARE_SCHEDULER_STORE_TRANSACTION_H_

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/store/commit_notes.h"
#include "scheduler/store/driver.h"
#include "scheduler/store/event_sequence.h"
#include "scheduler/store/records.h"

namespace aftercare::store {

// Says whether a transaction may touch a clinic's data: returns OK, or the error that the access fails with. It is
// asked with an empty clinic for what belongs to no clinic, such as all that is due in real time.
using AccessCheck = std::function<absl::Status(absl::string_view clinic)>;

// Reads facts from one snapshot.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection) : connection_(connection) {}
  virtual ~ReadTransaction() = default;

  // From now on every method that reads or writes a clinic's data asks `access` first, and lists over all clinics leave
  // out those that it refuses. Null, as at the beginning, stands for access to everything. `access` must live until
  // another one is set.
  void set_access(const AccessCheck* access) { access_ = access; }

  // The secret of this database: 16 random bytes that were stored when it was created. Tokens are sealed with it.
  absl::StatusOr<std::string> Secret();

  // The fingerprint of the time-zone database that ReplanAll was last called with; 0 if it never was. All enrollments
  // are planned by these time zones, or are about to be.
  absl::StatusOr<int64_t> ZoneDatabase();

  absl::StatusOr<std::optional<ClinicRow>> GetClinic(absl::string_view clinic);
  // The version of a clinic; 0 if there is no such clinic. It changes with every change of the row except of
  // replan_after.
  absl::StatusOr<int64_t> ClinicVersion(absl::string_view clinic);
  // At most `limit` clinics with an id after `after`, by id, of those that may be accessed.
  absl::StatusOr<std::vector<ClinicRow>> ListClinics(absl::string_view after, int limit);

  // The first clinic, by id, whose enrollments must still be planned again (replan_after is set), if there is one.
  absl::StatusOr<std::optional<ClinicRow>> FirstToReplan();

  // The number of the newest revision; 0 if there is no such pathway. Much cheaper than GetPathway.
  absl::StatusOr<int32_t> NewestRevision(absl::string_view clinic, absl::string_view pathway);
  // A revision of a pathway; the newest one if `revision` is 0.
  absl::StatusOr<std::optional<PathwayRow>> GetPathway(absl::string_view clinic, absl::string_view pathway,
                                                       int32_t revision);
  // The newest revision of at most `limit` pathways with an id after `after`, by id.
  absl::StatusOr<std::vector<PathwayRow>> ListPathways(absl::string_view clinic, absl::string_view after, int limit);
  // At most `limit` revisions below `before` (0: all), the newest first.
  absl::StatusOr<std::vector<PathwayRow>> ListPathwayRevisions(absl::string_view clinic, absl::string_view pathway,
                                                               int32_t before, int limit);

  absl::StatusOr<std::optional<EnrollmentRow>> GetEnrollment(absl::string_view clinic, absl::string_view enrollment);
  // Reads only the version. Returns a default RowVersion if the enrollment does not exist.
  absl::StatusOr<RowVersion> EnrollmentRowVersion(absl::string_view clinic, absl::string_view enrollment);
  absl::StatusOr<std::vector<EnrollmentRow>> ListEnrollments(const EnrollmentQuery& query);
  // The ids of all enrollments of a patient, ascending. Much cheaper than ListEnrollments.
  absl::StatusOr<std::vector<std::string>> EnrollmentsOf(absl::string_view clinic, absl::string_view patient);
  // The number of enrollments on a pathway, given by its id, that have not ended.
  absl::StatusOr<int64_t> CountRunning(absl::string_view clinic, absl::string_view pathway);
  // At most `limit` enrollments on `clock` with next_due <= through, by next_due.
  absl::StatusOr<std::vector<EnrollmentRow>> DueEnrollments(absl::string_view clock, absl::Time through, int limit);
  // The ids of all enrollments of one clinic on `clock` with next_due <= through, in no order.
  absl::StatusOr<std::vector<std::string>> EnrollmentsDue(absl::string_view clock, absl::string_view clinic,
                                                          absl::Time through);
  // The next instant at which an enrollment or a reminder on `clock` must be worked on: the smallest next_due or
  // `closes`.
  absl::StatusOr<std::optional<absl::Time>> NextWake(absl::string_view clock);

  absl::StatusOr<std::optional<ReminderRow>> GetReminder(const ReminderKey& key);
  absl::StatusOr<std::vector<ReminderRow>> ListReminders(const ReminderQuery& query);
  // The first clinic with an id after `after`, by id, that may be accessed and has messages on that clock and channel
  // which wait for a gateway, now or later.
  absl::StatusOr<std::optional<std::string>> NextLeaseClinic(absl::string_view clock, v1::Channel channel,
                                                             absl::string_view after);
  // At most `limit` reminders of a queue that may be leased at `now` (available <= now < expire), by (available, key),
  // from after `after` on.
  absl::StatusOr<std::vector<ReminderRow>> LeasableReminders(const LeaseQueue& queue, absl::Time now,
                                                             const std::optional<QueuePosition>& after, int limit);
  // The next instant at which a reminder on `clock` becomes available for leasing: the smallest available > now.
  absl::StatusOr<std::optional<absl::Time>> NextAvailable(absl::string_view clock, absl::Time now);
  // The smallest `available` of any reminder on `clock`: since when the oldest message that waits for a gateway has
  // been available, if that is not in the future.
  absl::StatusOr<std::optional<absl::Time>> OldestAvailable(absl::string_view clock);
  // The number of reminders on `clock` that are leased, by leases that have not expired at `now`.
  absl::StatusOr<int64_t> CountLeases(absl::string_view clock, absl::Time now);
  // At most `limit` open reminders on `clock` with closes <= now, by (closes, key).
  absl::StatusOr<std::vector<ReminderRow>> ExpiredReminders(absl::string_view clock, absl::Time now, int limit);

  // The instant from which messages of the clinic may be leased again under its send rate, as SetNextSend stored it.
  absl::StatusOr<absl::Time> NextSend(absl::string_view clinic);
  // The reminder whose message the channel calls `message_id`, if PutSentMessage stored it and it is not deleted yet.
  absl::StatusOr<std::optional<ReminderKey>> FindSentMessage(absl::string_view clinic, absl::string_view message_id);

  // At most `limit` events of a clinic with seq > after, by seq.
  absl::StatusOr<std::vector<EventRow>> ListEvents(absl::string_view clinic, int64_t after, int limit);
  // The ids of the enrollments that events with seq > after are about: one id for each event, at most `limit`, in no
  // order.
  absl::StatusOr<std::vector<std::string>> EnrollmentsInLog(absl::string_view clinic, int64_t after, int limit);
  // The greatest seq of any event that was ever stored, of all clinics; 0 if there was none.
  virtual absl::StatusOr<int64_t> LastEventSeq();

  // Events up to this seq are deleted or about to be deleted; 0 if none were. A reader that has not read up to it has
  // missed events.
  absl::StatusOr<int64_t> TrimmedSeq();

  // The size of the database on the disk, in bytes.
  absl::StatusOr<int64_t> StoreBytes();

  // What was answered to a request id, if it is still remembered.
  absl::StatusOr<std::optional<RequestRow>> GetRequest(absl::string_view clinic, absl::string_view request_id);

  // The ids of the enrollments with a contact point of this AddressKey (address_key.h), ascending.
  absl::StatusOr<std::vector<std::string>> EnrollmentsAt(absl::string_view clinic, absl::string_view address_key);
  // The channels a patient has opted out of, as bits (1 << channel).
  absl::StatusOr<int64_t> OptedOut(absl::string_view clinic, absl::string_view patient);
  absl::StatusOr<std::vector<ReplyRow>> ListReplies(const ReplyQuery& query);

 protected:
  bool MayAccess(absl::string_view clinic) const { return access_ == nullptr || (*access_)(clinic).ok(); }
  absl::Status CheckAccess(absl::string_view clinic) const {
    return access_ == nullptr ? absl::OkStatus() : (*access_)(clinic);
  }

  Connection& connection_;

 private:
  const AccessCheck* access_ = nullptr;
};

// Reads and writes facts in one mutation. Writes are durable once the mutation's `done` is called with OK. They are
// undone if the mutation returns an error.
//
// Inserts fail with ALREADY_EXISTS if the key is taken, updates with INTERNAL if the row does not exist.
class WriteTransaction : public ReadTransaction {
 public:
  WriteTransaction(Connection& connection, EventSequence& sequence)
      : ReadTransaction(connection), sequence_(sequence) {}

  // Includes the events of this transaction.
  absl::StatusOr<int64_t> LastEventSeq() override { return sequence_.last(); }

  absl::Status InsertClinic(const ClinicRow& row);
  // Replaces the whole row. Stores the version as given.
  absl::Status UpdateClinic(const ClinicRow& row);
  // Stores the fingerprint of the time-zone database, and sets replan_after of every clinic to the beginning, so that
  // all enrollments are planned again.
  absl::Status ReplanAll(int64_t zone_database);
  absl::Status InsertPathwayRevision(const PathwayRow& row);
  // Also enters the contact points for EnrollmentsAt.
  absl::Status InsertEnrollment(const EnrollmentRow& row);
  // Does not change what EnrollmentsAt finds. Whoever changes contact points must call UpdateContacts as well.
  absl::Status UpdateEnrollment(const EnrollmentRow& row);
  // Changes only next_due, to that of `row`. Much cheaper than UpdateEnrollment.
  absl::Status SetNextDue(const EnrollmentRow& row);
  // Sets next_due to that of `row` if the stored version of the enrollment is still `was`. Returns false, and changes
  // nothing, if it is another one.
  absl::StatusOr<bool> MoveNextDue(const EnrollmentRow& row, const RowVersion& was);
  // Returns true if the row was inserted. Returns false, and changes nothing, if the occurrence has a row already.
  absl::StatusOr<bool> InsertReminder(const ReminderRow& row);
  absl::Status UpdateReminder(const ReminderRow& row);
  // Stores what NextSend returns.
  absl::Status SetNextSend(absl::string_view clinic, absl::Time next_send);
  // Stores the name that a channel gave to the message of a reminder, and replaces an earlier message of that name.
  // `time` is real time.
  absl::Status PutSentMessage(const ReminderKey& key, absl::string_view message_id, absl::Time time);
  // Looks at the `limit` messages that were stored first, and deletes those older than `before` (real time). Returns
  // how many it deleted.
  absl::StatusOr<int> DeleteSentMessagesBefore(absl::Time before, int limit);
  absl::Status InsertRequest(const RequestRow& row);
  // Looks at the `limit` requests that were stored first, and deletes those older than `before` (real time).
  absl::Status DeleteRequestsBefore(absl::Time before, int limit);

  // Replaces the contact points of `before` by those of `after` for EnrollmentsAt. Both must be of the same enrollment.
  absl::Status UpdateContacts(const EnrollmentRow& before, const EnrollmentRow& after);
  // Stores what OptedOut returns.
  absl::Status SetOptedOut(absl::string_view clinic, absl::string_view patient, int64_t channels);
  absl::Status InsertReply(const ReplyRow& row);

  // Appends an event to the clinic's log and gives it the next seq. Its actor is the transaction's. The store's commit
  // listener hears of it.
  absl::Status AppendEvent(absl::string_view clinic, v1::Event event);

  // The principal who makes the changes of this mutation; its events carry the name. Empty at the beginning of each
  // mutation: nobody, time alone makes the changes.
  const std::string& actor() const { return actor_; }
  void set_actor(absl::string_view actor) { actor_ = std::string(actor); }

  // Each of the three notes what the store's commit listener must do once the mutation is committed; see CommitNotes.
  // The methods that write an enrollment or a reminder in real time note by themselves when it must be looked at next.
  void NoteWake(absl::Time time) { notes_.wake = std::min(notes_.wake, time); }
  void NoteLeasable(absl::string_view clinic) { notes_.leasable_clinics.emplace_back(clinic); }
  void NoteLeaseRevoked(const ReminderRow& row) { notes_.revoked_leases.push_back({row.key, row.attempts}); }
  // The same for the metrics: a message that had been available since then is leased by real time.
  void NoteOffered(absl::Time available) { notes_.offered_since.push_back(available); }

  // Notes that all events committed so far existed at `now` (real time). Events carry only the time of their clinic's
  // clock, so these marks tell how old events are. Does nothing if there are no new events since the newest mark.
  absl::Status MarkLog(absl::Time now);
  // Raises TrimmedSeq to the last event that existed at `before`, by the marks. Returns false if no mark is that old.
  absl::StatusOr<bool> GiveUpEventsOf(absl::Time before);
  // Deletes at most `limit` events up to TrimmedSeq, of the first clinic with an id after `after` that has any events.
  absl::StatusOr<DeletedEvents> DeleteGivenUpEvents(absl::string_view after, int limit);

  // For the writer: what was noted so far.
  CommitNotes& notes() { return notes_; }

  // For the writer: begins the next mutation, which has written nothing yet, may access everything and has no actor.
  void BeginMutation() {
    wrote_ = false;
    set_access(nullptr);
    actor_.clear();
  }
  // For the writer: whether anything was written since BeginMutation.
  bool wrote() const { return wrote_; }

 private:
  absl::Status ReplaceReminder(const ReminderRow& row);
  // Notes that `time` must wake the sweep of real time, if there is a time and `clock` is real time.
  void NoteWakeOf(const ClockId& clock, const std::optional<absl::Time>& time) {
    if (clock.empty() && time) NoteWake(*time);
  }
  // Enters the contact points of an enrollment that EnrollmentsAt does not know yet.
  absl::Status InsertContacts(const EnrollmentRow& row);

  EventSequence& sequence_;
  bool wrote_ = false;
  std::string actor_;
  CommitNotes notes_;
};

// While it lives, the changes of a mutation are nobody's: their events carry no actor. `tx` must outlive it.
class WithoutActor {
 public:
  explicit WithoutActor(WriteTransaction& tx) : tx_(tx), actor_(tx.actor()) { tx_.set_actor(""); }
  ~WithoutActor() { tx_.set_actor(actor_); }
  WithoutActor(const WithoutActor&) = delete;
  WithoutActor& operator=(const WithoutActor&) = delete;

 private:
  WriteTransaction& tx_;
  const std::string actor_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_TRANSACTION_H_
