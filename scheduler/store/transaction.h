// Typed access to the facts in a database. These two classes contain all SQL for facts, written once for every driver.
// A transaction can be limited to the clinics that its caller may touch; it then refuses the data of other clinics.
// The methods are defined by resource, in transaction_clinics.cc (which has pathways and requests too),
// transaction_enrollments.cc, transaction_schedule.cc, transaction_adherence.cc, transaction_reminders.cc,
// transaction_deliveries.cc, transaction_replies.cc and transaction_events.cc; those for operators are in
// transaction_statistics.cc.
//
// Thread safety: none. A transaction belongs to the thread that runs the read or the mutation it was passed to, and is
// valid until that returns.
//
// Errors: UNAVAILABLE if the database cannot answer (I/O error, disk full, busy), DATA_LOSS if stored data cannot be
// parsed, or the error of the access check. It is no error to read what does not exist: the result is empty.
//
// "By x" says that a list is in the ascending order of x.
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
#include "absl/types/span.h"
#include "aftercare/record/v1/consent_history.pb.h"
#include "scheduler/store/access_rows.h"
#include "scheduler/store/adherence_rows.h"
#include "scheduler/store/clinic_numbers.h"
#include "scheduler/store/commit_notes.h"
#include "scheduler/store/driver.h"
#include "scheduler/store/event_block.h"
#include "scheduler/store/event_sequence.h"
#include "scheduler/store/query.h"
#include "scheduler/store/records.h"

namespace aftercare::store {

struct StoredEnrollment;

// Decides whether a transaction may touch a clinic's data. Returns OK, or the error that the method then returns. The
// clinic is empty for data of no single clinic, such as everything that is due on the real-time clock.
using AccessCheck = std::function<absl::Status(absl::string_view clinic)>;

// Reads facts from one snapshot.
class ReadTransaction {
 public:
  ReadTransaction(Connection& connection, ClinicNumbers& numbers) : connection_(connection), numbers_(numbers) {}
  virtual ~ReadTransaction() = default;

  // From now on every method that returns or changes rows of a clinic asks `access` first. ListClinics and
  // NextLeaseClinic leave out the clinics that it refuses. Null, as at the beginning, stands for access to everything.
  // `access` must live until another one is set. These do not ask it: methods that read a number or a secret of the
  // whole database, NextWake, NextAvailable, DeleteRequestsOutside and DeleteSentMessagesBefore.
  void set_access(const AccessCheck* access) { access_ = access; }

  // The secret of this database: 16 random bytes that were stored when it was created. Tokens are sealed with it.
  absl::StatusOr<std::string> Secret();

  // The fingerprint of the time-zone database that ReplanAll was last called with; 0 if it was never called. All
  // enrollments are planned by these time zones, or are about to be.
  absl::StatusOr<int64_t> ZoneDatabase();

  absl::StatusOr<std::optional<ClinicRow>> GetClinic(absl::string_view clinic);
  // The version of a clinic; 0 if there is no such clinic. It changes with every change of a ClinicRow, except a change
  // of replan_after alone.
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

