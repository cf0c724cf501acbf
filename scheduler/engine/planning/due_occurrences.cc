#include "scheduler/engine/planning/due_occurrences.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/team_notices.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/answers.h"
#include "scheduler/engine/planning/effects.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/planning/first_contact_point.h"
#include "scheduler/engine/planning/message_caps.h"
#include "scheduler/engine/planning/observed_conditions.h"
#include "scheduler/engine/planning/supersession.h"

namespace aftercare::engine {
namespace {

// What becomes of an occurrence that comes due.
struct Outcome {
  ReminderEvent event;
  v1::ReminderReason reason;
  bool reachable = false;  // it is a message, and there is a contact point it may go to
  std::vector<v1::Observation> observations{};  // one for each of the rule's conditions
  std::optional<absl::Time> put_off{};          // for kReschedule: when it is due instead
};

// Returns the rule of what comes due. A row that was moved by hand may be of an earlier revision than the enrollment,
// and its rule with it.
RowRule OwnRule(const EnrollmentContext& context, const DueOccurrence& due) {
  return due.row == nullptr ? RowRule{&context.pathway, due.occurrence.rule} : RuleOf(context, *due.row);
}

bool IsTask(const EnrollmentContext& context, const DueOccurrence& due) {
  return OwnRule(context, due).compiled().audience == v1::AUDIENCE_CARE_TEAM;
}

// Returns the occurrence of the plan that comes due: that of a row is the one that it covers, whatever its name is.
std::optional<OccurrenceKey> PlannedOf(const EnrollmentContext& context, const DueOccurrence& due) {
  return due.row == nullptr ? KeyOf(context, due.occurrence) : CoverOf(context, *due.row);
}

// Returns the present rule of what comes due. Null if that is of a rule that the pathway does not have any more.
const plan::CompiledRule* PlannedRule(const EnrollmentContext& context, const DueOccurrence& due) {
  const std::optional<OccurrenceKey> planned = PlannedOf(context, due);
  return planned ? &context.pathway->rule(planned->rule) : nullptr;
}

bool IsFollowUp(const EnrollmentContext& context, const DueOccurrence& due) {
  const plan::CompiledRule* const rule = PlannedRule(context, due);
  return rule != nullptr && rule->follow_up;
}

bool HasConditions(const EnrollmentContext& context, const DueOccurrence& due) {
  const plan::CompiledRule* const rule = PlannedRule(context, due);
  return rule != nullptr && !rule->observed.empty();
}

// What becomes of an occurrence whose conditions hold.
Outcome OutcomeIfMet(const EnrollmentContext& context, const DueOccurrence& due,
                     const std::vector<store::ReminderRow>* rows, absl::Time now) {
  const plan::Occurrence& occurrence = due.occurrence;
  if (IsTask(context, due)) return {ReminderEvent::kFire, v1::REMINDER_REASON_UNSPECIFIED};
  if (occurrence.outside_contact_hours) return {ReminderEvent::kSuppress, v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS};
  if (occurrence.expire <= now) return {ReminderEvent::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED};
  if (rows != nullptr && IsFollowUp(context, due) && LacksQuestion(context, *PlannedOf(context, due), *rows)) {
    return {ReminderEvent::kSuppress, v1::REMINDER_REASON_QUESTION_NOT_SENT};
  }
  const v1::ReminderReason unreachable = UnreachableReason(context, OwnRule(context, due).source().category());
  const bool reachable = unreachable == v1::REMINDER_REASON_UNSPECIFIED;
  return {reachable ? ReminderEvent::kFire : ReminderEvent::kSuppress, unreachable, reachable};
}

// The occurrence comes due at `now`, or came due earlier and was missed until now. `rows` are all rows of the
// enrollment if one of those that come due is a follow-up or has conditions; otherwise they may be null.
Outcome OutcomeOf(const EnrollmentContext& context, const DueOccurrence& due,
                  const std::vector<store::ReminderRow>* rows, absl::Time now) {
  if (rows == nullptr || !HasConditions(context, due)) return OutcomeIfMet(context, due, rows, now);
  std::vector<v1::Observation> observed = ObserveConditions(context, PlannedOf(context, due)->rule, *rows, now);
  Outcome outcome = AllHeld(observed) ? OutcomeIfMet(context, due, rows, now)
                                      : Outcome{ReminderEvent::kSuppress, v1::REMINDER_REASON_CONDITION_NOT_MET};
  outcome.observations = std::move(observed);
  return outcome;
}

// Returns false if the occurrence has a row in the store that the caller did not know of.
absl::StatusOr<bool> FireOne(store::WriteTransaction& tx, const EnrollmentContext& context, const DueOccurrence& due,
                             const Outcome& outcome, absl::Time now) {
  store::ReminderRow new_row;
  if (due.row == nullptr) new_row = NewReminderRow(context, due.occurrence, due.code);
  store::ReminderRow& row = due.row == nullptr ? new_row : *due.row;
  NoteObservations(outcome.observations, &row);
  if (outcome.put_off) {
    PutOff(*outcome.put_off, &row);
  } else if (!IsPutOff(row)) {
    ForgetDueBeforeCaps(&row);
  }
  if (outcome.reachable) {
    auto point = FirstContactPoint(tx, context, row);
    if (!point.ok()) return point.status();
    row.contact_point = *point;
  }
  if (outcome.event == ReminderEvent::kFire && !IsTask(context, due)) {
    row.closes = due.occurrence.expire;
    SetContactPoint(context, row.contact_point, &row);
    MakeAvailable(context, due.occurrence.due, &row);
    NoteCameDue(context, now, &row);
    row.failures = 0;  // a reminder that was moved after failures starts again
  }
  v1::ReminderReason reason = outcome.reason;
  if (outcome.event == ReminderEvent::kFire && IsTask(context, due)) {
    auto begun = BeginNotice(tx, context, row.due, &row);
    if (!begun.ok()) return begun.status();
    reason = *begun;
  }
  if (due.row != nullptr) {
    // What comes due by the plan is not moved any more.
    row.moved = IsTimeByHand(row);
    NoteCoverTold(context, &row);
  }
  if (due.row == nullptr) {
    auto inserted = InsertReminder(tx, context, outcome.event, reason, now, &row);
    if (!inserted.ok() || !*inserted) return inserted;
  } else {
    absl::Status status = ChangeReminder(tx, context, outcome.event, reason, now, &row);
    if (!status.ok()) return status;
  }
  // A task that comes due late may be overdue at once.
  if (auto steps = EscalateOverdue(tx, context, now, &row); !steps.ok()) return steps.status();
  return true;
}

// Returns the rule of each message that would come due; null for what is no message or does not come due.
std::vector<const plan::CompiledRule*> MessagesOf(const EnrollmentContext& context,
                                                  const std::vector<DueOccurrence>& due,
                                                  const std::vector<Outcome>& outcomes) {
  std::vector<const plan::CompiledRule*> rules;
  for (size_t i = 0; i < due.size(); ++i) {
    const bool comes_due = outcomes[i].event == ReminderEvent::kFire && !IsTask(context, due[i]);
    rules.push_back(comes_due ? PlannedRule(context, due[i]) : nullptr);
  }
  return rules;
}

// Returns at which time of day a message comes that a cap puts off: that which somebody set, else that of the plan.
absl::CivilSecond TimeOfDay(const EnrollmentContext& context, const DueOccurrence& due) {
  if (due.row == nullptr) return absl::CivilSecond(due.occurrence.nominal);
  if (IsTimeByHand(*due.row)) {
    return absl::ToCivilSecond(HandTime(*due.row, context.facts.zone), context.facts.zone);
  }
  plan::Occurrence planned;
  const auto cover = CoverOf(context, *due.row);
  const bool is_planned =
      cover && plan::Plan(*context.pathway, context.facts).FindNamed(cover->rule, cover->code, &planned);
  return absl::CivilSecond(is_planned ? planned.nominal : due.occurrence.nominal);
}

void HoldBack(const EnrollmentContext& context, const DueOccurrence& due, const MessageCapGate& gate,
              v1::ReminderReason reason, Outcome* outcome) {
  outcome->put_off = gate.NextTime(TimeOfDay(context, due), due.occurrence.expire);
  outcome->event = outcome->put_off ? ReminderEvent::kReschedule : ReminderEvent::kSuppress;
  outcome->reason = reason;
}

// Asks the caps about the messages that would come due, in order. Changes the outcomes of those that are held back.
absl::Status ApplyCaps(store::ReadTransaction& tx, const EnrollmentContext& context,
                       const std::vector<DueOccurrence>& due, absl::Time now, std::vector<Outcome>* outcomes) {
  MessageCapGate gate(tx, context, now);
  if (!gate.has_caps()) return absl::OkStatus();
  std::vector<const plan::CompiledRule*> messages = MessagesOf(context, due, *outcomes);
  if (std::count(messages.begin(), messages.end(), nullptr) == static_cast<int>(due.size())) return absl::OkStatus();
  if (absl::Status status = gate.Load(); !status.ok()) return status;
  for (size_t i = 0; i < due.size(); ++i) {
    if (messages[i] == nullptr || due[i].row != nullptr) continue;
    // What has a row that the caller does not know of stays as it is.
    const std::string& id = context.pathway->rule_source(due[i].occurrence.rule).id();
    if (gate.HasRow(id, due[i].code)) messages[i] = nullptr;
  }
  for (size_t i = 0; i < due.size(); ++i) {
    if (messages[i] == nullptr) continue;
    const auto reason = gate.WhyHeldBack(*messages[i], absl::MakeConstSpan(messages).subspan(i + 1));
    reason ? HoldBack(context, due[i], gate, *reason, &(*outcomes)[i]) : gate.Count();
  }
  return absl::OkStatus();
}

// Returns whether a rule that supersedes has something in `due`.
bool HasSuperseding(const EnrollmentContext& context, const std::vector<DueOccurrence>& due) {
  return std::any_of(due.begin(), due.end(),
                     [&](const DueOccurrence& one) { return SupersedingRuleOf(context, one).supersedes; });
}

// Returns whether what becomes of `due` depends on the rows of the enrollment, besides supersession.
bool DependsOnRows(const EnrollmentContext& context, const std::vector<DueOccurrence>& due) {
  return std::any_of(due.begin(), due.end(), [&](const DueOccurrence& one) {
    return IsFollowUp(context, one) || HasConditions(context, one);
  });
}

// Returns what becomes of an occurrence where a newer one may supersede it.
Outcome OutcomeAmong(const Supersession& supersession, const EnrollmentContext& context, const DueOccurrence& due,
                     const std::vector<store::ReminderRow>* rows, absl::Time now) {
  Outcome outcome = OutcomeOf(context, due, rows, now);
  if (outcome.event != ReminderEvent::kSuppress &&
      supersession.Supersedes(SupersedingRuleOf(context, due), PlannedDue(due), due.code)) {
    outcome.event = ReminderEvent::kSupersede;
    outcome.reason = v1::REMINDER_REASON_SUPERSEDED;
  }
  return outcome;
}

// Notes what has become of an occurrence that has fired.
void NoteFired(const EnrollmentContext& context, const DueOccurrence& due, const Outcome& outcome, Fired* fired) {
  if (outcome.put_off) return fired->postponed.push_back(*outcome.put_off);
  ++fired->count;
  const plan::CompiledRule* const rule = PlannedRule(context, due);
  const bool is_met = outcome.reason != v1::REMINDER_REASON_CONDITION_NOT_MET;
  if (rule == nullptr || !rule->IsReaction() || !is_met) return;
  fired->reactions.push_back(due.occurrence);
  fired->reactions.back().rule = PlannedOf(context, due)->rule;
}

}  // namespace

absl::StatusOr<Fired> FireOccurrences(store::WriteTransaction& tx, const EnrollmentContext& context,
                                      const std::vector<DueOccurrence>& due, std::vector<store::ReminderRow>* rows,
                                      absl::Time now) {
  Supersession supersession;
  std::vector<store::ReminderRow> all;
  const bool supersedes = HasSuperseding(context, due);
  if ((supersedes || DependsOnRows(context, due)) && rows == nullptr) {
    auto read = RowsOf(tx, context, {});
    if (!read.ok()) return read.status();
    all = *std::move(read);
    rows = &all;
  }
  if (supersedes) {
    supersession = Supersession(context, due, *rows, now);
    if (absl::Status status = SupersedeRows(tx, context, supersession, now, rows); !status.ok()) return status;
  }
  std::vector<Outcome> outcomes;
  for (const DueOccurrence& one : due) outcomes.push_back(OutcomeAmong(supersession, context, one, rows, now));
  if (absl::Status status = ApplyCaps(tx, context, due, now, &outcomes); !status.ok()) return status;
  Fired fired;
  for (size_t i = 0; i < due.size(); ++i) {
    auto has_fired = FireOne(tx, context, due[i], outcomes[i], now);
    if (!has_fired.ok()) return has_fired.status();
    if (*has_fired) NoteFired(context, due[i], outcomes[i], &fired);
  }
  return fired;
}

absl::StatusOr<int64_t> FinishFiring(store::WriteTransaction& tx, const Fired& fired, absl::Time now,
                                     EnrollmentContext* context) {
  if (absl::Status status = ScheduleAgain(tx, fired.postponed, context); !status.ok()) return status;
  auto more = ApplyEffects(tx, context, fired.reactions, now);
  if (!more.ok()) return more.status();
  if (EndsAt(*context) <= now) {
    if (absl::Status status = EndNow(tx, v1::END_REASON_COMPLETED, now, context); !status.ok()) return status;
  }
  return fired.count + *more;
}

}  // namespace aftercare::engine
