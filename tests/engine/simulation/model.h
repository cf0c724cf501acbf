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

// What the engine promises of one clinic, in the plainest words there are: every reminder of every patient is kept, and
// every question is answered by looking at all of them. Knows nothing of the engine's tables, indexes and transitions.
class Model {
 public:
  // One occurrence of the year of a patient.
  struct Item {
    std::string rule;
    int number = 0;
    std::string phase;
    std::string category;
    bool for_care_team = false;
    std::string visit;  // that it is about, if it is
    v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;  // what it asks for

    absl::Time due;
    absl::Time expire;
    v1::ReminderState state = v1::REMINDER_STATE_SCHEDULED;
    v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
    std::optional<absl::Time> state_time;

    bool known = false;    // Something has happened to it, of which the log tells.
    bool fixed = false;    // It came due, or was dealt with before: calendars and pauses do not move it any more.
    bool arrived = false;  // It came due.
    bool moved = false;    // By hand, to where no change of the plan reaches it.
    bool outside_contact_hours = false;                           // There are no contact hours in its window.
    v1::ReminderReason missed = v1::REMINDER_REASON_UNSPECIFIED;  // Why the plan has no time for it, if it has none,
    absl::Time missed_time;                                       // and since when.
    absl::Time available;                                         // From when it may be leased, or leased again.
    int attempts = 0;
    int failures = 0;
    int contact_point = 0;
    v1::Channel channel = v1::CHANNEL_UNSPECIFIED;  // of the contact point, when it was chosen
    std::optional<int> score;

    bool open() const { return state == v1::REMINDER_STATE_SCHEDULED || waits(); }
    bool done() const { return state == v1::REMINDER_STATE_SENT || state == v1::REMINDER_STATE_COMPLETED; }
    // From when on it may be leased that was to be from `time` on: not before it is due, if a clock was set back.
    absl::Time From(absl::Time time) const { return std::max(time, due); }
    bool waits() const { return state == v1::REMINDER_STATE_DUE || state == v1::REMINDER_STATE_LEASED; }
  };
  using Key = std::pair<std::string, int>;  // rule and number

  struct Patient {
    std::string id;
    v1::Enrollment data;  // as stored
    std::shared_ptr<const plan::CompiledPathway> pathway;
    v1::EnrollmentState state = v1::ENROLLMENT_STATE_ACTIVE;
    absl::Time end_time;
    std::optional<absl::Time> held_from;  // while it is paused
    std::vector<std::pair<absl::Time, absl::Time>> pauses;
    std::optional<absl::Time> changed;  // when what its plan is made of last changed
    std::map<std::string, record::v1::VisitRecord> visits;  // those that were booked
    std::map<Key, Item> items;
  };

  // What a change makes of a plan, in numbers.
  struct Diff {
    int moved = 0;
    int added = 0;
    int dropped = 0;
    int sent = 0;
  };

  // What happened on the way of a test clock.
  struct Passed {
    int fired = 0;
    int expired = 0;
    friend bool operator==(const Passed&, const Passed&) = default;
  };

  // `clinic` with its calendar; with a test_clock_time it is a sandbox, where time passes instant by instant.
  Model(const std::string& id, const v1::Clinic& clinic, absl::Time now);

  absl::Time now() const { return now_; }
  bool is_sandbox() const { return clinic_.has_test_clock_time(); }
  const v1::Clinic& clinic() const { return clinic_; }
  const std::map<std::string, Patient>& patients() const { return patients_; }
  int newest_revision() const { return static_cast<int>(revisions_.size()); }
  const v1::Pathway& newest_pathway() const { return revisions_.back()->source(); }
  // Whether only the newest of the rule counts.
  static bool Supersedes(const Patient& patient, const std::string& rule);
  const Item& item(const std::string& enrollment, const Key& key) const {
    return patients_.at(enrollment).items.at(key);
  }

  Passed MoveTo(absl::Time now);
  void AddRevision(std::shared_ptr<const plan::CompiledPathway> pathway) { revisions_.push_back(std::move(pathway)); }
  void SetCalendar(const v1::Clinic& clinic);
  void Enrol(const std::string& enrollment, const v1::Enrollment& data);

  // These answer `OK` or an error as ErrorOf writes it.
  std::string Report(const std::string& enrollment, const Key& key, int attempt, v1::DeliveryOutcome outcome);
  std::string Complete(const std::string& enrollment, const Key& key);
  std::string End(const std::string& enrollment, v1::EndReason reason);
  std::string Pause(const std::string& enrollment);
  std::string Resume(const std::string& enrollment);

  // A patient wants messages on a channel, or does not.
  std::string SetConsent(const std::string& patient, v1::Channel channel, v1::Consent consent);
  const std::set<v1::Channel>& OptedOut(const Patient& patient) const;
  // The first contact point at or after that index on a channel that is wanted, or -1.
  int FirstWanted(const Patient& patient, int from) const;

  // What a patient wrote, by what it says: nothing, or a reminder answered.
  struct Reply {
    v1::Channel channel;
    v1::ReplyMeaning decision = v1::REPLY_MEANING_UNSPECIFIED;  // STOP or START
    v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;
    std::optional<int> score;
    std::optional<std::pair<std::string, Key>> named;  // enrollment and reminder
  };
  // `ANSWER e0/r1.2`, `STOP e0`, or an error.
  std::string RecordReply(const Reply& reply);

  std::string MoveItem(const std::string& enrollment, const Key& key, absl::Time due);
  std::string CancelItem(const std::string& enrollment, const Key& key);
  std::string RestoreItem(const std::string& enrollment, const Key& key);

  // Changes the plan to what `data`, an enrollment as stored, says; answers in `diff` what that makes of it.
  std::string Update(const std::string& enrollment, const v1::Enrollment& data, bool allow_drop, Diff* diff);

  std::string ScheduleVisit(const std::string& enrollment, const std::string& visit, absl::Time start, Diff* diff);
  std::string RecordOutcome(const std::string& enrollment, const std::string& visit, v1::VisitState outcome,
                            Diff* diff);

  // Moves everybody to that revision, or nobody.
  std::string Migrate(int revision, bool allow_drop, Diff* diff);

  // Whether it may be leased now, and what becomes of it then. Answers until when.
  bool MayLease(const Patient& patient, const Item& item) const;
  absl::Time Lease(const std::string& enrollment, const Key& key, absl::Duration duration);

  // Whether it was given back after a failure, and so little time ago that it may count as a pause after it.
  bool MayStillPause(const Patient& patient, const Item& item) const;

  // Whether its lease ran out while nobody may have the next, for want of contact hours. Who looks for leases may then
  // find it DUE, and say so.
  bool MayBePutBack(const Patient& patient, const Item& item) const;
  void PutBack(const std::string& enrollment, const Key& key) { Become(Find(enrollment, key), v1::REMINDER_STATE_DUE); }

  // The instants after now at which something happens of itself.
  std::vector<absl::Time> Edges() const;

 private:
  // Where a plan has an occurrence.
  struct Place {
    Item item;
    absl::Time nominal;  // the instant of the nominal time, before anything moves it
    std::string window;
    absl::Time begins;  // the appointment it is for
    absl::CivilMinute civil;  // the nominal time by the patient's clock
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
  void EndOne(Patient* patient);

  std::string id_;
  v1::Clinic clinic_;
  absl::Time now_;
  std::vector<std::shared_ptr<const plan::CompiledPathway>> revisions_;
  std::map<std::string, Patient> patients_;
  std::map<std::string, std::set<v1::Channel>> opted_out_;  // by patient
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_H_
