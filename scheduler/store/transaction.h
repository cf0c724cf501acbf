// Typed access to the facts in a database, over one connection. All SQL of the service stands behind these two classes
// (facts_*.cc and migrations.cc), written once for every driver.
//
// Thread safety: none; an instance belongs to the thread that runs the read or the mutation it was handed to, and must
// not be kept after it returns.
//
// Errors: UNAVAILABLE when the database cannot answer (I/O error, disk full, busy), DATA_LOSS when what it holds cannot
// be read. "Not found" is an empty optional, never an error.
#ifndef AFTERCARE_SCHEDULER_STORE_TRANSACTION_H_
#define AFTERCARE_SCHEDULER_STORE_TRANSACTION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/store/driver.h"
#include "scheduler/store/event_sequence.h"
#include "scheduler/store/records.h"

namespace aftercare::store {

// By what an address is found again: `sms:+15550100`. Of e-mail addresses the case of ASCII letters does not count.
std::string AddressKey(v1::Channel channel, absl::string_view address);

// Reads facts as of one snapshot.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection) : connection_(connection) {}
  virtual ~ReadTransaction() = default;

  // Identity of this database, made with it: 16 random bytes. Tokens are bound to it.
  absl::StatusOr<std::string> Secret();

  // Fingerprint of the time zones by which enrollments are planned, or are about to be: what ReplanAll was last told;
  // 0 if it never was.
  absl::StatusOr<int64_t> ZoneDatabase();

  absl::StatusOr<std::optional<ClinicRow>> GetClinic(absl::string_view clinic);
  // Its version, which differs wherever the rest of its row does but for replan_after; 0 if there is no such clinic.
  absl::StatusOr<int64_t> ClinicVersion(absl::string_view clinic);
  // Ordered by id, after `after`.
  absl::StatusOr<std::vector<ClinicRow>> ListClinics(absl::string_view after, int limit);

  // A clinic whose enrollments are still to be planned anew, if there is one: replan_after is set.
  absl::StatusOr<std::optional<ClinicRow>> FirstToReplan();

  // Number of the newest revision; 0 if there is no such pathway. Far cheaper than to read it.
  absl::StatusOr<int32_t> NewestRevision(absl::string_view clinic, absl::string_view pathway);
  // `revision` 0: the newest.
  absl::StatusOr<std::optional<PathwayRow>> GetPathway(absl::string_view clinic, absl::string_view pathway,
                                                       int32_t revision);
  // Newest revision of each, ordered by id, after `after`.
  absl::StatusOr<std::vector<PathwayRow>> ListPathways(absl::string_view clinic, absl::string_view after, int limit);
  // Newest first, with a revision below `before` (0: from the newest).
  absl::StatusOr<std::vector<PathwayRow>> ListPathwayRevisions(absl::string_view clinic, absl::string_view pathway,
                                                               int32_t before, int limit);

  absl::StatusOr<std::optional<EnrollmentRow>> GetEnrollment(absl::string_view clinic, absl::string_view enrollment);
  // Far cheaper than to read it. Of one that does not exist the stamp is that of none.
  absl::StatusOr<RowVersion> EnrollmentRowVersion(absl::string_view clinic, absl::string_view enrollment);
  absl::StatusOr<std::vector<EnrollmentRow>> ListEnrollments(const EnrollmentQuery& query);
  // Ids of all enrollments of a patient, in order; far cheaper than to read them.
  absl::StatusOr<std::vector<std::string>> EnrollmentsOf(absl::string_view clinic, absl::string_view patient);
  // How many enrollments of a pathway (id) have not ended.
  absl::StatusOr<int64_t> CountRunning(absl::string_view clinic, absl::string_view pathway);
  // Enrollments on `clock` with next_due <= through, by next_due, at most `limit`.
  absl::StatusOr<std::vector<EnrollmentRow>> DueEnrollments(absl::string_view clock, absl::Time through, int limit);
  // Ids of the clinic's own among them, all, in no order.
  absl::StatusOr<std::vector<std::string>> EnrollmentsDue(absl::string_view clock, absl::string_view clinic,
                                                          absl::Time through);
  // The next instant at which something on `clock` wants attention: the least next_due or `closes`.
  absl::StatusOr<std::optional<absl::Time>> NextWake(absl::string_view clock);

  absl::StatusOr<std::optional<ReminderRow>> GetReminder(const ReminderKey& key);
  absl::StatusOr<std::vector<ReminderRow>> ListReminders(const ReminderQuery& query);
  // The first clinic after `after`, by id, with messages on that clock and channel that wait for a gateway, now or
  // later.
  absl::StatusOr<std::optional<std::string>> NextLeaseClinic(absl::string_view clock, v1::Channel channel,
                                                             absl::string_view after);
  // Of a queue, what may be leased at `now`, available <= now < expire, in order of (available, key), after a position.
  absl::StatusOr<std::vector<ReminderRow>> LeasableReminders(const LeaseQueue& queue, absl::Time now,
                                                             const std::optional<QueuePosition>& after, int limit);
  // When the first reminder that is not yet available on `clock` becomes so: the least available > now.
  absl::StatusOr<std::optional<absl::Time>> NextAvailable(absl::string_view clock, absl::Time now);
  // Open reminders on `clock` with closes <= now, in order of (closes, key).
  absl::StatusOr<std::vector<ReminderRow>> ExpiredReminders(absl::string_view clock, absl::Time now, int limit);

  // From when on the clinic may be handed messages again, where their number is limited: what SetNextSend was last
  // told.
  absl::StatusOr<absl::Time> NextSend(absl::string_view clinic);
  // The reminder that was sent under this name of its channel, if it is still remembered.
  absl::StatusOr<std::optional<ReminderKey>> FindSentMessage(absl::string_view clinic, absl::string_view message_id);

