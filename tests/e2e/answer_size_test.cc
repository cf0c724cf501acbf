// No answer is larger than the 4 MiB that a client takes by default, however large what is stored: the clients of these
// tests would refuse it.
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::Contains;

// `count` of the letters that need most bytes.
std::string Letters(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "\xF0\x9D\x93\xB5";
  return text;
}

// A text that is as long as any when the clinic's name is filled in: about 49 KB.
std::string LongText() {
  std::string text;
  for (int i = 0; i < 123; ++i) text += "{clinic_name}";
  return text;
}

// `rules` rules that are due on the morning of day 1, with that text.
v1::Pathway PathwayOf(int rules, const std::string& text) {
  auto pathway = FromText<v1::Pathway>(R"(
      display_name: 'Large' default_locale: 'en'
      phases { id: 'p' display_name: 'Phase' span { days { first: 1 last: 3 } } })");
  for (int i = 0; i < rules; ++i) {
    auto rule = FromText<v1::Rule>(R"(
        phase: 'p' category: 'rest' schedule { on { days: 1 } times: '09:00' window { days: 2 } })");
    rule.set_id(absl::StrCat("r", i));
    (*rule.mutable_texts())["en"] = text;
    *pathway.add_rules() = rule;
  }
  return pathway;
}

class AnswerSizeTest : public Service {
 protected:
  AnswerSizeTest() {
    v1::CreateClinicRequest request;
    request.set_clinic_id("large");
    request.mutable_clinic()->set_display_name(Letters(100));
    request.mutable_clinic()->set_time_zone("America/New_York");
    *request.mutable_clinic()->mutable_test_clock_time() = Stamp("2026-03-01T12:00:00Z");
    EXPECT_TRUE(Call(*client->clinics, &v1::ClinicService::Stub::CreateClinic, request).ok());
  }

  // Enrols a patient, for whom a hundred long messages are due at once.
  void MakeLongMessagesDue() {
    CreatePathway(*client, "large", "knee", PathwayOf(kMessages, LongText()));
    Enroll(*client, Patient("large", "ana", "2026-03-01"));
    Advance(*client, "large", "2026-03-02T15:00:00Z");
  }

  // Counts the items on all pages of a list, of which there must be several.
  template <typename Stub, typename Request, typename Response, typename Items>
  int CountPaged(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 Request request, Items items) {
    int count = 0;
    int pages = 0;
    request.set_page_size(1000);
    do {
      const auto answer = Call(stub, method, request);
      EXPECT_TRUE(answer.ok()) << answer.status.error_message();
      if (!answer.ok()) break;
      count += items(answer.response).size();
      request.set_page_token(answer->next_page_token());
      ++pages;
    } while (!request.page_token().empty());
    EXPECT_GT(pages, 1);
    return count;
  }

  // Leases all messages, in several calls.
  std::vector<v1::Lease> LeaseInParts() {
    std::vector<v1::Lease> all;
    int calls = 0;
    for (std::vector<v1::Lease> some; !(some = LeaseAll(*client, "large")).empty(); ++calls) {
      all.insert(all.end(), some.begin(), some.end());
    }
    EXPECT_GT(calls, 1);
    return all;
  }

  static constexpr int kMessages = 100;
};

