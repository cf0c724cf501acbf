// Promises 1 and 7 for tasks about signs of danger: until somebody acknowledges or completes such a task, it goes its
// escalation steps, each once and when the deadline before it has passed.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

// Checks the log of one task. Lives for one call.
class TaskCheck {
 public:
  TaskCheck(const Index& index, const std::string& name, const std::vector<Line>& lines, Faults* faults)
      : index_(index), clinic_(*index.clinics.at(ClinicOf(name))), name_(name), lines_(lines), faults_(*faults) {}

  void Run() {
    const v1::ReminderChange& first = lines_.front().event->reminder();
    if (first.state() != v1::REMINDER_STATE_DUE || first.escalation_step() != 0 || first.has_acknowledge_time()) {
      Fault("does not begin as a new task");
    }
    for (size_t i = 1; i < lines_.size(); ++i) {
      if (!IsTerminal(lines_[i - 1].event->reminder().state())) CheckPair(*lines_[i - 1].event, *lines_[i].event);
    }
    CheckAcknowledgement();
    CheckEnd(lines_.back().event->reminder());
  }

 private:
  template <typename... Parts>
  void Fault(const Parts&... parts) {
    faults_.Add("promise 7: ", name_, " ", parts...);
  }

  // Whether the task must go a step when its deadline has passed.
  bool Escalates(const v1::ReminderChange& change) const {
    return !IsTerminal(change.state()) && !change.has_acknowledge_time() &&
           change.escalation_step() < clinic_.steps_size();
  }

  // Two lines of the log that follow each other.
  void CheckPair(const v1::Event& earlier, const v1::Event& later) {
    const v1::ReminderChange& before = earlier.reminder();
    const v1::ReminderChange& after = later.reminder();
    const int step = before.escalation_step();
    if (after.escalation_step() == step + 1) return CheckStep(before, later);
    if (after.escalation_step() != step) return Fault("went from step ", step, " to step ", after.escalation_step());
    if (Escalates(before) && Micros(later.event_time()) >= Micros(before.expire_time())) {
      Fault("passed its deadline at step ", step, ", and did not go to the next");
    }
    if (!Differ(before, after)) Fault("went step ", step, " twice");
    if (before.has_acknowledge_time() && !after.has_acknowledge_time()) Fault("is no longer acknowledged");
  }

  // Whether something has become of the task, or of the message that tells its team.
  static bool Differ(const v1::ReminderChange& before, const v1::ReminderChange& after) {
    return after.state() != before.state() || after.has_acknowledge_time() != before.has_acknowledge_time() ||
           after.attempts() != before.attempts() || after.channel() != before.channel() ||
           after.has_notify_time() != before.has_notify_time() || after.reason() != before.reason();
  }

  void CheckStep(const v1::ReminderChange& before, const v1::Event& later) {
    const v1::ReminderChange& after = later.reminder();
    const int number = after.escalation_step();
    if (!Escalates(before)) {
      return Fault(before.has_acknowledge_time() ? "was acknowledged, and then went step " : "has no step ", number);
    }
    const v1::EscalationStep& step = clinic_.steps(number - 1);
    if (Micros(later.event_time()) < Micros(before.expire_time())) Fault("went step ", number, " before its deadline");
    const int64_t deadline = Micros(before.expire_time()) + step.deadline().seconds() * 1'000'000;
    if (Micros(after.expire_time()) != deadline) Fault("has another deadline after step ", number);
    // A gateway goes on if the step names no team of its own.
    const bool is_taken = !step.notify_team().empty();
    const v1::ReminderState state = is_taken ? v1::REMINDER_STATE_DUE : before.state();
    const bool is_told = after.state() == state && after.category() == step.category() &&
                         after.urgency() == step.urgency();
    if (!is_told) Fault("is not what step ", number, " makes of it");
  }

  // What was acknowledged stays so, unless it had been completed before; and somebody did it.
  void CheckAcknowledgement() {
    bool is_told = false;
    bool completed = false;
    for (const Line& line : lines_) {
      is_told = is_told || line.event->reminder().has_acknowledge_time();
      completed = completed || line.event->reminder().state() == v1::REMINDER_STATE_COMPLETED;
    }
    if (is_told && !index_.MayHaveHappened(name_, Change::KIND_ACKNOWLEDGE)) Fault("was acknowledged by nobody");
    const auto wishes = index_.wishes_for.find(name_);
    if (is_told || completed || wishes == index_.wishes_for.end()) return;
    for (const Wish* wish : wishes->second) {
      if (wish->change.kind() == Change::KIND_ACKNOWLEDGE && wish->done) Fault("was acknowledged, which is lost");
    }
  }

  void CheckEnd(const v1::ReminderChange& told) {
    const auto last = index_.last_reminders.find(name_);
    if (last == index_.last_reminders.end()) return;  // CheckReactions says so.
    const v1::Reminder& shown = *last->second;
    if (shown.escalation_step() != told.escalation_step()) {
      Fault("has gone ", shown.escalation_step(), " steps at the end, and ", told.escalation_step(), " by the log");
    }
    if (shown.has_acknowledge_time() != told.has_acknowledge_time()) {
      Fault("is ", shown.has_acknowledge_time() ? "" : "not ", "acknowledged at the end, in contrast to the log");
    }
  }

  const Index& index_;
  const Clinic& clinic_;
  const std::string& name_;
  const std::vector<Line>& lines_;
  Faults& faults_;
};

}  // namespace

void CheckEscalations(const Index& index, Faults* faults) {
  for (const auto& [name, lines] : index.reminders) {
    if (IsAlarm(name)) TaskCheck(index, name, lines, faults).Run();
  }
}

}  // namespace aftercare::history
