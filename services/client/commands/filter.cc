#include "services/client/commands/filter.h"

#include <utility>

namespace aftercare::client {

absl::StatusOr<ClinicFilter> ReadFilter(Session& session, const FilterOptions& options) {
  if (absl::Status status = CheckFilter(options); !status.ok()) return status;
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  absl::StatusOr<v1::ReminderFilter> filter = FilterOf(options, session.clinic(), *frame);
  if (!filter.ok()) return filter.status();
  return ClinicFilter{*std::move(filter), *frame};
}

}  // namespace aftercare::client
