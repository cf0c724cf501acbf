#include "scheduler/engine/enrollments/read_enrollments.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/adherence/adherence_list.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"

namespace aftercare::engine {
namespace {

// A list that a request asks for.
struct EnrollmentList {
  store::EnrollmentQuery query;
  AdherenceQuery adherence;
  std::optional<AdherencePosition> after;  // used instead of query.after if adherence.selects()
  int page_size = 0;
  std::string token_query;  // what page tokens are bound to
};

// Adds an error to `errors` for each bad field.
EnrollmentList ReadRequest(const EngineContext& engine, const v1::ListEnrollmentsRequest& request,
                           plan::FieldErrors* errors) {
  EnrollmentList list;
  store::EnrollmentQuery& query = list.query;
  if (const auto clinic = ParseClinicName(request.parent())) query.clinic = *clinic;
  if (query.clinic.empty()) errors->push_back({"parent", "must be clinics/{clinic}"});
  if (!request.patient().empty() && !IsForeignId(request.patient())) {
    errors->push_back({"patient", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
  }
  query.patient = request.patient();
  if (!request.pathway().empty()) {
    const auto pathway = ParsePathwayName(request.pathway());
    if (!pathway || pathway->clinic != query.clinic) {
      errors->push_back({"pathway", "must be {parent}/pathways/{pathway}"});
    } else {
      query.pathway = pathway->pathway;
    }
  }
  if (!v1::EnrollmentState_IsValid(request.state())) errors->push_back({"state", "must be a known state"});
  query.state = request.state();
  list.adherence = AdherenceQueryOf(request, errors);
  list.page_size = PageSize(request.page_size(), errors);
  query.limit = list.page_size + 1;  // one more tells whether there is another page
  list.token_query = absl::StrCat("list-enrollments/", request.parent(), "/", request.patient(), "/",
                                  request.pathway(), "/", request.state(), list.adherence.Fingerprint());
  const auto position = OpenPageToken(engine.tokens(), list.token_query, request.page_token(), errors);
  if (!list.adherence.selects()) {
    query.after = position.value_or("");
  } else if (position) {
    list.after = AdherencePosition::FromText(*position);
    if (!list.after) AddPageTokenError(errors);
  }
  return list;
}

// Lists by name. The answer has summaries if the request asks for them.
absl::Status ListByName(EngineContext& engine, store::ReadTransaction& tx, const store::ClinicRow& clinic,
                        const EnrollmentList& list, v1::ListEnrollmentsResponse* response) {
  auto rows = tx.ListEnrollments(list.query);
  if (!rows.ok()) return rows.status();
  std::optional<PresentAdherence> present;
  if (list.adherence.is_asked) {
    auto read = PresentAdherence::Read(engine, tx, clinic);
    if (!read.ok()) return read.status();
    present = *std::move(read);
  }
  PageBudget budget(list.page_size);
  for (const store::EnrollmentRow& row : *rows) {
    v1::Enrollment enrollment = EnrollmentToProto(row);
    if (!budget.Take(enrollment)) {
      const std::string& last = (*rows)[response->enrollments_size() - 1].enrollment;
      response->set_next_page_token(SealPageToken(engine.tokens(), list.token_query, last));
      break;
    }
    *response->add_enrollments() = std::move(enrollment);
    if (!present) continue;
    auto days = present->DaysOfEnrollment(row);
    if (!days.ok()) return days.status();
    *response->add_summaries() = plan::SummaryOf(*days);
  }
  return absl::OkStatus();
}

// Lists what the request selects or orders by adherence.
absl::Status ListSelected(EngineContext& engine, store::ReadTransaction& tx, const store::ClinicRow& clinic,
                          const EnrollmentList& list, v1::ListEnrollmentsResponse* response) {
  auto present = PresentAdherence::Read(engine, tx, clinic);
  if (!present.ok()) return present.status();
  const auto listed = ListByAdherence(*present, list.query, list.adherence, list.after);
  if (!listed.ok()) return listed.status();
  PageBudget budget(list.page_size);
  for (const ListedAdherence& item : *listed) {
    auto row = tx.GetEnrollment(clinic.clinic, item.position.enrollment, item.enrollment_row_id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    v1::Enrollment enrollment = EnrollmentToProto(**row);
    if (!budget.Take(enrollment)) {
      const AdherencePosition& last = (*listed)[response->enrollments_size() - 1].position;
      response->set_next_page_token(SealPageToken(engine.tokens(), list.token_query, last.ToText()));
      break;
    }
    *response->add_enrollments() = std::move(enrollment);
    *response->add_summaries() = plan::SummaryOf(item.days);
  }
  return absl::OkStatus();
}

}  // namespace

void GetEnrollment(EngineContext& engine, const CallPtr& call, const v1::GetEnrollmentRequest& request,
                   v1::GetEnrollmentResponse* response, Done done) {
  const auto name = ParseEnrollmentName(request.name());
  if (!name) return done(InvalidField("name", "must be clinics/{clinic}/enrollments/{enrollment}"));
  call->Read(
      name->clinic,
      [name = *name, &request, response](store::ReadTransaction& tx) -> absl::Status {
        auto row = tx.GetEnrollment(name.clinic, name.enrollment);
        if (!row.ok()) return row.status();
        if (!row->has_value()) return ResourceNotFound("ENROLLMENT_NOT_FOUND", request.name());
        *response->mutable_enrollment() = EnrollmentToProto(**row);
        return absl::OkStatus();
      },
      std::move(done));
}

void ListEnrollments(EngineContext& engine, const CallPtr& call, const v1::ListEnrollmentsRequest& request,
                     v1::ListEnrollmentsResponse* response, Done done) {
  plan::FieldErrors errors;
  EnrollmentList list = ReadRequest(engine, request, &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  const std::string clinic_id = list.query.clinic;
  call->Read(
      clinic_id,
      [&engine, list = std::move(list), response](store::ReadTransaction& tx) -> absl::Status {
        auto clinic = RequireClinic(tx, list.query.clinic);
        if (!clinic.ok()) return clinic.status();
        const auto read = list.adherence.selects() ? ListSelected : ListByName;
        return read(engine, tx, *clinic, list, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