  absl::StatusOr<std::optional<EnrollmentRow>> GetEnrollment(absl::string_view clinic, absl::string_view enrollment,
                                                             int64_t row_id = 0);
  // Reads only the RowVersion. Returns a default one if the enrollment does not exist. Faster with the row's `row_id`.
  absl::StatusOr<RowVersion> EnrollmentRowVersion(absl::string_view clinic, absl::string_view enrollment,
                                                  int64_t row_id = 0);
  absl::StatusOr<std::vector<EnrollmentRow>> ListEnrollments(const EnrollmentQuery& query);
  // The ids of all enrollments of a patient, ascending. Much cheaper than ListEnrollments.
  absl::StatusOr<std::vector<std::string>> EnrollmentsOf(absl::string_view clinic, absl::string_view patient);
  // Outlines of all enrollments of a patient, by id. Much cheaper than ListEnrollments.
  absl::StatusOr<std::vector<EnrollmentOutline>> EnrollmentOutlinesOf(absl::string_view clinic,
                                                                      absl::string_view patient);
  // The number of enrollments on a pathway, given by its id, that have not ended.
  absl::StatusOr<int64_t> CountRunning(absl::string_view clinic, absl::string_view pathway);
  // The clinics that have enrollments on `clock` with next_due <= through, in the order of NextLeaseClinic.
  absl::StatusOr<std::vector<std::string>> ClinicsDue(absl::string_view clock, absl::Time through);
  // At most `limit` enrollments of a clinic on `clock` with next_due <= through, by (next_due, row_id). The list
  // continues after `after`, or starts at the beginning if that is empty.
  absl::StatusOr<std::vector<EnrollmentRow>> DueEnrollments(absl::string_view clock, absl::string_view clinic,
                                                            absl::Time through,
                                                            const std::optional<SchedulePosition>& after, int limit);
  // The smallest next_due of the clinic's enrollments on `clock`.
  absl::StatusOr<std::optional<absl::Time>> NextDue(absl::string_view clock, absl::string_view clinic);
  // The row_ids of all enrollments of one clinic on `clock` with next_due <= through, in no order.
  absl::StatusOr<std::vector<int64_t>> EnrollmentsDue(absl::string_view clock, absl::string_view clinic,
                                                      absl::Time through);
  // Calls `use` with the ScheduleRow of every enrollment of a clinic, by row_id. Much cheaper than ListEnrollments.
  // Views are valid during the call. Ends with the first error, which it returns.
  absl::Status ForEachSchedule(absl::string_view clinic, absl::FunctionRef<absl::Status(const ScheduleRow& row)> use);
  // About how many enrollments a clinic has: an estimate, from a look at a few rows of all clinics'.
  absl::StatusOr<int64_t> EstimateEnrollments(absl::string_view clinic);
  // Calls `use` with the row_id and the id of every enrollment of a clinic, by id.
  absl::Status ForEachEnrollmentId(absl::string_view clinic,
                                   absl::FunctionRef<void(int64_t row_id, absl::string_view enrollment)> use);
  // What the enrollments of one of the clinic's cohorts have in common: pathway, revision, procedure date, time zone,
  // locale, contact hours and consent. Cohorts never change.
  absl::StatusOr<std::optional<v1::Enrollment>> GetCohort(absl::string_view clinic, int64_t cohort);
  // The next instant at which an enrollment or a reminder on `clock` must be worked on: the smallest next_due or
  // `closes`.
  absl::StatusOr<std::optional<absl::Time>> NextWake(absl::string_view clock);

  // Calls `use` with what was counted of each enrollment of a clinic, in no order. The row is valid during the call.
  absl::Status ForEachAdherence(absl::string_view clinic, absl::FunctionRef<void(const AdherenceRow& row)> use);
  absl::StatusOr<std::optional<AdherenceRow>> GetAdherence(absl::string_view clinic, int64_t enrollment_row_id);
  // At most `limit` marks of a clinic with count_after <= through, by (count_after, enrollment_row_id).
  absl::StatusOr<std::vector<AdherenceMark>> AdherenceMarks(absl::string_view clock, absl::string_view clinic,
                                                            absl::Time through, int limit);
  // Of each clinic that has marks, one with the smallest count_after.
  absl::StatusOr<std::vector<AdherenceMark>> FirstAdherenceMarks();

  // Faster with the row_id of the enrollment.
  absl::StatusOr<std::optional<ReminderRow>> GetReminder(const ReminderKey& key, int64_t enrollment_row_id = 0);
  absl::StatusOr<std::vector<ReminderRow>> ListReminders(const ReminderQuery& query);
  // The clinic after `after` that may be accessed and has messages in its LeaseQueue of that clock and of one of the
  // channels, whether or not they may be leased at present. Clinics come in the order in which they had their first
  // enrollment; an empty `after` is before all of them, and so is a clinic that never had one.
  absl::StatusOr<std::optional<std::string>> NextLeaseClinic(absl::string_view clock,
                                                            absl::Span<const v1::Channel> channels,
                                                             absl::string_view after);
  // At most `limit` reminders of a queue that may be leased at `now` (available <= now, and now < closes if that is
  // set), by (available, row_id). The list continues after `after`, or starts at the beginning if that is empty.
  absl::StatusOr<std::vector<ReminderRow>> LeasableReminders(const LeaseQueue& queue, absl::Time now,
                                                             const std::optional<QueuePosition>& after, int limit);
  // The next instant at which a reminder on `clock` becomes available for leasing: the smallest available > now.
  absl::StatusOr<std::optional<absl::Time>> NextAvailable(absl::string_view clock, absl::Time now);
  // The smallest `available` of all reminders on `clock`. If it is not in the future, the message that has waited
  // longest for a gateway has been available since then.
  absl::StatusOr<std::optional<absl::Time>> OldestAvailable(absl::string_view clock);
  // The number of reminders on `clock` that are leased, by leases that have not expired at `now`.
  absl::StatusOr<int64_t> CountLeases(absl::string_view clock, absl::Time now);
  // At most `limit` open reminders on `clock` with closes <= now, by (closes, row_id).
  absl::StatusOr<std::vector<ReminderRow>> ExpiredReminders(absl::string_view clock, absl::Time now, int limit);

