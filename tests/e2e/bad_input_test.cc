// Bad input gets one clear error that names every bad field, and nothing is stored.
#include <grpcpp/generic/generic_stub.h>

#include "absl/strings/str_cat.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class BadInputTest : public Service {
 protected:
  BadInputTest() {
    CreateClinic(*client, "riverside", "2026-03-01T09:00:00-05:00");
    CreatePathway(*client, "riverside", "knee", KneePathway());
  }

  // Every clinic has as many enrollments and pathways as the constructor left it.
  void ExpectNothingStored() {
    v1::ListEnrollmentsRequest enrollments;
    enrollments.set_parent("clinics/riverside");
    EXPECT_THAT(Call(*client->enrollments, &v1::EnrollmentService::Stub::ListEnrollments, enrollments)->enrollments(),
                IsEmpty());
    v1::ListPathwaysRequest pathways;
    pathways.set_parent("clinics/riverside");
    EXPECT_THAT(Call(*client->pathways, &v1::PathwayService::Stub::ListPathways, pathways)->pathways(), SizeIs(1));
    EXPECT_THAT(Call(*client->clinics, &v1::ClinicService::Stub::ListClinics, v1::ListClinicsRequest())->clinics(),
                SizeIs(1));
  }

  grpc::Status Create(const v1::CreateEnrollmentRequest& request) {
    return Call(*client->enrollments, &v1::EnrollmentService::Stub::CreateEnrollment, request).status;
  }
};

void ExpectFields(const grpc::Status& status, const std::vector<std::string>& fields) {
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
  EXPECT_THAT(FieldsOf(status), ::testing::UnorderedElementsAreArray(fields)) << status.error_message();
}

void ExpectError(const grpc::Status& status, grpc::StatusCode code, const std::string& reason) {
  EXPECT_EQ(status.error_code(), code) << status.error_message();
  EXPECT_EQ(ReasonOf(status), reason);
}

TEST_F(BadInputTest, AnEnrollmentIsToldAllItsFaultsAtOnce) {
  auto request = Patient("riverside", "Not An Id", "2026-02-30", R"(
      time_zone: "EST5" locale: "klingon!" factors { key: "mood" value: "good" }
      factors { key: "severity" value: "terrible" } contact_points { channel: CHANNEL_SMS address: "call me" })");
  request.mutable_enrollment()->set_patient("");
  request.mutable_enrollment()->set_first_name("A\x07na");
  request.mutable_enrollment()->set_consent(v1::CONSENT_UNSPECIFIED);
  request.set_request_id("spaces are not good");
  ExpectFields(Create(request),
               {"enrollment_id", "request_id", "enrollment.patient", "enrollment.first_name",
                "enrollment.procedure_date", "enrollment.time_zone", "enrollment.locale",
                "enrollment.factors[\"mood\"]", "enrollment.factors[\"severity\"]",
                "enrollment.contact_points[0].address", "enrollment.consent"});
  ExpectNothingStored();
}

TEST_F(BadInputTest, WhereThePathwayIsMalformedTheRestIsCheckedAllTheSame) {
  auto request = Patient("riverside", "ana", "2026-02-30", "time_zone: 'EST5'");
  request.set_parent("riverside");
  request.mutable_enrollment()->set_pathway("clinics/other/pathways/");
  ExpectFields(Create(request),
               {"parent", "enrollment.pathway", "enrollment.procedure_date", "enrollment.time_zone"});
}

TEST_F(BadInputTest, WhatDoesNotExistIsNotFound) {
  ExpectError(Create(Patient("nowhere", "ana", "2026-03-02")), grpc::StatusCode::NOT_FOUND, "CLINIC_NOT_FOUND");
  auto request = Patient("riverside", "ana", "2026-03-02");
  request.mutable_enrollment()->set_pathway("clinics/riverside/pathways/hip");
  ExpectError(Create(request), grpc::StatusCode::NOT_FOUND, "PATHWAY_NOT_FOUND");
  request.mutable_enrollment()->set_pathway("clinics/riverside/pathways/knee");
  request.mutable_enrollment()->set_pathway_revision(2);
  ExpectError(Create(request), grpc::StatusCode::NOT_FOUND, "PATHWAY_NOT_FOUND");

  v1::GetEnrollmentRequest get;
  get.set_name("clinics/riverside/enrollments/nobody");
  ExpectError(Call(*client->enrollments, &v1::EnrollmentService::Stub::GetEnrollment, get).status,
              grpc::StatusCode::NOT_FOUND, "ENROLLMENT_NOT_FOUND");
  Enroll(*client, Patient("riverside", "ana", "2026-03-02"));
  v1::GetReminderRequest reminder;
  reminder.set_name("clinics/riverside/enrollments/ana/reminders/no-such-rule.2026-03-03");
  ExpectError(Call(*client->reminders, &v1::ReminderService::Stub::GetReminder, reminder).status,
              grpc::StatusCode::NOT_FOUND, "REMINDER_NOT_FOUND");
  v1::WatchEventsRequest watch;
  watch.set_parent("clinics/nowhere");
  grpc::ClientContext context;
  auto stream = client->reminders->WatchEvents(&context, watch);
  v1::WatchEventsResponse response;
  EXPECT_FALSE(stream->Read(&response));
  ExpectError(stream->Finish(), grpc::StatusCode::NOT_FOUND, "CLINIC_NOT_FOUND");
  v1::LeaseRemindersRequest lease;
  lease.set_parent("clinics/nowhere");
  ExpectError(Call(*client->deliveries, &v1::DeliveryService::Stub::LeaseReminders, lease).status,
              grpc::StatusCode::NOT_FOUND, "CLINIC_NOT_FOUND");
}

