#include "scheduler/engine/enrollments/reanchor.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxChanges = 2000;

// Returns whether the clinic or an answer of the patient ended it for good, whatever the plan says.
bool StaysEnded(const store::ReminderRow& row) {
  return row.state == v1::REMINDER_STATE_CANCELLED &&
         (row.reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC || row.reason == v1::REMINDER_REASON_ANSWERED ||
          row.reason == v1::REMINDER_REASON_SILENCED);
}

// An occurrence as a plan has it.
struct PlannedPlace {
  plan::Occurrence occurrence;
  absl::Time nominal;      // the instant of the nominal time, before anything moves it
  absl::Time appointment;  // when the appointment it is for begins; InfiniteFuture if there is none
  const plan::CompiledRule* rule = nullptr;
};

std::optional<PlannedPlace> FindPlace(const EnrollmentContext& context, const plan::Plan& plan,
                                      const store::ReminderKey& key) {
  PlannedPlace place;
  plan::Steps steps;
  const int rule = context.pathway->FindRule(key.rule);
  if (!plan.Find(rule, key.number, &place.occurrence, &steps)) return std::nullopt;
  place.nominal = steps.front().time;
  place.appointment = AppointmentOf(context, context.pathway->rule_source(rule));
  place.rule = &context.pathway->rule(rule);
  return place;
}

// Returns whether two plans have an occurrence at the same nominal time, before pauses, contact hours and closed days
// move it, and with the same window.
bool SameByRule(const std::optional<PlannedPlace>& a, const std::optional<PlannedPlace>& b) {
  if (!a || !b) return !a && !b;
  return a->nominal == b->nominal && a->appointment == b->appointment && a->rule->window == b->rule->window &&
         a->rule->window_length == b->rule->window_length && a->rule->audience == b->rule->audience;
}

// Rule and number of a reminder of the enrollment.
using Key = std::pair<std::string, int>;

// What becomes of reminders: at most one change each.
using Changes = std::map<Key, v1::PlanChange>;

void NotePlanChange(const EnrollmentContext& context, const Key& key, v1::PlanChangeKind kind,
                    const absl::Time* old_due, const absl::Time* new_due, Changes* changes) {
  v1::PlanChange& change = (*changes)[key];
  change.set_name(ReminderNameOf({context.row.clinic, context.row.enrollment, key.first, key.second}));
  change.set_kind(kind);
  if (old_due != nullptr) plan::SetTimestamp(*old_due, change.mutable_old_due_time());
  if (new_due != nullptr) plan::SetTimestamp(*new_due, change.mutable_new_due_time());
}

// Works out what becomes of the rows. A class so that its steps can share what they need.
class RowAdjuster {
 public:
  RowAdjuster(const EnrollmentContext& before, absl::Time now, Reanchoring* change, Changes* changes)
      : before_(before),
        after_(change->after),
        plan_before_(*before.pathway, before.facts),
        plan_after_(*after_.pathway, after_.facts),
        now_(now),
        change_(*change),
        changes_(*changes) {}

  void Run() {
    for (size_t i = 0; i < change_.rows.size(); ++i) {
      const int32_t revision = change_.rows[i].revision;
      if (Adjust(&change_.rows[i])) {
        change_.changed.push_back(i);
      } else if (change_.rows[i].revision != revision) {
        change_.retagged.push_back(i);
      }
    }
  }

 private:
  // Returns whether more than its revision changes.
  bool Adjust(store::ReminderRow* row) {
    const auto new_place = FindPlace(after_, plan_after_, row->key);
    const auto old_place = FindPlace(before_, plan_before_, row->key);
    const bool same = SameByRule(old_place, new_place);
    if (WasSentOrCompleted(row->state, row->reason)) {
      if (new_place && !same) {
        NotePlanChange(before_, {row->key.rule, row->key.number}, v1::PLAN_CHANGE_KIND_ALREADY_SENT, &row->due,
                       &new_place->occurrence.due, &changes_);
      }
      return false;
    }
    if (StaysEnded(*row)) return false;
    const bool has_place = new_place && new_place->occurrence.missed == v1::REMINDER_REASON_UNSPECIFIED;
    if (!IsPending(row->state)) {
      return has_place && !same && ComesAgain(*new_place, *row) && Reschedule(*new_place, row);
    }
    if (new_place) row->revision = after_.row.data.pathway_revision();
    const bool to_come = row->state == v1::REMINDER_STATE_SCHEDULED;
    const bool other_audience = old_place && new_place && old_place->rule->audience != new_place->rule->audience;
    if (new_place && same && (row->moved || !to_come || !has_place)) return false;
    if (new_place && row->moved && !other_audience) return LimitToAppointment(new_place->appointment, row);
    if (!has_place) return Drop(row);
    // With another audience it comes anew, even if that is at once.
    if (other_audience || (!same && new_place->occurrence.due > now_)) return Reschedule(*new_place, row);
    return Follow(new_place->occurrence, row);
  }

