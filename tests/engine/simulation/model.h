#ifndef AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_H_
#define AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_H_

#include <algorithm>
#include <cstdint>
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
#include "scheduler/plan/match.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"
#include "tests/engine/simulation/model_reply.h"

namespace aftercare::plan {
struct RandomFacts;
}  // namespace aftercare::plan

namespace aftercare::engine {

// Whether the engine ends a leased reminder whose text a change of facts has changed.
inline constexpr bool kLeasedTextIsTrue = true;

// A simple model of what the engine promises for one clinic. It keeps every reminder of every patient, and answers
// questions by looking at all of them. It uses none of the engine's tables, indexes and transitions. Which reminder
// covers which occurrence is what plan::Match says. Times are the clinic's. Changes return `OK` or an error as ErrorOf
// writes it. For one thread.
class Model {
 public:
  using Key = std::pair<std::string, int64_t>;  // rule, and the code of the name (plan/reminder_name.h)

  // What a lease gave to a gateway.
  struct Attempt {
    plan::Telling telling;
    absl::CivilDay procedure_date;
    absl::Time time;
    std::string text;
    v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
    std::string address;  // Where it was to go.
  };

  // One reminder of a patient. It is known if something has happened to it. The others are the occurrences of the
  // present plan that no known item covers.
  struct Item {
    std::string rule;
    int64_t code = 0;

    // What the rule of the occurrence says.
    std::string phase;
    std::string category;
    bool for_care_team = false;
    bool supersede = false;
    std::string visit;  // The visit it is about, if any.
    v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;  // The kind of answer it asks for.
    bool follow_up = false;                               // Sent only if another one of its instance was.
    bool reacts = false;                                  // It is of a rule that reacts to answers.
    std::set<int> causes;                                 // What set it off: indices of Patient::causes.
    v1::Window window;
    absl::Time begins = absl::InfiniteFuture();  // When the booked appointment begins that it is about.

    absl::Time due;
    absl::Time expire;
    v1::ReminderState state = v1::REMINDER_STATE_SCHEDULED;
    v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
    std::optional<absl::Time> state_time;

    bool known = false;    // Something has happened to it, and the log has an event about it.
    bool arrived = false;  // It came due.
    bool moved = false;    // It is at the time that somebody set.
    bool outside_contact_hours = false;                           // There are no contact hours in its window.
    v1::ReminderReason missed = v1::REMINDER_REASON_UNSPECIFIED;  // Why the plan has no time for it, if it has none,
    absl::Time missed_time;                                       // and since when.
    absl::Time available;                                         // From when it may be leased, or leased again.
    int attempts = 0;
    int failures = 0;
    int contact_point = 0;
    v1::Channel channel = v1::CHANNEL_UNSPECIFIED;  // The contact point's channel when the contact point was chosen.
    std::optional<absl::Time> sent;  // When it was sent: the time of the lease that was first reported sent,
    Address sent_to;                 // and where it went.
    std::optional<int> score;        // What was answered.
    std::optional<bool> did;

    plan::Telling telling;               // What it told, or what it will tell.
    std::optional<plan::Telling> cover;  // The occurrence of the present plan that it covers.
    std::optional<plan::Telling> freed;  // The one that it would cover if the last change had not ended it.
    absl::CivilDay procedure_date;       // Under which it was told.
    absl::Time decided;                  // When it was told, or when somebody moved it or called it off.
    std::optional<absl::Time> hand;  // The local time that somebody set, read as UTC. It may not hold at present.
    std::vector<Attempt> leases;            // One for each attempt.
    std::optional<absl::Time> before_caps;  // When it was due before a cap put it off.
    std::optional<absl::Time> came_due;     // Set if it came due on a later day than that of its due time.