template <typename Method>
struct MethodTraits;
template <typename Stub, typename Request, typename Response>
struct MethodTraits<grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*)> {
  using RequestType = Request;
};
// The request that a method of a stub takes.
template <typename Method>
using RequestOf = typename MethodTraits<Method>::RequestType;

// Every method, with a name that is none and all else unset.
TEST_F(BadInputTest, MalformedNamesAreRefusedByEveryMethod) {
  for (const std::string name : {"", "clinics", "clinics/", "clinics/UP", "clinics/a/b", "//", "enrollments/x",
                                  "clinics/riverside/enrollments/ana/reminders/ice", "clinics/a\n"}) {
    SCOPED_TRACE(name);
    const auto expect_field = [](const grpc::Status& status, const std::string& field) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
      EXPECT_THAT(FieldsOf(status), Contains(field)) << status.error_message();
    };
    const auto expect_name_refused = [&](const auto& stub, auto method) {
      RequestOf<decltype(method)> request;
      request.set_name(name);
      expect_field(Call(*stub, method, request).status, "name");
    };
    const auto expect_parent_refused = [&](const auto& stub, auto method) {
      RequestOf<decltype(method)> request;
      request.set_parent(name);
      expect_field(Call(*stub, method, request).status, "parent");
    };
    using Clinics = v1::ClinicService::Stub;
    using Pathways = v1::PathwayService::Stub;
    using Enrollments = v1::EnrollmentService::Stub;
    using Reminders = v1::ReminderService::Stub;
    using Deliveries = v1::DeliveryService::Stub;
    expect_name_refused(client->clinics, &Clinics::GetClinic);
    expect_name_refused(client->clinics, &Clinics::AdvanceTestClock);
    expect_field(Call(*client->clinics, &Clinics::UpdateClinic, v1::UpdateClinicRequest()).status, "clinic.name");
    expect_parent_refused(client->pathways, &Pathways::CreatePathway);
    expect_name_refused(client->pathways, &Pathways::GetPathway);
    expect_parent_refused(client->pathways, &Pathways::ListPathways);
    expect_field(Call(*client->pathways, &Pathways::UpdatePathway, v1::UpdatePathwayRequest()).status, "pathway.name");
    expect_name_refused(client->pathways, &Pathways::ListPathwayRevisions);
    expect_parent_refused(client->pathways, &Pathways::PreviewPlan);
    expect_parent_refused(client->enrollments, &Enrollments::CreateEnrollment);
    expect_name_refused(client->enrollments, &Enrollments::GetEnrollment);
    expect_parent_refused(client->enrollments, &Enrollments::ListEnrollments);
    expect_field(Call(*client->enrollments, &Enrollments::UpdateEnrollment, v1::UpdateEnrollmentRequest()).status,
                 "enrollment.name");
    v1::MigrateEnrollmentsRequest migrate;
    migrate.set_pathway(name);
    expect_field(Call(*client->enrollments, &Enrollments::MigrateEnrollments, migrate).status, "pathway");
    expect_name_refused(client->enrollments, &Enrollments::PauseEnrollment);
    expect_name_refused(client->enrollments, &Enrollments::ResumeEnrollment);
    expect_name_refused(client->enrollments, &Enrollments::EndEnrollment);
    expect_name_refused(client->enrollments, &Enrollments::GetTimeline);
    expect_name_refused(client->enrollments, &Enrollments::GetAdherence);
    expect_parent_refused(client->reminders, &Reminders::ListReminders);
    expect_parent_refused(client->reminders, &Reminders::CountReminders);
    expect_name_refused(client->reminders, &Reminders::GetReminder);
    expect_name_refused(client->reminders, &Reminders::CompleteReminder);
    expect_name_refused(client->reminders, &Reminders::AcknowledgeReminder);
    expect_name_refused(client->reminders, &Reminders::MoveReminder);
    expect_name_refused(client->reminders, &Reminders::CancelReminder);
    expect_name_refused(client->reminders, &Reminders::RestoreReminder);
    expect_parent_refused(client->deliveries, &Deliveries::LeaseReminders);
    grpc::ClientContext context;
    v1::WatchEventsRequest watch;
    watch.set_parent(name);
    auto stream = client->reminders->WatchEvents(&context, watch);
    v1::WatchEventsResponse response;
    EXPECT_FALSE(stream->Read(&response));
    expect_field(stream->Finish(), "parent");
  }
}

