#include "services/client/connection.h"

#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <set>

#include "absl/base/thread_annotations.h"
#include "aftercare/v1/access_service.grpc.pb.h"
#include "aftercare/v1/clinic_service.grpc.pb.h"
#include "aftercare/v1/delivery_service.grpc.pb.h"
#include "aftercare/v1/enrollment_service.grpc.pb.h"
#include "aftercare/v1/pathway_service.grpc.pb.h"
#include "aftercare/v1/reminder_service.grpc.pb.h"
#include "aftercare/v1/reply_service.grpc.pb.h"
#include "aftercare/v1/visit_service.grpc.pb.h"
#include "scheduler/sync.h"
#include "services/channel/server_channel.h"
#include "services/client/common/failure.h"
#include "services/client/common/interrupt.h"

namespace aftercare::client {
namespace {

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return ServerError(status.error_code(), status.error_message(), status.error_details());
}

// The calls that wait for something to happen, so that another thread can end them. Thread safe.
class WaitingCalls {
 public:
  // Registers a call. After Stop, the call is cancelled before it begins.
  void Begin(grpc::ClientContext* context) ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    contexts_.insert(context);
    if (stopped_) context->TryCancel();
  }

  // Unregisters a call that has ended.
  void End(grpc::ClientContext* context) ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    contexts_.erase(context);
  }

  // Cancels all registered calls and all later ones.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    stopped_ = true;
    for (grpc::ClientContext* context : contexts_) context->TryCancel();
  }

 private:
  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<grpc::ClientContext*> contexts_ ABSL_GUARDED_BY(mutex_);
};

class GrpcEventStream final : public EventStream {
 public:
  // Makes the call if `prepare` succeeds. Else the stream is at its end, with the status of `prepare`.
  GrpcEventStream(v1::ReminderService::Stub& stub, const v1::WatchEventsRequest& request, WaitingCalls& waiting,
                  const std::function<absl::Status(grpc::ClientContext*)>& prepare)
      : waiting_(waiting), outcome_(prepare(&context_)) {
    finished_ = ended_ = !outcome_.ok();
    if (finished_) return;
    waiting_.Begin(&context_);
    reader_ = stub.WatchEvents(&context_, request);
  }

  ~GrpcEventStream() override { Finish().IgnoreError(); }

  bool Next(v1::WatchEventsResponse* response) override {
    if (!ended_) ended_ = !reader_->Read(response);
    return !ended_;
  }

  absl::Status Finish() override {
    if (finished_) return outcome_;
    finished_ = true;
    // Only an open stream is cancelled: cancelling one that has ended would hide why it ended. Finish would wait until
    // all messages have been read.
    if (!ended_) context_.TryCancel();
    v1::WatchEventsResponse unread;
    while (Next(&unread)) continue;
    outcome_ = ToStatus(reader_->Finish());
    waiting_.End(&context_);
    return outcome_;
  }

 private:
  WaitingCalls& waiting_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchEventsResponse>> reader_;
  bool ended_ = false;     // There is nothing more to read.
  bool finished_ = false;  // The outcome is known.
  absl::Status outcome_;
};

class GrpcConnection final : public Connection {
 public:
  GrpcConnection(const ServerAccess& access, const absl::Status& usable, absl::Duration timeout)
      : usable_(usable),
        timeout_(timeout),
        server_(usable.ok() ? access : ServerAccess(), Arguments(), [](absl::string_view) {}),
        channel_(server_.channel()),
        access_(v1::AccessService::NewStub(channel_)),
        clinics_(v1::ClinicService::NewStub(channel_)),
        pathways_(v1::PathwayService::NewStub(channel_)),
        enrollments_(v1::EnrollmentService::NewStub(channel_)),
        visits_(v1::VisitService::NewStub(channel_)),
        reminders_(v1::ReminderService::NewStub(channel_)),
        deliveries_(v1::DeliveryService::NewStub(channel_)),
        replies_(v1::ReplyService::NewStub(channel_)) {}

