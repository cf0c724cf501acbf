#include "scheduler/engine/lifecycle/firing.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

struct Firing {
  ReminderEvent event;
  v1::ReminderReason reason;
  bool reaches = false;  // it is a message, and there is a contact point it may go to
};

bool IsTask(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  return context.pathway->rule(occurrence.rule).audience == v1::AUDIENCE_CARE_TEAM;
}

// What becomes of an occurrence that comes due at `now`, or came due before and was missed until now.
Firing FiringOf(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now) {
  if (IsTask(context, occurrence)) return {ReminderEvent::kFire, v1::REMINDER_REASON_UNSPECIFIED};
  if (occurrence.outside_contact_hours) return {ReminderEvent::kSuppress, v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS};
  if (occurrence.expire <= now) return {ReminderEvent::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED};
  const v1::ReminderReason unreachable = UnreachableReason(context);
  const bool reaches = unreachable == v1::REMINDER_REASON_UNSPECIFIED;
  return {reaches ? ReminderEvent::kFire : ReminderEvent::kSuppress, unreachable, reaches};
}

// Of each rule of which only the newest counts, by index: which that is, by due time and number.
class Newest {
 public:
  explicit Newest(const plan::CompiledPathway& pathway) : pathway_(&pathway) {}

  void Add(int rule, absl::Time due, int number) {
    if (rule < 0 || !pathway_->rule(rule).supersede) return;
    const auto [place, added] = by_rule_.try_emplace(rule, due, number);
    if (!added) place->second = std::max(place->second, {due, number});
  }
  bool Supersedes(int rule, absl::Time due, int number) const {
    const auto found = by_rule_.find(rule);
    return found != by_rule_.end() && std::make_pair(due, number) < found->second;
  }
  bool Knows(int rule) const { return by_rule_.contains(rule); }

 private:
  const plan::CompiledPathway* pathway_;
  absl::flat_hash_map<int, std::pair<absl::Time, int>> by_rule_;
};