TEST_F(BadInputTest, PageSizesAndTokensAreChecked) {
  auto list = FromText<v1::ListRemindersRequest>(R"(parent: "clinics/riverside" page_size: -1 page_token: "made up")");
  ExpectFields(Call(*client->reminders, &v1::ReminderService::Stub::ListReminders, list).status,
               {"page_size", "page_token"});
  auto clinics = FromText<v1::ListClinicsRequest>(R"(page_size: -5 page_token: "made up")");
  ExpectFields(Call(*client->clinics, &v1::ClinicService::Stub::ListClinics, clinics).status,
               {"page_size", "page_token"});
  auto pathways = FromText<v1::ListPathwaysRequest>(R"(parent: "clinics/riverside" page_size: -1 page_token: "x")");
  ExpectFields(Call(*client->pathways, &v1::PathwayService::Stub::ListPathways, pathways).status,
               {"page_size", "page_token"});
  auto revisions = FromText<v1::ListPathwayRevisionsRequest>(
      R"(name: "clinics/riverside/pathways/knee" page_size: -1 page_token: "x")");
  ExpectFields(Call(*client->pathways, &v1::PathwayService::Stub::ListPathwayRevisions, revisions).status,
               {"page_size", "page_token"});
  auto enrollments =
      FromText<v1::ListEnrollmentsRequest>(R"(parent: "clinics/riverside" page_size: -1 page_token: "x")");
  ExpectFields(Call(*client->enrollments, &v1::EnrollmentService::Stub::ListEnrollments, enrollments).status,
               {"page_size", "page_token"});
}

TEST_F(BadInputTest, APageTokenIsGoodOnlyForTheQueryItCameFrom) {
  Enroll(*client, Patient("riverside", "ana", "2026-03-02"));
  auto list = FromText<v1::ListRemindersRequest>(R"(parent: "clinics/riverside" page_size: 2)");
  const auto first = Call(*client->reminders, &v1::ReminderService::Stub::ListReminders, list);
  ASSERT_NE(first->next_page_token(), "");
  list.set_page_token(first->next_page_token());
  list.mutable_filter()->set_patient("mrn-ana");
  ExpectFields(Call(*client->reminders, &v1::ReminderService::Stub::ListReminders, list).status, {"page_token"});
}

TEST_F(BadInputTest, AResumeTokenOfAnotherClinicIsRefused) {
  CreateClinic(*client, "hillside");
  auto list = FromText<v1::ListRemindersRequest>(R"(parent: "clinics/hillside")");
  v1::WatchEventsRequest watch;
  watch.set_parent("clinics/riverside");
  watch.set_resume_token(
      Call(*client->reminders, &v1::ReminderService::Stub::ListReminders, list)->resume_token());
  ASSERT_NE(watch.resume_token(), "");
  grpc::ClientContext context;
  auto stream = client->reminders->WatchEvents(&context, watch);
  v1::WatchEventsResponse response;
  EXPECT_FALSE(stream->Read(&response));
  ExpectError(stream->Finish(), grpc::StatusCode::INVALID_ARGUMENT, "INVALID_RESUME_TOKEN");
}

