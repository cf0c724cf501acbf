#include "scheduler/engine/planning/plan_comparison.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/reaction_records.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/lifecycle/untold.h"
#include "scheduler/engine/planning/heard_reminders.h"
#include "scheduler/engine/planning/never_told.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxChanges = 2000;

// One comparison. A class so that its steps can share what they need.
class PlanComparer {
 public:
  PlanComparer(const EnrollmentState& before, const EnrollmentState& after, const Reconciliation& reconciliation,
               const Supersession& at_once, absl::Time now)
      : before_(before),
        after_(after),
        reconciliation_(reconciliation),
        at_once_(at_once),
        now_(now),
        tellings_(*reconciliation.tellings),
        heard_(after.context, tellings_, after.rows),
        change_micros_(MicrosOfChange(before.context, now)) {}

  PlanComparison Run() {
    const PendingReminders was = PendingBefore(before_, now_);
    const PendingReminders is = PendingAfter(after_, reconciliation_, at_once_, now_);
    CompareRows();
    ComparePending(was, is);
    CompareVisits(is);
    KeepUntold(
        UntoldOf(before_.context.row.history), after_.context, is,
        [&](const std::string& id) {
          const int visit = after_.context.pathway->FindVisit(id);
          return visit >= 0 && ToldOtherStart(visit, is) != nullptr;
        },
        &result_.never_told);
    CompareVisitWindows();
    Count();
    return std::move(result_);
  }

 private:
  std::string NameOf(const NameKey& key) const {
    const store::EnrollmentRow& row = after_.context.row;
    return ReminderNameOf({row.clinic, row.enrollment, std::string(key.first), key.second});
  }

  bool IsTask(const PlannedItem& item) const {
    return after_.context.pathway->rule(item.occurrence.rule).audience == v1::AUDIENCE_CARE_TEAM;
  }

  void Note(const std::string& name, v1::PlanChangeKind kind, std::optional<absl::Time> old_due,
            std::optional<absl::Time> new_due, const std::string& old_name = "") {
    v1::PlanChange& change = changes_[{name, old_name.empty() ? name : old_name}];
    if (change.kind() > kind) return;
    change.Clear();
    change.set_name(name);
    change.set_kind(kind);
    if (old_due) plan::SetTimestamp(*old_due, change.mutable_old_due_time());
    if (new_due) plan::SetTimestamp(*new_due, change.mutable_new_due_time());
    if (old_name != name) change.set_old_name(old_name);
  }

  // ---- Reminders that were sent or that a person has set ----

  void CompareRows() {
    const plan::Plan plan_before(*before_.context.pathway, before_.context.facts);
    std::vector<bool> no_longer_by_hand(after_.rows.size());
    for (const size_t index : reconciliation_.no_longer_by_hand) no_longer_by_hand[index] = true;
    for (size_t i = 0; i < after_.rows.size(); ++i) {
      const store::ReminderRow& was = before_.rows[i];
      const store::ReminderRow& is = after_.rows[i];
      const auto cover_before = CoverOf(before_.context, was);
      const auto cover = CoverOf(after_.context, is);
      const int item = cover ? tellings_.Find(cover->rule, cover->code) : -1;
      if (StandingOf(is) == plan::Standing::kTold) {
        if (item >= 0) CompareSent(plan_before, was, cover_before, item);
      } else if (was.state == v1::REMINDER_STATE_CANCELLED && StandingOf(was) == plan::Standing::kSetByPerson) {
        if (cover_before && !cover) Note(ReminderNameOf(is.key), v1::PLAN_CHANGE_KIND_NOT_CALLED_OFF, was.due, {});
      } else if (was.moved && IsPending(was.state) && (no_longer_by_hand[i] || !IsPending(is.state))) {
        no_longer_by_hand_.insert(KeyOfName(was));
      }
    }
  }

  void CompareSent(const plan::Plan& plan_before, const store::ReminderRow& row,
                   const std::optional<OccurrenceKey>& cover_before, int item) {
    plan::Occurrence occurrence;
    std::optional<absl::Time> nominal_before;
    if (cover_before && plan_before.FindNamed(cover_before->rule, cover_before->code, &occurrence)) {
      nominal_before = before_.context.facts.zone.At(absl::CivilSecond(occurrence.nominal)).pre;
    }
    const absl::Time nominal = tellings_.tellings()[item].instant;
    if (nominal_before == nominal) return;
    const plan::Occurrence& now_planned = reconciliation_.items[item].occurrence;
    const bool missed = now_planned.missed != v1::REMINDER_REASON_UNSPECIFIED;
    Note(ReminderNameOf(row.key), v1::PLAN_CHANGE_KIND_ALREADY_SENT, row.due, missed ? nominal : now_planned.due);
  }

