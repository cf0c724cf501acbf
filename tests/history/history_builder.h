// Builds histories for the tests of the checker, step by step.
#ifndef AFTERCARE_TESTS_HISTORY_HISTORY_BUILDER_H_
#define AFTERCARE_TESTS_HISTORY_HISTORY_BUILDER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tests/history/index.h"
#include "tests/history/team_messages.h"

namespace aftercare::history {

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kStart = 1'700'000'000 * kSecond;
inline constexpr int64_t kDue = kStart + 10 * kSecond;
inline constexpr int64_t kWindow = 3600 * kSecond;
inline constexpr int64_t kDeadlines[] = {600 * kSecond, 1200 * kSecond};  // Of the escalation steps.
inline constexpr char kClinic[] = "clinics/riverside";
inline constexpr char kSandbox[] = "clinics/sandbox";
inline constexpr char kProcedureDate[] = "2026-03-02";
inline constexpr const char* kOccurrences[] = {"ice.2026-03-03", "ice.2026-03-04", "ice.2026-03-05", "task.2026-03-03"};

// The same plan, a day later.
inline constexpr char kPostponedTo[] = "2026-03-03";
inline constexpr const char* kPostponedOccurrences[] = {"ice.2026-03-04", "ice.2026-03-05", "ice.2026-03-06",
                                                 "task.2026-03-04"};

inline void SetMicros(int64_t micros, google::protobuf::Timestamp* time) {
  time->set_seconds(micros / kSecond);
  time->set_nanos(static_cast<int32_t>(micros % kSecond) * 1000);
}

// Plays what happens to the patients of one clinic, and writes down what its clients see. Each step takes a second or
// two. Not thread safe.
class HistoryBuilder {
 public:
  HistoryBuilder() {
    Clinic* clinic = history_.add_clinics();
    clinic->set_name(kClinic);
    clinic->set_procedure_date(kProcedureDate);
    for (const char* occurrence : kOccurrences) clinic->add_occurrences(occurrence);
    for (const int64_t deadline : kDeadlines) {
      v1::EscalationStep* step = clinic->add_steps();
      step->mutable_deadline()->set_seconds(deadline / kSecond);
      step->set_category("chief");
      step->set_urgency(v1::URGENCY_EMERGENCY);
    }
    AddTeams(clinic);
    Clinic* sandbox = history_.add_clinics();
    sandbox->set_name(kSandbox);
    sandbox->set_sandbox(true);
    sandbox->set_first_micros(kStart);
    sandbox->set_last_micros(kStart + kWindow);
  }

  void Wait(int seconds) { now_ += seconds * kSecond; }

  // A change, during which `happen` happens.
  void Change(Change::Kind kind, const std::string& name, const std::function<void()>& happen,
              const std::function<void(history::Change*)>& more = {}) {
    Observation* call = Ask();
    history::Change* change = call->mutable_change();
    change->set_kind(kind);
    change->set_name(name);
    change->set_request_id(absl::StrCat("request-", ++requests_));
    if (more) more(change);
    happen();
    Answer(call, OUTCOME_DONE);
  }

  void Enroll(const std::string& id) {
    const std::string name = absl::StrCat(kClinic, "/enrollments/", id);
    const auto happen = [&] { TellEnrollment(name, v1::EVENT_TYPE_ENROLLMENT_CREATED); };
    Change(Change::KIND_ENROLL, name, happen, [&](history::Change* change) {
      change->set_first_name(id);
      change->set_number(absl::StrCat("+1555", id == "ana" ? 1 : id == "gil" ? 2 : 3));
    });
    // It was asked for once more, and that answer never came.
    *history_.add_observations() = history_.observations(history_.observations_size() - 1);
    history_.mutable_observations(history_.observations_size() - 1)->set_outcome(OUTCOME_UNKNOWN);
    first_names_[name] = id;
    v1::Enrollment* enrollment = history_.add_enrollments();
    enrollment->set_name(name);
    enrollment->set_first_name(id);
    enrollment->set_procedure_date(kProcedureDate);
    enrollment->set_state(v1::ENROLLMENT_STATE_ENDED);
    enrollment->set_end_reason(v1::END_REASON_COMPLETED);
    if (id == "ana") enrollment->add_opted_out_channels(v1::CHANNEL_SMS);
  }

  void Update(const std::string& id, const std::string& first_name) {
    const std::string name = absl::StrCat(kClinic, "/enrollments/", id);
    const auto happen = [&] { TellEnrollment(name, v1::EVENT_TYPE_ENROLLMENT_UPDATED); };
    Change(Change::KIND_UPDATE, name, happen, [&](history::Change* change) { change->set_first_name(first_name); });
    history_.mutable_enrollments(history_.enrollments_size() - 1)->set_first_name(first_name);
    first_names_[name] = first_name;
  }