  absl::StatusOr<v1::CreateTokenResponse> Call(const v1::CreateTokenRequest& request) override {
    return Do(*access_, &v1::AccessService::Stub::CreateToken, request);
  }
  absl::StatusOr<v1::ListTokensResponse> Call(const v1::ListTokensRequest& request) override {
    return Do(*access_, &v1::AccessService::Stub::ListTokens, request);
  }
  absl::StatusOr<v1::RevokeTokenResponse> Call(const v1::RevokeTokenRequest& request) override {
    return Do(*access_, &v1::AccessService::Stub::RevokeToken, request);
  }
  absl::StatusOr<v1::BindRoleResponse> Call(const v1::BindRoleRequest& request) override {
    return Do(*access_, &v1::AccessService::Stub::BindRole, request);
  }
  absl::StatusOr<v1::UnbindRoleResponse> Call(const v1::UnbindRoleRequest& request) override {
    return Do(*access_, &v1::AccessService::Stub::UnbindRole, request);
  }
  absl::StatusOr<v1::ListRoleBindingsResponse> Call(const v1::ListRoleBindingsRequest& request) override {
    return Do(*access_, &v1::AccessService::Stub::ListRoleBindings, request);
  }

  absl::StatusOr<v1::CreateClinicResponse> Call(const v1::CreateClinicRequest& request) override {
    return Do(*clinics_, &v1::ClinicService::Stub::CreateClinic, request);
  }
  absl::StatusOr<v1::GetClinicResponse> Call(const v1::GetClinicRequest& request) override {
    return Do(*clinics_, &v1::ClinicService::Stub::GetClinic, request);
  }
  absl::StatusOr<v1::ListClinicsResponse> Call(const v1::ListClinicsRequest& request) override {
    return Do(*clinics_, &v1::ClinicService::Stub::ListClinics, request);
  }
  absl::StatusOr<v1::UpdateClinicResponse> Call(const v1::UpdateClinicRequest& request) override {
    return Do(*clinics_, &v1::ClinicService::Stub::UpdateClinic, request);
  }
  absl::StatusOr<v1::AdvanceTestClockResponse> Call(const v1::AdvanceTestClockRequest& request) override {
    return Do(*clinics_, &v1::ClinicService::Stub::AdvanceTestClock, request);
  }

  absl::StatusOr<v1::CreatePathwayResponse> Call(const v1::CreatePathwayRequest& request) override {
    return Do(*pathways_, &v1::PathwayService::Stub::CreatePathway, request);
  }
  absl::StatusOr<v1::GetPathwayResponse> Call(const v1::GetPathwayRequest& request) override {
    return Do(*pathways_, &v1::PathwayService::Stub::GetPathway, request);
  }
  absl::StatusOr<v1::ListPathwaysResponse> Call(const v1::ListPathwaysRequest& request) override {
    return Do(*pathways_, &v1::PathwayService::Stub::ListPathways, request);
  }
  absl::StatusOr<v1::UpdatePathwayResponse> Call(const v1::UpdatePathwayRequest& request) override {
    return Do(*pathways_, &v1::PathwayService::Stub::UpdatePathway, request);
  }

