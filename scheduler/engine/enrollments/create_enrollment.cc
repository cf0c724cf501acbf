#include "scheduler/engine/enrollments/create_enrollment.h"

#include <string>
#include <utility>

#include "scheduler/engine/enrollments/enroll.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/checks.h"

namespace aftercare::engine {
namespace {

// Checks what the store knows about a new enrollment: that its id is not taken, and that its patient may be enrolled.
// StoreEnrolled finds a taken id too, but does not run if the request asks only to be validated.
absl::Status CheckNew(store::ReadTransaction& tx, const v1::CreateEnrollmentRequest& request,
                      const store::EnrollmentRow& row) {
  if (!request.enrollment_id().empty()) {
    const auto existing = tx.EnrollmentRowVersion(row.clinic, row.enrollment);
    if (!existing.ok()) return existing.status();
    if (existing->version > 0) return EnrollmentExists(row);
  }
  return CheckPatient(tx, row, request.allow_concurrent());
}

}  // namespace

void CreateEnrollment(EngineContext& engine, const CallPtr& call, const v1::CreateEnrollmentRequest& request,
                      v1::CreateEnrollmentResponse* response, Done done) {
  auto checked = CheckEnroll(request);
  if (!checked.ok()) return done(checked.status());
  // A request with errors goes on without storing anything, so that all its errors are reported together.
  const bool validate_only = request.validate_only() || !checked->errors.empty();
  const std::string clinic = checked->clinic;
  call->MutateUnlessValidating(
      validate_only, request, clinic, request.request_id(), response,
      [&engine, checked = *std::move(checked), &request, response](store::ReadTransaction& tx,
                                                                   store::WriteTransaction* write) -> absl::Status {
        auto context = PrepareEnroll(engine, tx, request, checked);
        if (!context.ok()) return context.status();
        if (absl::Status status = CheckNew(tx, request, context->row); !status.ok()) return status;
        if (write != nullptr) {
          if (absl::Status status = StoreEnrolled(*write, &*context); !status.ok()) return status;
        }
        *response->mutable_enrollment() = EnrollmentToProto(context->row);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
