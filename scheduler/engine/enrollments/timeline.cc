#include "scheduler/engine/enrollments/timeline.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/clinics/timeline_phases.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Sorts by due time where that is needed: what has come due may lie elsewhere than the plan has it now.
void SortByDue(google::protobuf::RepeatedPtrField<v1::Reminder>* reminders) {
  const auto is_due_before = [](const v1::Reminder& a, const v1::Reminder& b) {
    return plan::ToTime(a.due_time()) < plan::ToTime(b.due_time());
  };
  if (std::is_sorted(reminders->begin(), reminders->end(), is_due_before)) return;
  std::stable_sort(reminders->pointer_begin(), reminders->pointer_end(),
                   [&](const v1::Reminder* a, const v1::Reminder* b) { return is_due_before(*a, *b); });
}

// Adds every reminder, stored or only planned, by due time, then rule and number.
absl::Status AddReminders(store::ReadTransaction& tx, const EnrollmentContext& context, const v1::Clinic& clinic,
                          absl::Time now, v1::GetTimelineResponse* response) {
  auto rows = RowsOf(tx, context, {});
  if (!rows.ok()) return rows.status();
  absl::flat_hash_map<std::string, const store::ReminderRow*> unplanned;  // rows the plan has not come to yet
  for (const store::ReminderRow& row : *rows) unplanned.emplace(absl::StrCat(row.key.rule, ".", row.key.number), &row);

  plan::Plan plan(*context.pathway, context.facts);
  const auto add_stored = [&](const store::ReminderRow& row) {
    v1::Reminder* reminder = response->add_reminders();
    *reminder = StoredToProto(context, clinic, row);
    plan::AddSteps(*context.pathway, context.facts, plan, context.pathway->FindRule(row.key.rule), row.key.number,
                   row.moved, reminder);
  };
  for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
    const auto row = unplanned.find(plan::ReminderId(*context.pathway, occurrence.rule, occurrence.number));
    if (row != unplanned.end()) {
      add_stored(*row->second);
      unplanned.erase(row);
      continue;
    }
    v1::Reminder* reminder = response->add_reminders();
    *reminder = DerivedToProto(context, clinic, occurrence, now);
    plan::AddSteps(*context.pathway, context.facts, plan, occurrence.rule, occurrence.number, false, reminder);
  }
  // What is left is in the plan no more.
  for (const store::ReminderRow& row : *rows) {
    if (unplanned.contains(absl::StrCat(row.key.rule, ".", row.key.number))) add_stored(row);
  }
  SortByDue(response->mutable_reminders());
  return absl::OkStatus();
}

// Where a page ended: the due time and the id of its last reminder, `1773147600000000000/ice.3`.
std::string PositionAfter(const v1::Reminder& reminder) {
  return absl::StrCat(absl::ToUnixNanos(plan::ToTime(reminder.due_time())), "/",
                      reminder.name().substr(reminder.name().rfind('/') + 1));
}

// Returns the index of the first reminder after a position; nothing if the text is no position.
std::optional<int> FirstAfter(const std::string& position, const v1::GetTimelineResponse& timeline) {
  int64_t due = 0;
  const size_t slash = position.find('/');
  if (slash == std::string::npos || !absl::SimpleAtoi(position.substr(0, slash), &due)) return std::nullopt;
  int first = timeline.reminders_size();
  for (int i = timeline.reminders_size() - 1; i >= 0; --i) {
    const v1::Reminder& reminder = timeline.reminders(i);
    if (absl::ToUnixNanos(plan::ToTime(reminder.due_time())) < due || PositionAfter(reminder) == position) break;
    // Of those that are due at the very time of the position, only the ones behind its reminder follow it.
    first = i;
  }
  return first;
}

// Leaves `count` reminders from index `first` on in the answer, or fewer where it would be too large. Sets the token
// for those that follow.
void KeepPage(const Tokens& tokens, const std::string& query, int first, int count,
              v1::GetTimelineResponse* timeline) {
  constexpr size_t kMaxBytes = (4 << 20) - 4096;  // what a client takes by default, less room for the token
  google::protobuf::RepeatedPtrField<v1::Reminder> all;
  all.Swap(timeline->mutable_reminders());
  size_t bytes = timeline->ByteSizeLong();
  for (int i = first; i < all.size(); ++i) {
    bytes += all[i].ByteSizeLong() + 8;  // with its tag and length
    if (i > first && (i == first + count || bytes > kMaxBytes)) {
      timeline->set_next_page_token(SealPageToken(tokens, query, PositionAfter(*timeline->reminders().rbegin())));
      return;
    }
    timeline->add_reminders()->Swap(&all[i]);
  }
}

// Reads page_size: 0 is 1,000, as is anything above it.
int TimelinePageSize(int32_t page_size, plan::FieldErrors* errors) {
  constexpr int kMax = 1000;
  return page_size == 0 ? kMax : PageSize(page_size, errors);
}

}  // namespace

void GetTimeline(EngineContext& engine, const Caller& caller, const v1::GetTimelineRequest& request,
                 v1::GetTimelineResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseEnrollmentName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/enrollments/{enrollment}"});
  const int page = TimelinePageSize(request.page_size(), &errors);
  const std::string query = absl::StrCat("timeline/", request.name());
  const auto after = OpenPageToken(engine.tokens(), query, request.page_token(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  engine.Read(
      [&engine, name = *name, page, query, after, response](store::ReadTransaction& tx) -> absl::Status {
        auto clinic = RequireClinic(tx, name.clinic);
        if (!clinic.ok()) return clinic.status();
        auto context = RequireEnrollmentContext(engine, tx, name.clinic, name.enrollment);
        if (!context.ok()) return context.status();
        const absl::Time now = engine.Now(*clinic);
        *response->mutable_enrollment() = EnrollmentToProto(context->row);
        plan::SetTimestamp(now, response->mutable_current_time());
        AddPhases(*context->pathway, context->facts.procedure_date, response->mutable_phases());
        absl::Status status = AddReminders(tx, *context, clinic->data, now, response);
        if (!status.ok()) return status;
        const std::optional<int> first = after ? FirstAfter(*after, *response) : 0;
        if (!first) return InvalidField("page_token", "must come from an answer to the same request");
        KeepPage(engine.tokens(), query, *first, page, response);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
