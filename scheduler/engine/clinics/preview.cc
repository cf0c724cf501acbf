#include "scheduler/engine/clinics/preview.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/engine/clinics/timeline_phases.h"
#include "scheduler/engine/planning/supersession.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/input/phone_numbers.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Where a page ended: at an occurrence. By default, before the first one.
struct PreviewPosition {
  int32_t revision = 0;  // of the stored pathway; 0 if the pathway stands in the request, or is not known yet
  int64_t due = std::numeric_limits<int64_t>::min();  // Unix nanoseconds
  int rule = 0;                                       // index in the pathway
  int number = 0;
};

// `2/1773147600000000000/4/3`
std::string EncodePosition(const PreviewPosition& position) {
  return absl::StrCat(position.revision, "/", position.due, "/", position.rule, "/", position.number);
}

std::optional<PreviewPosition> DecodePosition(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  PreviewPosition position;
  const bool is_position = parts.size() == 4 && absl::SimpleAtoi(parts[0], &position.revision) &&
                           absl::SimpleAtoi(parts[1], &position.due) && absl::SimpleAtoi(parts[2], &position.rule) &&
                           absl::SimpleAtoi(parts[3], &position.number);
  return is_position ? std::make_optional(position) : std::nullopt;
}

// What a request asks for, besides the plan.
struct PageRequest {
  int size = 0;
  std::string token_query;  // what page tokens are bound to
  std::optional<PreviewPosition> after;
};

PageRequest ReadPageRequest(const Tokens& tokens, const v1::PreviewPlanRequest& request, plan::FieldErrors* errors) {
  PageRequest page;
  page.size = PageSize(request.page_size(), errors, kMaxPageSize);
  v1::PreviewPlanRequest without_page = request;
  without_page.clear_page_size();
  without_page.clear_page_token();
  page.token_query = absl::StrCat("preview/", Fingerprint(without_page));
  if (const auto opened = OpenPageToken(tokens, page.token_query, request.page_token(), errors)) {
    page.after = DecodePosition(*opened);
    if (!page.after) AddPageTokenError(errors);
  }
  return page;
}

// Returns the pathway of the request; null if it is a new one with errors, which are added to `errors`. `revision` is
// that of the pathway if it is stored; 0 stands for the newest, and is replaced by its number.
absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> PathwayOf(EngineContext& engine,
                                                                       store::ReadTransaction& tx,
                                                                       const v1::PreviewPlanRequest& request,
                                                                       int32_t* revision, plan::FieldErrors* errors) {
  if (request.has_pathway()) {
    plan::FieldErrors found;
    auto compiled = plan::CompiledPathway::Compile(request.pathway(), &found);
    AddPrefixed("pathway", found, errors);
    return compiled;
  }
  const auto name = ParsePathwayName(request.pathway_name());
  if (*revision == 0) {
    auto newest = tx.NewestRevision(name->clinic, name->pathway);
    if (!newest.ok()) return newest.status();
    *revision = *newest;
  }
  if (*revision == 0) return ResourceNotFound("PATHWAY_NOT_FOUND", request.pathway_name());
  return engine.definitions().Pathway(tx, name->clinic, name->pathway, *revision);
}

// Returns the request's patient, with defaults for what is not set.
v1::Enrollment ImaginedEnrollment(const v1::PreviewPlanRequest& request, const v1::Clinic& clinic) {
  v1::Enrollment enrollment = request.enrollment();
  if (enrollment.patient().empty()) enrollment.set_patient("preview");
  if (enrollment.first_name().empty()) enrollment.set_first_name("Alex");
  if (enrollment.time_zone().empty()) enrollment.set_time_zone(clinic.time_zone());
  plan::NormalizeContactPoints(clinic, &enrollment);
  if (enrollment.consent() == v1::CONSENT_UNSPECIFIED) enrollment.set_consent(v1::CONSENT_GRANTED);
  // The authors of a pathway want to see its texts, and not the versions without health information.
  enrollment.clear_consent_decisions();
  enrollment.add_consent_decisions()->set_health_information(true);
  enrollment.mutable_consent_decisions(0)->set_consent(v1::CONSENT_GRANTED);
  enrollment.clear_enroll_time();
  if (request.has_enroll_time()) *enrollment.mutable_enroll_time() = request.enroll_time();
  return enrollment;
}

SupersedingRule SupersedingRuleOf(const plan::CompiledPathway& pathway, int rule) {
  return {pathway.rule(rule).series, pathway.rule_source(rule).id(), pathway.rule(rule).supersede};
}

// Returns what supersedes what at the enrollment, when everything that is due by then comes due. Refers to the pathway.
Supersession SupersessionAtEnrollment(const plan::CompiledPathway& pathway, const plan::PatientFacts& facts) {
  Supersession supersession;
  plan::Plan plan(pathway, facts);
  for (plan::Occurrence occurrence; plan.Next(&occurrence) && occurrence.due <= facts.enroll_time;) {
    if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) continue;
    supersession.Add(SupersedingRuleOf(pathway, occurrence.rule), occurrence.due,
                     plan::NameCodeOf(pathway, occurrence));
  }
  return supersession;
}

