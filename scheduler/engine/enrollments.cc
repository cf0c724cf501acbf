#include "scheduler/engine/enrollments.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/changes.h"
#include "scheduler/engine/firing.h"
#include "scheduler/engine/names.h"
#include "scheduler/engine/pathways.h"
#include "scheduler/engine/subject.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

uint64_t Randomness() {
  thread_local absl::BitGen generator;
  return absl::Uniform<uint64_t>(generator);
}

// The revision to enrol on, in enrollment.pathway_revision.
absl::Status ResolveRevision(store::Facts& facts, const PathwayName& name, v1::Enrollment* enrollment) {
  if (enrollment->pathway_revision() > 0) return absl::OkStatus();
  auto newest = facts.NewestRevision(name.clinic, name.pathway);
  if (!newest.ok()) return newest.status();
  if (*newest == 0) return ResourceNotFound("PATHWAY_NOT_FOUND", enrollment->pathway());
  enrollment->set_pathway_revision(*newest);
  return absl::OkStatus();
}

// Checks what can be told without the store. True if the rest can be looked up.
bool CheckRequest(const v1::CreateEnrollmentRequest& request, plan::FieldErrors* errors) {
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors->push_back({"parent", "must be clinics/{clinic}"});
  if (!request.enrollment_id().empty() && !IsEnrollmentId(request.enrollment_id())) {
    errors->push_back({"enrollment_id", "must be 1 to 40 lower-case letters, digits or '-'"});
  }
  CheckRequestId(request.request_id(), errors);
  const auto pathway = ParsePathwayName(request.enrollment().pathway());
  const bool pathway_ok = pathway && (!clinic || pathway->clinic == *clinic);
  if (!pathway_ok) errors->push_back({"enrollment.pathway", "must be {parent}/pathways/{pathway}"});
  const bool revision_ok = request.enrollment().pathway_revision() >= 0;
  if (!revision_ok) errors->push_back({"enrollment.pathway_revision", "must not be negative"});
  return clinic && pathway_ok && revision_ok;
}

// All that is wrong with a request whose pathway cannot be looked up.
absl::Status FaultsWithoutPathway(const v1::CreateEnrollmentRequest& request, plan::FieldErrors errors) {
  v1::Enrollment enrollment = request.enrollment();
  if (enrollment.time_zone().empty()) enrollment.set_time_zone("UTC");  // the clinic's, which is a good one
  plan::FieldErrors found;
  plan::CheckEnrollment(enrollment, &found);
  AddPrefixed("enrollment", found, &errors);
  return InvalidFields(errors);
}

// Makes the subject of a new enrollment, not yet stored. INVALID_ARGUMENT with `errors` and all others, if any.
absl::StatusOr<Subject> Prepare(Core& core, store::Facts& facts, const std::string& clinic,
                                const v1::CreateEnrollmentRequest& request, plan::FieldErrors errors) {
  auto owner = RequireClinic(facts, clinic);
  if (!owner.ok()) return owner.status();
  const absl::Time now = core.Now(*owner);
  const PathwayName name = *ParsePathwayName(request.enrollment().pathway());

  Subject subject;
  subject.row.clinic = clinic;
  subject.row.enrollment =
      request.enrollment_id().empty() ? MakeEnrollmentId(core.clock().Now(), Randomness()) : request.enrollment_id();
  subject.row.clock = ClockOf(*owner);
  v1::Enrollment& data = subject.row.data;
  data = request.enrollment();
  data.clear_name();
  data.clear_etag();
  data.clear_state();
  data.clear_end_reason();
  data.clear_end_time();
  if (data.time_zone().empty()) data.set_time_zone(owner->data.time_zone());
  plan::SetTimestamp(now, data.mutable_enroll_time());
  if (absl::Status status = ResolveRevision(facts, name, &data); !status.ok()) return status;
  auto pathway = core.catalog().Get(facts, clinic, name.pathway, data.pathway_revision());
  if (!pathway.ok()) return pathway.status();
  subject.pathway = *std::move(pathway);
  if (data.locale().empty()) data.set_locale(subject.pathway->source().default_locale());

  subject.row.calendar = subject.row.clinic_calendar = owner->calendar;
  auto calendar = core.catalog().Calendar(facts, clinic, owner->calendar);
  if (!calendar.ok()) return calendar.status();
  plan::FieldErrors found;
  auto patient = plan::FactsOf(data, *subject.pathway, &found,
                               {*std::move(calendar), plan::SpreadSeed(clinic, subject.row.enrollment)});
  AddPrefixed("enrollment", found, &errors);
  if (!errors.empty()) return InvalidFields(errors);
  subject.facts = *patient;
  plan::Plan plan(*subject.pathway, subject.facts);
  plan.Seek(now);
  plan::Occurrence first;
  if (plan.Next(&first)) subject.row.next_due = first.due;
  return subject;
}