  // Postpones the procedure of the patient who was enrolled last by a day.
  void Postpone(const std::string& id) {
    Update(id, "Postponed");
    history_.mutable_enrollments(history_.enrollments_size() - 1)->set_procedure_date(kPostponedTo);
  }

  // `occurrences` are those of the patient's plan.
  void End(const std::string& id, absl::Span<const char* const> occurrences) {
    const std::string name = absl::StrCat(kClinic, "/enrollments/", id);
    const auto happen = [&] {
      for (const char* occurrence : occurrences) {
        const std::string reminder = absl::StrCat(name, "/reminders/", occurrence);
        if (!IsTerminal(last_[reminder].state())) {
          Become(reminder, v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED);
        }
      }
      TellEnrollment(name, v1::EVENT_TYPE_ENROLLMENT_ENDED);
    };
    Change(Change::KIND_END, name, happen,
           [](history::Change* change) { change->set_end_reason(v1::END_REASON_COMPLETED); });
  }

  void Become(const std::string& reminder, v1::ReminderState state, v1::ReminderReason reason = {}) {
    v1::Event event = NewEvent(v1::EVENT_TYPE_REMINDER_CHANGED, EnrollmentOf(reminder));
    v1::ReminderChange& change = *event.mutable_reminder();
    change.set_name(reminder);
    change.set_state(state);
    change.set_reason(reason);
    change.set_attempts(attempts_[reminder]);
    SetMicros(kDue, change.mutable_due_time());
    SetMicros(kDue + kWindow, change.mutable_expire_time());
    change.set_category(reminder.find("task") == std::string::npos ? "ice" : "task");
    if (IsAlarm(reminder)) TellSteps(last_[reminder], &change);
    last_[reminder] = change;
    Tell(event);
  }

  // A patient writes a sign of danger, which sets off a task. Returns the task's name.
  std::string SayDanger(const std::string& id, const std::string& minute) {
    const std::string enrollment = absl::StrCat(kClinic, "/enrollments/", id);
    const std::string task = absl::StrCat(enrollment, "/reminders/alarm.2026-03-03-", minute);
    const std::string reply = absl::StrCat(kClinic, "/replies/danger-", minute);
    const auto happen = [&] { Become(task, v1::REMINDER_STATE_DUE); };
    Change(Change::KIND_DANGER, enrollment, happen, [&](history::Change* change) {
      change->set_reply(reply);
      change->set_task(task);
    });
    causes_[task] = reply;
    return task;
  }

  // A task goes its next step. If that names a team, the team is to be told.
  void Escalate(const std::string& task) {
    const int step = last_[task].escalation_step();
    if (TeamAfter(history_.clinics(0), step + 1).step == step + 1) {
      last_[task].clear_notify_time();
      addresses_[task] = 0;
    }
    const int64_t deadline = Micros(last_[task].expire_time()) + kDeadlines[step];
    last_[task].set_escalation_step(step + 1);
    SetMicros(deadline, last_[task].mutable_expire_time());
    Become(task, v1::REMINDER_STATE_DUE);
  }

  // Somebody acknowledges a task.
  void Acknowledge(const std::string& task) {
    Change(Change::KIND_ACKNOWLEDGE, task, [&] {
      SetMicros(now_, last_[task].mutable_acknowledge_time());
      Become(task, v1::REMINDER_STATE_DUE);
    });
  }

  // Answers the lease's id. It holds for a minute.
  std::string Lease(const std::string& reminder) {
    Observation* call = Ask();
    v1::Lease* lease = call->mutable_lease();
    lease->set_attempt(++attempts_[reminder]);
    lease->set_reminder(reminder);
    lease->set_lease_id(absl::StrCat(reminder, "#", lease->attempt()));
    const ToldTeam told = TeamAfter(history_.clinics(0), last_[reminder].escalation_step());
    lease->set_idempotency_key(absl::StrCat("key of ", reminder, IsAlarm(reminder) ? told.step : 0));
    lease->set_text((IsAlarm(reminder) ? "Call " : "Hello ") + first_names_[EnrollmentOf(reminder)]);
    lease->set_audience(IsAlarm(reminder) ? v1::AUDIENCE_CARE_TEAM : v1::AUDIENCE_PATIENT);
    lease->mutable_contact_point()->set_channel(v1::CHANNEL_EMAIL);
    if (IsAlarm(reminder)) *lease->mutable_contact_point() = told.team->contact_points(addresses_[reminder]);
    SetMicros(kDue, lease->mutable_due_time());
    SetMicros(now_ + 60 * kSecond, lease->mutable_expire_time());
    const std::string id = lease->lease_id();
    Become(reminder, v1::REMINDER_STATE_LEASED);
    Answer(call, OUTCOME_DONE);
    return id;
  }

