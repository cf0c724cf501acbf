#include "services/server/services.h"

#include <functional>

#include "aftercare/v1/clinic_service.grpc.pb.h"
#include "aftercare/v1/delivery_service.grpc.pb.h"
#include "aftercare/v1/enrollment_service.grpc.pb.h"
#include "aftercare/v1/pathway_service.grpc.pb.h"
#include "aftercare/v1/reminder_service.grpc.pb.h"
#include "aftercare/v1/visit_service.grpc.pb.h"
#include "services/server/calls.h"
#include "services/server/import_call.h"
#include "services/server/stream_call.h"
#include "services/server/watch_call.h"

namespace aftercare::server {
namespace {

using Context = grpc::CallbackServerContext;
using Bytes = grpc::ByteBuffer;
using Unary = grpc::ServerUnaryReactor;

// Every method is raw, so that a request that does not parse can be answered with what is wrong in it.
template <template <typename> class... Raw>
struct Chain;
template <template <typename> class Last>
struct Chain<Last> {
  template <typename Service>
  using On = Last<Service>;
};
template <template <typename> class First, template <typename> class... Rest>
struct Chain<First, Rest...> {
  template <typename Service>
  using On = First<typename Chain<Rest...>::template On<Service>>;
};

using RawClinicService = Chain<
    v1::ClinicService::WithRawCallbackMethod_CreateClinic,
    v1::ClinicService::WithRawCallbackMethod_GetClinic,
    v1::ClinicService::WithRawCallbackMethod_ListClinics,
    v1::ClinicService::WithRawCallbackMethod_UpdateClinic,
    v1::ClinicService::WithRawCallbackMethod_AdvanceTestClock>::On<v1::ClinicService::Service>;

class ClinicServiceImpl : public RawClinicService {
 public:
  explicit ClinicServiceImpl(engine::Engine& engine) : engine_(engine) {}

  Unary* CreateClinic(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::CreateClinicRequest, v1::CreateClinicResponse>::Start(
        context, in, out, std::bind_front(&engine::Clinics::Create, &engine_.clinics));
  }

  Unary* GetClinic(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::GetClinicRequest, v1::GetClinicResponse>::Start(
        context, in, out, std::bind_front(&engine::Clinics::Get, &engine_.clinics));
  }

  Unary* ListClinics(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ListClinicsRequest, v1::ListClinicsResponse>::Start(
        context, in, out, std::bind_front(&engine::Clinics::List, &engine_.clinics));
  }

  Unary* UpdateClinic(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::UpdateClinicRequest, v1::UpdateClinicResponse>::Start(
        context, in, out, std::bind_front(&engine::Clinics::Update, &engine_.clinics));
  }

  Unary* AdvanceTestClock(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::AdvanceTestClockRequest, v1::AdvanceTestClockResponse>::Start(
        context, in, out, std::bind_front(&engine::Clinics::AdvanceTestClock, &engine_.clinics));
  }

 private:
  engine::Engine& engine_;
};

using RawPathwayService = Chain<
    v1::PathwayService::WithRawCallbackMethod_CreatePathway,
    v1::PathwayService::WithRawCallbackMethod_GetPathway,
    v1::PathwayService::WithRawCallbackMethod_ListPathways,
    v1::PathwayService::WithRawCallbackMethod_UpdatePathway,
    v1::PathwayService::WithRawCallbackMethod_ListPathwayRevisions,
    v1::PathwayService::WithRawCallbackMethod_PreviewPlan>::On<v1::PathwayService::Service>;

class PathwayServiceImpl : public RawPathwayService {
 public:
  explicit PathwayServiceImpl(engine::Engine& engine) : engine_(engine) {}

  Unary* CreatePathway(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::CreatePathwayRequest, v1::CreatePathwayResponse>::Start(
        context, in, out, std::bind_front(&engine::Pathways::Create, &engine_.pathways));
  }

  Unary* GetPathway(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::GetPathwayRequest, v1::GetPathwayResponse>::Start(
        context, in, out, std::bind_front(&engine::Pathways::Get, &engine_.pathways));
  }

  Unary* ListPathways(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ListPathwaysRequest, v1::ListPathwaysResponse>::Start(
        context, in, out, std::bind_front(&engine::Pathways::List, &engine_.pathways));
  }

  Unary* UpdatePathway(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::UpdatePathwayRequest, v1::UpdatePathwayResponse>::Start(
        context, in, out, std::bind_front(&engine::Pathways::Update, &engine_.pathways));
  }

  Unary* ListPathwayRevisions(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ListPathwayRevisionsRequest, v1::ListPathwayRevisionsResponse>::Start(
        context, in, out, std::bind_front(&engine::Pathways::ListRevisions, &engine_.pathways));
  }

  Unary* PreviewPlan(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::PreviewPlanRequest, v1::PreviewPlanResponse>::Start(
        context, in, out, std::bind_front(&engine::Pathways::Preview, &engine_.pathways));
  }