// Every occurrence: stored rows and what only the plan knows, in order of due time, then rule and number.
absl::Status AddReminders(store::Facts& facts, const Subject& subject, const v1::Clinic& clinic, absl::Time now,
                          v1::GetTimelineResponse* response) {
  store::ReminderQuery query;
  query.clinic = subject.row.clinic;
  query.enrollment = subject.row.enrollment;
  query.limit = plan::kMaxOccurrences;
  auto rows = facts.ListReminders(query);
  if (!rows.ok()) return rows.status();
  absl::flat_hash_map<std::string, const store::ReminderRow*> stored;
  for (const store::ReminderRow& row : *rows) stored.emplace(absl::StrCat(row.key.rule, ".", row.key.number), &row);

  plan::Plan plan(*subject.pathway, subject.facts);
  plan::Occurrence occurrence;
  while (plan.Next(&occurrence)) {
    const auto row = stored.find(plan::ReminderId(*subject.pathway, occurrence.rule, occurrence.number));
    v1::Reminder* reminder = response->add_reminders();
    *reminder = row != stored.end() ? ShowStored(subject, clinic, *row->second)
                                    : ShowDerived(subject, clinic, occurrence, now);
    plan::AddSteps(*subject.pathway, subject.facts, plan, occurrence.rule, occurrence.number, reminder);
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
  plan::FieldErrors errors;
  if (!CheckRequest(request, &errors)) return done(FaultsWithoutPathway(request, std::move(errors)));
  const std::string clinic = *ParseClinicName(request.parent());
  if (absl::Status status = CheckClinic(caller, clinic); !status.ok()) return done(status);

  if (request.validate_only() || !errors.empty()) {
    return core_.Read(
        [this, clinic, errors, &request, response](store::Facts& facts) -> absl::Status {
          auto subject = Prepare(core_, facts, clinic, request, errors);
          if (!subject.ok()) return subject.status();
          *response->mutable_enrollment() = ShowEnrollment(subject->row);
          return absl::OkStatus();
        },
        std::move(done));
  }
  auto next_due = std::make_shared<absl::Time>(absl::InfiniteFuture());
  core_.Mutate(
      request, clinic, request.request_id(), response,
      [this, clinic, &request, response, next_due](store::Transaction& tx) -> absl::Status {
        auto subject = Prepare(core_, tx, clinic, request, {});
        if (!subject.ok()) return subject.status();
        absl::Status status = tx.InsertEnrollment(subject->row);
        if (status.code() == absl::StatusCode::kAlreadyExists) {
          return MakeError(status.code(), "ENROLLMENT_EXISTS",
                           absl::StrCat(EnrollmentNameOf(clinic, subject->row.enrollment), " exists already"));
        }
        if (!status.ok()) return status;
        const absl::Time now = plan::ToTime(subject->row.data.enroll_time());
        status = LogEnrollment(tx, subject->row, v1::EVENT_TYPE_ENROLLMENT_CREATED, now);
        if (!status.ok()) return status;
        auto fired = FireEnrollment(tx, &*subject, now);
        if (!fired.ok()) return fired.status();
        *next_due = subject->row.clock.empty() ? subject->row.next_due.value_or(absl::InfiniteFuture())
                                               : absl::InfiniteFuture();
        *response->mutable_enrollment() = ShowEnrollment(subject->row);
        return absl::OkStatus();
      },
      [this, next_due, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*next_due);
        done(std::move(status));
      });
}

void Enrollments::Get(const Caller& caller, const v1::GetEnrollmentRequest& request,
                      v1::GetEnrollmentResponse* response, Done done) {
  const auto name = ParseEnrollmentName(request.name());
  if (!name) return done(InvalidField("name", "must be clinics/{clinic}/enrollments/{enrollment}"));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  core_.Read(
      [name = *name, &request, response](store::Facts& facts) -> absl::Status {
        auto row = facts.GetEnrollment(name.clinic, name.enrollment);
        if (!row.ok()) return row.status();
        if (!row->has_value()) return ResourceNotFound("ENROLLMENT_NOT_FOUND", request.name());
        *response->mutable_enrollment() = ShowEnrollment(**row);
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
    const auto opened = core_.tokens().Open(context, request.page_token());
    if (opened) query.after = *opened;
    if (!opened) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, query.clinic); !status.ok()) return done(status);
  core_.Read(
      [this, query, page, context, response](store::Facts& facts) -> absl::Status {
        auto owner = RequireClinic(facts, query.clinic);
        if (!owner.ok()) return owner.status();
        auto rows = facts.ListEnrollments(query);
        if (!rows.ok()) return rows.status();
        for (const store::EnrollmentRow& row : *rows) {
          if (response->enrollments_size() == page) {
            response->set_next_page_token(core_.tokens().Seal(context, (*rows)[page - 1].enrollment));
            break;
          }
          *response->add_enrollments() = ShowEnrollment(row);
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
  core_.Read(
      [this, name = *name, response](store::Facts& facts) -> absl::Status {
        auto clinic = RequireClinic(facts, name.clinic);
        if (!clinic.ok()) return clinic.status();
        auto subject = RequireSubject(core_, facts, name.clinic, name.enrollment);
        if (!subject.ok()) return subject.status();
        const absl::Time now = core_.Now(*clinic);
        *response->mutable_enrollment() = ShowEnrollment(subject->row);
        plan::SetTimestamp(now, response->mutable_current_time());
        AddPhases(*subject->pathway, subject->facts.procedure_date, response->mutable_phases());
        return AddReminders(facts, *subject, clinic->data, now, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
