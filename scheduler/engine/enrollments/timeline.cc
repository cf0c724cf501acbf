#include "scheduler/engine/enrollments/timeline.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/adherence/get_adherence.h"
#include "scheduler/engine/clinics/timeline_phases.h"
#include "scheduler/engine/lifecycle/consent_history.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/leased_text.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
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

// Adds every reminder, stored or only planned, by due time, then rule and code.
absl::Status AddReminders(store::ReadTransaction& tx, const EnrollmentContext& context, const v1::Clinic& clinic,
                          absl::Time now, v1::GetTimelineResponse* response) {
  auto rows = RowsOf(tx, context, {});
  if (!rows.ok()) return rows.status();
  const auto consents = ConsentHistoryOf(tx, context.row.clinic, context.row.data.patient());
  if (!consents.ok()) return consents.status();
  const TakenNames names(*rows);
  absl::flat_hash_map<OccurrenceKey, const store::ReminderRow*> covering;
  for (const store::ReminderRow& row : *rows) {
    if (const auto cover = CoverOf(context, row)) covering.emplace(*cover, &row);
  }
  plan::Plan plan(*context.pathway, context.facts);
  absl::flat_hash_set<const store::ReminderRow*> added;
  const auto add_stored = [&](const store::ReminderRow& row) {
    v1::Reminder* reminder = response->add_reminders();
    *reminder = StoredToProto(context, clinic, row);
    AddSteps(context, clinic, plan, CoverOf(context, row), IsTimeByHand(row), reminder);
    ShowLeasedMessages(context, row, reminder);
    ShowConsents(*consents, context.row.enrollment, reminder);
    added.insert(&row);
  };
  for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
    const OccurrenceKey key = KeyOf(context, occurrence);
    if (const auto row = covering.find(key); row != covering.end()) {
      add_stored(*row->second);
      continue;
    }
    v1::Reminder* reminder = response->add_reminders();
    const int64_t code = names.FreeCode(context.pathway->rule_source(occurrence.rule).id(), key.code);
    *reminder = DerivedToProto(context, clinic, occurrence, code, now);
    AddSteps(context, clinic, plan, key, false, reminder);
  }
  // What is left stands for nothing in the plan.
  for (const store::ReminderRow& row : *rows) {
    if (!added.contains(&row)) add_stored(row);
  }
  SortByDue(response->mutable_reminders());
  return absl::OkStatus();
}

// Where a page ended: its last reminder.
struct TimelinePosition {
  int64_t due = 0;  // Unix nanoseconds
  std::string id;

  bool operator==(const TimelinePosition&) const = default;
};

TimelinePosition PositionOf(const v1::Reminder& reminder) {
  return {absl::ToUnixNanos(plan::ToTime(reminder.due_time())), reminder.name().substr(reminder.name().rfind('/') + 1)};
}

// `1773147600000000000/ice.3`
std::string EncodePosition(const TimelinePosition& position) { return absl::StrCat(position.due, "/", position.id); }

std::optional<TimelinePosition> DecodePosition(const std::string& text) {
  TimelinePosition position;
  const size_t slash = text.find('/');
  if (slash == std::string::npos || !absl::SimpleAtoi(text.substr(0, slash), &position.due)) return std::nullopt;
  position.id = text.substr(slash + 1);
  return position;
}

// Returns the index of the first reminder after a position.
int FirstAfter(const TimelinePosition& position, const v1::GetTimelineResponse& timeline) {
  int first = timeline.reminders_size();
  for (int i = timeline.reminders_size() - 1; i >= 0; --i) {
    const TimelinePosition candidate = PositionOf(timeline.reminders(i));
    if (candidate.due < position.due || candidate == position) break;
    // Of those that are due at the very time of the position, only the ones behind its reminder follow it.
    first = i;
  }
  return first;
}

// Leaves `count` reminders from index `first` on in the answer, or fewer if they are large. Sets the token for what
// follows.
void KeepPage(const Tokens& tokens, const std::string& query, int first, int count, v1::GetTimelineResponse* timeline) {
  google::protobuf::RepeatedPtrField<v1::Reminder> all;
  all.Swap(timeline->mutable_reminders());
  PageBudget budget(count, timeline->ByteSizeLong());
  for (int i = first; i < all.size(); ++i) {
    if (!budget.Take(all[i])) {
      const TimelinePosition last = PositionOf(*timeline->reminders().rbegin());
      return timeline->set_next_page_token(SealPageToken(tokens, query, EncodePosition(last)));
    }
    timeline->add_reminders()->Swap(&all[i]);
  }
}

}  // namespace

void GetTimeline(EngineContext& engine, const CallPtr& call, const v1::GetTimelineRequest& request,
                 v1::GetTimelineResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseEnrollmentName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/enrollments/{enrollment}"});
  const int page = PageSize(request.page_size(), &errors, kMaxPageSize);
  const std::string query = absl::StrCat("timeline/", request.name());
  std::optional<TimelinePosition> after;
  if (const auto opened = OpenPageToken(engine.tokens(), query, request.page_token(), &errors)) {
    after = DecodePosition(*opened);
    if (!after) AddPageTokenError(&errors);
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      name->clinic,
      [&engine, name = *name, page, query, after, response](store::ReadTransaction& tx) -> absl::Status {
        auto clinic = RequireClinic(tx, name.clinic);
        if (!clinic.ok()) return clinic.status();
        auto context = RequireEnrollmentContext(engine, tx, name.clinic, name.enrollment);
        if (!context.ok()) return context.status();
        const absl::Time now = engine.Now(*clinic);
        *response->mutable_enrollment() = EnrollmentToProto(context->row);
        plan::SetTimestamp(now, response->mutable_current_time());
        AddPhases(*context->pathway, context->facts.procedure_date, response->mutable_phases());
        if (!after) {
          absl::Status read = ReadAdherence(tx, *context, now, response->mutable_adherence());
          if (!read.ok()) return read;
        }
        absl::Status status = AddReminders(tx, *context, clinic->data, now, response);
        if (!status.ok()) return status;
        KeepPage(engine.tokens(), query, after ? FirstAfter(*after, *response) : 0, page, response);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
