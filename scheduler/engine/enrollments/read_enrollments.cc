#include "scheduler/engine/enrollments/read_enrollments.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"

namespace aftercare::engine {

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
  const int page_size = PageSize(request.page_size(), &errors);
  query.limit = page_size + 1;  // one more tells whether there is another page
  const std::string token_query = absl::StrCat("list-enrollments/", request.parent(), "/", request.patient(), "/",
                                               request.pathway(), "/", request.state());
  query.after = OpenPageToken(engine.tokens(), token_query, request.page_token(), &errors).value_or("");
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      query.clinic,
      [&engine, query, page_size, token_query, response](store::ReadTransaction& tx) -> absl::Status {
        if (auto clinic = RequireClinic(tx, query.clinic); !clinic.ok()) return clinic.status();
        auto rows = tx.ListEnrollments(query);
        if (!rows.ok()) return rows.status();
        PageBudget budget(page_size);
        for (const store::EnrollmentRow& row : *rows) {
          v1::Enrollment enrollment = EnrollmentToProto(row);
          if (!budget.Take(enrollment)) {
            const std::string& last = (*rows)[response->enrollments_size() - 1].enrollment;
            response->set_next_page_token(SealPageToken(engine.tokens(), token_query, last));
            break;
          }
          *response->add_enrollments() = std::move(enrollment);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
