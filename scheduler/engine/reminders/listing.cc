#include "scheduler/engine/reminders/listing.h"

#include <algorithm>
#include <string>
#include <utility>

#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/reminders/due_position.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder_name.h"

namespace aftercare::engine {
namespace {

store::DuePosition PlannedPosition(const PlannedOccurrence& occurrence) {
  const std::string& rule = (*occurrence.pathway)->rule_source(occurrence.rule).id();
  return {occurrence.due, occurrence.enrollment_row_id, rule, occurrence.code};
}

// Returns the positions of the first `limit` planned reminders after `after`, in order.
absl::StatusOr<std::vector<store::DuePosition>> FirstPlanned(ReminderScan& scan,
                                                             const std::optional<store::DuePosition>& after,
                                                             size_t limit) {
  std::vector<store::DuePosition> first;  // the first so far, as a heap with the last of them on top
  absl::Status status =
      scan.VisitPlanned(after ? after->due : absl::InfinitePast(), [&](const PlannedOccurrence& occurrence) {
        if (occurrence.due > scan.latest_due()) return;
        store::DuePosition position = PlannedPosition(occurrence);
        if (after && !IsListedBefore(*after, position)) return;
        if (first.size() == limit) {
          if (!IsListedBefore(position, first.front())) return;
          std::pop_heap(first.begin(), first.end(), IsListedBefore);
          first.pop_back();
        }
        first.push_back(std::move(position));
        std::push_heap(first.begin(), first.end(), IsListedBefore);
        if (first.size() == limit) scan.LimitDue(first.front().due);
      });
  if (!status.ok()) return status;
  std::sort_heap(first.begin(), first.end(), IsListedBefore);
  return first;
}

// Returns the first `limit` stored reminders after `after`, in order.
absl::StatusOr<std::vector<store::ReminderRow>> FirstStored(ReminderScan& scan,
                                                            const std::optional<store::DuePosition>& after,
                                                            int limit) {
  auto enrollments = scan.EnrollmentsInFilter();
  if (!enrollments.ok()) return enrollments.status();
  const bool whole_clinic = !enrollments->has_value();
  std::vector<store::ReminderRow> first;
  for (const std::string& enrollment : whole_clinic ? std::vector<std::string>{""} : **enrollments) {
    int found = 0;
    absl::Status status =
        scan.VisitStored(enrollment, after, limit, [&](const store::ReminderRow& row, const EnrollmentContext&) {
          first.push_back(row);
          return ++found < limit;
        });
    if (!status.ok()) return status;
  }
  if (whole_clinic) return first;
  std::sort(first.begin(), first.end(), [](const store::ReminderRow& a, const store::ReminderRow& b) {
    return IsListedBefore(PositionOf(a), PositionOf(b));
  });
  if (static_cast<int>(first.size()) > limit) first.resize(limit);
  return first;
}

absl::StatusOr<v1::Reminder> ShowPlanned(ReminderScan& scan, const store::DuePosition& position) {
  auto context = scan.ContextOf(position.enrollment_row_id);
  if (!context.ok()) return context.status();
  const EnrollmentContext& enrollment = **context;
  plan::Occurrence occurrence;
  const plan::Plan plan(*enrollment.pathway, enrollment.facts);
  if (!plan.FindNamed(enrollment.pathway->FindRule(position.rule), plan::WithoutCount(position.code), &occurrence)) {
    return absl::InternalError("a plan has lost an occurrence it had");
  }
  return DerivedToProto(enrollment, scan.clinic().data, occurrence, position.code, scan.now());
}

absl::StatusOr<v1::Reminder> ShowStored(ReminderScan& scan, const store::ReminderRow& row) {
  auto context = scan.ContextOf(row.enrollment_row_id);
  if (!context.ok()) return context.status();
  return StoredToProto(**context, scan.clinic().data, row);
}

}  // namespace

absl::StatusOr<ReminderPage> ListPage(ReminderScan& scan, const std::optional<store::DuePosition>& after, int limit) {
  // One more than the page holds tells whether there is another page.
  auto planned = FirstPlanned(scan, after, static_cast<size_t>(limit) + 1);
  if (!planned.ok()) return planned.status();
  auto stored = FirstStored(scan, after, limit + 1);
  if (!stored.ok()) return stored.status();
  ReminderPage page;
  PageBudget budget(limit);
  store::DuePosition last;
  auto next_planned = planned->begin();
  auto next_stored = stored->begin();
  while (next_planned != planned->end() || next_stored != stored->end()) {
    const bool take_stored = next_planned == planned->end() ||
                             (next_stored != stored->end() && IsListedBefore(PositionOf(*next_stored), *next_planned));
    auto shown = take_stored ? ShowStored(scan, *next_stored) : ShowPlanned(scan, *next_planned);
    if (!shown.ok()) return shown.status();
    if (!budget.Take(*shown)) {
      page.last = last;
      break;
    }
    page.reminders.push_back(*std::move(shown));
    last = take_stored ? PositionOf(*next_stored++) : *next_planned++;
  }
  return page;
}

}  // namespace aftercare::engine