// Says in `reminder`, if it is due at the enrollment, that a newer one supersedes it.
void SupersedeDue(const plan::CompiledPathway& pathway, const plan::PatientFacts& facts,
                  const Supersession& supersession, const plan::Occurrence& occurrence, v1::Reminder* reminder) {
  if (reminder->state() != v1::REMINDER_STATE_DUE) return;
  const SupersedingRule rule = SupersedingRuleOf(pathway, occurrence.rule);
  if (!supersession.Supersedes(rule, occurrence.due, plan::NameCodeOf(pathway, occurrence))) return;
  reminder->set_state(v1::REMINDER_STATE_EXPIRED);
  reminder->set_reason(v1::REMINDER_REASON_SUPERSEDED);
  plan::SetTimestamp(facts.enroll_time, reminder->mutable_state_time());
}

v1::Reminder ReminderOf(const plan::CompiledPathway& pathway, const plan::PatientFacts& facts, const plan::Plan& plan,
                        const v1::Enrollment& enrollment, const v1::Clinic& clinic,
                        const plan::Occurrence& occurrence) {
  v1::Reminder reminder;
  plan::Describe(pathway, facts, occurrence, facts.enroll_time, &reminder);
  reminder.set_patient(enrollment.patient());
  if (reminder.audience() == v1::AUDIENCE_PATIENT && !enrollment.contact_points().empty()) {
    reminder.set_channel(enrollment.contact_points(0).channel());
  }
  const plan::ClinicFacts clinic_facts = plan::ClinicFactsOf(clinic);
  reminder.set_text(plan::RenderText(pathway, facts, enrollment, clinic_facts, occurrence));
  plan::AddSteps(pathway, facts, clinic_facts, plan, occurrence.rule,
                 plan::NameCodeOf(pathway, occurrence), false, &reminder);
  return reminder;
}

// Fills in one page. Returns where it ended if there are more reminders; `last` is the end of the page before, or the
// beginning.
std::optional<PreviewPosition> AddPage(const plan::CompiledPathway& pathway, const plan::PatientFacts& facts,
                                       const v1::Enrollment& enrollment, const v1::Clinic& clinic, int page_size,
                                       PreviewPosition last, v1::PreviewPlanResponse* response) {
  AddPhases(pathway, facts.procedure_date, response->mutable_phases());
  PageBudget budget(page_size, response->ByteSizeLong());
  const Supersession supersession = SupersessionAtEnrollment(pathway, facts);
  plan::Plan plan(pathway, facts);
  plan.Seek(absl::FromUnixNanos(last.due));
  const auto begin = std::make_tuple(last.due, last.rule, last.number);
  for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
    const int64_t due = absl::ToUnixNanos(occurrence.due);
    if (std::make_tuple(due, occurrence.rule, occurrence.number) <= begin) continue;
    v1::Reminder reminder = ReminderOf(pathway, facts, plan, enrollment, clinic, occurrence);
    SupersedeDue(pathway, facts, supersession, occurrence, &reminder);
    if (!budget.Take(reminder)) return last;
    last = {last.revision, due, occurrence.rule, occurrence.number};
    *response->add_reminders() = std::move(reminder);
  }
  return std::nullopt;
}

}  // namespace

void PreviewPlan(EngineContext& engine, const CallPtr& call, const v1::PreviewPlanRequest& request,
                 v1::PreviewPlanResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (request.source_case() == v1::PreviewPlanRequest::SOURCE_NOT_SET) {
    errors.push_back({"source", "must be a pathway or a pathway_name"});
  } else if (request.has_pathway_name()) {
    const auto name = ParsePathwayName(request.pathway_name());
    if (!name || (clinic && name->clinic != *clinic)) {
      errors.push_back({"pathway_name", "must be {parent}/pathways/{pathway}"});
    }
  }
  if (request.has_enroll_time() && !plan::IsInstant(request.enroll_time())) {
    errors.push_back({"enroll_time", "must be an instant from 1970 to 9999"});
  }
  PageRequest page = ReadPageRequest(engine.tokens(), request, &errors);
  if (!errors.empty()) return done(InvalidFields(errors));

  call->Read(
      *clinic,
      [&engine, clinic = *clinic, page = std::move(page), &request,
       response](store::ReadTransaction& tx) -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        plan::FieldErrors errors;
        PreviewPosition last = page.after.value_or(PreviewPosition());
        auto pathway = PathwayOf(engine, tx, request, &last.revision, &errors);
        if (!pathway.ok()) return pathway.status();
        const v1::Enrollment enrollment = ImaginedEnrollment(request, row->data);
        auto calendar = engine.definitions().Calendar(tx, clinic, row->calendar_fingerprint);
        if (!calendar.ok()) return calendar.status();
        plan::FieldErrors found;
        std::optional<plan::PatientFacts> facts;
        if (*pathway == nullptr) {
          plan::CheckEnrollment(enrollment, &found);
        } else {
          facts = plan::FactsOf(enrollment, **pathway, &found,
                                {*std::move(calendar), plan::SpreadSeed(clinic, enrollment.patient())});
        }
        AddPrefixed("enrollment", found, &errors);
        if (!errors.empty()) return InvalidFields(errors);
        if (!request.has_enroll_time()) {
          facts->enroll_time = plan::InstantOf(absl::CivilSecond(facts->procedure_date), facts->zone);
        }
        const auto end = AddPage(**pathway, *facts, enrollment, row->data, page.size, last, response);
        if (end) response->set_next_page_token(SealPageToken(engine.tokens(), page.token_query, EncodePosition(*end)));
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
