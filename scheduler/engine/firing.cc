#include "scheduler/engine/firing.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "scheduler/engine/changes.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

struct Firing {
  Input input;
  v1::ReminderReason reason;
};

bool IsTask(const Subject& subject, const plan::Occurrence& occurrence) {
  return subject.pathway->rule(occurrence.rule).audience == v1::AUDIENCE_CARE_TEAM;
}

// What becomes of an occurrence that comes due at `now`, or came due before and was missed until now.
Firing FiringOf(const Subject& subject, const plan::Occurrence& occurrence, absl::Time now) {
  if (IsTask(subject, occurrence)) return {Input::kFire, v1::REMINDER_REASON_UNSPECIFIED};
  if (occurrence.outside) return {Input::kSuppress, v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS};
  if (occurrence.expire <= now) return {Input::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED};
  if (subject.row.data.consent() != v1::CONSENT_GRANTED) return {Input::kSuppress, v1::REMINDER_REASON_NO_CONSENT};
  if (subject.row.data.contact_points().empty()) {
    return {Input::kSuppress, v1::REMINDER_REASON_NO_CONTACT_POINT};
  }
  return {Input::kFire, v1::REMINDER_REASON_UNSPECIFIED};
}

absl::StatusOr<std::vector<store::ReminderRow>> RowsOf(store::Facts& facts, const Subject& subject,
                                                       std::vector<v1::ReminderState> states) {
  store::ReminderQuery query;
  query.clinic = subject.row.clinic;
  query.enrollment = subject.row.enrollment;
  query.states = std::move(states);
  query.limit = plan::kMaxOccurrences;
  return facts.ListReminders(query);
}

// Of each rule of which only the newest counts, by index: which that is, by due time and number.
class Newest {
 public:
  explicit Newest(const plan::CompiledPathway& pathway) : pathway_(pathway) {}

  void Add(int rule, absl::Time due, int number) {
    if (rule < 0 || !pathway_.rule(rule).supersede) return;
    const auto [place, added] = by_rule_.try_emplace(rule, due, number);
    if (!added) place->second = std::max(place->second, {due, number});
  }
  bool Supersedes(int rule, absl::Time due, int number) const {
    const auto found = by_rule_.find(rule);
    return found != by_rule_.end() && std::make_pair(due, number) < found->second;
  }
  bool empty() const { return by_rule_.empty(); }

 private:
  const plan::CompiledPathway& pathway_;
  absl::flat_hash_map<int, std::pair<absl::Time, int>> by_rule_;
};