  // Returns whether a reminder that ended unsent is still to come. For the visit that changes, this includes what is
  // due at the change itself, since a visit's new state may begin with a message.
  bool ComesAgain(const PlannedPlace& place, const store::ReminderRow& row) const {
    return place.occurrence.due > now_ || (place.occurrence.due == now_ && VisitChanged(row));
  }

  // Keeps a reminder that the clinic moved, but not past the beginning of the appointment.
  bool LimitToAppointment(absl::Time appointment, store::ReminderRow* row) {
    return row->due < appointment ? SetExpire(std::min(row->expire, appointment), row) : Drop(row);
  }

  // Moves a reminder that is still to come, or only the end of its window if it is due.
  bool Follow(const plan::Occurrence& occurrence, store::ReminderRow* row) {
    const bool moves = row->state == v1::REMINDER_STATE_SCHEDULED && row->due != occurrence.due;
    if (moves) row->due = occurrence.due;
    const bool window_changes = SetExpire(occurrence.expire, row);
    return moves || window_changes;
  }

  bool SetExpire(absl::Time expire, store::ReminderRow* row) {
    if (row->expire == expire) return false;
    row->expire = expire;
    if (row->closes) row->closes = expire;
    return true;
  }

  bool Reschedule(const PlannedPlace& place, store::ReminderRow* row) {
    row->revision = after_.row.data.pathway_revision();
    row->due = place.occurrence.due;
    row->expire = place.occurrence.expire;
    row->contact_point = 0;
    row->failures = 0;
    row->moved = false;
    return ApplyEvent(ReminderEvent::kReschedule, v1::REMINDER_REASON_UNSPECIFIED, now_, row);
  }

  bool Drop(store::ReminderRow* row) {
    return ApplyEvent(ReminderEvent::kCancel,
                      VisitChanged(*row) ? v1::REMINDER_REASON_VISIT_CHANGED : v1::REMINDER_REASON_MOVED_BY_REANCHOR,
                      now_, row);
  }

  // Returns whether the visit that the row is about changes.
  bool VisitChanged(const store::ReminderRow& row) const {
    const int visit = before_.pathway->FindVisit(RuleOf(before_, row).source().visit().visit());
    if (visit < 0 || before_.row.data.pathway_revision() != after_.row.data.pathway_revision()) return false;
    const plan::VisitFacts& old_visit = before_.facts.visits[visit];
    const plan::VisitFacts& new_visit = after_.facts.visits[visit];
    return std::tie(old_visit.state, old_visit.appointment, old_visit.start, old_visit.since) !=
           std::tie(new_visit.state, new_visit.appointment, new_visit.start, new_visit.since);
  }

  const EnrollmentContext& before_;
  const EnrollmentContext& after_;
  plan::Plan plan_before_;
  plan::Plan plan_after_;
  const absl::Time now_;
  Reanchoring& change_;
  Changes& changes_;
};

// Due times of what is still to be sent or done.
using Pending = std::map<Key, absl::Time>;

Pending PendingOf(const EnrollmentContext& context, const std::vector<store::ReminderRow>& rows, absl::Time now) {
  Pending pending;
  absl::flat_hash_set<std::pair<absl::string_view, int>> recorded;
  for (const store::ReminderRow& row : rows) {
    recorded.insert({row.key.rule, row.key.number});
    if (IsPending(row.state)) pending[{row.key.rule, row.key.number}] = row.due;
  }
  plan::Plan plan(*context.pathway, context.facts);
  for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
    const std::string& rule = context.pathway->rule_source(occurrence.rule).id();
    if (occurrence.outside_contact_hours || recorded.contains({rule, occurrence.number})) continue;
    if (DerivedStatus(context, occurrence, now).state != v1::REMINDER_STATE_SCHEDULED) continue;
    pending[{rule, occurrence.number}] = occurrence.due;
  }
  return pending;
}