  // ---- Reminders that are not sent yet ----

  // Compares what corresponds before and after the change, and notes what is gone and what is added.
  void ComparePending(const PendingReminders& was, const PendingReminders& is) {
    const std::map<NameKey, NameKey> pairs = PairNames(was, is);
    std::set<NameKey> left;
    for (const auto& [name, after] : is) left.insert(name);
    std::set<absl::string_view> dropped_rules;
    for (const auto& [name, before] : was) {
      if (const auto pair = pairs.find(name); pair != pairs.end()) {
        CompareOne(name, before, pair->second, is.at(pair->second));
        left.erase(pair->second);
      } else {
        if (before.is_sent) NoteGone(name, before);
        if (after_.context.pathway->FindRule(before.rule) < 0) dropped_rules.insert(before.rule);
      }
    }
    for (const NameKey& name : left) {
      const PendingReminder& after = is.at(name);
      if (after.is_sent) NoteSend(name, after, v1::PLAN_CHANGE_KIND_ADDED, std::nullopt, name);
    }
    for (const absl::string_view rule : dropped_rules) result_.dropped_rules.emplace_back(rule);
  }

  // Returns which name after the change corresponds to each name before it. A line of `on` is itself whatever its day.
  // Of others, those of the same name correspond; of the rest, the fifth of a rule stays the fifth of the rule.
  std::map<NameKey, NameKey> PairNames(const PendingReminders& was, const PendingReminders& is) const {
    std::map<std::pair<absl::string_view, int>, NameKey> by_number;
    for (const auto& [name, after] : is) by_number[{after.rule, after.number}] = name;
    std::map<NameKey, NameKey> pairs;
    std::set<NameKey> taken;
    const auto pair_by_number = [&](bool of_lines) {
      for (const auto& [name, before] : was) {
        if (pairs.contains(name) || !IsSameRule(before.rule) || (of_lines && !IsOfLines(before.rule))) continue;
        const auto found = by_number.find({before.rule, before.number});
        if (found != by_number.end() && taken.insert(found->second).second) pairs[name] = found->second;
      }
    };
    pair_by_number(true);
    for (const auto& [name, before] : was) {
      if (!pairs.contains(name) && is.contains(name) && taken.insert(name).second) pairs[name] = name;
    }
    pair_by_number(false);
    return pairs;
  }

  // Returns whether a rule of the pathway after the change names its days by `on`.
  bool IsOfLines(absl::string_view rule) const {
    const plan::CompiledPathway& pathway = *after_.context.pathway;
    return pathway.rule(pathway.FindRule(rule)).recurrence == plan::Recurrence::kOn;
  }

  // Returns whether a rule has the same days and times before and after the change, so that its occurrences of one
  // number correspond.
  bool IsSameRule(absl::string_view id) const {
    const int before = before_.context.pathway->FindRule(id);
    const int after = after_.context.pathway->FindRule(id);
    if (before < 0 || after < 0) return false;
    const auto& was = before_.context.pathway->rule_source(before).schedule();
    const auto& is = after_.context.pathway->rule_source(after).schedule();
    return google::protobuf::util::MessageDifferencer::Equals(was, is);
  }

  void CompareOne(const NameKey& old_name, const PendingReminder& before, const NameKey& name,
                  const PendingReminder& after) {
    if (before.is_sent && !after.is_sent) {
      Note(NameOf(name), v1::PLAN_CHANGE_KIND_SUPPRESSED, before.due, after.due, NameOf(old_name));
    } else if (no_longer_by_hand_.contains(old_name)) {
      Note(NameOf(name), v1::PLAN_CHANGE_KIND_NOT_MOVED_BY_HAND, before.due, after.due, NameOf(old_name));
    } else if (!before.is_sent && after.is_sent) {
      NoteSend(name, after, v1::PLAN_CHANGE_KIND_ADDED, std::nullopt, old_name);
    } else if (after.is_sent && (before.due != after.due || old_name != name)) {
      NoteSend(name, after, v1::PLAN_CHANGE_KIND_MOVED, before.due, old_name);
    }
  }

