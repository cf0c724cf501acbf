#include "tests/history/final_state.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::history {
namespace {

using e2e::Call;
using e2e::Client;

// The pathways' last window closes within it.
constexpr absl::Duration kLongEnough = absl::Hours(24 * 14);

absl::Time ClockOf(Client& client, const std::string& clinic) {
  v1::GetClinicRequest request;
  request.set_name(clinic);
  const auto answer = Call(*client.clinics, &v1::ClinicService::Stub::GetClinic, request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return plan::ToTime(answer->clinic().test_clock_time());
}

void PassTime(TestRun& run, Client& client, const std::string& clinic) {
  const absl::Time end = ClockOf(client, clinic) + kLongEnough;
  v1::AdvanceTestClockRequest request;
  request.set_name(clinic);
  plan::SetTimestamp(end, request.mutable_time());
  Observation call;
  call.set_actor("the end");
  call.mutable_change()->set_kind(Change::KIND_ADVANCE);
  call.mutable_change()->set_name(clinic);
  call.mutable_change()->set_request_id("the-end");
  call.mutable_change()->set_micros(absl::ToUnixMicros(end));
  Ask(run.recorder, *client.clinics, &v1::ClinicService::Stub::AdvanceTestClock, request, &call);
  EXPECT_EQ(call.outcome(), OUTCOME_DONE);
  run.recorder.Add(std::move(call));
}

std::vector<v1::Enrollment> AllEnrollments(Client& client, const std::string& clinic) {
  std::vector<v1::Enrollment> all;
  v1::ListEnrollmentsRequest request;
  request.set_parent(clinic);
  request.set_page_size(1000);
  do {
    const auto answer = Call(*client.enrollments, &v1::EnrollmentService::Stub::ListEnrollments, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    all.insert(all.end(), answer->enrollments().begin(), answer->enrollments().end());
    request.set_page_token(answer->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

void End(TestRun& run, Client& client, const std::string& enrollment) {
  v1::EndEnrollmentRequest request;
  request.set_name(enrollment);
  request.set_reason(v1::END_REASON_COMPLETED);
  Observation call;
  call.set_actor("the end");
  call.mutable_change()->set_kind(Change::KIND_END);
  call.mutable_change()->set_name(enrollment);
  call.mutable_change()->set_request_id("the-end-of-" + enrollment);
  call.mutable_change()->set_end_reason(request.reason());
  Ask(run.recorder, *client.enrollments, &v1::EnrollmentService::Stub::EndEnrollment, request, &call);
  EXPECT_EQ(call.outcome(), OUTCOME_DONE) << call.reason();
  run.recorder.Add(std::move(call));
}

// Only what the checks are about.
v1::Reminder Outline(const v1::Reminder& reminder) {
  v1::Reminder outline;
  outline.set_name(reminder.name());
  outline.set_state(reminder.state());
  outline.set_reason(reminder.reason());
  outline.set_cause(reminder.cause());
  outline.set_escalation_step(reminder.escalation_step());
  if (reminder.has_acknowledge_time()) *outline.mutable_acknowledge_time() = reminder.acknowledge_time();
  if (reminder.has_notify_time()) *outline.mutable_notify_time() = reminder.notify_time();
  return outline;
}

void Read(Client& client, const Place& place, History* end) {
  Clinic& clinic = *end->add_clinics();
  clinic = place.clinic;
  if (clinic.sandbox()) clinic.set_last_micros(absl::ToUnixMicros(ClockOf(client, clinic.name())));
  for (const v1::Enrollment& enrollment : AllEnrollments(client, clinic.name())) {
    v1::GetTimelineRequest request;
    request.set_name(enrollment.name());
    const auto answer = Call(*client.enrollments, &v1::EnrollmentService::Stub::GetTimeline, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    for (const v1::Reminder& reminder : answer->reminders()) *end->add_timelines() = Outline(reminder);
    *end->add_enrollments() = enrollment;
  }
  v1::ListRemindersRequest list;
  list.set_parent(clinic.name());
  for (const v1::Reminder& reminder : e2e::ListAll(client, list)) *end->add_reminders() = Outline(reminder);
}

}  // namespace

History FinishAndReadState(TestRun& run, const std::vector<Place>& places) {
  const ClientPtr client = run.server.AwaitClient(nullptr);
  History end;
  for (const Place& place : places) {
    if (place.clinic.sandbox()) PassTime(run, *client, place.clinic.name());
    for (const v1::Enrollment& enrollment : AllEnrollments(*client, place.clinic.name())) {
      if (enrollment.state() != v1::ENROLLMENT_STATE_ENDED) End(run, *client, enrollment.name());
    }
    Read(*client, place, &end);
  }
  return end;
}

}  // namespace aftercare::history