  // The instant from which messages of the clinic may be leased again under its send rate, as SetNextSend stored it;
  // the beginning of 1970 if it never did.
  absl::StatusOr<absl::Time> NextSend(absl::string_view clinic);
  // The reminder whose message the channel calls `message_id`, if PutSentMessage stored it and it is not deleted yet.
  absl::StatusOr<std::optional<ReminderKey>> FindSentMessage(absl::string_view clinic, absl::string_view message_id);

  // At most `limit` events of a clinic with seq > after, by seq.
  virtual absl::StatusOr<std::vector<EventRow>> ListEvents(absl::string_view clinic, int64_t after, int limit);
  // The ids of the enrollments of at most `limit` events with seq > after, in no order. An id occurs once for each of
  // its events. Events without an enrollment do not count.
  virtual absl::StatusOr<std::vector<std::string>> EnrollmentsInLog(absl::string_view clinic, int64_t after,
                                                                    int limit);
  // The end of the log: no event of any clinic in this snapshot has a greater seq. 0 if no event was ever stored.
  virtual absl::StatusOr<int64_t> LastEventSeq();

  // Events up to this seq are deleted or about to be deleted; 0 if none are. A reader of the log that has not got so
  // far has missed events.
  absl::StatusOr<int64_t> TrimmedSeq();

  // The size of the database on the disk, in bytes.
  absl::StatusOr<int64_t> StoreBytes();

  // The answer to the request with this id, if it was stored and is not deleted yet.
  absl::StatusOr<std::optional<RequestRow>> GetRequest(absl::string_view clinic, absl::string_view request_id);

  // The enrollments that have or had a contact point of this AddressKey (address_key.h), by id.
  absl::StatusOr<std::vector<EnrollmentAtAddress>> EnrollmentsAt(absl::string_view clinic,
                                                                 absl::string_view address_key);
  // What is known of an address, given by its AddressIdentity. A row with nothing but the clinic and the hash if
  // nothing is known.
  absl::StatusOr<AddressRow> GetAddress(absl::string_view clinic, absl::string_view hash);
  // Whether anything is known of any address of the clinic.
  absl::StatusOr<bool> HasAddresses(absl::string_view clinic);
  // The addresses that a doubtful reply holds.
  absl::StatusOr<std::vector<AddressRow>> AddressesHeldBy(absl::string_view clinic, absl::string_view reply);
  // The channels a patient has opted out of, as bits (1 << channel).
  absl::StatusOr<int64_t> OptedOut(absl::string_view clinic, absl::string_view patient);
  // The decisions about messages that are stored for a patient; none if nothing is.
  absl::StatusOr<record::v1::ConsentHistory> GetConsentHistory(absl::string_view clinic, absl::string_view patient);
  absl::StatusOr<std::vector<ReplyRow>> ListReplies(const ReplyQuery& query);
  // All tokens and all roles of principals.
  absl::StatusOr<AccessRows> ReadAccess();
  absl::StatusOr<std::optional<ReplyRow>> GetReply(absl::string_view clinic, absl::string_view reply);

 protected:
  bool MayAccess(absl::string_view clinic) const { return access_ == nullptr || (*access_)(clinic).ok(); }
  absl::Status CheckAccess(absl::string_view clinic) const {
    return access_ == nullptr ? absl::OkStatus() : (*access_)(clinic);
  }