TEST_F(AnswerSizeTest, PagesOfRemindersAndDeadLettersEndEarly) {
  MakeLongMessagesDue();
  v1::ListRemindersRequest reminders;
  reminders.set_parent("clinics/large");
  EXPECT_EQ(CountPaged(*client->reminders, &v1::ReminderService::Stub::ListReminders, reminders,
                       [](const auto& page) { return page.reminders(); }),
            kMessages);
  v1::ReportDeliveriesRequest refused;
  for (const v1::Lease& lease : LeaseInParts()) {
    v1::DeliveryReport* report = refused.add_reports();
    report->set_lease_id(lease.lease_id());
    report->set_outcome(v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  }
  EXPECT_EQ(refused.reports_size(), kMessages);
  ASSERT_TRUE(Call(*client->deliveries, &v1::DeliveryService::Stub::ReportDeliveries, refused).ok());
  v1::ListDeadLettersRequest letters;
  letters.set_parent("clinics/large");
  EXPECT_EQ(CountPaged(*client->deliveries, &v1::DeliveryService::Stub::ListDeadLetters, letters,
                       [](const auto& page) { return page.dead_letters(); }),
            kMessages);
}

TEST_F(AnswerSizeTest, AStreamSendsLongMessagesInSeveralResponses) {
  MakeLongMessagesDue();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  auto stream = client->deliveries->StreamReminders(&context);
  ASSERT_TRUE(stream->Write(
      FromText<v1::StreamRemindersRequest>("configuration { parent: 'clinics/large' max_outstanding: 1000 }")));
  int leases = 0;
  v1::StreamRemindersResponse response;
  while (leases < kMessages && stream->Read(&response)) leases += response.leases_size();
  EXPECT_EQ(leases, kMessages);
  stream->WritesDone();
  while (stream->Read(&response)) continue;
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(AnswerSizeTest, APreviewHasPages) {
  v1::PreviewPlanRequest request;
  request.set_parent("clinics/large");
  *request.mutable_pathway() = PathwayOf(kMessages, LongText());
  request.mutable_enrollment()->set_procedure_date("2026-03-01");
  std::vector<std::string> names;
  EXPECT_EQ(CountPaged(*client->pathways, &v1::PathwayService::Stub::PreviewPlan, request,
                       [&](const v1::PreviewPlanResponse& page) {
                         EXPECT_EQ(page.phases_size(), 1);
                         for (const v1::Reminder& reminder : page.reminders()) names.push_back(reminder.name());
                         return page.reminders();
                       }),
            kMessages);
  for (int i = 0; i < kMessages; ++i) EXPECT_EQ(names[i], absl::StrCat("r", i, ".2026-03-02"));
}

TEST_F(AnswerSizeTest, PagesOfPathwaysAndTheirRevisionsEndEarlyAndOneIsNeverTooLarge) {
  constexpr int kPathways = 6;
  v1::Pathway pathway = PathwayOf(500, std::string(1600, 'x'));
  for (int i = 0; i < kPathways; ++i) CreatePathway(*client, "large", absl::StrCat("p", i), pathway);
  v1::ListPathwaysRequest list;
  list.set_parent("clinics/large");
  EXPECT_EQ(CountPaged(*client->pathways, &v1::PathwayService::Stub::ListPathways, list,
                       [](const auto& page) { return page.pathways(); }),
            kPathways);
  v1::UpdatePathwayRequest update;
  *update.mutable_pathway() = pathway;
  update.mutable_pathway()->set_name("clinics/large/pathways/p0");
  for (int i = 1; i < kPathways; ++i) {
    update.mutable_pathway()->set_display_name(absl::StrCat("Revision ", i));
    ASSERT_TRUE(Call(*client->pathways, &v1::PathwayService::Stub::UpdatePathway, update).ok());
  }
  v1::ListPathwayRevisionsRequest revisions;
  revisions.set_name("clinics/large/pathways/p0");
  EXPECT_EQ(CountPaged(*client->pathways, &v1::PathwayService::Stub::ListPathwayRevisions, revisions,
                       [](const auto& page) { return page.pathways(); }),
            kPathways);
  pathway = PathwayOf(500, Letters(1600));
  *update.mutable_pathway() = pathway;
  update.mutable_pathway()->set_name("clinics/large/pathways/p0");
  const auto refused = Call(*client->pathways, &v1::PathwayService::Stub::UpdatePathway, update);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(refused.status), ::testing::ElementsAre("pathway"));
}

TEST_F(AnswerSizeTest, PagesOfClinicsEndEarly) {
  constexpr int kClinics = 25;
  v1::CreateClinicRequest request;
  request.mutable_clinic()->set_display_name("Closed");
  request.mutable_clinic()->set_time_zone("America/New_York");
  for (int i = 0; i < 500; ++i) {
    v1::Holiday* holiday = request.mutable_clinic()->add_holidays();
    holiday->set_date(absl::FormatCivilTime(absl::CivilDay(2026, 1, 1) + i));
    holiday->set_display_name(Letters(100));
  }
  for (int i = 0; i < kClinics; ++i) {
    request.set_clinic_id(absl::StrCat("closed-", i));
    const auto answer = Call(*client->clinics, &v1::ClinicService::Stub::CreateClinic, request);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  }
  EXPECT_EQ(CountPaged(*client->clinics, &v1::ClinicService::Stub::ListClinics, v1::ListClinicsRequest(),
                       [](const auto& page) { return page.clinics(); }),
            kClinics + 1);
}

TEST_F(AnswerSizeTest, PagesOfRepliesEndEarly) {
  constexpr int kReplies = 300;
  MakeLongMessagesDue();
  v1::RecordReplyRequest reply;
  reply.set_parent("clinics/large");
  reply.set_channel(v1::CHANNEL_SMS);
  reply.set_address("+15550111");
  reply.set_text(Letters(4000));
  for (int i = 0; i < kReplies; ++i) {
    const auto answer = Call(*client->replies, &v1::ReplyService::Stub::RecordReply, reply);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  }
  v1::ListRepliesRequest list;
  list.set_parent("clinics/large");
  EXPECT_EQ(CountPaged(*client->replies, &v1::ReplyService::Stub::ListReplies, list,
                       [](const auto& page) { return page.replies(); }),
            kReplies);
}

TEST_F(AnswerSizeTest, PagesOfEnrollmentsAndBatchesOfFailuresEndEarly) {
  constexpr int kPatients = 1000;
  constexpr int kFactors = 50;
  const std::string value(40, 'v');
  v1::Pathway pathway = PathwayOf(1, "Rest.");
  v1::Enrollment patient = Patient("large", "p", "2026-03-01").enrollment();
  patient.clear_contact_points();
  for (int i = 0; i < kFactors; ++i) {
    const std::string id = absl::StrCat("f", std::string(36, 'x'), i);
    v1::Factor* factor = pathway.add_factors();
    factor->set_id(id);
    factor->add_values(value);
    (*patient.mutable_factors())[id] = value;
  }
  for (int i = 0; i < 10; ++i) {
    v1::ContactPoint* point = patient.add_contact_points();
    point->set_channel(v1::CHANNEL_WEBHOOK);
    point->set_address(absl::StrCat(i, std::string(250, 'a')));
  }
  CreatePathway(*client, "large", "knee", pathway);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  v1::ImportEnrollmentsResponse imported;
  auto import = client->enrollments->ImportEnrollments(&context, &imported);
  for (int i = 0; i < kPatients; i += 100) {
    v1::ImportEnrollmentsRequest request;
    request.set_parent("clinics/large");
    for (int k = i; k < i + 100; ++k) {
      *request.add_lines()->mutable_enrollment() = patient;
      request.mutable_lines()->rbegin()->mutable_enrollment()->set_patient(absl::StrCat("p-", k));
    }
    ASSERT_TRUE(import->Write(request));
  }
  import->WritesDone();
  ASSERT_TRUE(import->Finish().ok());
  ASSERT_EQ(imported.created_count(), kPatients) << imported.ShortDebugString().substr(0, 1000);

  v1::ListEnrollmentsRequest list;
  list.set_parent("clinics/large");
  EXPECT_EQ(CountPaged(*client->enrollments, &v1::EnrollmentService::Stub::ListEnrollments, list,
                       [](const auto& page) { return page.enrollments(); }),
            kPatients);

  // The next revision knows none of the factors.
  v1::UpdatePathwayRequest update;
  *update.mutable_pathway() = PathwayOf(1, "Rest.");
  update.mutable_pathway()->set_name("clinics/large/pathways/knee");
  ASSERT_TRUE(Call(*client->pathways, &v1::PathwayService::Stub::UpdatePathway, update).ok());
  v1::MigrateEnrollmentsRequest migrate;
  migrate.set_pathway("clinics/large/pathways/knee");
  for (const bool validate_only : {true, false}) {
    migrate.set_validate_only(validate_only);
    EXPECT_EQ(CountPaged(*client->enrollments, &v1::EnrollmentService::Stub::MigrateEnrollments, migrate,
                         [](const auto& batch) { return batch.failures(); }),
              kPatients);
  }
}

TEST_F(AnswerSizeTest, WhatAnAnswerRepeatsIsNotLongerThanAnyValidOne) {
  const std::string huge(10'000, 'x');
  v1::ReportDeliveriesRequest reports;
  v1::ExtendLeasesRequest extensions;
  v1::RedriveRemindersRequest names;
  names.set_parent("clinics/large");
  for (int i = 0; i < 1000; ++i) {
    v1::DeliveryReport* report = reports.add_reports();
    report->set_lease_id(huge);
    report->set_outcome(v1::DELIVERY_OUTCOME_SENT);
    extensions.add_lease_ids(huge);
    names.add_names(huge);
  }
  const auto expect_refused = [](const grpc::Status& status, const std::string& field) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_THAT(FieldsOf(status), Contains(field));
  };
  using Stub = v1::DeliveryService::Stub;
  expect_refused(Call(*client->deliveries, &Stub::ReportDeliveries, reports).status, "reports[0].lease_id");
  expect_refused(Call(*client->deliveries, &Stub::ExtendLeases, extensions).status, "lease_ids[0]");
  expect_refused(Call(*client->deliveries, &Stub::RedriveReminders, names).status, "names[0]");

  // Texts of the longest length that is taken are answered, each with its error.
  for (v1::DeliveryReport& report : *reports.mutable_reports()) report.set_lease_id(std::string(1024, 'x'));
  for (std::string& name : *names.mutable_names()) name.resize(1024);
  const auto reported = Call(*client->deliveries, &Stub::ReportDeliveries, reports);
  ASSERT_TRUE(reported.ok()) << reported.status.error_message();
  EXPECT_EQ(reported->results_size(), 1000);
  const auto redriven = Call(*client->deliveries, &Stub::RedriveReminders, names);
  ASSERT_TRUE(redriven.ok()) << redriven.status.error_message();
  EXPECT_EQ(redriven->results_size(), 1000);
}

}  // namespace
}  // namespace aftercare::e2e