  // What was pending is not any more.
  void NoteGone(const NameKey& key, const PendingReminder& before) {
    // An alarm stays to be done though the plan does not have it any more.
    const auto stays = [&](const store::ReminderRow& row) {
      return KeyOfName(row) == key && OutlivesPlan(after_.context, row);
    };
    if (std::any_of(after_.rows.begin(), after_.rows.end(), stays)) return;
    const std::string name = NameOf(key);
    for (const PlannedItem& item : reconciliation_.items) {
      if (!IsMissed(item) || IsTask(item) || !Corresponds(before, item)) continue;
      const plan::Telling& telling = tellings_.tellings()[&item - reconciliation_.items.data()];
      *result_.never_told.add_messages() =
          MakeUntold(before_.context, absl::string_view(name).substr(name.rfind('/') + 1), before, change_micros_);
      return Note(NameAfter(key, item), v1::PLAN_CHANGE_KIND_NEVER_TOLD, before.due, telling.instant, name);
    }
    const bool was_by_hand = no_longer_by_hand_.contains(key);
    Note(name, was_by_hand ? v1::PLAN_CHANGE_KIND_NOT_MOVED_BY_HAND : v1::PLAN_CHANGE_KIND_DROPPED, before.due, {});
  }

  // Returns the name by which a reminder whose time has passed unsent is found after the change: its own if it has a
  // row, else that of its occurrence.
  std::string NameAfter(const NameKey& name, const PlannedItem& item) const {
    const auto has_row = [&name](const store::ReminderRow& row) { return KeyOfName(row) == name; };
    if (std::any_of(after_.rows.begin(), after_.rows.end(), has_row)) return NameOf(name);
    const std::string& rule = after_.context.pathway->rule_source(item.occurrence.rule).id();
    return NameOf({rule, TakenNames(after_.rows).FreeCode(rule, item.key.code)});
  }

  // Returns whether the time of an occurrence has passed unsent. A row that somebody had moved may stand for it.
  bool IsMissed(const PlannedItem& item) const {
    if (item.fate != Fate::kCovered) return item.fate == Fate::kMissed;
    return item.occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED && IsMoveEndedByChange(after_.rows[item.row]);
  }

  // Returns whether an occurrence is what a reminder was to tell before the change: the same number of the same rule,
  // or the same day of the series if that has other rules or times now.
  bool Corresponds(const PendingReminder& before, const PlannedItem& item) const {
    const plan::CompiledPathway& pathway = *after_.context.pathway;
    if (IsSameRule(before.rule)) {
      return pathway.rule_source(item.occurrence.rule).id() == before.rule && item.occurrence.number == before.number;
    }
    const int rule = before_.context.pathway->FindRule(before.rule);
    return before_.context.pathway->rule(rule).series == pathway.rule(item.occurrence.rule).series &&
           OffsetOf(after_.context, item.occurrence) == before.offset;
  }

  // Notes a reminder that will be sent and was not pending for that time before. The patient hears nothing of a task.
  void NoteSend(const NameKey& name, const PendingReminder& after, v1::PlanChangeKind kind,
                std::optional<absl::Time> old_due, const NameKey& old_name) {
    const plan::Telling& telling = tellings_.tellings()[after.item];
    const bool is_task = IsTask(reconciliation_.items[after.item]);
    const bool may_repeat = kind == v1::PLAN_CHANGE_KIND_ADDED && !is_task;
    const Heard* const heard = may_repeat ? heard_.ToldBefore(telling) : nullptr;
    if (heard != nullptr) {
      return Note(NameOf(name), v1::PLAN_CHANGE_KIND_SENT_AGAIN, heard->stored.time, after.due,
                  ReminderNameOf(heard->row->key));
    } else if (!is_task && heard_.IsToldOn(absl::ToCivilDay(after.due, after_.context.facts.zone), telling)) {
      kind = v1::PLAN_CHANGE_KIND_ALSO_TODAY;
    }
    Note(NameOf(name), kind, old_due, after.due, NameOf(old_name));
  }

  // ---- Appointments ----