 private:
  engine::Engine& engine_;
};

using RawEnrollmentService = Chain<
    v1::EnrollmentService::WithRawCallbackMethod_CreateEnrollment,
    v1::EnrollmentService::WithRawCallbackMethod_GetEnrollment,
    v1::EnrollmentService::WithRawCallbackMethod_ListEnrollments,
    v1::EnrollmentService::WithRawCallbackMethod_ImportEnrollments,
    v1::EnrollmentService::WithRawCallbackMethod_UpdateEnrollment,
    v1::EnrollmentService::WithRawCallbackMethod_MigrateEnrollments,
    v1::EnrollmentService::WithRawCallbackMethod_PauseEnrollment,
    v1::EnrollmentService::WithRawCallbackMethod_ResumeEnrollment,
    v1::EnrollmentService::WithRawCallbackMethod_EndEnrollment,
    v1::EnrollmentService::WithRawCallbackMethod_SetChannelConsent,
    v1::EnrollmentService::WithRawCallbackMethod_GetTimeline>::On<v1::EnrollmentService::Service>;

class EnrollmentServiceImpl : public RawEnrollmentService {
 public:
  explicit EnrollmentServiceImpl(engine::Engine& engine) : engine_(engine) {}

  Unary* CreateEnrollment(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::CreateEnrollmentRequest, v1::CreateEnrollmentResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::Create, &engine_.enrollments));
  }

  Unary* GetEnrollment(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::GetEnrollmentRequest, v1::GetEnrollmentResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::Get, &engine_.enrollments));
  }

  Unary* ListEnrollments(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ListEnrollmentsRequest, v1::ListEnrollmentsResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::List, &engine_.enrollments));
  }

  grpc::ServerReadReactor<Bytes>* ImportEnrollments(Context* context, Bytes* out) override {
    return ImportEnrollmentsCall::Start(engine_, context, out);
  }

  Unary* UpdateEnrollment(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::UpdateEnrollmentRequest, v1::UpdateEnrollmentResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::Update, &engine_.enrollments));
  }

  Unary* MigrateEnrollments(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::MigrateEnrollmentsRequest, v1::MigrateEnrollmentsResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::Migrate, &engine_.enrollments));
  }

  Unary* PauseEnrollment(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::PauseEnrollmentRequest, v1::PauseEnrollmentResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::Pause, &engine_.enrollments));
  }

  Unary* ResumeEnrollment(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ResumeEnrollmentRequest, v1::ResumeEnrollmentResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::Resume, &engine_.enrollments));
  }

  Unary* EndEnrollment(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::EndEnrollmentRequest, v1::EndEnrollmentResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::End, &engine_.enrollments));
  }

  Unary* SetChannelConsent(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::SetChannelConsentRequest, v1::SetChannelConsentResponse>::Start(
        context, in, out, std::bind_front(&engine::Consents::SetChannel, &engine_.consents));
  }

  Unary* GetTimeline(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::GetTimelineRequest, v1::GetTimelineResponse>::Start(
        context, in, out, std::bind_front(&engine::Enrollments::GetTimeline, &engine_.enrollments));
  }

 private:
  engine::Engine& engine_;
};

using RawVisitService = Chain<
    v1::VisitService::WithRawCallbackMethod_ListVisits,
    v1::VisitService::WithRawCallbackMethod_ScheduleVisit,
    v1::VisitService::WithRawCallbackMethod_RecordVisitOutcome>::On<v1::VisitService::Service>;

class VisitServiceImpl : public RawVisitService {
 public:
  explicit VisitServiceImpl(engine::Engine& engine) : engine_(engine) {}

  Unary* ListVisits(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ListVisitsRequest, v1::ListVisitsResponse>::Start(
        context, in, out, std::bind_front(&engine::Visits::List, &engine_.visits));
  }

  Unary* ScheduleVisit(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ScheduleVisitRequest, v1::ScheduleVisitResponse>::Start(
        context, in, out, std::bind_front(&engine::Visits::Schedule, &engine_.visits));
  }

  Unary* RecordVisitOutcome(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::RecordVisitOutcomeRequest, v1::RecordVisitOutcomeResponse>::Start(
        context, in, out, std::bind_front(&engine::Visits::RecordOutcome, &engine_.visits));
  }

 private:
  engine::Engine& engine_;
};

using RawReminderService = Chain<
    v1::ReminderService::WithRawCallbackMethod_ListReminders,
    v1::ReminderService::WithRawCallbackMethod_CountReminders,
    v1::ReminderService::WithRawCallbackMethod_GetReminder,
    v1::ReminderService::WithRawCallbackMethod_CompleteReminder,
    v1::ReminderService::WithRawCallbackMethod_MoveReminder,
    v1::ReminderService::WithRawCallbackMethod_CancelReminder,
    v1::ReminderService::WithRawCallbackMethod_RestoreReminder,
    v1::ReminderService::WithRawCallbackMethod_WatchEvents>::On<v1::ReminderService::Service>;

