#ifndef AFTERCARE_SERVICES_CLIENT_CONNECTION_H_
#define AFTERCARE_SERVICES_CLIENT_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/access_service.pb.h"
#include "aftercare/v1/clinic_service.pb.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "aftercare/v1/pathway_service.pb.h"
#include "aftercare/v1/reminder_service.pb.h"
#include "aftercare/v1/reply_service.pb.h"
#include "aftercare/v1/visit_service.pb.h"
#include "services/channel/server_access.h"

namespace aftercare::client {

// An open event stream. The destructor ends it. Not thread safe.
class EventStream {
 public:
  virtual ~EventStream() = default;

  // Waits for the next message. Returns false at the end of the stream; Finish then returns why it ended.
  virtual bool Next(v1::WatchEventsResponse* response) = 0;

  // Ends the stream if it has not ended, and returns why it ended: CANCELLED if this side ended it.
  virtual absl::Status Finish() = 0;
};

// The API of one server, without gRPC types: each call takes a request and returns the response, or a status as in
// failure.h. The channel connects with the first call. Thread safe.
class Connection {
 public:
  // Makes a connection. If `usable` is OK, `access` must have no faults; else every call returns `usable`. A call that
  // takes longer than `timeout` fails with DEADLINE_EXCEEDED. What gRPC itself has to say is not printed unless
  // GRPC_VERBOSITY is set.
  static std::unique_ptr<Connection> Create(const ServerAccess& access, const absl::Status& usable,
                                            absl::Duration timeout);

  virtual ~Connection() = default;

  virtual absl::StatusOr<v1::CreateTokenResponse> Call(const v1::CreateTokenRequest& request) = 0;
  virtual absl::StatusOr<v1::ListTokensResponse> Call(const v1::ListTokensRequest& request) = 0;
  virtual absl::StatusOr<v1::RevokeTokenResponse> Call(const v1::RevokeTokenRequest& request) = 0;
  virtual absl::StatusOr<v1::BindRoleResponse> Call(const v1::BindRoleRequest& request) = 0;
  virtual absl::StatusOr<v1::UnbindRoleResponse> Call(const v1::UnbindRoleRequest& request) = 0;
  virtual absl::StatusOr<v1::ListRoleBindingsResponse> Call(const v1::ListRoleBindingsRequest& request) = 0;

  virtual absl::StatusOr<v1::CreateClinicResponse> Call(const v1::CreateClinicRequest& request) = 0;
  virtual absl::StatusOr<v1::GetClinicResponse> Call(const v1::GetClinicRequest& request) = 0;
  virtual absl::StatusOr<v1::ListClinicsResponse> Call(const v1::ListClinicsRequest& request) = 0;
  virtual absl::StatusOr<v1::UpdateClinicResponse> Call(const v1::UpdateClinicRequest& request) = 0;
  virtual absl::StatusOr<v1::AdvanceTestClockResponse> Call(const v1::AdvanceTestClockRequest& request) = 0;

  virtual absl::StatusOr<v1::CreatePathwayResponse> Call(const v1::CreatePathwayRequest& request) = 0;
  virtual absl::StatusOr<v1::GetPathwayResponse> Call(const v1::GetPathwayRequest& request) = 0;
  virtual absl::StatusOr<v1::ListPathwaysResponse> Call(const v1::ListPathwaysRequest& request) = 0;
  virtual absl::StatusOr<v1::UpdatePathwayResponse> Call(const v1::UpdatePathwayRequest& request) = 0;