// Ends the rows that are open and not the newest of their rule any more.
absl::Status SupersedeRows(store::WriteTransaction& tx, const EnrollmentContext& context, const Newest& newest,
                           absl::Time now, std::vector<store::ReminderRow>& rows) {
  for (store::ReminderRow& row : rows) {
    const bool open = row.state == v1::REMINDER_STATE_DUE || row.state == v1::REMINDER_STATE_LEASED;
    if (!open || !newest.Supersedes(context.pathway->FindRule(row.key.rule), row.due, row.key.number)) continue;
    // What ran out of its window by this instant has, even if the sweep has not got to it yet.
    const bool closed = row.closes && *row.closes <= now;
    absl::Status status =
        closed ? ChangeReminder(tx, context, ReminderEvent::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED, now, &row)
               : ChangeReminder(tx, context, ReminderEvent::kSupersede, v1::REMINDER_REASON_SUPERSEDED, now, &row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// An occurrence that comes due, and its row where it has one, which is then SCHEDULED.
struct DueOccurrence {
  plan::Occurrence occurrence;
  store::ReminderRow* row = nullptr;
};

absl::StatusOr<bool> FireOne(store::WriteTransaction& tx, const EnrollmentContext& context,
                             const DueOccurrence& due_occurrence, const Firing& firing, absl::Time now) {
  store::ReminderRow made;
  if (due_occurrence.row == nullptr) made = NewReminderRow(context, due_occurrence.occurrence);
  store::ReminderRow& row = due_occurrence.row == nullptr ? made : *due_occurrence.row;
  if (firing.reaches) row.contact_point = PermittedContactPoint(context, 0).value_or(0);
  if (firing.event == ReminderEvent::kFire && !IsTask(context, due_occurrence.occurrence)) {
    row.available = due_occurrence.occurrence.due;
    row.closes = due_occurrence.occurrence.expire;
    DirectAt(context, row.contact_point, &row);
    row.failures = 0;  // one that was moved after failures begins anew
  }
  if (due_occurrence.row == nullptr) return InsertReminder(tx, context, firing.event, firing.reason, now, &row);
  absl::Status status = ChangeReminder(tx, context, firing.event, firing.reason, now, &row);
  if (!status.ok()) return status;
  return true;
}

// Whether any of `due` is of a rule of which only the newest counts.
bool AnySupersedes(const EnrollmentContext& context, const std::vector<DueOccurrence>& due) {
  return std::any_of(due.begin(), due.end(), [&](const DueOccurrence& due_occurrence) {
    return context.pathway->rule(due_occurrence.occurrence.rule).supersede;
  });
}

// The newest of all that comes due and that has before, of the rules of which something comes due. What was done ahead
// of time, or called off, does not come due.
Newest NewestOf(const EnrollmentContext& context, const std::vector<DueOccurrence>& due,
                const std::vector<store::ReminderRow>& rows, absl::Time now) {
  Newest newest(*context.pathway);
  absl::flat_hash_set<std::pair<absl::string_view, int>> recorded;
  for (const store::ReminderRow& row : rows) {
    if (row.state != v1::REMINDER_STATE_SCHEDULED) recorded.insert({row.key.rule, row.key.number});
  }
  for (const auto& [occurrence, row] : due) {
    const std::string& rule = context.pathway->rule_source(occurrence.rule).id();
    if (!recorded.contains({rule, occurrence.number})) newest.Add(occurrence.rule, occurrence.due, occurrence.number);
  }
  // What came due before may be later than what came due only now, where its day was moved.
  for (const store::ReminderRow& row : rows) {
    const bool came = row.state != v1::REMINDER_STATE_SCHEDULED && row.state != v1::REMINDER_STATE_CANCELLED &&
                      row.reason != v1::REMINDER_REASON_PAUSED;
    const int rule = context.pathway->FindRule(row.key.rule);
    if (came && row.due <= now && newest.Knows(rule)) newest.Add(rule, row.due, row.key.number);
  }
  return newest;
}

// Fires `due`, in order. `rows` are those of the enrollment, or null where they are to be read if needed.
absl::StatusOr<int64_t> FireAll(store::WriteTransaction& tx, const EnrollmentContext& context,
                                const std::vector<DueOccurrence>& due, std::vector<store::ReminderRow>* rows,
                                absl::Time now) {
  Newest newest(*context.pathway);
  if (AnySupersedes(context, due)) {
    std::vector<store::ReminderRow> all;
    if (rows == nullptr) {
      auto read = RowsOf(tx, context, {});
      if (!read.ok()) return read.status();
      all = *std::move(read);
      rows = &all;
    }
    newest = NewestOf(context, due, *rows, now);
    if (absl::Status status = SupersedeRows(tx, context, newest, now, *rows); !status.ok()) return status;
  }
  int64_t fired = 0;
  for (const DueOccurrence& due_occurrence : due) {
    const plan::Occurrence& occurrence = due_occurrence.occurrence;
    Firing firing = FiringOf(context, occurrence, now);
    if (firing.event != ReminderEvent::kSuppress &&
        newest.Supersedes(occurrence.rule, occurrence.due, occurrence.number)) {
      firing = {ReminderEvent::kSupersede, v1::REMINDER_REASON_SUPERSEDED, firing.reaches};
    }
    auto inserted = FireOne(tx, context, due_occurrence, firing, now);
    if (!inserted.ok()) return inserted.status();
    fired += *inserted ? 1 : 0;
  }
  return fired;
}

// What comes due from next_due to `now`, by the plan; next_due moves on.
std::vector<plan::Occurrence> TakeDue(EnrollmentContext* context, absl::Time now) {
  store::EnrollmentRow& row = context->row;
  plan::Plan plan(*context->pathway, context->facts);
  plan.Seek(*row.next_due);
  row.next_due.reset();
  std::vector<plan::Occurrence> due;
  for (plan::Occurrence occurrence; !row.next_due && plan.Next(&occurrence);) {
    if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) continue;
    if (occurrence.due > now) {
      row.next_due = occurrence.due;
    } else {
      due.push_back(occurrence);
    }
  }
  return due;
}

std::vector<DueOccurrence> WithoutRows(const std::vector<plan::Occurrence>& due) {
  std::vector<DueOccurrence> due_occurrence;
  for (const plan::Occurrence& occurrence : due) due_occurrence.push_back({occurrence});
  return due_occurrence;
}

// Compares the rows of an enrollment with its plan. A class only to share what every step needs.
class Replanner {
 public:
  Replanner(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now,
            std::vector<store::ReminderRow>* rows)
      : tx_(tx), context_(*context), enrollment_(context->row), now_(now), rows_(*rows) {
    for (store::ReminderRow& row : rows_) {
      by_key_[{context->pathway->FindRule(row.key.rule), row.key.number}] = &row;
    }
  }

  absl::StatusOr<int64_t> Run() {
    enrollment_.next_due.reset();
    enrollment_.compare_rows_until.reset();
    plan::Plan plan(*context_.pathway, context_.facts);
    absl::Status status;
    for (plan::Occurrence occurrence; status.ok() && plan.Next(&occurrence);) {
      if (occurrence.missed == v1::REMINDER_REASON_UNSPECIFIED) {
        status = Place(occurrence);
      } else if (by_key_.contains({occurrence.rule, occurrence.number}) && !has_changed()) {
        // A calendar or the rules of a zone, by which it came due, have made it late since.
        CompareUntil(occurrence.due);
      }
    }
    if (!status.ok()) return status;
    for (store::ReminderRow& row : rows_) {
      if (row.state == v1::REMINDER_STATE_SCHEDULED && !placed_.contains(&row)) Take(OccurrenceOf(context_, row), &row);
    }
    if (status = Release(); !status.ok()) return status;
    if (status = WatchWindows(); !status.ok()) return status;
    if (!running()) enrollment_.next_due.reset();
    enrollment_.plan_fingerprint = context_.plan_fingerprint;
    if (status = tx_.UpdateEnrollment(enrollment_); !status.ok()) return status;
    std::sort(due_.begin(), due_.end(), [](const DueOccurrence& a, const DueOccurrence& b) {
      return std::tie(a.occurrence.due, a.occurrence.rule, a.occurrence.number) <
             std::tie(b.occurrence.due, b.occurrence.rule, b.occurrence.number);
    });
    return FireAll(tx_, context_, due_, &rows_, now_);
  }

 private:
  bool running() const { return enrollment_.state == v1::ENROLLMENT_STATE_ACTIVE; }

  // Whether more than the enrollment has held it up: then what has missed is looked at row by row anyway.
  bool has_changed() const { return enrollment_.history.ByteSizeLong() > 0; }

  absl::Status Place(const plan::Occurrence& occurrence) {
    const auto found = by_key_.find({occurrence.rule, occurrence.number});
    if (found == by_key_.end()) {
      Take(occurrence, nullptr);
      return absl::OkStatus();
    }
    store::ReminderRow& row = *found->second;
    if (row.state != v1::REMINDER_STATE_SCHEDULED || row.moved) {
      if (occurrence.due > now_ && occurrence.due != row.due) CompareUntil(occurrence.due);
      return absl::OkStatus();
    }
    placed_.insert(&row);
    if (row.due != occurrence.due || row.expire != occurrence.expire) {
      row.due = occurrence.due;
      row.expire = occurrence.expire;
      if (absl::Status status = StoreReminder(tx_, context_, row, now_); !status.ok()) return status;
    }
    Take(occurrence, &row);
    return absl::OkStatus();
  }

  // What a pause holds back is missed when its window closes; the sweep sees to rows.
  absl::Status WatchWindows() {
    for (store::ReminderRow& row : rows_) {
      if (row.state != v1::REMINDER_STATE_SCHEDULED) continue;
      std::optional<absl::Time> closes;
      if (!running()) closes = row.expire;
      if (row.closes == closes) continue;
      row.closes = closes;
      if (absl::Status status = tx_.UpdateReminder(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // What was put off until contact hours opened is to be looked at again: they may be others by now.
  absl::Status Release() {
    for (store::ReminderRow& row : rows_) {
      if (row.state != v1::REMINDER_STATE_DUE || !row.available || *row.available <= now_) continue;
      const absl::Duration pause =
          row.failures == 0 ? absl::ZeroDuration() : RetryPause(row.failures, StableHash(ReminderNameOf(row.key)));
      const absl::Time available = AvailableFrom(row, std::max(now_, row.state_time + pause));
      if (available >= *row.available) continue;
      row.available = available;
      if (absl::Status status = tx_.UpdateReminder(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // What is to come due at occurrence.due, or is due now.
  void Take(const plan::Occurrence& occurrence, store::ReminderRow* row) {
    if (occurrence.due <= now_ && running()) {
      due_.push_back({occurrence, row});
      return;
    }
    if (row != nullptr) CompareUntil(occurrence.due);
    if (occurrence.due <= now_) return CompareUntil(now_);  // held by a pause
    enrollment_.next_due = std::min(enrollment_.next_due.value_or(occurrence.due), occurrence.due);
  }

  void CompareUntil(absl::Time time) {
    enrollment_.compare_rows_until = std::max(enrollment_.compare_rows_until.value_or(time), time);
  }

  store::WriteTransaction& tx_;
  EnrollmentContext& context_;
  store::EnrollmentRow& enrollment_;
  const absl::Time now_;
  std::vector<store::ReminderRow>& rows_;
  absl::flat_hash_map<std::pair<int, int>, store::ReminderRow*> by_key_;  // by rule and number
  absl::flat_hash_set<const store::ReminderRow*> placed_;
  std::vector<DueOccurrence> due_;
};

}  // namespace

absl::StatusOr<std::vector<store::ReminderRow>> RowsOf(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                       std::vector<v1::ReminderState> states) {
  store::ReminderQuery query;
  query.clinic = context.row.clinic;
  query.enrollment = context.row.enrollment;
  query.states = std::move(states);
  query.limit = std::numeric_limits<int>::max();
  return tx.ListReminders(query);
}

absl::StatusOr<int64_t> FireEnrollment(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
  store::EnrollmentRow& row = context->row;
  if (IsStale(*context)) return Replan(tx, context, now);
  if (!row.next_due || *row.next_due > now) return 0;
  if (row.compare_rows_until) return Replan(tx, context, now);
  const std::vector<plan::Occurrence> due = TakeDue(context, now);
  absl::Status status = tx.SetNextDue(row.clinic, row.enrollment, row.next_due);
  if (!status.ok()) return status;
  return FireAll(tx, *context, WithoutRows(due), nullptr, now);
}

std::optional<FiringPlan> PlanFiring(EnrollmentContext context, absl::Time now) {
  const store::RowVersion was = context.row.row_version();
  if (IsStale(context) || was.compare_rows_until || !was.next_due || *was.next_due > now) return std::nullopt;
  std::vector<plan::Occurrence> due = TakeDue(&context, now);
  return FiringPlan{std::make_shared<const EnrollmentContext>(std::move(context)), was, std::move(due)};
}

absl::StatusOr<std::optional<int64_t>> FirePlanned(store::WriteTransaction& tx, const FiringPlan& plan,
                                                   absl::Time now) {
  auto moved = tx.MoveNextDue(plan.context->row, plan.was);
  if (!moved.ok()) return moved.status();
  if (!*moved) return std::nullopt;
  return FireAll(tx, *plan.context, WithoutRows(plan.due), nullptr, now);
}

absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
  auto rows = RowsOf(tx, *context, {});
  if (!rows.ok()) return rows.status();
  return Replan(tx, context, &*rows, now);
}

absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context,
                               std::vector<store::ReminderRow>* rows, absl::Time now) {
  return Replanner(tx, context, now, rows).Run();
}

absl::Status ReplanSome(EngineContext& engine, store::WriteTransaction& tx, int limit, store::ClinicRow* row) {
  store::EnrollmentQuery query;
  query.clinic = row->clinic;
  query.after = *row->replan_after;
  query.limit = limit;
  auto enrollments = tx.ListEnrollments(query);
  if (!enrollments.ok()) return enrollments.status();
  row->replan_after.reset();
  if (static_cast<int>(enrollments->size()) == limit) row->replan_after = enrollments->back().enrollment;
  for (store::EnrollmentRow& enrollment : *enrollments) {
    if (enrollment.state == v1::ENROLLMENT_STATE_ENDED) continue;
    auto context = MakeEnrollmentContext(engine, tx, std::move(enrollment));
    if (!context.ok()) return context.status();
    if (!IsStale(*context)) continue;
    if (auto fired = Replan(tx, &*context, engine.Now(*row)); !fired.ok()) return fired.status();
  }
  return tx.UpdateClinic(*row);
}

}  // namespace aftercare::engine