class ReminderServiceImpl : public RawReminderService {
 public:
  explicit ReminderServiceImpl(engine::Engine& engine) : engine_(engine) {}

  Unary* ListReminders(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ListRemindersRequest, v1::ListRemindersResponse>::Start(
        context, in, out, std::bind_front(&engine::Reminders::List, &engine_.reminders));
  }

  Unary* CountReminders(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::CountRemindersRequest, v1::CountRemindersResponse>::Start(
        context, in, out, std::bind_front(&engine::Reminders::Count, &engine_.reminders));
  }

  Unary* GetReminder(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::GetReminderRequest, v1::GetReminderResponse>::Start(
        context, in, out, std::bind_front(&engine::Reminders::Get, &engine_.reminders));
  }

  Unary* CompleteReminder(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::CompleteReminderRequest, v1::CompleteReminderResponse>::Start(
        context, in, out, std::bind_front(&engine::Reminders::Complete, &engine_.reminders));
  }

  Unary* MoveReminder(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::MoveReminderRequest, v1::MoveReminderResponse>::Start(
        context, in, out, std::bind_front(&engine::Reminders::Move, &engine_.reminders));
  }

  Unary* CancelReminder(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::CancelReminderRequest, v1::CancelReminderResponse>::Start(
        context, in, out, std::bind_front(&engine::Reminders::Cancel, &engine_.reminders));
  }

  Unary* RestoreReminder(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::RestoreReminderRequest, v1::RestoreReminderResponse>::Start(
        context, in, out, std::bind_front(&engine::Reminders::Restore, &engine_.reminders));
  }

  grpc::ServerWriteReactor<Bytes>* WatchEvents(Context* context, const Bytes* in) override {
    return WatchEventsCall::Start(engine_, context, in);
  }

 private:
  engine::Engine& engine_;
};

using RawDeliveryService = Chain<
    v1::DeliveryService::WithRawCallbackMethod_LeaseReminders,
    v1::DeliveryService::WithRawCallbackMethod_StreamReminders,
    v1::DeliveryService::WithRawCallbackMethod_ReportDeliveries,
    v1::DeliveryService::WithRawCallbackMethod_ExtendLeases,
    v1::DeliveryService::WithRawCallbackMethod_ListDeadLetters,
    v1::DeliveryService::WithRawCallbackMethod_RedriveReminders,
    v1::DeliveryService::WithRawCallbackMethod_RecordReply,
    v1::DeliveryService::WithRawCallbackMethod_ListReplies>::On<v1::DeliveryService::Service>;

class DeliveryServiceImpl : public RawDeliveryService {
 public:
  explicit DeliveryServiceImpl(engine::Engine& engine) : engine_(engine) {}

  Unary* LeaseReminders(Context* context, const Bytes* in, Bytes* out) override {
    return LeaseRemindersCall::Start(engine_, context, in, out);
  }

  Unary* ReportDeliveries(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ReportDeliveriesRequest, v1::ReportDeliveriesResponse>::Start(
        context, in, out, std::bind_front(&engine::Deliveries::Report, &engine_.deliveries));
  }

  grpc::ServerBidiReactor<Bytes, Bytes>* StreamReminders(Context* context) override {
    return StreamRemindersCall::Start(engine_, context);
  }

  Unary* ExtendLeases(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ExtendLeasesRequest, v1::ExtendLeasesResponse>::Start(
        context, in, out, std::bind_front(&engine::Deliveries::Extend, &engine_.deliveries));
  }

  Unary* ListDeadLetters(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ListDeadLettersRequest, v1::ListDeadLettersResponse>::Start(
        context, in, out, std::bind_front(&engine::Deliveries::ListDeadLetters, &engine_.deliveries));
  }

  Unary* RedriveReminders(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::RedriveRemindersRequest, v1::RedriveRemindersResponse>::Start(
        context, in, out, std::bind_front(&engine::Deliveries::Redrive, &engine_.deliveries));
  }

  Unary* RecordReply(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::RecordReplyRequest, v1::RecordReplyResponse>::Start(
        context, in, out, std::bind_front(&engine::Replies::Record, &engine_.replies));
  }

  Unary* ListReplies(Context* context, const Bytes* in, Bytes* out) override {
    return UnaryCall<v1::ListRepliesRequest, v1::ListRepliesResponse>::Start(
        context, in, out, std::bind_front(&engine::Replies::List, &engine_.replies));
  }

 private:
  engine::Engine& engine_;
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(engine::Engine& engine) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<ClinicServiceImpl>(engine));
  services.push_back(std::make_unique<PathwayServiceImpl>(engine));
  services.push_back(std::make_unique<EnrollmentServiceImpl>(engine));
  services.push_back(std::make_unique<VisitServiceImpl>(engine));
  services.push_back(std::make_unique<ReminderServiceImpl>(engine));
  services.push_back(std::make_unique<DeliveryServiceImpl>(engine));
  return services;
}

}  // namespace aftercare::server