  virtual absl::StatusOr<v1::CreateEnrollmentResponse> Call(const v1::CreateEnrollmentRequest& request) = 0;
  virtual absl::StatusOr<v1::GetEnrollmentResponse> Call(const v1::GetEnrollmentRequest& request) = 0;
  virtual absl::StatusOr<v1::ListEnrollmentsResponse> Call(const v1::ListEnrollmentsRequest& request) = 0;
  virtual absl::StatusOr<v1::UpdateEnrollmentResponse> Call(const v1::UpdateEnrollmentRequest& request) = 0;
  virtual absl::StatusOr<v1::MigrateEnrollmentsResponse> Call(const v1::MigrateEnrollmentsRequest& request) = 0;
  virtual absl::StatusOr<v1::PauseEnrollmentResponse> Call(const v1::PauseEnrollmentRequest& request) = 0;
  virtual absl::StatusOr<v1::ResumeEnrollmentResponse> Call(const v1::ResumeEnrollmentRequest& request) = 0;
  virtual absl::StatusOr<v1::EndEnrollmentResponse> Call(const v1::EndEnrollmentRequest& request) = 0;
  // Reads all pages and returns them as one response. `timeout` applies to each page.
  virtual absl::StatusOr<v1::GetTimelineResponse> Call(const v1::GetTimelineRequest& request) = 0;
  virtual absl::StatusOr<v1::GetAdherenceResponse> Call(const v1::GetAdherenceRequest& request) = 0;

  virtual absl::StatusOr<v1::ListVisitsResponse> Call(const v1::ListVisitsRequest& request) = 0;
  virtual absl::StatusOr<v1::ScheduleVisitResponse> Call(const v1::ScheduleVisitRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordVisitOutcomeResponse> Call(const v1::RecordVisitOutcomeRequest& request) = 0;

  virtual absl::StatusOr<v1::ListRemindersResponse> Call(const v1::ListRemindersRequest& request) = 0;
  virtual absl::StatusOr<v1::CountRemindersResponse> Call(const v1::CountRemindersRequest& request) = 0;
  virtual absl::StatusOr<v1::GetReminderResponse> Call(const v1::GetReminderRequest& request) = 0;
  virtual absl::StatusOr<v1::CompleteReminderResponse> Call(const v1::CompleteReminderRequest& request) = 0;
  virtual absl::StatusOr<v1::AcknowledgeReminderResponse> Call(const v1::AcknowledgeReminderRequest& request) = 0;
  virtual absl::StatusOr<v1::MoveReminderResponse> Call(const v1::MoveReminderRequest& request) = 0;
  virtual absl::StatusOr<v1::CancelReminderResponse> Call(const v1::CancelReminderRequest& request) = 0;
  virtual absl::StatusOr<v1::RestoreReminderResponse> Call(const v1::RestoreReminderRequest& request) = 0;

  virtual absl::StatusOr<v1::SetConsentResponse> Call(const v1::SetConsentRequest& request) = 0;
  virtual absl::StatusOr<v1::ListConsentDecisionsResponse> Call(const v1::ListConsentDecisionsRequest& request) = 0;
  virtual absl::StatusOr<v1::RecordReplyResponse> Call(const v1::RecordReplyRequest& request) = 0;
  virtual absl::StatusOr<v1::ListRepliesResponse> Call(const v1::ListRepliesRequest& request) = 0;
  virtual absl::StatusOr<v1::AssignReplyResponse> Call(const v1::AssignReplyRequest& request) = 0;
  virtual absl::StatusOr<v1::DecideReplyResponse> Call(const v1::DecideReplyRequest& request) = 0;

  virtual absl::StatusOr<v1::ReportDeliveriesResponse> Call(const v1::ReportDeliveriesRequest& request) = 0;
  virtual absl::StatusOr<v1::ListDeadLettersResponse> Call(const v1::ListDeadLettersRequest& request) = 0;
  virtual absl::StatusOr<v1::RedriveRemindersResponse> Call(const v1::RedriveRemindersRequest& request) = 0;

  // Sends the request as the only message of a stream. StopWaiting ends the call.
  virtual absl::StatusOr<v1::ImportEnrollmentsResponse> Call(const v1::ImportEnrollmentsRequest& request) = 0;

  // May take as long as the request's wait plus the timeout. StopWaiting ends the call.
  virtual absl::StatusOr<v1::LeaseRemindersResponse> Call(const v1::LeaseRemindersRequest& request) = 0;

  // Opens an event stream, which has no time limit. StopWaiting ends it. The connection must outlive the stream.
  virtual std::unique_ptr<EventStream> Watch(const v1::WatchEventsRequest& request) = 0;

  // Ends all LeaseReminders calls, ImportEnrollments calls and event streams with CANCELLED. Later ones end in the same
  // way, as soon as they begin. Other calls are not affected.
  virtual void StopWaiting() = 0;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_CONNECTION_H_