void Compare(const EnrollmentContext& before, const Pending& old_pending, const Pending& new_pending,
             Reanchoring* change, Changes* changes) {
  std::set<std::string> dropped_rules;
  for (const auto& [key, due] : old_pending) {
    const auto found = new_pending.find(key);
    if (found == new_pending.end()) {
      NotePlanChange(before, key, v1::PLAN_CHANGE_KIND_DROPPED, &due, nullptr, changes);
      if (change->after.pathway->FindRule(key.first) < 0) dropped_rules.insert(key.first);
    } else if (found->second != due) {
      NotePlanChange(before, key, v1::PLAN_CHANGE_KIND_MOVED, &due, &found->second, changes);
    }
  }
  for (const auto& [key, due] : new_pending) {
    if (!old_pending.contains(key)) NotePlanChange(before, key, v1::PLAN_CHANGE_KIND_ADDED, nullptr, &due, changes);
  }
  change->dropped_rules.assign(dropped_rules.begin(), dropped_rules.end());
}

// Returns a diff that counts all changes and lists the first of them.
v1::PlanDiff DiffOf(Changes changes) {
  v1::PlanDiff diff;
  std::map<v1::PlanChangeKind, int64_t> counts;
  for (auto& [key, change] : changes) {
    ++counts[change.kind()];
    if (diff.changes_size() < kMaxChanges) *diff.add_changes() = std::move(change);
  }
  diff.set_moved_count(counts[v1::PLAN_CHANGE_KIND_MOVED]);
  diff.set_added_count(counts[v1::PLAN_CHANGE_KIND_ADDED]);
  diff.set_dropped_count(counts[v1::PLAN_CHANGE_KIND_DROPPED]);
  diff.set_already_sent_count(counts[v1::PLAN_CHANGE_KIND_ALREADY_SENT]);
  return diff;
}

}  // namespace

void NoteChange(absl::Time now, store::EnrollmentRow* row) {
  const int64_t micros = absl::ToUnixMicros(now);
  row->history.set_replan_micros(micros);
  if (row->state != v1::ENROLLMENT_STATE_PAUSED) return;
  // The pause is split here: what its first part made miss is PAUSED, and it goes on for what is due at `now` too.
  if (micros > row->history.hold_micros()) {
    record::v1::Pause* pause = row->history.add_pauses();
    pause->set_begin_micros(row->history.hold_micros());
    pause->set_end_micros(micros);
  }
  row->history.set_hold_micros(micros);
}

absl::StatusOr<Reanchoring> ComputeReanchoring(EngineContext& engine, store::ReadTransaction& tx,
                                               const EnrollmentContext& before, store::EnrollmentRow row,
                                               absl::Time now) {
  auto after = MakeEnrollmentContext(engine, tx, std::move(row));
  if (!after.ok()) return after.status();
  auto rows = RowsOf(tx, before, {});
  if (!rows.ok()) return rows.status();
  const Pending old_pending = PendingOf(before, *rows, now);
  Reanchoring change{*std::move(after), *std::move(rows)};
  Changes changes;
  RowAdjuster(before, now, &change, &changes).Run();
  Compare(before, old_pending, PendingOf(change.after, change.rows, now), &change, &changes);
  change.diff = DiffOf(std::move(changes));
  return change;
}

absl::Status ApplyReanchoring(store::WriteTransaction& tx, Reanchoring* change, absl::Time now) {
  for (const size_t index : change->retagged) {
    if (absl::Status status = tx.UpdateReminder(change->rows[index]); !status.ok()) return status;
  }
  for (const size_t index : change->changed) {
    const store::ReminderRow& row = change->rows[index];
    // The row may have been LEASED until now. If it was not, nobody holds the lease, and nothing comes of the note.
    if (row.attempts > 0 && row.state != v1::REMINDER_STATE_LEASED) tx.NoteLeaseRevoked(row);
    absl::Status status = StoreReminder(tx, change->after, row, now);
    if (!status.ok()) return status;
  }
  return Replan(tx, &change->after, &change->rows, now).status();
}

void AddCounts(const v1::PlanDiff& one, v1::PlanDiff* all) {
  all->set_moved_count(all->moved_count() + one.moved_count());
  all->set_added_count(all->added_count() + one.added_count());
  all->set_dropped_count(all->dropped_count() + one.dropped_count());
  all->set_already_sent_count(all->already_sent_count() + one.already_sent_count());
  all->set_sent_again_count(all->sent_again_count() + one.sent_again_count());
  all->set_also_today_count(all->also_today_count() + one.also_today_count());
  all->set_not_called_off_count(all->not_called_off_count() + one.not_called_off_count());
  all->set_not_moved_by_hand_count(all->not_moved_by_hand_count() + one.not_moved_by_hand_count());
  all->set_suppressed_count(all->suppressed_count() + one.suppressed_count());
  all->set_never_told_count(all->never_told_count() + one.never_told_count());
}

}  // namespace aftercare::engine
