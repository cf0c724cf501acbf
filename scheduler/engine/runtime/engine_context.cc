#include "scheduler/engine/runtime/engine_context.h"

#include <utility>

#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
void EngineContext::RunInBackground(absl::AnyInvocable<void()> work) {
  store_.ReadInBackground([work = std::move(work)](const absl::StatusOr<store::ReadTransaction*>&) mutable { work(); });
}

absl::Time EngineContext::Now(const store::ClinicRow& clinic) const {
  return clinic.data.has_test_clock_time() ? plan::ToTime(clinic.data.test_clock_time()) : RealNow();
}

store::ClockId ClockOf(const store::ClinicRow& clinic) {
  return clinic.data.has_test_clock_time() ? clinic.clinic : "";
}

}  // namespace aftercare::engine
