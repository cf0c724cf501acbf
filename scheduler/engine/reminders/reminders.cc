#include "scheduler/engine/reminders/reminders.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/events/watch.h"
#include "scheduler/engine/lifecycle/changes.h"
#include "scheduler/engine/lifecycle/filter.h"
#include "scheduler/engine/lifecycle/showing.h"
#include "scheduler/engine/lifecycle/subject.h"
#include "scheduler/engine/reminders/listing.h"
#include "scheduler/engine/replies/groups.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

// The occurrence of that name in the patient's plan.
absl::StatusOr<plan::Occurrence> FindOccurrence(const Subject& subject, const store::ReminderKey& key) {
  const int rule = subject.pathway->FindRule(key.rule);
  plan::Occurrence occurrence;
  plan::Plan plan(*subject.pathway, subject.facts);
  if (rule < 0 || !plan.Find(rule, key.number, &occurrence)) return ReminderNotFound(key);
  return occurrence;
}

absl::Status Complete(store::Transaction& tx, const Subject& subject, const store::ReminderKey& key, absl::Time now,
                      std::optional<store::ReminderRow> stored) {
  if (stored) return ChangeReminder(tx, subject, Input::kComplete, v1::REMINDER_REASON_UNSPECIFIED, now, &*stored);
  auto occurrence = FindOccurrence(subject, key);
  if (!occurrence.ok()) return occurrence.status();
  store::ReminderRow row = NewReminderRow(subject, *occurrence);
  // What the plan alone has ended (late, or after the end) stays ended.
  row.state = DerivedStanding(subject, *occurrence, now).state;
  if (row.state != v1::REMINDER_STATE_SCHEDULED) {
    return ChangeReminder(tx, subject, Input::kComplete, v1::REMINDER_REASON_UNSPECIFIED, now, &row);
  }
  return InsertReminder(tx, subject, Input::kComplete, v1::REMINDER_REASON_UNSPECIFIED, now, &row).status();
}

// Answers when the sweeper must look.
absl::StatusOr<absl::Time> CompleteNow(Core& core, store::Transaction& tx, const store::ReminderKey& key) {
  auto clinic = RequireClinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto subject = RequireSubject(core, tx, key.clinic, key.enrollment);
  if (!subject.ok()) return subject.status();
  const absl::Time now = core.Now(*clinic);
  auto stored = tx.GetReminder(key);
  if (!stored.ok()) return stored.status();
  const bool was_done = *stored && (*stored)->state == v1::REMINDER_STATE_COMPLETED;
  absl::Status status = Complete(tx, *subject, key, now, *std::move(stored));
  if (!status.ok()) return status;
  // Done again it is no new answer.
  return was_done ? absl::InfiniteFuture() : EndAnswered(tx, key, now, &*subject);
}

}  // namespace

absl::Status ReminderNotFound(const store::ReminderKey& key) {
  return ResourceNotFound("REMINDER_NOT_FOUND", ReminderNameOf(key));
}

absl::StatusOr<v1::Reminder> ShowReminder(Core& core, store::Facts& facts, const store::ReminderKey& key) {
  auto clinic = RequireClinic(facts, key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto subject = RequireSubject(core, facts, key.clinic, key.enrollment);
  if (!subject.ok()) return subject.status();
  auto row = facts.GetReminder(key);
  if (!row.ok()) return row.status();
  const plan::Plan plan(*subject->pathway, subject->facts);
  const int rule = subject->pathway->FindRule(key.rule);
  v1::Reminder reminder;
  if (row->has_value()) {
    reminder = ShowStored(*subject, clinic->data, **row);
  } else {
    auto occurrence = FindOccurrence(*subject, key);
    if (!occurrence.ok()) return occurrence.status();
    reminder = ShowDerived(*subject, clinic->data, *occurrence, core.Now(*clinic));
  }
  const bool moved = row->has_value() && (*row)->moved;
  plan::AddSteps(*subject->pathway, subject->facts, plan, rule, key.number, moved, &reminder);
  return reminder;
}

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
    const auto opened = core_.tokens().Open(context, request.page_token());
    if (opened) after = DecodePosition(*opened);
    if (!after) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);
  core_.Read(
      [this, clinic = *clinic, filter = std::move(filter), after, page, context,
       response](store::Facts& facts) mutable -> absl::Status {
        auto owner = RequireClinic(facts, clinic);
        if (!owner.ok()) return owner.status();
        auto seq = facts.LastEventSeq();
        if (!seq.ok()) return seq.status();
        Listing listing(core_, facts, *std::move(owner), std::move(filter));
        auto listed = listing.List(after, page);
        if (!listed.ok()) return listed.status();
        for (v1::Reminder& reminder : listed->reminders) *response->add_reminders() = std::move(reminder);
        if (listed->last) response->set_next_page_token(core_.tokens().Seal(context, EncodePosition(*listed->last)));
        response->set_resume_token(MakeResumeToken(core_.tokens(), clinic, *seq));
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
  core_.Read(
      [this, clinic = *clinic, filter = std::move(filter), response](store::Facts& facts) mutable -> absl::Status {
        auto owner = RequireClinic(facts, clinic);
        if (!owner.ok()) return owner.status();
        auto counts = Listing(core_, facts, *std::move(owner), std::move(filter)).Count();
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
  core_.Read(
      [this, key = *key, response](store::Facts& facts) -> absl::Status {
        auto reminder = ShowReminder(core_, facts, key);
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
  core_.Mutate(
      request, key->clinic, request.request_id(), response,
      [this, key = *key, response, wake](store::Transaction& tx) -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto completed = CompleteNow(core_, tx, key);
        if (!completed.ok()) return completed.status();
        *wake = *completed;
        auto reminder = ShowReminder(core_, tx, key);
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
