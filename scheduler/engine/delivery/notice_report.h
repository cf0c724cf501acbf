// Reports of gateways about messages that tell a care team of a task (lifecycle/team_notices.h). Thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_NOTICE_REPORT_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_NOTICE_REPORT_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/lease_id.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/records.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Applies a valid report to a task, stores and logs it. A failure or a release must be of the lease's holder. SENT
// counts if the lease was of the task as it is now: the team is told, unless the message came back before. What comes
// too late changes nothing: the task is done, acknowledged or has gone a further step. A task that no contact point
// takes stays DUE with TEAM_NOT_REACHED.
// `lease.attempt` is 0 if the report does not name a lease. Fails only if the store does.
absl::Status ReportNotice(store::WriteTransaction& tx, const EnrollmentContext& enrollment,
                          const v1::DeliveryReport& report, const LeaseId& lease, absl::Time now,
                          store::ReminderRow* row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_NOTICE_REPORT_H_
