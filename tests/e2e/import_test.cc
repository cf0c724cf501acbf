// Imports over a real channel.
#include <grpcpp/generic/generic_stub.h>

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::ElementsAre;

// One call, message by message.
class Importing {
 public:
  explicit Importing(Client& client) {
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    stream_ = client.enrollments->ImportEnrollments(&context_, &answer_.response);
  }

  // False when the call has ended.
  bool Send(const v1::ImportEnrollmentsRequest& request) { return stream_->Write(request); }
  void Cancel() { context_.TryCancel(); }
  // Ends a call that has not ended.
  Answer<v1::ImportEnrollmentsResponse> Finish() {
    stream_->WritesDone();
    return Wait();
  }
  // Waits for the server to end it.
  Answer<v1::ImportEnrollmentsResponse> Wait() {
    answer_.status = stream_->Finish();
    return answer_;
  }

 private:
  grpc::ClientContext context_;
  Answer<v1::ImportEnrollmentsResponse> answer_;
  std::unique_ptr<grpc::ClientWriter<v1::ImportEnrollmentsRequest>> stream_;
};

// Patients `first` to `first + count - 1` in one message, numbered so.
v1::ImportEnrollmentsRequest Lines(int first, int count, const std::string& clinic = "riverside") {
  v1::ImportEnrollmentsRequest request;
  request.set_parent("clinics/" + clinic);
  for (int i = first; i < first + count; ++i) {
    v1::ImportLine* line = request.add_lines();
    line->set_line_number(i);
    *line->mutable_enrollment() = Patient(clinic, absl::StrCat(i), "2026-03-02").enrollment();
  }
  return request;
}

std::string CountsOf(const Answer<v1::ImportEnrollmentsResponse>& answer) {
  if (!answer.ok()) return absl::StrCat(answer.status.error_code(), " ", answer.status.error_message());
  return absl::StrCat(answer->created_count(), " created, ", answer->unchanged_count(), " unchanged, ",
                      answer->failed_count(), " failed");
}

// The status of a failed line as a call would have had it.
grpc::Status StatusOf(const v1::ImportFailure& failure) {
  return grpc::Status(static_cast<grpc::StatusCode>(failure.status().code()), failure.status().message(),
                      failure.status().SerializeAsString());
}

class ImportTest : public Service {
 protected:
  ImportTest() {
    CreateClinic(*client, "riverside", "2026-03-01T09:00:00-05:00");
    CreatePathway(*client, "riverside", "knee", KneePathway());
  }

  Answer<v1::ImportEnrollmentsResponse> Import(const v1::ImportEnrollmentsRequest& request) {
    Importing importing(*client);
    importing.Send(request);
    return importing.Finish();
  }

  int CountEnrolled() {
    v1::ListEnrollmentsRequest request;
    request.set_parent("clinics/riverside");
    request.set_page_size(1000);
    int count = 0;
    do {
      const auto page = Call(*client->enrollments, &v1::EnrollmentService::Stub::ListEnrollments, request);
      EXPECT_TRUE(page.ok()) << page.status.error_message();
      count += page->enrollments_size();
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return count;
  }
};

TEST_F(ImportTest, ManyMessagesAreOneImportAndAgainChangesNothingNotEvenAfterARestart) {
  const std::vector<int> sizes = {1, 0, 1000, 499, 1000};
  for (const char* expected : {"2500 created, 0 unchanged, 0 failed", "0 created, 2500 unchanged, 0 failed"}) {
    Importing importing(*client);
    int first = 0;
    for (const int size : sizes) {
      ASSERT_TRUE(importing.Send(Lines(first, size)));
      first += size;
    }
    EXPECT_EQ(CountsOf(importing.Finish()), expected);
    EXPECT_EQ(CountEnrolled(), 2500);
    Start();
  }
}

TEST_F(ImportTest, ImportedPatientsAreRemindedLikeOthers) {
  EXPECT_EQ(CountsOf(Import(Lines(0, 3))), "3 created, 0 unchanged, 0 failed");
  Advance(*client, "riverside", "2026-03-03T08:30:00-05:00");
  int welcomed = 0, greeted = 0;
  for (const v1::Lease& lease : LeaseAll(*client, "riverside")) {
    if (absl::StrContains(lease.reminder(), "/welcome.")) ++welcomed;
    if (absl::StrContains(lease.text(), "Good morning Ana.")) ++greeted;
  }
  EXPECT_EQ(welcomed, 3);
  EXPECT_EQ(greeted, 3);
}

TEST_F(ImportTest, BadLinesAmongGoodOnesAreNamedAndHarmNoOther) {
  auto request = Lines(0, 10);
  request.mutable_lines(1)->mutable_enrollment()->set_procedure_date("2026-02-30");
  (*request.mutable_lines(1)->mutable_enrollment()->mutable_factors())["mood"] = "good";
  request.mutable_lines(3)->mutable_enrollment()->set_first_name("An\xff");
  request.mutable_lines(3)->mutable_enrollment()->mutable_contact_points(0)->set_address("+1\xc3");
  request.mutable_lines(5)->set_enrollment_id("\xfe");
  request.mutable_lines(7)->mutable_enrollment()->set_pathway("clinics/riverside/pathways/hip");
  request.mutable_lines(8)->clear_enrollment();
  Enroll(*client, Patient("riverside", "taken", "2026-03-02"));
  request.mutable_lines(9)->set_enrollment_id("taken");

  const auto answer = Import(request);
  ASSERT_EQ(CountsOf(answer), "4 created, 0 unchanged, 6 failed");
  std::vector<int64_t> numbers;
  std::vector<std::string> reasons;
  for (const v1::ImportFailure& failure : answer->failures()) {
    numbers.push_back(failure.line_number());
    reasons.push_back(ReasonOf(StatusOf(failure)));
  }
  EXPECT_THAT(numbers, ElementsAre(1, 3, 5, 7, 8, 9));
  EXPECT_THAT(reasons, ElementsAre("INVALID_FIELDS", "INVALID_FIELDS", "INVALID_FIELDS", "PATHWAY_NOT_FOUND",
                                   "INVALID_FIELDS", "ENROLLMENT_EXISTS"));
  EXPECT_THAT(FieldsOf(StatusOf(answer->failures(0))),
              ElementsAre("enrollment.procedure_date", "enrollment.factors[\"mood\"]"));
  EXPECT_THAT(FieldsOf(StatusOf(answer->failures(1))),
              ElementsAre("enrollment.first_name", "enrollment.contact_points[0].address"));
  EXPECT_THAT(FieldsOf(StatusOf(answer->failures(2))), ElementsAre("enrollment_id"));
  EXPECT_EQ(CountEnrolled(), 5);
}

TEST_F(ImportTest, WhatIsWrongWithAMessageEndsTheCallAndWhatWasImportedStays) {
  const auto refused = [this](const v1::ImportEnrollmentsRequest& second) {
    Importing importing(*client);
    EXPECT_TRUE(importing.Send(Lines(0, 1)));
    importing.Send(second);
    return importing.Wait().status;
  };
  auto other = Lines(1, 1);
  other.set_parent("clinics/elsewhere");
  EXPECT_THAT(FieldsOf(refused(other)), ElementsAre("parent"));
  other.set_parent("clinics/\xff");
  EXPECT_THAT(FieldsOf(refused(other)), ElementsAre("parent"));
  EXPECT_THAT(FieldsOf(refused(Lines(1, 1001))), ElementsAre("lines"));
  EXPECT_EQ(CountsOf(Import(Lines(0, 2))), "1 created, 1 unchanged, 0 failed");
}

TEST_F(ImportTest, AnImportIntoNoClinicIsRefused) {
  const auto unknown = Import(Lines(0, 1, "nowhere")).status;
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(unknown), "CLINIC_NOT_FOUND");
  auto unnamed = Lines(0, 1);
  unnamed.clear_parent();
  EXPECT_THAT(FieldsOf(Import(unnamed).status), ElementsAre("parent"));
  EXPECT_THAT(FieldsOf(Importing(*client).Finish().status), ElementsAre("parent"));
  EXPECT_EQ(CountEnrolled(), 0);
}