  void Report(const std::string& lease_id, v1::DeliveryOutcome outcome, v1::ReminderState state) {
    const std::string reminder = lease_id.substr(0, lease_id.find('#'));
    Observation* call = Ask();
    call->mutable_report()->set_lease_id(lease_id);
    call->mutable_report()->set_outcome(outcome);
    call->mutable_report()->set_state(state);
    if (last_[reminder].state() != state) Become(reminder, state);
    Answer(call, OUTCOME_DONE);
  }

  // A gateway reports on a message to a team. The task is DUE then. SENT tells the team, and a failure or a bounce has
  // the message go to the team's next address.
  void ReportToTeam(const std::string& lease_id, v1::DeliveryOutcome outcome) {
    const std::string task = lease_id.substr(0, lease_id.find('#'));
    Observation* call = Ask();
    call->mutable_report()->set_lease_id(lease_id);
    call->mutable_report()->set_outcome(outcome);
    call->mutable_report()->set_state(v1::REMINDER_STATE_DUE);
    last_[task].clear_notify_time();
    v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
    if (outcome == v1::DELIVERY_OUTCOME_SENT) {
      SetMicros(now_, last_[task].mutable_notify_time());
    } else if (outcome != v1::DELIVERY_OUTCOME_RELEASED) {
      const v1::CareTeam& team = *TeamAfter(history_.clinics(0), last_[task].escalation_step()).team;
      if (++addresses_[task] == team.contact_points_size()) reason = v1::REMINDER_REASON_TEAM_NOT_REACHED;
    }
    Become(task, v1::REMINDER_STATE_DUE, reason);
    Answer(call, OUTCOME_DONE);
  }

  void Look(const std::string& name) {
    Observation* call = Ask();
    call->mutable_look()->set_name(name);
    call->mutable_look()->set_state(last_[name].state());
    Answer(call, OUTCOME_DONE);
  }

  // What one patient decides on text messages.
  void Decide(const std::string& id, v1::Consent consent) {
    Change(Change::KIND_CONSENT, absl::StrCat(kClinic, "/enrollments/", id), [] {}, [&](history::Change* change) {
      change->set_channel(v1::CHANNEL_SMS);
      change->set_consent(consent);
    });
  }

  // A word from a number that both clinics have patients with.
  void Say(const std::string& number, v1::Consent consent) {
    Change(Change::KIND_WORD, number, [] {}, [&](history::Change* change) {
      change->set_consent(consent);
      change->add_clinics(kClinic);
      change->add_clinics(kSandbox);
    });
  }

  // A message fails for good, and is sent again.
  void Redrive(const std::string& reminder) {
    Become(reminder, v1::REMINDER_STATE_FAILED, v1::REMINDER_REASON_REJECTED_BY_CHANNEL);
    Change(Change::KIND_REDRIVE, reminder, [&] { Become(reminder, v1::REMINDER_STATE_DUE); });
  }

  // A gateway is told that a lease is over.
  void TellEnded(const std::string& lease_id) {
    Observation* call = Ask();
    call->mutable_ended()->set_lease_id(lease_id);
    Answer(call, OUTCOME_DONE);
  }

  // A watcher that starts here with a list.
  void BeginList(const std::string& watcher) {
    for (const auto& [name, change] : last_) {
      Listed* listed = history_.add_listed();
      listed->set_watcher(watcher);
      listed->set_reminder(name);
      listed->set_state(change.state());
    }
    AddWatcher(watcher, Watcher::START_LIST)->set_began(++moments_);
    starts_[watcher] = history_.clinics(0).log_size();
  }

  Watcher* AddWatcher(const std::string& name, Watcher::Start start) {
    Watcher* watcher = history_.add_watchers();
    watcher->set_name(name);
    watcher->set_clinic(kClinic);
    watcher->set_start(start);
    return watcher;
  }

