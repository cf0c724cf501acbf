#include "scheduler/engine/enrollments/enrollments.h"

#include <utility>

#include "scheduler/engine/adherence/get_adherence.h"
#include "scheduler/engine/enrollments/create_enrollment.h"
#include "scheduler/engine/enrollments/end_enrollment.h"
#include "scheduler/engine/enrollments/migrate_enrollments.h"
#include "scheduler/engine/enrollments/pause_enrollment.h"
#include "scheduler/engine/enrollments/read_enrollments.h"
#include "scheduler/engine/enrollments/timeline.h"
#include "scheduler/engine/enrollments/update_enrollment.h"

namespace aftercare::engine {

void Enrollments::Create(const CallPtr& call, const v1::CreateEnrollmentRequest& request,
                         v1::CreateEnrollmentResponse* response, Done done) {
  CreateEnrollment(engine_, call, request, response, std::move(done));
}

void Enrollments::Get(const CallPtr& call, const v1::GetEnrollmentRequest& request, v1::GetEnrollmentResponse* response,
                      Done done) {
  GetEnrollment(engine_, call, request, response, std::move(done));
}

void Enrollments::List(const CallPtr& call, const v1::ListEnrollmentsRequest& request,
                       v1::ListEnrollmentsResponse* response, Done done) {
  ListEnrollments(engine_, call, request, response, std::move(done));
}

void Enrollments::Update(const CallPtr& call, const v1::UpdateEnrollmentRequest& request,
                         v1::UpdateEnrollmentResponse* response, Done done) {
  UpdateEnrollment(engine_, call, request, response, std::move(done));
}

void Enrollments::Migrate(const CallPtr& call, const v1::MigrateEnrollmentsRequest& request,
                          v1::MigrateEnrollmentsResponse* response, Done done) {
  MigrateEnrollments(engine_, call, request, response, std::move(done));
}

void Enrollments::Pause(const CallPtr& call, const v1::PauseEnrollmentRequest& request,
                        v1::PauseEnrollmentResponse* response, Done done) {
  PauseEnrollment(engine_, call, request, response, std::move(done));
}

void Enrollments::Resume(const CallPtr& call, const v1::ResumeEnrollmentRequest& request,
                         v1::ResumeEnrollmentResponse* response, Done done) {
  ResumeEnrollment(engine_, call, request, response, std::move(done));
}

void Enrollments::End(const CallPtr& call, const v1::EndEnrollmentRequest& request, v1::EndEnrollmentResponse* response,
                      Done done) {
  EndEnrollment(engine_, call, request, response, std::move(done));
}

void Enrollments::GetTimeline(const CallPtr& call, const v1::GetTimelineRequest& request,
                              v1::GetTimelineResponse* response, Done done) {
  engine::GetTimeline(engine_, call, request, response, std::move(done));
}

void Enrollments::GetAdherence(const CallPtr& call, const v1::GetAdherenceRequest& request,
                               v1::GetAdherenceResponse* response, Done done) {
  engine::GetAdherence(engine_, call, request, response, std::move(done));
}

}  // namespace aftercare::engine