  // The number of a clinic or of a clock, as ClinicNumbers::Find returns it. NumberToRead checks the access first.
  absl::StatusOr<int64_t> NumberToRead(absl::string_view clinic) {
    if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
    return NumberOf(clinic);
  }
  absl::StatusOr<int64_t> NumberOf(absl::string_view clinic) {
    return numbers_.Find(connection_, clinic, numbers_are_committed_);
  }
  absl::StatusOr<std::string> ClinicOf(int64_t number) {
    return numbers_.ClinicOf(connection_, number, numbers_are_committed_);
  }

  Connection& connection_;
  ClinicNumbers& numbers_;
  // False while `numbers_` must not keep what is read, because it may yet be undone.
  bool numbers_are_committed_ = true;

 private:
  // A queue of messages (LeaseQueue) on a clock that is not empty, and the smallest `available` in it.
  struct WaitingQueue {
    int64_t channel = 0;
    int64_t clinic = 0;  // its number
    absl::Time available;
  };

  absl::Status ReadEnrollment(const Statement& row, EnrollmentRow& enrollment);
  absl::StatusOr<std::vector<EnrollmentRow>> AllEnrollments(Query& query);
  absl::Status ReadReminder(const Statement& row, ReminderRow& reminder);
  absl::StatusOr<std::vector<ReminderRow>> AllReminders(Query& query);
  // A clinic with enrollments of which something comes due on a clock, and the smallest next_due.
  struct DueClinic {
    int64_t clinic = 0;  // its number
    absl::Time next_due;
  };

  // How the enrollments of a clinic lie among those of all: of some rows, spread evenly, how many are its own; and the
  // greatest row_id.
  struct Sample {
    int rows = 0;
    int of_clinic = 0;
    int64_t last_row_id = 0;
  };
  absl::StatusOr<Sample> SampleSchedule(int64_t clinic);

  // All such clinics on a clock, given by its number, in the order of their numbers.
  absl::StatusOr<std::vector<DueClinic>> DueClinics(int64_t clock);
  // All queues on a clock, given by its number.
  absl::StatusOr<std::vector<WaitingQueue>> WaitingQueues(int64_t clock);

  const AccessCheck* access_ = nullptr;
};

// Reads and writes facts in one mutation. Writes are durable once the mutation's `done` is called with OK. They are
// undone if the mutation returns an error.
//
// Unless a comment says otherwise, inserts fail with ALREADY_EXISTS if the key is taken, and updates with INTERNAL if
// the row does not exist.
class WriteTransaction : public ReadTransaction {
 public:
  WriteTransaction(Connection& connection, ClinicNumbers& numbers, EventSequence& sequence)
      : ReadTransaction(connection, numbers), sequence_(sequence) {}

  // These three include the events that this transaction has appended.
  absl::StatusOr<int64_t> LastEventSeq() override { return sequence_.last(); }
  absl::StatusOr<std::vector<EventRow>> ListEvents(absl::string_view clinic, int64_t after, int limit) override;
  absl::StatusOr<std::vector<std::string>> EnrollmentsInLog(absl::string_view clinic, int64_t after,
                                                            int limit) override;

  // Does not store last_use_time.
  absl::Status InsertToken(const TokenRow& row);
  // Returns false if there is no such token.
  absl::StatusOr<bool> DeleteToken(absl::string_view token);
  // Does nothing if there is no such token.
  absl::Status SetTokenUsed(absl::string_view token, absl::Time time);
  // Returns false, and changes nothing, if the principal has the role.
  absl::StatusOr<bool> InsertRoleBinding(const RoleBindingRow& row);
  // The principal, the clinic and the role count. Returns false if there is no such row.
  absl::StatusOr<bool> DeleteRoleBinding(const RoleBindingRow& row);