  // Notes each appointment that has moved, if the patient last heard another start and nothing tells the new one.
  void CompareVisits(const PendingReminders& is) {
    const EnrollmentContext& context = after_.context;
    if (before_.context.pathway != context.pathway) return;
    for (int i = 0; i < context.pathway->visit_count(); ++i) {
      if (before_.context.facts.visits[i].start == context.facts.visits[i].start) continue;
      const Heard* const last = ToldOtherStart(i, is);
      if (last == nullptr) continue;
      Note(ReminderNameOf(last->row->key), v1::PLAN_CHANGE_KIND_NEVER_TOLD, last->stored.time, {});
      record::v1::UntoldVisit* const untold = result_.never_told.add_appointments();
      untold->set_visit(context.pathway->visit_source(i).id());
      untold->set_change_micros(change_micros_);
    }
  }

  // Returns what last told the patient of an appointment if it is booked, that was another start, and nothing is left
  // to send that tells the present one. Null otherwise.
  const Heard* ToldOtherStart(int index, const PendingReminders& is) const {
    const plan::VisitFacts& visit = after_.context.facts.visits[index];
    if (visit.state != v1::VISIT_STATE_BOOKED) return nullptr;
    const Heard* last = heard_.LastOf(after_.context.pathway->visit_source(index).id());
    if (last == nullptr || last->stored.telling.start == visit.start) return nullptr;
    const bool is_to_be_told = std::any_of(is.begin(), is.end(), [&](const auto& entry) {
      const PlannedItem& item = reconciliation_.items[entry.second.item];
      return entry.second.is_sent && !IsTask(item) && tellings_.tellings()[entry.second.item].start == visit.start;
    });
    return is_to_be_told ? nullptr : last;
  }

  // Names the appointments that have come to lie outside their windows.
  void CompareVisitWindows() {
    const EnrollmentContext& context = after_.context;
    for (int i = 0; i < context.pathway->visit_count(); ++i) {
      const std::string& id = context.pathway->visit_source(i).id();
      const int before = before_.context.pathway->FindVisit(id);
      if (!context.facts.visits[i].outside_window) continue;
      if (before >= 0 && before_.context.facts.visits[before].outside_window) continue;
      result_.diff.add_visits_outside_window(VisitNameOf(context.row.clinic, context.row.enrollment, id));
    }
    result_.diff.set_visits_outside_window_count(result_.diff.visits_outside_window_size());
  }

  // Counts all changes and lists the first of them.
  void Count() {
    std::map<v1::PlanChangeKind, int64_t> counts;
    v1::PlanDiff& diff = result_.diff;
    for (auto& [names, change] : changes_) {
      ++counts[change.kind()];
      if (diff.changes_size() < kMaxChanges) *diff.add_changes() = std::move(change);
    }
    diff.set_moved_count(counts[v1::PLAN_CHANGE_KIND_MOVED]);
    diff.set_added_count(counts[v1::PLAN_CHANGE_KIND_ADDED]);
    diff.set_dropped_count(counts[v1::PLAN_CHANGE_KIND_DROPPED]);
    diff.set_already_sent_count(counts[v1::PLAN_CHANGE_KIND_ALREADY_SENT]);
    diff.set_sent_again_count(counts[v1::PLAN_CHANGE_KIND_SENT_AGAIN]);
    diff.set_also_today_count(counts[v1::PLAN_CHANGE_KIND_ALSO_TODAY]);
    diff.set_not_called_off_count(counts[v1::PLAN_CHANGE_KIND_NOT_CALLED_OFF]);
    diff.set_not_moved_by_hand_count(counts[v1::PLAN_CHANGE_KIND_NOT_MOVED_BY_HAND]);
    diff.set_suppressed_count(counts[v1::PLAN_CHANGE_KIND_SUPPRESSED]);
    diff.set_never_told_count(counts[v1::PLAN_CHANGE_KIND_NEVER_TOLD]);
  }

  const EnrollmentState& before_;
  const EnrollmentState& after_;
  const Reconciliation& reconciliation_;
  const Supersession& at_once_;
  const absl::Time now_;
  const plan::PlanTellings& tellings_;
  HeardReminders heard_;
  const int64_t change_micros_;  // of this change, as record::v1::NeverTold says it
  std::set<NameKey> no_longer_by_hand_;  // names before the change of what somebody moved and follows the plan now
  // By the names after and before the change: at most one of each reminder.
  std::map<std::pair<std::string, std::string>, v1::PlanChange> changes_;
  PlanComparison result_;
};

}  // namespace

PlanComparison ComparePlans(const EnrollmentState& before, const EnrollmentState& after,
                            const Reconciliation& reconciliation, const Supersession& at_once, absl::Time now) {
  return PlanComparer(before, after, reconciliation, at_once, now).Run();
}

}  // namespace aftercare::engine
