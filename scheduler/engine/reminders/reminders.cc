#include "scheduler/engine/reminders/reminders.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/events/resume_token.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/filter.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/reminders/listing.h"
#include "scheduler/engine/replies/groups.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

absl::Status Complete(store::WriteTransaction& tx, const EnrollmentContext& context, const store::ReminderKey& key,
                      absl::Time now, std::optional<store::ReminderRow> stored) {
  if (stored)
    return ChangeReminder(tx, context, ReminderEvent::kComplete, v1::REMINDER_REASON_UNSPECIFIED, now, &*stored);
  auto occurrence = RequireOccurrence(context, key);
  if (!occurrence.ok()) return occurrence.status();
  store::ReminderRow row = NewReminderRow(context, *occurrence);
  // What the plan alone has ended (late, or after the end) stays ended.
  row.state = DerivedStatus(context, *occurrence, now).state;
  if (row.state != v1::REMINDER_STATE_SCHEDULED) {
    return ChangeReminder(tx, context, ReminderEvent::kComplete, v1::REMINDER_REASON_UNSPECIFIED, now, &row);
  }
  return InsertReminder(tx, context, ReminderEvent::kComplete, v1::REMINDER_REASON_UNSPECIFIED, now, &row).status();
}

// Answers when the sweeper must look.
absl::StatusOr<absl::Time> CompleteNow(EngineContext& engine, store::WriteTransaction& tx,
                                       const store::ReminderKey& key) {
  auto clinic = RequireClinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment);
  if (!context.ok()) return context.status();
  const absl::Time now = engine.Now(*clinic);
  auto stored = tx.GetReminder(key);
  if (!stored.ok()) return stored.status();
  const bool was_done = *stored && (*stored)->state == v1::REMINDER_STATE_COMPLETED;
  absl::Status status = Complete(tx, *context, key, now, *std::move(stored));
  if (!status.ok()) return status;
  // Done again it is no new answer.
  return was_done ? absl::InfiniteFuture() : EndAnswered(tx, key, now, &*context);
}

}  // namespace

void Reminders::List(const Caller& caller, const v1::ListRemindersRequest& request,
                     v1::ListRemindersResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  Filter filter = Filter::Make(request.filter(), clinic.value_or(""), &errors);
  const int page = PageSize(request.page_size(), &errors);
  const std::string context =
      absl::StrCat("list-reminders/", request.parent(), "/", Fingerprint(request.filter()));
  std::optional<store::DuePosition> after;
  if (!request.page_token().empty()) {
    const auto opened = engine_.tokens().Open(context, request.page_token());
    if (opened) after = DecodePosition(*opened);
    if (!after) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, clinic = *clinic, filter = std::move(filter), after, page, context,
       response](store::ReadTransaction& tx) mutable -> absl::Status {
        auto owner = RequireClinic(tx, clinic);
        if (!owner.ok()) return owner.status();
        auto seq = tx.LastEventSeq();
        if (!seq.ok()) return seq.status();
        Listing listing(engine_, indexes_, tx, *std::move(owner), std::move(filter));
        auto listed = listing.List(after, page);
        if (!listed.ok()) return listed.status();
        for (v1::Reminder& reminder : listed->reminders) *response->add_reminders() = std::move(reminder);
        if (listed->last) response->set_next_page_token(engine_.tokens().Seal(context, EncodePosition(*listed->last)));
        response->set_resume_token(MakeResumeToken(engine_.tokens(), clinic, *seq));
        return absl::OkStatus();
      },
      std::move(done));
}

void Reminders::Count(const Caller& caller, const v1::CountRemindersRequest& request,
                      v1::CountRemindersResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  Filter filter = Filter::Make(request.filter(), clinic.value_or(""), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, clinic = *clinic, filter = std::move(filter),
       response](store::ReadTransaction& tx) mutable -> absl::Status {
        auto owner = RequireClinic(tx, clinic);
        if (!owner.ok()) return owner.status();
        auto counts = Listing(engine_, indexes_, tx, *std::move(owner), std::move(filter)).Count();
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

void Reminders::Get(const Caller& caller, const v1::GetReminderRequest& request, v1::GetReminderResponse* response,
                    Done done) {
  const auto key = ParseReminderName(request.name());
  if (!key) return done(InvalidField("name", kReminderForm));
  if (absl::Status status = CheckClinic(caller, key->clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, key = *key, response](store::ReadTransaction& tx) -> absl::Status {
        auto reminder = ReadReminder(engine_, tx, key);
        if (!reminder.ok()) return reminder.status();
        *response->mutable_reminder() = *std::move(reminder);
        return absl::OkStatus();
      },
      std::move(done));
}

void Reminders::Complete(const Caller& caller, const v1::CompleteReminderRequest& request,
                         v1::CompleteReminderResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto key = ParseReminderName(request.name());
  if (!key) errors.push_back({"name", std::string(kReminderForm)});
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, key->clinic); !status.ok()) return done(status);
  auto wake = std::make_shared<absl::Time>(absl::InfiniteFuture());
  engine_.Mutate(
      request, key->clinic, request.request_id(), response,
      [this, key = *key, response, wake](store::WriteTransaction& tx) -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto completed = CompleteNow(engine_, tx, key);
        if (!completed.ok()) return completed.status();
        *wake = *completed;
        auto reminder = ReadReminder(engine_, tx, key);
        if (!reminder.ok()) return reminder.status();
        *response->mutable_reminder() = *std::move(reminder);
        return absl::OkStatus();
      },
      [this, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*wake);
        done(std::move(status));
      });
}

}  // namespace aftercare::engine