  // Each watcher saw all in two segments, the second of which begins before the first ended.
  History Finish() {
    for (const Watcher& watcher : history_.watchers()) {
      std::vector<int> seen;
      for (int i = starts_[watcher.name()]; i < history_.clinics(0).log_size(); ++i) {
        const int place = history_.clinics(0).log(i);
        const bool filtered = watcher.filter().categories_size() > 0;
        if (!filtered || history_.events(place).reminder().category() == "task") seen.push_back(place);
      }
      const size_t half = seen.size() / 2;
      AddSegment(watcher.name(), 0, {seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(half)});
      const size_t again = half > 0 ? half - 1 : 0;
      AddSegment(watcher.name(), static_cast<int>(again),
                 {seen.begin() + static_cast<std::ptrdiff_t>(again), seen.end()});
    }
    for (const auto& [name, change] : last_) {
      if (change.name().empty()) continue;
      v1::Reminder* reminder = history_.add_timelines();
      reminder->set_name(name);
      reminder->set_state(change.state());
      reminder->set_reason(change.reason());
      reminder->set_cause(causes_[name]);
      reminder->set_escalation_step(change.escalation_step());
      if (change.has_acknowledge_time()) *reminder->mutable_acknowledge_time() = change.acknowledge_time();
      if (change.has_notify_time()) *reminder->mutable_notify_time() = change.notify_time();
      *history_.add_reminders() = *reminder;
    }
    return std::move(history_);
  }

 private:
  // The nurses are told of tasks, and the chief of the second step.
  static void AddTeams(Clinic* clinic) {
    clinic->set_notify_team("nurses");
    clinic->mutable_steps(1)->set_notify_team("chief");
    v1::CareTeam* nurses = clinic->add_care_teams();
    nurses->set_id("nurses");
    for (const v1::Channel channel : {v1::CHANNEL_SMS, v1::CHANNEL_EMAIL}) {
      v1::ContactPoint* point = nurses->add_contact_points();
      point->set_channel(channel);
      point->set_address(channel == v1::CHANNEL_SMS ? "+15561" : "nurses@example.org");
    }
    v1::CareTeam* chief = clinic->add_care_teams();
    chief->set_id("chief");
    chief->add_contact_points()->set_channel(v1::CHANNEL_SMS);
    chief->mutable_contact_points(0)->set_address("+15562");
  }

  Observation* Ask() {
    pending_.set_asked(++moments_);
    pending_.set_asked_micros(now_ += kSecond);
    pending_.clear_what();
    return &pending_;
  }

  void Answer(Observation* call, Outcome outcome) {
    call->set_answered(++moments_);
    call->set_answered_micros(now_ += kSecond);
    call->set_outcome(outcome);
    *history_.add_observations() = *call;
  }

  v1::Event NewEvent(v1::EventType type, const std::string& enrollment) {
    v1::Event event;
    event.set_type(type);
    event.set_enrollment(enrollment);
    SetMicros(now_ += 1, event.mutable_event_time());
    return event;
  }

  // Sets what the steps of a task have made of it, and who is told of it, by what is known of it in `last_`.
  void TellSteps(const v1::ReminderChange& last, v1::ReminderChange* change) {
    const int step = last.escalation_step();
    change->set_escalation_step(step);
    change->set_category(step == 0 ? "alarm" : "chief");
    change->set_urgency(step == 0 ? v1::URGENCY_URGENT : v1::URGENCY_EMERGENCY);
    if (step > 0) *change->mutable_expire_time() = last.expire_time();
    if (last.has_acknowledge_time()) *change->mutable_acknowledge_time() = last.acknowledge_time();
    if (last.has_notify_time()) *change->mutable_notify_time() = last.notify_time();
    const v1::CareTeam& team = *TeamAfter(history_.clinics(0), step).team;
    change->set_team(team.id());
    const int address = addresses_[change->name()];
    const bool is_offered = !last.has_notify_time() && !last.has_acknowledge_time() &&
                            address < team.contact_points_size();
    if (is_offered) change->set_channel(team.contact_points(address).channel());
  }

  void TellEnrollment(const std::string& name, v1::EventType type) { Tell(NewEvent(type, name)); }

  void Tell(const v1::Event& event) {
    history_.mutable_clinics(0)->add_log(history_.events_size());
    *history_.add_events() = event;
  }

  void AddSegment(const std::string& watcher, int from, const std::vector<int>& events) {
    Segment* segment = history_.add_segments();
    segment->set_watcher(watcher);
    segment->set_from(from);
    segment->mutable_events()->Assign(events.begin(), events.end());
  }

  History history_;
  Observation pending_;
  int64_t now_ = kStart;
  int64_t moments_ = 0;
  int requests_ = 0;
  std::map<std::string, int> attempts_;
  std::map<std::string, int> addresses_;  // by task: which of its team's addresses is tried
  std::map<std::string, std::string> causes_;  // by reminder
  std::map<std::string, std::string> first_names_;  // by enrollment
  std::map<std::string, v1::ReminderChange> last_;
  std::map<std::string, int> starts_;
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_HISTORY_BUILDER_H_