    bool open() const { return state == v1::REMINDER_STATE_SCHEDULED || waits(); }
    // Returns whether it was sent, and neither answered nor completed.
    bool asks() const { return state == v1::REMINDER_STATE_SENT || state == v1::REMINDER_STATE_DELIVERED; }
    bool done() const { return asks() || state == v1::REMINDER_STATE_COMPLETED; }
    bool bounced() const { return reason == v1::REMINDER_REASON_BOUNCED; }
    // Returns the later of `time` and the due time. The item may not be leased before it is due, even if a clock was
    // set back.
    absl::Time From(absl::Time time) const { return std::max(time, due); }
    // Returns whether it waits to be sent or done.
    bool waits() const { return state == v1::REMINDER_STATE_DUE || state == v1::REMINDER_STATE_LEASED; }
    // Returns whether it is to come, and shown SUPPRESSED from the start since no contact hours let it out.
    bool held() const { return !known && reason == v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS; }
    bool to_come() const { return state == v1::REMINDER_STATE_SCHEDULED || held(); }
    // Returns whether a cap has put it off, and it has not come due since.
    bool put_off() const {
      return state == v1::REMINDER_STATE_SCHEDULED &&
             (reason == v1::REMINDER_REASON_DAILY_CAP || reason == v1::REMINDER_REASON_WEEKLY_CAP);
    }
    // Returns whether it comes due during a pause too: a task about what a patient wrote, or did not write.
    bool ignores_pause() const { return reacts && for_care_team; }
  };

  // Something that set off the reminders of a rule.
  struct Cause {
    std::string rule;             // That reacts to it.
    absl::Time time;              // When it happened.
    int reply = -1;               // The reply, as an index of replies(). -1 if there is none.
    std::optional<Key> question;  // That was answered, or not.
    bool silence = false;         // Nobody has answered the question.
    bool withdrawn = false;       // The answer was corrected, or came after all.
    // Set once what it set off has come due, and its effect on the plan has taken place: the number of that effect,
    // which grows. 0 otherwise.
    int effect = 0;

    // Set if that was to change a factor: which, from which value (empty: the enrollment did not name it), and to
    // which.
    struct Change {
      std::string factor, from, to;
    };
    std::optional<Change> change;
  };

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
    std::vector<Cause> causes;
    int effects = 0;        // How many have taken place.
    std::set<Key> planned;  // Rule and code, without counts, of what the plan had at the last comparison.
  };

  // What a PlanDiff has to tell of. Names are resource names.
  struct Diff {
    std::map<std::string, absl::Time> before;  // What was to be sent or done before the change, with due times,
    std::map<std::string, absl::Time> after;   // and what is after it, before anything comes due by it.
    std::set<std::string> already_sent;        // What was sent or done, and stands for another time than before.
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
  // Returns whether a rule is for a patient.
  static bool Applies(const v1::Rule& rule, const Patient& patient);
  // Returns the resource name.
  std::string NameOf(const std::string& enrollment, const Key& key) const;
  const Item& item(const std::string& enrollment, const Key& key) const {
    return patients_.at(enrollment).items.at(key);
  }

  Passed MoveTo(absl::Time now);
  void AddRevision(std::shared_ptr<const plan::CompiledPathway> pathway) { revisions_.push_back(std::move(pathway)); }
  void SetCalendar(const v1::Clinic& clinic);
  // Returns what CreateEnrollment says of another enrollment of a patient.
  std::string MayEnrol(const v1::Enrollment& data, bool allow_concurrent) const;
  void Enrol(const std::string& enrollment, const v1::Enrollment& data);

  // Reports the outcome of the lease with that attempt number. BOUNCED is for items that were sent.
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
  // Records a decision about a category or health information.
  std::string DecideAbout(const std::string& patient, const v1::ConsentDecision& decision);
  // Returns the first contact point, from index `from` on, that may be written to; -1 if there is none.
  int FirstWanted(const Patient& patient, int from) const;
  v1::ContactPointState StateOf(const v1::ContactPoint& point) const;
  // Returns whether the item waits for a decision about a doubtful reply.
  bool IsHeld(const Patient& patient, const Item& item) const;
  // Returns the reason that is shown. What a gateway has, or a cap has put off, is not shown as held.
  v1::ReminderReason ReasonOf(const Patient& patient, const Item& item) const {
    const bool shown = item.state != v1::REMINDER_STATE_LEASED && !item.put_off() && IsHeld(patient, item);
    return shown ? v1::REMINDER_REASON_HELD : item.reason;
  }

  // Changes by what somebody wrote, and by what the care team says about it. They return nothing, or an error. `reply`
  // is an index of replies().
  std::string RecordReply(const Saying& saying);
  std::string AssignReply(int reply, const std::string& enrollment);
  std::string DecideReply(int reply, v1::ReplyDecision decision);
  const std::vector<KeptReply>& replies() const { return replies_; }