TEST_F(ImportTest, BytesThatAreNoMessageEndTheCall) {
  grpc::GenericStub stub(client->channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, "/aftercare.v1.EnrollmentService/ImportEnrollments", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  const grpc::Slice slice("\x12\x7fshort");
  call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
  queue.Shutdown();
}

TEST_F(ImportTest, ClientsThatGoAwayInTheMiddleLeaveNothingBehindButWhatTheySent) {
  for (int i = 0; i < 40; ++i) {
    Importing importing(*client);
    for (int message = 0; message < i % 4; ++message) importing.Send(Lines(1000 * message, 1000));
    importing.Cancel();
    EXPECT_EQ(importing.Wait().status.error_code(), grpc::StatusCode::CANCELLED);
  }
  Importing whole(*client);
  for (int message = 0; message < 3; ++message) ASSERT_TRUE(whole.Send(Lines(1000 * message, 1000)));
  const auto answer = whole.Finish();
  EXPECT_EQ(answer->created_count() + answer->unchanged_count(), 3000) << CountsOf(answer);
  EXPECT_EQ(CountEnrolled(), 3000);
  server->Shutdown(absl::Minutes(1));  // would wait for ever for a call that never finishes
}

TEST_F(ImportTest, TheSameLinesFromManyClientsAtOnceEnrolEachPatientOnce) {
  constexpr int kClients = 4;
  std::vector<Answer<v1::ImportEnrollmentsResponse>> answers(kClients);
  std::vector<std::thread> clients;
  for (auto& answer : answers) {
    clients.emplace_back([&] {
      Importing importing(*client);
      for (int message = 0; message < 5; ++message) EXPECT_TRUE(importing.Send(Lines(300 * message, 300)));
      answer = importing.Finish();
    });
  }
  for (std::thread& each : clients) each.join();
  int64_t created = 0;
  for (const auto& answer : answers) {
    EXPECT_EQ(answer->created_count() + answer->unchanged_count(), 1500) << CountsOf(answer);
    created += answer->created_count();
  }
  EXPECT_EQ(created, 1500);
  EXPECT_EQ(CountEnrolled(), 1500);
}

TEST_F(ImportTest, ShutdownEndsAnImportThatWaitsForItsClientAndSaysWhy) {
  Importing importing(*client);
  ASSERT_TRUE(importing.Send(Lines(0, 5)));
  while (CountEnrolled() < 5) std::this_thread::yield();
  server->Shutdown(absl::Minutes(1));
  const grpc::Status ended = importing.Wait().status;
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::UNAVAILABLE) << ended.error_message();
  EXPECT_EQ(ReasonOf(ended), "SHUTTING_DOWN");
  EXPECT_TRUE(HasRetryInfo(ended));
}

}  // namespace
}  // namespace aftercare::e2e
