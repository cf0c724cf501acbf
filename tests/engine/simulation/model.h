#ifndef AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_H_
#define AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_H_

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::engine {

// A simple model of what the engine promises for one clinic. It keeps every reminder of every patient, and answers
// questions by looking at all of them. It uses none of the engine's tables, indexes and transitions. Times are the
// clinic's. Changes return `OK` or an error as ErrorOf writes it. For one thread.
class Model {
 public:
  // One reminder of a patient.
  struct Item {
    std::string rule;
    int number = 0;
    std::string phase;
    std::string category;
    bool for_care_team = false;
    std::string visit;  // The visit it is about, if any.
    v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;  // The kind of answer it asks for.

    absl::Time due;
    absl::Time expire;
    v1::ReminderState state = v1::REMINDER_STATE_SCHEDULED;
    v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
    std::optional<absl::Time> state_time;

    bool known = false;    // Something has happened to it, and the log has an event about it.
    bool fixed = false;    // It came due or has ended, so calendars and pauses do not move it any more.
    bool arrived = false;  // It came due.
    bool moved = false;    // It was moved by hand, so changes of the plan do not move it.
    bool outside_contact_hours = false;                           // There are no contact hours in its window.
    v1::ReminderReason missed = v1::REMINDER_REASON_UNSPECIFIED;  // Why the plan has no time for it, if it has none,
    absl::Time missed_time;                                       // and since when.
    absl::Time available;                                         // From when it may be leased, or leased again.
    int attempts = 0;
    int failures = 0;
    int contact_point = 0;
    v1::Channel channel = v1::CHANNEL_UNSPECIFIED;  // The contact point's channel when the contact point was chosen.
    std::optional<int> score;

    bool open() const { return state == v1::REMINDER_STATE_SCHEDULED || waits(); }
    bool done() const { return state == v1::REMINDER_STATE_SENT || state == v1::REMINDER_STATE_COMPLETED; }
    // Returns the later of `time` and the due time. The item may not be leased before it is due, even if a clock was
    // set back.
    absl::Time From(absl::Time time) const { return std::max(time, due); }
    // Returns whether it waits to be sent or done.
    bool waits() const { return state == v1::REMINDER_STATE_DUE || state == v1::REMINDER_STATE_LEASED; }
  };
  using Key = std::pair<std::string, int>;  // rule and number

  struct Patient {
    std::string id;
    v1::Enrollment data;  // as stored
    std::shared_ptr<const plan::CompiledPathway> pathway;
    v1::EnrollmentState state = v1::ENROLLMENT_STATE_ACTIVE;
    absl::Time end_time;
    v1::EndReason end_reason = v1::END_REASON_UNSPECIFIED;
    std::optional<absl::Time> held_from;  // When the pause began, while the enrollment is paused.
    std::vector<std::pair<absl::Time, absl::Time>> pauses;
    std::optional<absl::Time> changed;  // When the facts that the plan depends on last changed.
    std::map<std::string, record::v1::VisitRecord> visits;  // The visits that were ever booked, by id.
    std::map<Key, Item> items;
  };

  // The counts of a PlanDiff.
  struct Diff {
    int moved = 0;
    int added = 0;
    int dropped = 0;
    int sent = 0;
  };

  // What happened while a test clock was advanced.
  struct Passed {
    int fired = 0;
    int expired = 0;
    friend bool operator==(const Passed&, const Passed&) = default;
  };

  // If `clinic` has a test_clock_time, it is a sandbox: MoveTo stops at each instant at which something happens. In
  // real time, MoveTo goes to the new time in one step.
  Model(const std::string& id, const v1::Clinic& clinic, absl::Time now);

  absl::Time now() const { return now_; }
  bool is_sandbox() const { return clinic_.has_test_clock_time(); }
  const v1::Clinic& clinic() const { return clinic_; }
  const std::map<std::string, Patient>& patients() const { return patients_; }
  int newest_revision() const { return static_cast<int>(revisions_.size()); }
  const v1::Pathway& newest_pathway() const { return revisions_.back()->source(); }
  // Returns whether the rule with that id has `supersede`.
  static bool Supersedes(const Patient& patient, const std::string& rule);
  const Item& item(const std::string& enrollment, const Key& key) const {
    return patients_.at(enrollment).items.at(key);
  }

  Passed MoveTo(absl::Time now);
  void AddRevision(std::shared_ptr<const plan::CompiledPathway> pathway) { revisions_.push_back(std::move(pathway)); }
  void SetCalendar(const v1::Clinic& clinic);
  // Returns what CreateEnrollment says of another enrollment of a patient.
  std::string MayEnrol(const v1::Enrollment& data, bool allow_concurrent) const;
  void Enrol(const std::string& enrollment, const v1::Enrollment& data);

  // Reports the outcome of the lease with that attempt number.
  std::string Report(const std::string& enrollment, const Key& key, int attempt, v1::DeliveryOutcome outcome);
  std::string Complete(const std::string& enrollment, const Key& key);
  // Ends an enrollment, or corrects why it has ended. Returns an error, or what became of the patient's others, as in
  // `OK ended e1 corrected e2`.
  std::string End(const std::string& enrollment, v1::EndReason reason);
  std::string Pause(const std::string& enrollment);
  std::string Resume(const std::string& enrollment);

  // Records whether a patient wants messages on a channel.
  std::string SetConsent(const std::string& patient, v1::Channel channel, v1::Consent consent);
  const std::set<v1::Channel>& OptedOut(const Patient& patient) const;
  // Returns the first contact point, from index `from` on, whose channel is wanted; -1 if there is none.
  int FirstWanted(const Patient& patient, int from) const;

  // A reply of a patient, as the engine should understand it.
  struct Reply {
    v1::Channel channel;
    v1::ReplyMeaning decision = v1::REPLY_MEANING_UNSPECIFIED;  // STOP or START
    v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;
    std::optional<int> score;
    std::optional<std::pair<std::string, Key>> named;  // enrollment and reminder
  };
  // Returns `ANSWER e0/r1.2`, `STOP e0`, or an error.
  std::string RecordReply(const Reply& reply);

  std::string MoveItem(const std::string& enrollment, const Key& key, absl::Time due);
  std::string CancelItem(const std::string& enrollment, const Key& key);
  std::string RestoreItem(const std::string& enrollment, const Key& key);

  // Replaces the stored enrollment by `data`. Adds what that does to the plan to `diff`.
  std::string Update(const std::string& enrollment, const v1::Enrollment& data, bool allow_drop, Diff* diff);

  std::string ScheduleVisit(const std::string& enrollment, const std::string& visit, absl::Time start, Diff* diff);
  std::string RecordOutcome(const std::string& enrollment, const std::string& visit, v1::VisitState outcome,
                            Diff* diff);

  // Moves every enrollment that has not ended to a revision. If one cannot move, changes none and returns the error.
  std::string Migrate(int revision, bool allow_drop, Diff* diff);

  // Returns whether the item may be leased now.
  bool MayLease(const Patient& patient, const Item& item) const;
  // Leases the item for `duration`, or to the end of its window if that is earlier. Returns when the lease ends.
  absl::Time Lease(const std::string& enrollment, const Key& key, absl::Duration duration);

  // Returns whether the item failed so recently that the engine may still wait before the next attempt. The model does
  // not know how long the engine waits.
  bool MayStillPause(const Patient& patient, const Item& item) const;

  // Returns whether the item's lease has run out at a time when the item may not be leased again, such as outside
  // contact hours. The engine may then set it to DUE when it looks for leases, or leave it LEASED.
  bool MayBePutBack(const Patient& patient, const Item& item) const;
  void PutBack(const std::string& enrollment, const Key& key) { Become(Find(enrollment, key), v1::REMINDER_STATE_DUE); }

  // Returns the instants after now at which something happens without a call, in order.
  std::vector<absl::Time> Edges() const;

 private:
  // An occurrence as the plan has it, whatever has happened to the reminder.
  struct Place {
    Item item;
    absl::Time nominal;  // The instant of the nominal time, before anything moves it.
    std::string window;  // The shape of its window, to compare.
    absl::Time begins;   // When the booked appointment begins. InfiniteFuture if it is not about one.
    absl::CivilMinute civil;  // The nominal time by the patient's clock.
  };
  using Year = std::map<Key, Place>;
  Year YearOf(const Patient& patient) const;

  const v1::ContactHours& HoursOf(const Patient& patient) const {
    return patient.data.has_contact_hours() ? patient.data.contact_hours() : clinic_.contact_hours();
  }
  Item* Find(const std::string& enrollment, const Key& key);
  void Become(Item* item, v1::ReminderState state, v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED) const;

  // Time.
  int Expire();
  int Fire(Patient* patient);
  int FireAll();
  void Supersede(Patient* patient, const std::set<Key>& arriving);

  // Replies.
  struct Found {
    const std::string* enrollment;
    Item* item;
  };
  std::vector<std::string> SendersAt(v1::Channel channel) const;
  template <typename Matches>
  std::optional<Found> NewestSent(const std::vector<std::string>& senders, Matches matches);
  std::string NewestOf(const std::vector<std::string>& senders) const;
  void Direct(const Patient& patient, int contact_point, Item* item) const;
  void EndGroup(const Key& answered, Patient* patient);

  // Changes of plans.
  void Derive(Patient* patient) const;
  void Move(Patient* patient);
  static void Compare(const Patient& before, const Patient& after, Diff* diff);
  void Reanchor(const Year& before, const std::string& visit, Patient* patient, Diff* diff) const;
  void ChangeVisit(Patient* patient, const record::v1::VisitRecord& record, Diff* diff);
  void ReanchorKnown(const Place* before, const Place* after, const std::string& visit, Item* item) const;
  void SettleContacts(Patient* patient) const;
  void ResumeOne(Patient* patient);
  void EndOne(v1::EndReason reason, Patient* patient);
  std::string EndOthers(const std::string& patient, v1::EndReason reason);
  std::string Correct(v1::EndReason reason, Patient* patient);

  std::string id_;
  v1::Clinic clinic_;
  absl::Time now_;
  std::vector<std::shared_ptr<const plan::CompiledPathway>> revisions_;
  std::map<std::string, Patient> patients_;
  std::map<std::string, std::set<v1::Channel>> opted_out_;  // by patient
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_H_
