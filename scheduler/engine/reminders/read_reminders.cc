#include "scheduler/engine/reminders/read_reminders.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/events/filter.h"
#include "scheduler/engine/events/resume_token.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/reminders/counting.h"
#include "scheduler/engine/reminders/due_position.h"
#include "scheduler/engine/reminders/listing.h"
#include "scheduler/engine/reminders/reminder_scan.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"

namespace aftercare::engine {

void ListReminders(EngineContext& engine, EnrollmentIndexCache& indexes, const CallPtr& call,
                   const v1::ListRemindersRequest& request, v1::ListRemindersResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  Filter filter = Filter::Make(request.filter(), clinic.value_or(""), &errors);
  const int page_size = PageSize(request.page_size(), &errors);
  const std::string query = absl::StrCat("list-reminders/", request.parent(), "/", Fingerprint(request.filter()));
  std::optional<store::DuePosition> after;
  if (const auto position = OpenPageToken(engine.tokens(), query, request.page_token(), &errors)) {
    after = DecodeDuePosition(*position);
    if (!after) AddPageTokenError(&errors);
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      *clinic,
      [&engine, &indexes, clinic = *clinic, filter = std::move(filter), after, page_size, query,
       response](store::ReadTransaction& tx) mutable -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        auto seq = tx.LastEventSeq();
        if (!seq.ok()) return seq.status();
        ReminderScan scan(engine, indexes, tx, *std::move(row), std::move(filter));
        auto page = ListPage(scan, after, page_size);
        if (!page.ok()) return page.status();
        for (v1::Reminder& reminder : page->reminders) *response->add_reminders() = std::move(reminder);
        if (page->last) {
          response->set_next_page_token(SealPageToken(engine.tokens(), query, EncodeDuePosition(*page->last)));
        }
        response->set_resume_token(MakeResumeToken(engine.tokens(), clinic, *seq));
        return absl::OkStatus();
      },
      std::move(done));
}

void CountReminders(EngineContext& engine, EnrollmentIndexCache& indexes, const CallPtr& call,
                    const v1::CountRemindersRequest& request, v1::CountRemindersResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  Filter filter = Filter::Make(request.filter(), clinic.value_or(""), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      *clinic,
      [&engine, &indexes, clinic = *clinic, filter = std::move(filter),
       response](store::ReadTransaction& tx) mutable -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        ReminderScan scan(engine, indexes, tx, *std::move(row), std::move(filter));
        auto counts = CountByPhaseAndState(scan);
        if (!counts.ok()) return counts.status();
        for (const auto& [key, count] : *counts) {
          v1::ReminderCount* entry = response->add_counts();
          entry->set_phase(key.first);
          entry->set_state(key.second);
          entry->set_count(count);
          response->set_total_count(response->total_count() + count);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void GetReminder(EngineContext& engine, EnrollmentCache& enrollments, const CallPtr& call,
                 const v1::GetReminderRequest& request, v1::GetReminderResponse* response, Done done) {
  const auto key = ParseReminderName(request.name());
  if (!key) return done(InvalidField("name", kReminderForm));
  call->Read(
      key->clinic,
      [&engine, &enrollments, key = *key, response](store::ReadTransaction& tx) -> absl::Status {
        auto clinic = engine.definitions().Clinic(tx, key.clinic);
        if (!clinic.ok()) return clinic.status();
        if (*clinic == nullptr) return ResourceNotFound("CLINIC_NOT_FOUND", ClinicNameOf(key.clinic));
        auto context = enrollments.Require(engine, tx, key.clinic, key.enrollment);
        if (!context.ok()) return context.status();
        enrollments.Put(*context);
        auto reminder = ReadReminder(engine, tx, **clinic, **context, key);
        if (!reminder.ok()) return reminder.status();
        *response->mutable_reminder() = *std::move(reminder);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