// Ends the rows that are open and not the newest of their rule any more.
absl::Status SupersedeRows(store::Transaction& tx, const Subject& subject, const Newest& newest, absl::Time now,
                           std::vector<store::ReminderRow>& rows) {
  for (store::ReminderRow& row : rows) {
    const bool open = row.state == v1::REMINDER_STATE_DUE || row.state == v1::REMINDER_STATE_LEASED;
    if (!open || !newest.Supersedes(subject.pathway->FindRule(row.key.rule), row.due, row.key.number)) continue;
    // What ran out of its window by this instant has, even if the sweep has not got to it yet.
    const bool closed = row.closes && *row.closes <= now;
    absl::Status status =
        closed ? ChangeReminder(tx, subject, Input::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED, now, &row)
               : ChangeReminder(tx, subject, Input::kSupersede, v1::REMINDER_REASON_SUPERSEDED, now, &row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> FireOne(store::Transaction& tx, const Subject& subject, const plan::Occurrence& occurrence,
                             const Firing& firing, absl::Time now) {
  store::ReminderRow row = NewReminderRow(subject, occurrence);
  if (firing.input == Input::kFire && !IsTask(subject, occurrence)) {
    row.available = occurrence.due;
    row.closes = occurrence.expire;
  }
  return InsertReminder(tx, subject, firing.input, firing.reason, now, &row);
}

// Fires `due`, in order. `rows` are those of the enrollment, or nothing where the open ones are to be read if needed.
absl::StatusOr<int64_t> FireAll(store::Transaction& tx, const Subject& subject,
                                const std::vector<plan::Occurrence>& due,
                                std::optional<std::vector<store::ReminderRow>> rows, absl::Time now) {
  Newest newest(*subject.pathway);
  for (const plan::Occurrence& occurrence : due) newest.Add(occurrence.rule, occurrence.due, occurrence.number);
  if (!newest.empty()) {
    if (!rows) {
      auto open = RowsOf(tx, subject, {v1::REMINDER_STATE_DUE, v1::REMINDER_STATE_LEASED});
      if (!open.ok()) return open.status();
      rows = *std::move(open);
    }
    for (const store::ReminderRow& row : *rows) {
      if (row.due <= now) newest.Add(subject.pathway->FindRule(row.key.rule), row.due, row.key.number);
    }
    if (absl::Status status = SupersedeRows(tx, subject, newest, now, *rows); !status.ok()) return status;
  }
  int64_t fired = 0;
  for (const plan::Occurrence& occurrence : due) {
    Firing firing = FiringOf(subject, occurrence, now);
    if (firing.input != Input::kSuppress && newest.Supersedes(occurrence.rule, occurrence.due, occurrence.number)) {
      firing = {Input::kSupersede, v1::REMINDER_REASON_SUPERSEDED};
    }
    auto inserted = FireOne(tx, subject, occurrence, firing, now);
    if (!inserted.ok()) return inserted.status();
    fired += *inserted ? 1 : 0;
  }
  return fired;
}

}  // namespace

absl::StatusOr<int64_t> FireEnrollment(store::Transaction& tx, Subject* subject, absl::Time now) {
  if (IsStale(*subject)) return Replan(tx, subject, now);
  store::EnrollmentRow& row = subject->row;
  if (!row.next_due || *row.next_due > now) return 0;
  plan::Plan plan(*subject->pathway, subject->facts);
  plan.Seek(*row.next_due);
  row.next_due.reset();
  std::vector<plan::Occurrence> due;
  for (plan::Occurrence occurrence; !row.next_due && plan.Next(&occurrence);) {
    if (occurrence.lapsed != v1::REMINDER_REASON_UNSPECIFIED) continue;
    if (occurrence.due > now) {
      row.next_due = occurrence.due;
    } else {
      due.push_back(occurrence);
    }
  }
  absl::Status status;
  if (row.recorded_until && (!row.next_due || *row.next_due > *row.recorded_until)) {
    row.recorded_until.reset();
    status = tx.UpdateEnrollment(row);
  } else {
    status = tx.SetNextDue(row.clinic, row.enrollment, row.next_due);
  }
  if (!status.ok()) return status;
  return FireAll(tx, *subject, due, std::nullopt, now);
}

absl::StatusOr<int64_t> Replan(store::Transaction& tx, Subject* subject, absl::Time now) {
  store::EnrollmentRow& row = subject->row;
  auto rows = RowsOf(tx, *subject, {});
  if (!rows.ok()) return rows.status();
  absl::flat_hash_map<std::pair<int, int>, absl::Time> recorded;  // due times by rule and number
  for (const store::ReminderRow& reminder : *rows) {
    recorded[{subject->pathway->FindRule(reminder.key.rule), reminder.key.number}] = reminder.due;
  }
  row.next_due.reset();
  row.recorded_until.reset();
  std::vector<plan::Occurrence> due;
  plan::Plan plan(*subject->pathway, subject->facts);
  for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
    if (occurrence.lapsed != v1::REMINDER_REASON_UNSPECIFIED) continue;
    const auto found = recorded.find({occurrence.rule, occurrence.number});
    if (found != recorded.end()) {
      if (occurrence.due > now && occurrence.due != found->second) row.recorded_until = occurrence.due;
    } else if (occurrence.due <= now) {
      due.push_back(occurrence);
    } else if (!row.next_due) {
      row.next_due = occurrence.due;
    }
  }
  row.calendar = row.clinic_calendar;
  if (absl::Status status = tx.UpdateEnrollment(row); !status.ok()) return status;
  return FireAll(tx, *subject, due, *std::move(rows), now);
}

absl::Status ReplanSome(Core& core, store::Transaction& tx, int limit, store::ClinicRow* row) {
  store::EnrollmentQuery query;
  query.clinic = row->clinic;
  query.state = v1::ENROLLMENT_STATE_ACTIVE;
  query.after = *row->replan_after;
  query.limit = limit;
  auto enrollments = tx.ListEnrollments(query);
  if (!enrollments.ok()) return enrollments.status();
  row->replan_after.reset();
  if (static_cast<int>(enrollments->size()) == limit) row->replan_after = enrollments->back().enrollment;
  for (store::EnrollmentRow& enrollment : *enrollments) {
    auto subject = MakeSubject(core, tx, std::move(enrollment));
    if (!subject.ok()) return subject.status();
    if (!IsStale(*subject)) continue;
    if (auto fired = Replan(tx, &*subject, core.Now(*row)); !fired.ok()) return fired.status();
  }
  return tx.UpdateClinic(*row);
}

}  // namespace aftercare::engine