  // Events of a clinic with seq > after, in order.
  absl::StatusOr<std::vector<EventRow>> ListEvents(absl::string_view clinic, int64_t after, int limit);
  // Ids of the enrollments that events with seq > after name, once for each event, in no order, at most `limit`.
  absl::StatusOr<std::vector<std::string>> EnrollmentsInLog(absl::string_view clinic, int64_t after, int limit);
  // The greatest seq ever given to an event of the store; 0 when there was none.
  virtual absl::StatusOr<int64_t> LastEventSeq();

  // Up to which seq events are deleted, or are about to be: who has read the log less far has lost some. 0: none was.
  absl::StatusOr<int64_t> TrimmedSeq();

  absl::StatusOr<std::optional<RequestRow>> GetRequest(absl::string_view clinic, absl::string_view request_id);

  // Consent and replies (facts_replies.cc).
  // Ids of the enrollments with a contact point whose AddressKey is that, in order.
  absl::StatusOr<std::vector<std::string>> EnrollmentsAt(absl::string_view clinic, absl::string_view address_key);
  // Channels on which a patient wants nothing, as bits (1 << channel).
  absl::StatusOr<int64_t> OptedOut(absl::string_view clinic, absl::string_view patient);
  absl::StatusOr<std::vector<ReplyRow>> ListReplies(const ReplyQuery& query);

 protected:
  Connection& connection_;
};

// Reads and writes facts inside one mutation. What it writes is durable when the mutation's `done` is called with OK,
// and gone when the mutation returns an error.
class WriteTransaction : public ReadTransaction {
 public:
  WriteTransaction(Connection& connection, EventSequence& sequence)
      : ReadTransaction(connection), sequence_(sequence) {}

  // Counts the events of this transaction too.
  absl::StatusOr<int64_t> LastEventSeq() override { return sequence_.last(); }

  // Inserts fail with ALREADY_EXISTS where the key is taken.
  absl::Status InsertClinic(const ClinicRow& row);
  // Replaces the row; version is stored as given. The row must exist (else INTERNAL).
  absl::Status UpdateClinic(const ClinicRow& row);
  // Notes other time zones, and every clinic to be planned anew from its first enrollment on.
  absl::Status ReplanAll(int64_t zone_database);
  absl::Status InsertPathwayRevision(const PathwayRow& row);
  // Its contact points are found by EnrollmentsAt from then on. UpdateEnrollment leaves that as it is: who changes
  // contact points says so by UpdateContacts as well.
  absl::Status InsertEnrollment(const EnrollmentRow& row);
  absl::Status UpdateEnrollment(const EnrollmentRow& row);
  // Changes only next_due; the cheap path of firing.
  absl::Status SetNextDue(absl::string_view clinic, absl::string_view enrollment, std::optional<absl::Time> next_due);
  // The same where the enrollment is still as it was read, stamp `was`, and says false where it is not.
  absl::StatusOr<bool> MoveNextDue(const EnrollmentRow& row, const RowVersion& was);
  // True if inserted, false if the occurrence has a row already (which is left alone).
  absl::StatusOr<bool> InsertReminder(const ReminderRow& row);
  absl::Status UpdateReminder(const ReminderRow& row);
  absl::Status SetNextSend(absl::string_view clinic, absl::Time next_send);
  // Remembers under what name a channel knows a message, instead of one of that name before.
  absl::Status PutSentMessage(const ReminderKey& key, absl::string_view message_id, absl::Time time);
  // Of the `limit` messages that were remembered first, forgets those older than `before`, and says how many. Real
  // time.
  absl::StatusOr<int> DeleteSentMessagesBefore(absl::Time before, int limit);
  absl::Status InsertRequest(const RequestRow& row);
  // Of the `limit` requests that were stored first, deletes those older than `before`.
  absl::Status DeleteRequestsBefore(absl::Time before, int limit);

  // Consent and replies (facts_replies.cc).
  // EnrollmentsAt finds the enrollment by the contact points of `after` from now on, no more by those of `before`.
  absl::Status UpdateContacts(const EnrollmentRow& before, const EnrollmentRow& after);
  absl::Status SetOptedOut(absl::string_view clinic, absl::string_view patient, int64_t channels);
  absl::Status InsertReply(const ReplyRow& row);

  // Appends to the clinic's log and gives it the next seq. After the commit the store's listeners see it.
  absl::Status AppendEvent(absl::string_view clinic, v1::Event event);

  // Events carry the time of their clinic's clock only, so real time is kept by marks: what the log holds by now was
  // there at `now`. Without new events since the newest mark there is nothing to note.
  absl::Status MarkLog(absl::Time now);
  // Gives up all events that were there at `before` by the marks: raises TrimmedSeq. False where no mark is that old.
  absl::StatusOr<bool> GiveUpEventsOf(absl::Time before);
  // Deletes at most `limit` events that are given up, of the first clinic after `after` that has any events at all.
  absl::StatusOr<DeletedEvents> DeleteGivenUpEvents(absl::string_view after, int limit);

  // Events appended so far, in order. For the store.
  std::vector<EventNote>& events() { return events_; }

  // Whether anything was written since it was last set to false. For the store.
  bool wrote() const { return wrote_; }
  void set_wrote(bool wrote) { wrote_ = wrote; }

 private:
  absl::Status ReplaceReminder(const ReminderRow& row);
  // Adds what is missing.
  absl::Status InsertContacts(const EnrollmentRow& row);

  EventSequence& sequence_;
  bool wrote_ = false;
  std::vector<EventNote> events_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_TRANSACTION_H_
