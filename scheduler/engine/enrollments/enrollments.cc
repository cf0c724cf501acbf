#include "scheduler/engine/enrollments/enrollments.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/clinics/pathways.h"
#include "scheduler/engine/enrollments/enroll.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Every occurrence: stored rows and what only the plan knows, in order of due time, then rule and number.
absl::Status AddReminders(store::ReadTransaction& tx, const EnrollmentContext& context, const v1::Clinic& clinic,
                          absl::Time now, v1::GetTimelineResponse* response) {
  auto rows = RowsOf(tx, context, {});
  if (!rows.ok()) return rows.status();
  absl::flat_hash_map<std::string, const store::ReminderRow*> stored;
  for (const store::ReminderRow& row : *rows) stored.emplace(absl::StrCat(row.key.rule, ".", row.key.number), &row);

  plan::Plan plan(*context.pathway, context.facts);
  const auto add_stored = [&](const store::ReminderRow& row) {
    v1::Reminder* reminder = response->add_reminders();
    *reminder = StoredToProto(context, clinic, row);
    plan::AddSteps(*context.pathway, context.facts, plan, context.pathway->FindRule(row.key.rule), row.key.number,
                   row.moved, reminder);
  };
  for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
    const auto row = stored.find(plan::ReminderId(*context.pathway, occurrence.rule, occurrence.number));
    if (row != stored.end()) {
      add_stored(*row->second);
      stored.erase(row);
      continue;
    }
    v1::Reminder* reminder = response->add_reminders();
    *reminder = DerivedToProto(context, clinic, occurrence, now);
    plan::AddSteps(*context.pathway, context.facts, plan, occurrence.rule, occurrence.number, false, reminder);
  }
  // What the plan had once.
  for (const store::ReminderRow& row : *rows) {
    if (stored.contains(absl::StrCat(row.key.rule, ".", row.key.number))) add_stored(row);
  }
  // What has come due may lie elsewhere than the plan has it now.
  const auto due_earlier = [](const v1::Reminder& a, const v1::Reminder& b) {
    return plan::ToTime(a.due_time()) < plan::ToTime(b.due_time());
  };
  auto* reminders = response->mutable_reminders();
  if (!std::is_sorted(reminders->begin(), reminders->end(), due_earlier)) {
    std::stable_sort(reminders->pointer_begin(), reminders->pointer_end(),
                     [&](const v1::Reminder* a, const v1::Reminder* b) { return due_earlier(*a, *b); });
  }
  return absl::OkStatus();
}

}  // namespace

void Enrollments::Create(const Caller& caller, const v1::CreateEnrollmentRequest& request,
                         v1::CreateEnrollmentResponse* response, Done done) {
  auto checked = CheckEnroll(request);
  if (!checked.ok()) return done(checked.status());
  if (absl::Status status = CheckClinic(caller, checked->clinic); !status.ok()) return done(status);

  if (request.validate_only() || !checked->errors.empty()) {
    engine_.Read(
        [this, checked = *std::move(checked), &request, response](store::ReadTransaction& tx) -> absl::Status {
          auto context = PrepareEnroll(engine_, tx, request, checked);
          if (!context.ok()) return context.status();
          *response->mutable_enrollment() = EnrollmentToProto(context->row);
          return absl::OkStatus();
        },
        std::move(done));
    return;
  }
  auto wake = std::make_shared<absl::Time>(absl::InfiniteFuture());
  const std::string clinic = checked->clinic;
  engine_.Mutate(
      request, clinic, request.request_id(), response,
      [this, checked = *std::move(checked), &request, response, wake](store::WriteTransaction& tx) -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto context = PrepareEnroll(engine_, tx, request, checked);
        if (!context.ok()) return context.status();
        auto stored = StoreEnrolled(tx, &*context);
        if (!stored.ok()) return stored.status();
        *wake = *stored;
        *response->mutable_enrollment() = EnrollmentToProto(context->row);
        return absl::OkStatus();
      },
      [this, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*wake);
        done(std::move(status));
      });
}

void Enrollments::Get(const Caller& caller, const v1::GetEnrollmentRequest& request,
                      v1::GetEnrollmentResponse* response, Done done) {
  const auto name = ParseEnrollmentName(request.name());
  if (!name) return done(InvalidField("name", "must be clinics/{clinic}/enrollments/{enrollment}"));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  engine_.Read(
      [name = *name, &request, response](store::ReadTransaction& tx) -> absl::Status {
        auto row = tx.GetEnrollment(name.clinic, name.enrollment);
        if (!row.ok()) return row.status();
        if (!row->has_value()) return ResourceNotFound("ENROLLMENT_NOT_FOUND", request.name());
        *response->mutable_enrollment() = EnrollmentToProto(**row);
        return absl::OkStatus();
      },
      std::move(done));
}

void Enrollments::List(const Caller& caller, const v1::ListEnrollmentsRequest& request,
                       v1::ListEnrollmentsResponse* response, Done done) {
  plan::FieldErrors errors;
  store::EnrollmentQuery query;
  if (const auto clinic = ParseClinicName(request.parent())) query.clinic = *clinic;
  if (query.clinic.empty()) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!request.patient().empty() && !IsForeignId(request.patient())) {
    errors.push_back({"patient", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
  }
  query.patient = request.patient();
  if (!request.pathway().empty()) {
    const auto pathway = ParsePathwayName(request.pathway());
    if (!pathway || pathway->clinic != query.clinic) {
      errors.push_back({"pathway", "must be {parent}/pathways/{pathway}"});
    } else {
      query.pathway = pathway->pathway;
    }
  }
  if (!v1::EnrollmentState_IsValid(request.state())) errors.push_back({"state", "must be a known state"});
  query.state = request.state();
  const int page = PageSize(request.page_size(), &errors);
  query.limit = page + 1;
  const std::string context = absl::StrCat("list-enrollments/", request.parent(), "/", request.patient(), "/",
                                           request.pathway(), "/", request.state());
  if (!request.page_token().empty()) {
    const auto opened = engine_.tokens().Open(context, request.page_token());
    if (opened) query.after = *opened;
    if (!opened) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, query.clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, query, page, context, response](store::ReadTransaction& tx) -> absl::Status {
        auto owner = RequireClinic(tx, query.clinic);
        if (!owner.ok()) return owner.status();
        auto rows = tx.ListEnrollments(query);
        if (!rows.ok()) return rows.status();
        for (const store::EnrollmentRow& row : *rows) {
          if (response->enrollments_size() == page) {
            response->set_next_page_token(engine_.tokens().Seal(context, (*rows)[page - 1].enrollment));
            break;
          }
          *response->add_enrollments() = EnrollmentToProto(row);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void Enrollments::GetTimeline(const Caller& caller, const v1::GetTimelineRequest& request,
                              v1::GetTimelineResponse* response, Done done) {
  const auto name = ParseEnrollmentName(request.name());
  if (!name) return done(InvalidField("name", "must be clinics/{clinic}/enrollments/{enrollment}"));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, name = *name, response](store::ReadTransaction& tx) -> absl::Status {
        auto clinic = RequireClinic(tx, name.clinic);
        if (!clinic.ok()) return clinic.status();
        auto context = RequireEnrollmentContext(engine_, tx, name.clinic, name.enrollment);
        if (!context.ok()) return context.status();
        const absl::Time now = engine_.Now(*clinic);
        *response->mutable_enrollment() = EnrollmentToProto(context->row);
        plan::SetTimestamp(now, response->mutable_current_time());
        AddPhases(*context->pathway, context->facts.procedure_date, response->mutable_phases());
        return AddReminders(tx, *context, clinic->data, now, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