  absl::StatusOr<v1::CreateEnrollmentResponse> Call(const v1::CreateEnrollmentRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::CreateEnrollment, request);
  }
  absl::StatusOr<v1::GetEnrollmentResponse> Call(const v1::GetEnrollmentRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::GetEnrollment, request);
  }
  absl::StatusOr<v1::ListEnrollmentsResponse> Call(const v1::ListEnrollmentsRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::ListEnrollments, request);
  }
  absl::StatusOr<v1::UpdateEnrollmentResponse> Call(const v1::UpdateEnrollmentRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::UpdateEnrollment, request);
  }
  absl::StatusOr<v1::MigrateEnrollmentsResponse> Call(const v1::MigrateEnrollmentsRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::MigrateEnrollments, request);
  }
  absl::StatusOr<v1::PauseEnrollmentResponse> Call(const v1::PauseEnrollmentRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::PauseEnrollment, request);
  }
  absl::StatusOr<v1::ResumeEnrollmentResponse> Call(const v1::ResumeEnrollmentRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::ResumeEnrollment, request);
  }
  absl::StatusOr<v1::EndEnrollmentResponse> Call(const v1::EndEnrollmentRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::EndEnrollment, request);
  }
  absl::StatusOr<v1::GetTimelineResponse> Call(const v1::GetTimelineRequest& request) override {
    auto timeline = Do(*enrollments_, &v1::EnrollmentService::Stub::GetTimeline, request);
    v1::GetTimelineRequest next = request;
    while (timeline.ok() && !timeline->next_page_token().empty()) {
      next.set_page_token(timeline->next_page_token());
      auto page = Do(*enrollments_, &v1::EnrollmentService::Stub::GetTimeline, next);
      if (!page.ok()) return page.status();
      timeline->mutable_reminders()->MergeFrom(page->reminders());
      timeline->set_next_page_token(page->next_page_token());
    }
    return timeline;
  }
  absl::StatusOr<v1::GetAdherenceResponse> Call(const v1::GetAdherenceRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::GetAdherence, request);
  }

  absl::StatusOr<v1::ListVisitsResponse> Call(const v1::ListVisitsRequest& request) override {
    return Do(*visits_, &v1::VisitService::Stub::ListVisits, request);
  }
  absl::StatusOr<v1::ScheduleVisitResponse> Call(const v1::ScheduleVisitRequest& request) override {
    return Do(*visits_, &v1::VisitService::Stub::ScheduleVisit, request);
  }
  absl::StatusOr<v1::RecordVisitOutcomeResponse> Call(const v1::RecordVisitOutcomeRequest& request) override {
    return Do(*visits_, &v1::VisitService::Stub::RecordVisitOutcome, request);
  }

  absl::StatusOr<v1::ListRemindersResponse> Call(const v1::ListRemindersRequest& request) override {
    return Do(*reminders_, &v1::ReminderService::Stub::ListReminders, request);
  }
  absl::StatusOr<v1::CountRemindersResponse> Call(const v1::CountRemindersRequest& request) override {
    return Do(*reminders_, &v1::ReminderService::Stub::CountReminders, request);
  }
  absl::StatusOr<v1::GetReminderResponse> Call(const v1::GetReminderRequest& request) override {
    return Do(*reminders_, &v1::ReminderService::Stub::GetReminder, request);
  }
  absl::StatusOr<v1::CompleteReminderResponse> Call(const v1::CompleteReminderRequest& request) override {
    return Do(*reminders_, &v1::ReminderService::Stub::CompleteReminder, request);
  }
  absl::StatusOr<v1::AcknowledgeReminderResponse> Call(const v1::AcknowledgeReminderRequest& request) override {
    return Do(*reminders_, &v1::ReminderService::Stub::AcknowledgeReminder, request);
  }
  absl::StatusOr<v1::MoveReminderResponse> Call(const v1::MoveReminderRequest& request) override {
    return Do(*reminders_, &v1::ReminderService::Stub::MoveReminder, request);
  }
  absl::StatusOr<v1::CancelReminderResponse> Call(const v1::CancelReminderRequest& request) override {
    return Do(*reminders_, &v1::ReminderService::Stub::CancelReminder, request);
  }
  absl::StatusOr<v1::RestoreReminderResponse> Call(const v1::RestoreReminderRequest& request) override {
    return Do(*reminders_, &v1::ReminderService::Stub::RestoreReminder, request);
  }

  absl::StatusOr<v1::SetConsentResponse> Call(const v1::SetConsentRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::SetConsent, request);
  }
  absl::StatusOr<v1::ListConsentDecisionsResponse> Call(const v1::ListConsentDecisionsRequest& request) override {
    return Do(*enrollments_, &v1::EnrollmentService::Stub::ListConsentDecisions, request);
  }
  absl::StatusOr<v1::RecordReplyResponse> Call(const v1::RecordReplyRequest& request) override {
    return Do(*replies_, &v1::ReplyService::Stub::RecordReply, request);
  }
  absl::StatusOr<v1::ListRepliesResponse> Call(const v1::ListRepliesRequest& request) override {
    return Do(*replies_, &v1::ReplyService::Stub::ListReplies, request);
  }
  absl::StatusOr<v1::AssignReplyResponse> Call(const v1::AssignReplyRequest& request) override {
    return Do(*replies_, &v1::ReplyService::Stub::AssignReply, request);
  }
  absl::StatusOr<v1::DecideReplyResponse> Call(const v1::DecideReplyRequest& request) override {
    return Do(*replies_, &v1::ReplyService::Stub::DecideReply, request);
  }

  absl::StatusOr<v1::ReportDeliveriesResponse> Call(const v1::ReportDeliveriesRequest& request) override {
    return Do(*deliveries_, &v1::DeliveryService::Stub::ReportDeliveries, request);
  }
  absl::StatusOr<v1::ListDeadLettersResponse> Call(const v1::ListDeadLettersRequest& request) override {
    return Do(*deliveries_, &v1::DeliveryService::Stub::ListDeadLetters, request);
  }
  absl::StatusOr<v1::RedriveRemindersResponse> Call(const v1::RedriveRemindersRequest& request) override {
    return Do(*deliveries_, &v1::DeliveryService::Stub::RedriveReminders, request);
  }

  absl::StatusOr<v1::ImportEnrollmentsResponse> Call(const v1::ImportEnrollmentsRequest& request) override {
    grpc::ClientContext context;
    if (absl::Status status = Prepare(timeout_, &context); !status.ok()) return status;
    v1::ImportEnrollmentsResponse response;
    waiting_.Begin(&context);
    const auto stream = enrollments_->ImportEnrollments(&context, &response);
    // If the stream breaks here, Finish returns why.
    if (stream->Write(request)) stream->WritesDone();
    const grpc::Status status = stream->Finish();
    waiting_.End(&context);
    if (!status.ok()) return ToStatus(status);
    return response;
  }

  absl::StatusOr<v1::LeaseRemindersResponse> Call(const v1::LeaseRemindersRequest& request) override {
    grpc::ClientContext context;
    const absl::Duration limit = timeout_ + absl::Seconds(request.wait().seconds());
    if (absl::Status status = Prepare(limit, &context); !status.ok()) return status;
    v1::LeaseRemindersResponse response;
    waiting_.Begin(&context);
    const grpc::Status status = deliveries_->LeaseReminders(&context, request, &response);
    waiting_.End(&context);
    if (!status.ok()) return ToStatus(status);
    return response;
  }

  std::unique_ptr<EventStream> Watch(const v1::WatchEventsRequest& request) override {
    return std::make_unique<GrpcEventStream>(
        *reminders_, request, waiting_,
        [this](grpc::ClientContext* context) { return Prepare(absl::InfiniteDuration(), context); });
  }

  void StopWaiting() override { waiting_.Stop(); }

 private:
  static grpc::ChannelArguments Arguments() {
    grpc::ChannelArguments arguments;
    // One patient's year, or a page of a thousand reminders with their texts, may exceed the default of 4 MB.
    arguments.SetMaxReceiveMessageSize(64 << 20);
    // A watcher must notice a returning server soon.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 500);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    return arguments;
  }

  // Sets the time limit of a call, and who makes it. Returns why the call cannot be made.
  absl::Status Prepare(absl::Duration limit, grpc::ClientContext* context) {
    if (!usable_.ok()) return usable_;
    // A time span counts from the start of the call, so nobody needs to ask what time it is.
    if (limit != absl::InfiniteDuration()) {
      context->set_deadline(gpr_time_from_millis(absl::ToInt64Milliseconds(limit), GPR_TIMESPAN));
    }
    const absl::Status authenticated = server_.Authenticate(context);
    return authenticated.ok() ? authenticated : UsageError(authenticated.message());
  }

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Do(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request) {
    grpc::ClientContext context;
    if (absl::Status status = Prepare(timeout_, &context); !status.ok()) return status;
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return ToStatus(status);
    return response;
  }

  const absl::Status usable_;
  const absl::Duration timeout_;
  ServerChannel server_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::AccessService::Stub> access_;
  const std::unique_ptr<v1::ClinicService::Stub> clinics_;
  const std::unique_ptr<v1::PathwayService::Stub> pathways_;
  const std::unique_ptr<v1::EnrollmentService::Stub> enrollments_;
  const std::unique_ptr<v1::VisitService::Stub> visits_;
  const std::unique_ptr<v1::ReminderService::Stub> reminders_;
  const std::unique_ptr<v1::DeliveryService::Stub> deliveries_;
  const std::unique_ptr<v1::ReplyService::Stub> replies_;
  WaitingCalls waiting_;
};

}  // namespace

std::unique_ptr<Connection> Connection::Create(const ServerAccess& access, const absl::Status& usable,
                                               absl::Duration timeout) {
  // What goes wrong is told by the statuses of calls, in words for users.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
  const ScopedSignalBlock blocked;  // A channel starts threads, which live as long as the program.
  return std::make_unique<GrpcConnection>(access, usable, timeout);
}

}  // namespace aftercare::client