  std::string MoveItem(const std::string& enrollment, const Key& key, absl::Time due);
  std::string CancelItem(const std::string& enrollment, const Key& key);
  std::string RestoreItem(const std::string& enrollment, const Key& key);

  // Replaces the stored enrollment by `data`. Adds what that does to the plan to `diff`.
  struct UpdateOptions {
    bool allow_drop = false;
    bool keep_sent = false;
  };
  std::string Update(const std::string& enrollment, const v1::Enrollment& data, UpdateOptions options, Diff* diff);

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
    Item item;                // Its code is that of the name without a count.
    plan::Telling telling;
    absl::CivilMinute civil;  // The nominal time by the patient's clock.
  };
  using Year = std::vector<Place>;  // A whole plan.
  Year YearOf(const Patient& patient) const;
  static void Describe(const v1::Rule& rule, const plan::Occurrence& occurrence, const Patient& patient, Place* place);
  // Returns whether an appointment lies in its visit's window by the present facts.
  bool IsBookedInWindow(const Patient& patient, const record::v1::VisitRecord& record) const;

  // Why items are compared with the plan.
  struct Occasion {
    bool facts_changed = false;  // Or a report has changed what the patient was told.
    bool by_report = false;      // No text changes by that.
    bool texts_changed = false;  // What was leased may have another text now.
    std::string visit{};         // The visit whose change is the occasion.
  };

  const v1::ContactHours& HoursOf(const Patient& patient) const {
    return patient.data.has_contact_hours() ? patient.data.contact_hours() : clinic_.contact_hours();
  }
  static plan::MatchFacts FactsOf(const Patient& patient);
  Item* Find(const std::string& enrollment, const Key& key);
  void Become(Item* item, v1::ReminderState state, v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED) const;

  // Time.
  int Expire();
  int Fire(Patient* patient) const;
  int FireAll();
  void ReportSent(Patient* patient, int attempt, Item* item);
  std::string ReportReceipt(Patient* patient, v1::DeliveryOutcome outcome, Item* item);
  void ReportBounced(Patient* patient, Item* item);
  void Arrive(const Patient& patient, Item* item) const;
  void Supersede(Patient* patient, const std::set<Key>& arriving) const;

  // Caps on messages.
  v1::MessageCap CapOf(const Patient& patient) const;
  static std::vector<Key> InOrder(const Patient& patient, const std::set<Key>& keys);
  int CountMessages(const Patient& patient, const std::set<Key>& waiting, int days) const;
  static bool MayNeedRoom(const Patient& patient, const Item& item);
  int CountMoreImportant(const Patient& patient, const std::set<Key>& waiting, const Item& than) const;
  v1::ReminderReason WhyHeldBack(const Patient& patient, const std::set<Key>& waiting, const Item& item) const;
  void HoldBack(const Patient& patient, v1::ReminderReason reason, Item* item) const;
  void ApplyCaps(Patient* patient, std::set<Key>* arriving) const;
  static void FollowPutOff(const Place& place, Item* item);

  // Replies.
  struct Message {  // One that was sent.
    const Patient* patient;
    const Item* item;
    bool here;  // It went to the address of the reply.
  };
  std::set<std::string> OwnersOf(const Address& address) const;
  std::vector<Message> MessagesTo(const Address& address, absl::Time time) const;
  std::vector<Message> MessagesOf(const std::set<std::string>& senders, const Address& address, absl::Time time) const;
  void Understand(const std::set<std::string>& senders, KeptReply* reply) const;
  static bool Answers(std::vector<Message> questions, KeptReply* reply);
  void BelongToSomebody(const std::vector<Message>& messages, const std::set<std::string>& owners,
                        KeptReply* reply) const;
  static void BelongToLast(const std::vector<Message>& messages, KeptReply* reply);
  bool AnswersNamed(KeptReply* reply) const;
  void Act(int index);
  void MakeAnswered(int index);
  std::string NewestOf(const std::set<std::string>& owners) const;
  void MakeCompleted(const Patient& patient, v1::ReminderReason reason, Item* item) const;
  static std::vector<int> InstancesOf(const v1::Pathway& pathway, const std::string& group, const Year& year);
  std::vector<v1::ReminderReason> NeedlessByAnswers(const Patient& patient, const Year& year,
                                                    const std::vector<const Item*>& holders) const;
  bool WasAsked(const Patient& patient, const Item& item) const;
  std::set<Key> InstanceOf(const Patient& patient, const Key& key) const;

