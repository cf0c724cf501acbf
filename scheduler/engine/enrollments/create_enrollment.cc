#include "scheduler/engine/enrollments/create_enrollment.h"

#include <string>
#include <utility>

#include "scheduler/engine/enrollments/enroll.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/mutate_and_wake.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/checks.h"

namespace aftercare::engine {

void CreateEnrollment(EngineContext& engine, Sweeper& sweeper, const Caller& caller,
                      const v1::CreateEnrollmentRequest& request, v1::CreateEnrollmentResponse* response, Done done) {
  auto checked = CheckEnroll(request);
  if (!checked.ok()) return done(checked.status());
  if (absl::Status status = CheckClinic(caller, checked->clinic); !status.ok()) return done(status);
  // A request with errors goes on without storing anything, so that all its errors are reported together.
  const bool validate_only = request.validate_only() || !checked->errors.empty();
  const std::string clinic = checked->clinic;
  ValidateOrMutate(
      engine, sweeper, validate_only, request, clinic, request.request_id(), response,
      [&engine, checked = *std::move(checked), &request, response](
          store::ReadTransaction& tx, store::WriteTransaction* write) -> absl::StatusOr<absl::Time> {
        auto context = PrepareEnroll(engine, tx, request, checked);
        if (!context.ok()) return context.status();
        absl::Time wake = absl::InfiniteFuture();
        if (write != nullptr) {
          auto stored = StoreEnrolled(*write, &*context);
          if (!stored.ok()) return stored.status();
          wake = *stored;
        }
        *response->mutable_enrollment() = EnrollmentToProto(context->row);
        return wake;
      },
      std::move(done));
}

}  // namespace aftercare::engine