  absl::Status InsertClinic(const ClinicRow& row);
  // Replaces the whole row. Stores the version as given.
  absl::Status UpdateClinic(const ClinicRow& row);
  // Stores the fingerprint of the time-zone database, and sets replan_after of every clinic to the empty string, so
  // that all enrollments are planned again. Does not wake the sweep.
  absl::Status ReplanAll(int64_t zone_database);
  absl::Status InsertPathwayRevision(const PathwayRow& row);
  // Also enters the contact points for EnrollmentsAt.
  absl::Status InsertEnrollment(const EnrollmentRow& row);
  // Does not change what EnrollmentsAt finds. If contact points have changed, call AddContacts as well.
  absl::Status UpdateEnrollment(const EnrollmentRow& row);
  // Changes only next_due, to that of `row`. Much cheaper than UpdateEnrollment.
  absl::Status SetNextDue(const EnrollmentRow& row);
  // Sets next_due to that of `row` if the stored RowVersion of the enrollment is still `was`. Returns false, and
  // changes no row, if it is another one or the enrollment does not exist.
  absl::StatusOr<bool> MoveNextDue(const EnrollmentRow& row, const RowVersion& was);
  // Marks an enrollment: it must be counted from `count_after` on, which is kCountAtOnce or in the future. Whatever
  // changes the result of a count marks the enrollment. UpdateEnrollment does so itself if the version changes.
  absl::Status MarkAdherence(absl::string_view clinic, const ClockId& clock, int64_t enrollment_row_id,
                             absl::Time count_after);
  // Removes a mark, and replaces what was counted of its enrollment; nothing if it was never asked anything. Returns
  // false, and changes nothing, if the enrollment was marked again since `mark` was read, or has been counted.
  absl::StatusOr<bool> StoreAdherence(const AdherenceMark& mark, const std::optional<AdherenceRow>& counted);
  // Returns true if the row was inserted. Returns false, and changes nothing, if the occurrence has a row already.
  absl::StatusOr<bool> InsertReminder(const ReminderRow& row);
  absl::Status UpdateReminder(const ReminderRow& row);
  // Stores what NextSend returns.
  absl::Status SetNextSend(absl::string_view clinic, absl::Time next_send);
  // Stores the id that a channel gave to the message of a reminder. If the clinic has an earlier message with that id,
  // the new one replaces it. `time` is real time.
  absl::Status PutSentMessage(const ReminderKey& key, absl::string_view message_id, absl::Time time);
  // Of the `limit` sent messages that were stored first, deletes those with a time before `before` (real time). Returns
  // how many it deleted.
  absl::StatusOr<int> DeleteSentMessagesBefore(absl::Time before, int limit);
  absl::Status InsertRequest(const RequestRow& row);
  // Does nothing if there is no such request.
  absl::Status DeleteRequest(absl::string_view clinic, absl::string_view request_id);
  // Of the `limit` requests that were stored first, deletes those whose time (real time) is not between `from` and
  // `until`: it is `from` or earlier, or it is `until` or later.
  absl::Status DeleteRequestsOutside(absl::Time from, absl::Time until, int limit);

  // Enters the contact points of an enrollment for EnrollmentsAt, which goes on finding it by those that it had before.
  absl::Status AddContacts(const EnrollmentRow& row);
  // Stores what OptedOut returns.
  absl::Status SetOptedOut(absl::string_view clinic, absl::string_view patient, int64_t channels);
  // Stores what GetConsentHistory returns.
  absl::Status PutConsentHistory(absl::string_view clinic, absl::string_view patient,
                                 const record::v1::ConsentHistory& history);
  absl::Status InsertReply(const ReplyRow& row);
  absl::Status UpdateReply(const ReplyRow& row);
  // Inserts the row or replaces the one of that address.
  absl::Status PutAddress(const AddressRow& row);

  // Appends an event to the clinic's log and gives it the next seq. Its actor becomes actor(). Also notes the event for
  // the store's commit listener.
  absl::Status AppendEvent(absl::string_view clinic, v1::Event event);

  // The name of the principal who makes the changes of this mutation; its events carry the name. Empty if time alone
  // makes the changes, and at the beginning of each mutation.
  const std::string& actor() const { return actor_; }
  void set_actor(absl::string_view actor) { actor_ = std::string(actor); }

  // Each of these methods adds a note for the store's commit listener; see CommitNotes. The methods that write an
  // enrollment or a reminder on the real-time clock call NoteWake themselves.
  void NoteWake(absl::Time time) { notes_.wake = std::min(notes_.wake, time); }
  void NoteCount(absl::Time time) { notes_.count = std::min(notes_.count, time); }
  void NoteLeasable(absl::string_view clinic) { notes_.leasable_clinics.emplace_back(clinic); }
  void NoteLeaseRevoked(const ReminderRow& row) { notes_.revoked_leases.push_back({row.key, row.attempts}); }
  // For metrics: a message on the real-time clock that had been available since `available` is leased now.
  void NoteOffered(absl::Time available) { notes_.offered_since.push_back(available); }