  // Reactions.
  static Place PlaceOf(const Patient& patient, const plan::RandomFacts& facts, int rule, const std::set<int>& causes,
                       absl::CivilMinute nominal);
  static void AddReactions(const Patient& patient, const plan::RandomFacts& facts, Year* year);
  static bool IsWithdrawn(const Patient& patient, const Item& item);
  void ReactToAnswer(int index, Patient* patient) const;
  void ReactToWords(int index);
  void ReactToCompletion(const Key& key, Patient* patient) const;
  bool ExpectAnswer(const Key& key, Patient* patient) const;
  static bool ExpectNoAnswer(const std::set<Key>& keys, Patient* patient);

  // Conditions on answers, and effects of reactions.
  static bool ConditionsHold(const Patient& patient, const Item& item);
  static std::set<std::string> EndedGroups(const Patient& patient);
  int TakeEffect(const std::set<Key>& arrived, Patient* patient) const;
  static bool TakeBackEffects(Patient* patient);
  static void ForgetReplaced(const v1::Enrollment& before, Patient* patient);
  void AdjustAfterReactions(Patient* patient) const;
  void NoteFactsChange(Patient* patient) const;

  // Where messages may go.
  static bool IsRefused(const Patient& patient, const Item& item);
  void EndRefused(Patient* patient) const;
  void CopyDecisions(Patient* patient) const;
  bool IsWanted(const Patient& patient, int contact_point) const;
  void Direct(const Patient& patient, int contact_point, Item* item) const;
  void TakeBack(Item* item) const;
  void Redirect();
  void Stop(const Address& address);
  void Start(const Address& address);
  void Settle(const Address& address);

  // Comparing items with the plan.
  static bool IsSame(const plan::Telling& a, const plan::Telling& b);
  static plan::Standing StandingOf(const Item& item);
  plan::StoredReminder StoredOf(const Item& item) const;
  std::map<Key, int> CoversOf(const Patient& patient, const Year& year) const;
  static std::map<Key, int> KeptCovers(const Patient& patient, const Year& year);
  void Rematch(const Occasion& occasion, Patient* patient) const;
  std::map<Key, int> FollowPlan(const Occasion& occasion, const Year& year, Patient* patient) const;
  void FollowOpen(const Occasion& occasion, const Patient& patient, const Place* place, Item* item) const;
  void FollowByHand(const Occasion& occasion, const Patient& patient, const Place* place, Item* item) const;
  static void PutLabels(const Place& place, Item* item);
  static void PutWhere(const Place& place, Item* item);
  static void PutByHand(absl::TimeZone zone, absl::Time due, Item* item);
  void ComeAgain(const Place& place, Item* item) const;
  void EndByChange(const Occasion& occasion, const Patient& patient, Item* item) const;
  static bool OutlivesPlan(const Patient& patient, const Item& item);
  bool HasAnotherText(const Occasion& occasion, const Patient& patient, const Item& item) const;
  void SettleUncovered(const Occasion& occasion, const Year& year, int index, v1::ReminderReason needless,
                       bool was_to_come, Patient* patient) const;
  bool IsSuperseded(const Patient& patient, const Place& place) const;
  bool IsLatest(const Patient& patient, const Year& year, const Place& place) const;
  static bool HadUnsent(const Patient& patient, const Place& place);
  static Item* OwnEnded(const Place& place, Patient* patient);
  static Item* EndedOfName(const Year& year, const Place& place, Patient* patient);
  void Derive(Patient* patient) const;

  // Changes of plans.
  std::string TextOf(const Patient& patient, const Item& item) const;
  bool IsLetOut(const Patient& patient, const Item& item) const;
  void Compare(const Patient& before, const Patient& after, Diff* diff) const;
  void ChangeVisit(Patient* patient, const record::v1::VisitRecord& record, Diff* diff);
  void Decide(const Patient& patient, Item* item) const;
  void KeepSent(const Patient& before, Patient* patient) const;
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
  // By patient, and by category or, for health information, after all categories.
  std::map<std::string, std::map<std::pair<bool, std::string>, v1::Consent>> decisions_;
  std::set<Address> stopped_;
  std::vector<KeptReply> replies_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_H_