TEST_F(BadInputTest, TextsOfTenMegabytesAreRefusedByName) {
  const std::string huge(10 << 20, 'x');
  auto request = Patient("riverside", "ana", "2026-03-02");
  request.mutable_enrollment()->set_first_name(huge);
  ExpectFields(Create(request), {"enrollment.first_name"});

  request.mutable_enrollment()->set_first_name("Ana");
  (*request.mutable_enrollment()->mutable_factors())[huge] = "severe";
  const grpc::Status status = Create(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  EXPECT_THAT(FieldsOf(status), ElementsAre(HasSubstr("enrollment.factors[\"xxx")));

  v1::CreatePathwayRequest pathway;
  pathway.set_parent("clinics/riverside");
  pathway.set_pathway_id("hip");
  *pathway.mutable_pathway() = KneePathway();
  (*pathway.mutable_pathway()->mutable_rules(3)->mutable_texts())["en"] = huge;
  ExpectFields(Call(*client->pathways, &v1::PathwayService::Stub::CreatePathway, pathway).status,
               {"pathway.rules[3].texts[\"en\"]"});
  ExpectNothingStored();
}

TEST_F(BadInputTest, TextThatIsNotUtf8IsRefusedByName) {
  auto request = Patient("riverside", "ana", "2026-03-02");
  request.mutable_enrollment()->set_first_name("An\xff");
  request.mutable_enrollment()->mutable_contact_points(0)->set_address("+1\xc3");
  ExpectFields(Create(request), {"enrollment.first_name", "enrollment.contact_points[0].address"});
  ExpectNothingStored();
}

TEST_F(BadInputTest, BytesThatAreNoMessageAreRefused) {
  grpc::Slice slice("\x0a\xff\xff\xff garbage");
  grpc::ByteBuffer bytes(&slice, 1);
  grpc::GenericStub stub(client->channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(&context, "/aftercare.v1.EnrollmentService/CreateEnrollment", bytes, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED_REQUEST");
  queue.Shutdown();
}

TEST_F(BadInputTest, EveryFaultOfAPathwayIsNamedWithItsPath) {
  v1::CreatePathwayRequest request;
  request.set_parent("clinics/riverside");
  request.set_pathway_id("hip");
  v1::Pathway& pathway = *request.mutable_pathway();
  pathway = KneePathway();
  pathway.mutable_rules(1)->set_id(pathway.rules(0).id());              // overlapping ids
  pathway.mutable_rules(2)->set_phase("afterlife");                     // a rule outside any phase
  (*pathway.mutable_rules(3)->mutable_texts())["es"] = "";              // an empty text
  pathway.mutable_rules(4)->mutable_texts()->erase("en");               // no text to fall back on
  (*pathway.mutable_rules(5)->mutable_texts())["en"] = "Hi {nickname}"; // an unknown placeholder
  ExpectFields(Call(*client->pathways, &v1::PathwayService::Stub::CreatePathway, request).status,
               {"pathway.rules[1].id", "pathway.rules[2].phase", "pathway.rules[3].texts[\"es\"]",
                "pathway.rules[4].texts", "pathway.rules[5].texts[\"en\"]"});
  ExpectNothingStored();
}

TEST_F(BadInputTest, AnErrorOfManyFaultsStillFitsIntoWhatClientsAccept) {
  v1::CreatePathwayRequest request;
  request.set_parent("clinics/riverside");
  request.set_pathway_id("hip");
  *request.mutable_pathway() = KneePathway();
  for (v1::Rule& rule : *request.mutable_pathway()->mutable_rules()) {
    rule.set_phase("afterlife");
    for (auto& [locale, text] : *rule.mutable_texts()) text = "Hi {nickname}";
  }
  const grpc::Status status =
      Call(*client->pathways, &v1::PathwayService::Stub::CreatePathway, request).status;
  ASSERT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  EXPECT_GT(FieldsOf(status).size(), 20u);
  EXPECT_THAT(status.error_message(), HasSubstr("more are not listed"));
}

TEST_F(BadInputTest, ReportsAreJudgedOneByOne) {
  Enroll(*client, Patient("riverside", "ana", "2026-03-02"));
  Advance(*client, "riverside", "2026-03-03T14:00:00Z");
  const std::vector<v1::Lease> leases = LeaseAll(*client, "riverside");
  ASSERT_GE(leases.size(), 2u);
  v1::ReportDeliveriesRequest request;
  const auto add = [&](const std::string& id, v1::DeliveryOutcome outcome) {
    request.add_reports()->set_lease_id(id);
    request.mutable_reports(request.reports_size() - 1)->set_outcome(outcome);
  };
  add(leases[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  add("made up", v1::DELIVERY_OUTCOME_SENT);
  add(leases[1].lease_id(), v1::DELIVERY_OUTCOME_UNSPECIFIED);
  add(leases[1].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  const auto answer = Call(*client->deliveries, &v1::DeliveryService::Stub::ReportDeliveries, request);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  std::vector<int> codes;
  for (const v1::DeliveryResult& result : answer->results()) codes.push_back(result.status().code());
  EXPECT_THAT(codes, ElementsAre(0, grpc::StatusCode::INVALID_ARGUMENT, grpc::StatusCode::INVALID_ARGUMENT, 0));
  ExpectFields(Call(*client->deliveries, &v1::DeliveryService::Stub::ReportDeliveries, v1::ReportDeliveriesRequest())
                   .status,
               {"reports"});
}

TEST_F(BadInputTest, LeasesAndFiltersAreChecked) {
  auto lease = FromText<v1::LeaseRemindersRequest>(R"(
      parent: "clinics/riverside" max_reminders: -1 lease_duration { seconds: 999999 } wait { seconds: -1 }
      filter { states: REMINDER_STATE_DUE enrollment: "ana" })");
  ExpectFields(Call(*client->deliveries, &v1::DeliveryService::Stub::LeaseReminders, lease).status,
               {"max_reminders", "lease_duration", "wait", "filter.states", "filter.enrollment"});
}

TEST_F(BadInputTest, AClockThatIsNoTestClockOrGoesBackIsRefused) {
  CreateClinic(*client, "hillside");
  auto advance = FromText<v1::AdvanceTestClockRequest>(R"(name: "clinics/hillside" duration { seconds: 60 })");
  ExpectError(Call(*client->clinics, &v1::ClinicService::Stub::AdvanceTestClock, advance).status,
              grpc::StatusCode::FAILED_PRECONDITION, "NOT_A_SANDBOX");
  advance.set_name("clinics/riverside");
  *advance.mutable_time() = Stamp("2026-02-28T00:00:00Z");
  ExpectFields(Call(*client->clinics, &v1::ClinicService::Stub::AdvanceTestClock, advance).status, {"time"});
}

TEST_F(BadInputTest, ARequestIdIsForOneRequestOnly) {
  auto request = Patient("riverside", "ana", "2026-03-02");
  request.set_request_id("r-1");
  ASSERT_TRUE(Create(request).ok());
  EXPECT_TRUE(Create(request).ok()) << "the same request again is answered as before";
  request.mutable_enrollment()->set_first_name("Anna");
  ExpectError(Create(request), grpc::StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED");
  request.set_request_id("");
  ExpectError(Create(request), grpc::StatusCode::ALREADY_EXISTS, "ENROLLMENT_EXISTS");
}

TEST_F(BadInputTest, ACalendarIsRefusedWholeWithEveryFault) {
  const auto update = FromText<v1::UpdateClinicRequest>(R"(
      clinic {
        name: "clinics/riverside" phone: "+1 555 0199"
        contact_hours { openings { opens: "10:00" closes: "09:00" } openings { opens: "noon" closes: "24:00" } }
        closed_weekdays: [WEEKDAY_MONDAY, WEEKDAY_TUESDAY, WEEKDAY_WEDNESDAY, WEEKDAY_THURSDAY, WEEKDAY_FRIDAY,
                          WEEKDAY_SATURDAY, WEEKDAY_SUNDAY]
        holidays { date: "2026-02-30" }
      })");
  const auto answer = Call(*client->clinics, &v1::ClinicService::Stub::UpdateClinic, update);
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(answer.status),
              ::testing::ElementsAre("clinic.contact_hours.openings[0].closes", "clinic.contact_hours.openings[1].opens",
                                     "clinic.closed_weekdays", "clinic.holidays[0].date"));
  v1::GetClinicRequest get;
  get.set_name("clinics/riverside");
  EXPECT_NE(Call(*client->clinics, &v1::ClinicService::Stub::GetClinic, get)->clinic().phone(), "+1 555 0199");
}

TEST_F(BadInputTest, AnUpdateIsRefusedWholeWithEveryFault) {
  ASSERT_TRUE(Create(Patient("riverside", "ana", "2026-03-02")).ok());
  const auto update = FromText<v1::UpdateEnrollmentRequest>(R"(
      enrollment {
        name: "clinics/riverside/enrollments/ana" first_name: "Eva" procedure_date: "2026-02-30" time_zone: "EST5"
        contact_points { channel: CHANNEL_EMAIL address: "nobody" }
        contact_hours { openings { opens: "10:00" closes: "10:00" } }
      })");
  ExpectFields(Call(*client->enrollments, &v1::EnrollmentService::Stub::UpdateEnrollment, update).status,
               {"enrollment.procedure_date", "enrollment.time_zone", "enrollment.contact_points[0].address",
                "enrollment.contact_hours.openings[0].closes"});
  v1::GetEnrollmentRequest get;
  get.set_name("clinics/riverside/enrollments/ana");
  EXPECT_EQ(
      Call(*client->enrollments, &v1::EnrollmentService::Stub::GetEnrollment, get)->enrollment().first_name(), "Ana");
}

}  // namespace
}  // namespace aftercare::e2e