  // Stores a mark in the database: all events committed so far existed at `now` (real time). Events carry only the time
  // of their clinic's clock, so these marks tell how old events are. Does nothing if there are no new events since the
  // newest mark.
  absl::Status MarkLog(absl::Time now);
  // Raises TrimmedSeq to the last event of the newest mark whose time is not after `before` (real time). Returns false,
  // and changes nothing, if there is no such mark.
  absl::StatusOr<bool> GiveUpEventsOf(absl::Time before);
  // Takes the first clinic with an id after `after` that has any events, and deletes its events with seq <= TrimmedSeq,
  // the oldest first, until `limit` are deleted. May delete more, by less than a block (event_block.h).
  absl::StatusOr<DeletedEvents> DeleteGivenUpEvents(absl::string_view after, int limit);

  // For the writer: stores the events that mutations have appended and that were not undone. Called once before each
  // commit.
  absl::Status SaveEvents();

  // For the writer: what was noted so far.
  CommitNotes& notes() { return notes_; }

  // For the writer: begins the next mutation. It has written nothing, may access everything and has no actor.
  void BeginMutation() {
    wrote_ = false;
    set_access(nullptr);
    actor_.clear();
  }
  // For the writer: returns true if a method that writes was called since BeginMutation.
  bool wrote() const { return wrote_; }

 private:
  // NumberOf, but gives the clinic a number if it has none. NumberToWrite checks the access first, and sets wrote_.
  absl::StatusOr<int64_t> MakeNumberOf(absl::string_view clinic);
  absl::StatusOr<int64_t> NumberToWrite(absl::string_view clinic);
  // UpdateReminder of a row whose row_id is not known.
  absl::Status UpdateByKey(const ReminderRow& row);
  // Runs a statement that writes an enrollment's own row. Returns its row_id; 0 if there is none.
  absl::StatusOr<int64_t> WriteEnrollment(const char* statement, int64_t clinic, const EnrollmentRow& row,
                                          const StoredEnrollment& stored);
  // Marks an enrollment that is about to get another version, and keeps the state in its AdherenceRow right.
  absl::Status MarkChangedEnrollment(int64_t row_id, int64_t clinic, const EnrollmentRow& row);
  // Runs a statement that writes the row in enrollment_schedule, of which there must be one.
  absl::Status WriteSchedule(const char* statement, int64_t row_id, int64_t clinic, const EnrollmentRow& row,
                             const StoredEnrollment& stored);
  // Returns the number of the cohort of enrollments with this in common, which it stores if there is none yet.
  absl::StatusOr<int64_t> MakeCohort(int64_t clinic, const StoredEnrollment& stored);
  // Calls NoteWake if there is a time and `clock` is real time.
  void NoteWakeOf(const ClockId& clock, const std::optional<absl::Time>& time) {
    if (clock.empty() && time) NoteWake(*time);
  }
  // Enters the contact points of an enrollment that EnrollmentsAt does not know yet.
  absl::Status InsertContacts(const EnrollmentRow& row, int64_t clinic, int64_t row_id);
  // Returns the first clinic with an id after `after` that has any events; an empty id if there is none.
  absl::StatusOr<std::string> NextClinicInLog(absl::string_view after);
  // Deletes blocks of a clinic with last_seq <= through, until they had `limit` events. Returns how many they had.
  absl::StatusOr<int> DeleteBlocks(absl::string_view clinic, int64_t through, int limit);
  // Each event has a note. The writer drops the notes of mutations that are undone; this drops their events too.
  void DropUndone() { appended_.resize(notes_.events.size()); }
  absl::Span<const AppendedEvent> appended() const {
    return absl::MakeConstSpan(appended_).first(std::min(appended_.size(), notes_.events.size()));
  }

  EventSequence& sequence_;
  bool wrote_ = false;
  std::string actor_;
  CommitNotes notes_;
  std::vector<AppendedEvent> appended_;
};

// While an object of this class lives, the events of the mutation carry no actor, because time alone makes the changes.
// The destructor sets the former actor again. `tx` must outlive the object.
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
