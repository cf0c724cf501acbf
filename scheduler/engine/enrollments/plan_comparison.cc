#include "scheduler/engine/enrollments/plan_comparison.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/enrollments/heard_reminders.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder_name.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxChanges = 2000;
constexpr int kMaxNeverTold = 100;  // as record::v1::NeverTold says

// A reminder that is not sent yet.
struct Pending {
  absl::Time due;
  bool is_sent = true;     // false if contact hours never let it out, or the patient may not or cannot be written to
  absl::string_view rule;  // of its occurrence,
  int number = 0;          // and its number
  int64_t offset = 0;      // days from what the rule counts from
  int item = -1;           // index in the reconciliation; -1 before the change
};
// By rule and code of the name.
using NameKey = std::pair<absl::string_view, int64_t>;
using PendingReminders = std::map<NameKey, Pending>;

using RowsByOccurrence = absl::flat_hash_map<OccurrenceKey, const store::ReminderRow*>;

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
        heard_(after.context, tellings_, after.rows) {}

  PlanComparison Run() {
    const PendingReminders was = PendingBefore();
    const PendingReminders is = PendingAfter();
    CompareRows();
    ComparePending(was, is);
    CompareVisits(is);
    NoteNeverTold(is);
    CompareVisitWindows();
    Count();
    return std::move(result_);
  }

 private:
  static NameKey KeyOfName(const store::ReminderRow& row) { return {row.key.rule, row.key.code}; }

  std::string NameOf(const NameKey& key) const {
    const store::EnrollmentRow& row = after_.context.row;
    return ReminderNameOf({row.clinic, row.enrollment, std::string(key.first), key.second});
  }

  static bool IsReachable(const EnrollmentContext& context) {
    return UnreachableReason(context) == v1::REMINDER_REASON_UNSPECIFIED;
  }

  bool IsTask(const PlannedItem& item) const {
    return after_.context.pathway->rule(item.occurrence.rule).audience == v1::AUDIENCE_CARE_TEAM;
  }

  // Returns whether what is to come of a rule of the pathway is a task, or a message that may be sent when it is due.
  static bool IsToBeSent(const EnrollmentContext& context, int rule, bool outside_contact_hours) {
    const bool is_task = context.pathway->rule(rule).audience == v1::AUDIENCE_CARE_TEAM;
    return is_task || (!outside_contact_hours && IsReachable(context));
  }

  // Returns whether contact hours let a pending reminder out at no time of its window. What a gateway holds is out.
  bool IsHeldBack(const EnrollmentContext& context, const store::ReminderRow& row) const {
    if (row.state == v1::REMINDER_STATE_LEASED || context.facts.hours.always_open()) return false;
    plan::LocalClock clock(context.facts.zone);
    const int64_t end = absl::ToUnixSeconds(row.expire);
    return context.facts.hours.NextOpen(absl::ToUnixSeconds(std::max(row.due, now_)), end, &clock) >= end;
  }

  // Returns whether an occurrence without a row is still to come, whether or not it will be sent.
  bool IsToCome(const EnrollmentContext& context, const plan::Occurrence& occurrence) const {
    const ReminderStatus status = DerivedStatus(context, occurrence, now_);
    return status.state == v1::REMINDER_STATE_SCHEDULED || IsHeldByContactHours(status);
  }

  PendingReminders PendingBefore() const {
    const EnrollmentContext& context = before_.context;
    RowsByOccurrence covering;
    for (const store::ReminderRow& row : before_.rows) {
      if (const auto cover = CoverOf(context, row)) covering[*cover] = &row;
    }
    const TakenNames names(before_.rows);
    PendingReminders pending;
    plan::Plan plan(*context.pathway, context.facts);
    for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
      const std::string& rule = context.pathway->rule_source(occurrence.rule).id();
      const OccurrenceKey key = KeyOf(context, occurrence);
      if (const auto found = covering.find(key); found != covering.end()) {
        const store::ReminderRow& row = *found->second;
        if (!IsPending(row.state)) continue;
        pending[KeyOfName(row)] = {row.due, IsToBeSent(context, occurrence.rule, IsHeldBack(context, row)), rule,
                                   occurrence.number, OffsetOf(context, occurrence)};
      } else if (IsToCome(context, occurrence)) {
        pending[{rule, names.FreeCode(rule, key.code)}] = {
            occurrence.due, IsToBeSent(context, occurrence.rule, occurrence.outside_contact_hours), rule,
            occurrence.number, OffsetOf(context, occurrence)};
      }
    }
    return pending;
  }

  // Returns whether a reminder ends at once, since a newer one comes due with the change. What comes due now, and may
  // not be sent, ends for that reason.
  bool IsSuperseded(const PlannedItem& item, const SupersedingRule& rule, absl::Time due, int64_t code,
                    bool comes_now) const {
    const plan::Occurrence& occurrence = item.occurrence;
    if (comes_now && !IsToBeSent(after_.context, occurrence.rule, occurrence.outside_contact_hours)) return false;
    return at_once_.Supersedes(rule, due, code);
  }

  PendingReminders PendingAfter() const {
    const EnrollmentContext& context = after_.context;
    const TakenNames names(after_.rows);
    PendingReminders pending;
    for (size_t i = 0; i < reconciliation_.items.size(); ++i) {
      const PlannedItem& item = reconciliation_.items[i];
      const std::string& rule = context.pathway->rule_source(item.occurrence.rule).id();
      const int number = item.occurrence.number;
      if (item.fate == Fate::kCovered && IsPending(after_.rows[item.row].state)) {
        const store::ReminderRow& row = after_.rows[item.row];
        const bool comes_now = row.state == v1::REMINDER_STATE_SCHEDULED;
        if (IsSuperseded(item, SupersedingRuleOf(context, row), row.due, row.key.code, comes_now)) continue;
        pending[KeyOfName(row)] = {row.due, IsToBeSent(context, item.occurrence.rule, IsHeldBack(context, row)), rule,
                                   number, 0, static_cast<int>(i)};
      } else if (item.fate == Fate::kToCome && IsToCome(context, item.occurrence)) {
        const int64_t code = names.FreeCode(rule, item.key.code);
        const DueOccurrence due{item.occurrence, nullptr, code};
        if (IsSuperseded(item, SupersedingRuleOf(context, due), item.occurrence.due, code, true)) continue;
        pending[{rule, code}] = {
            item.occurrence.due, IsToBeSent(context, item.occurrence.rule, item.occurrence.outside_contact_hours), rule,
            number, 0, static_cast<int>(i)};
      }
    }
    return pending;
  }

  void Note(const std::string& name, v1::PlanChangeKind kind, std::optional<absl::Time> old_due,
            std::optional<absl::Time> new_due, const std::string& old_name = "") {
    v1::PlanChange& change = changes_[name];
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

  // Reminders that have the same name before and after are compared. Of the others, the fifth of a rule stays the fifth
  // of the rule: it has moved.
  void ComparePending(const PendingReminders& was, const PendingReminders& is) {
    std::map<std::pair<absl::string_view, int>, NameKey> left;  // names after the change, by rule and number
    for (const auto& [name, after] : is) {
      const auto before = was.find(name);
      if (before != was.end()) {
        CompareOne(name, before->second, name, after);
      } else {
        left[{after.rule, after.number}] = name;
      }
    }
    std::set<absl::string_view> dropped_rules;
    for (const auto& [name, before] : was) {
      if (is.contains(name)) continue;
      const auto found = IsSameRule(before.rule) ? left.find({before.rule, before.number}) : left.end();
      if (found != left.end()) {
        CompareOne(name, before, found->second, is.at(found->second));
        left.erase(found);
      } else {
        if (before.is_sent) NoteGone(name, before);
        if (after_.context.pathway->FindRule(before.rule) < 0) dropped_rules.insert(before.rule);
      }
    }
    for (const auto& [key, name] : left) {
      const Pending& after = is.at(name);
      if (after.is_sent) NoteSend(name, after, v1::PLAN_CHANGE_KIND_ADDED, std::nullopt, name);
    }
    for (const absl::string_view rule : dropped_rules) result_.dropped_rules.emplace_back(rule);
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

  void CompareOne(const NameKey& old_name, const Pending& before, const NameKey& name, const Pending& after) {
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
  void NoteGone(const NameKey& key, const Pending& before) {
    const std::string name = NameOf(key);
    for (const PlannedItem& item : reconciliation_.items) {
      if (!IsMissed(item) || IsTask(item) || !Corresponds(before, item)) continue;
      const plan::Telling& telling = tellings_.tellings()[&item - reconciliation_.items.data()];
      if (result_.never_told.reminders_size() < kMaxNeverTold) {
        result_.never_told.add_reminders(name.substr(name.rfind('/') + 1));
      }
      return Note(name, v1::PLAN_CHANGE_KIND_NEVER_TOLD, before.due, telling.instant);
    }
    const bool was_by_hand = no_longer_by_hand_.contains(key);
    Note(name, was_by_hand ? v1::PLAN_CHANGE_KIND_NOT_MOVED_BY_HAND : v1::PLAN_CHANGE_KIND_DROPPED, before.due, {});
  }

  // Returns whether the time of an occurrence has passed unsent. A row that somebody had moved may stand for it.
  bool IsMissed(const PlannedItem& item) const {
    if (item.fate != Fate::kCovered) return item.fate == Fate::kMissed;
    return item.occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED && IsMoveEndedByChange(after_.rows[item.row]);
  }

  // Returns whether an occurrence is what a reminder was to tell before the change: the same number of the same rule,
  // or the same day of the series if that has other rules or times now.
  bool Corresponds(const Pending& before, const PlannedItem& item) const {
    const plan::CompiledPathway& pathway = *after_.context.pathway;
    if (IsSameRule(before.rule)) {
      return pathway.rule_source(item.occurrence.rule).id() == before.rule && item.occurrence.number == before.number;
    }
    const int rule = before_.context.pathway->FindRule(before.rule);
    return before_.context.pathway->rule(rule).series == pathway.rule(item.occurrence.rule).series &&
           OffsetOf(after_.context, item.occurrence) == before.offset;
  }

  // Returns the number of days from what the rule of an occurrence counts from.
  static int64_t OffsetOf(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
    return absl::CivilDay(occurrence.nominal) -
           plan::AnchorOf(context.pathway->rule(occurrence.rule), context.facts);
  }

  // Notes a reminder that will be sent and was not pending for that time before. The patient hears nothing of a task.
  void NoteSend(const NameKey& name, const Pending& after, v1::PlanChangeKind kind,
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
      result_.never_told.add_visits(context.pathway->visit_source(i).id());
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

  // Keeps of what earlier changes left untold that which this change leaves so, and adds the rest.
  void NoteNeverTold(const PendingReminders& is) {
    const record::v1::NeverTold& before = before_.context.row.history.never_told();
    record::v1::NeverTold& untold = result_.never_told;
    if (!untold.reminders().empty() || !untold.visits().empty()) untold.set_change_micros(MicrosOfChange());
    for (const std::string& id : before.reminders()) {
      if (untold.reminders_size() == kMaxNeverTold || IsPendingAgain(is, id)) continue;
      untold.add_reminders(id);
    }
    for (const std::string& id : before.visits()) {
      const int visit = after_.context.pathway->FindVisit(id);
      if (visit < 0 || ToldOtherStart(visit, is) == nullptr) continue;
      if (std::count(untold.visits().begin(), untold.visits().end(), id) == 0) untold.add_visits(id);
    }
    const bool is_empty = untold.reminders().empty() && untold.visits().empty();
    if (untold.change_micros() == 0 && !is_empty) untold.set_change_micros(before.change_micros());
  }

  // Returns an instant for this change that no earlier change of the enrollment has, though a test clock stands still:
  // the tasks of each count from it.
  int64_t MicrosOfChange() const {
    const record::v1::PlanHistory& history = before_.context.row.history;
    std::set<int64_t> taken = {history.never_told().change_micros()};
    for (const record::v1::EarlierFacts& facts : history.earlier_facts()) taken.insert(facts.never_told_micros());
    int64_t micros = absl::ToUnixMicros(now_);
    while (taken.count(micros) > 0) --micros;
    return micros;
  }

  // Returns whether a reminder is pending, under its name or under one with a count. `id` is the last part of its name.
  bool IsPendingAgain(const PendingReminders& pending, const std::string& id) const {
    const auto key = ParseReminderName(
        absl::StrCat(EnrollmentNameOf(after_.context.row.clinic, after_.context.row.enrollment), "/reminders/", id));
    if (!key) return false;
    const int64_t first = plan::WithoutCount(key->code);
    const auto found = pending.lower_bound({key->rule, first});
    if (found == pending.end()) return false;
    return found->first.first == key->rule && plan::WithoutCount(found->first.second) == first;
  }

  // Counts all changes and lists the first of them.
  void Count() {
    std::map<v1::PlanChangeKind, int64_t> counts;
    v1::PlanDiff& diff = result_.diff;
    for (auto& [name, change] : changes_) {
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
  std::set<NameKey> no_longer_by_hand_;  // names before the change of what somebody moved and follows the plan now
  std::map<std::string, v1::PlanChange> changes_;  // by name: at most one of each reminder
  PlanComparison result_;
};

}  // namespace

PlanComparison ComparePlans(const EnrollmentState& before, const EnrollmentState& after,
                            const Reconciliation& reconciliation, const Supersession& at_once, absl::Time now) {
  return PlanComparer(before, after, reconciliation, at_once, now).Run();
}

}  // namespace aftercare::engine
