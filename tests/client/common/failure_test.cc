#include "services/client/common/failure.h"

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kInvalidArgument = 3;
constexpr int kNotFound = 5;
constexpr int kPermissionDenied = 7;
constexpr int kResourceExhausted = 8;
constexpr int kUnavailable = 14;
constexpr int kUnauthenticated = 16;

google::rpc::Status WithReason(const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("aftercare");
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  return details;
}

TEST(FailureTest, TheCodeReasonAndMessageOfTheServerAreShown) {
  const absl::Status status =
      ServerError(kNotFound, "clinics/x does not exist", WithReason("CLINIC_NOT_FOUND").SerializeAsString());
  EXPECT_EQ(RenderFailure(status, "here"), "aftercare: NOT_FOUND (CLINIC_NOT_FOUND): clinics/x does not exist\n");
  EXPECT_EQ(ReasonOf(status), "CLINIC_NOT_FOUND");
  EXPECT_EQ(ExitCodeOf(status), kExitRefused);
}

TEST(FailureTest, EveryBadFieldHasALineAndNothingIsSaidTwice) {
  google::rpc::Status details = WithReason("INVALID_FIELDS");
  google::rpc::BadRequest bad;
  for (const char* field : {"patient", "locale"}) {
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description("must be good");
  }
  details.add_details()->PackFrom(bad);
  const std::string bytes = details.SerializeAsString();
  EXPECT_EQ(RenderFailure(ServerError(kInvalidArgument, "patient must be good; locale must be good", bytes), "here"),
            "aftercare: INVALID_ARGUMENT (INVALID_FIELDS)\n  patient: must be good\n  locale: must be good\n");
  EXPECT_THAT(RenderFailure(ServerError(kInvalidArgument, "this is more", bytes), "here"),
              HasSubstr("(INVALID_FIELDS): this is more\n  patient: must be good\n"));
}

TEST(FailureTest, WhatToDoAboutAPatientsOtherEnrollmentIsSaidInCommands) {
  const auto shown = [](int code, const std::string& reason) {
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    (*info.mutable_metadata())["enrollment"] = "clinics/demo/enrollments/ana";
    google::rpc::Status details;
    details.add_details()->PackFrom(info);
    return RenderFailure(ServerError(code, "no", details.SerializeAsString()), "here");
  };
  EXPECT_EQ(shown(6, "PATIENT_ENROLLED"),
            "aftercare: ALREADY_EXISTS (PATIENT_ENROLLED): no\n"
            "  Look at it: aftercare timeline ana\n"
            "  To enrol all the same, as for a second knee: --allow-concurrent\n");
  EXPECT_EQ(shown(9, "PATIENT_DECEASED"),
            "aftercare: FAILED_PRECONDITION (PATIENT_DECEASED): no\n"
            "  If that is wrong: aftercare end ana --reason withdrawn (or another reason), and then enrol\n");
  EXPECT_EQ(shown(9, "ENROLLMENT_ENDED"), "aftercare: FAILED_PRECONDITION (ENROLLMENT_ENDED): no\n");
}

TEST(FailureTest, WhenToTryAgainIsShown) {
  google::rpc::Status details = WithReason("BUSY");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  details.add_details()->PackFrom(retry);
  const absl::Status status = ServerError(kResourceExhausted, "too much", details.SerializeAsString());
  EXPECT_THAT(RenderFailure(status, "here"), HasSubstr("try again in 2.5s\n"));
}

TEST(FailureTest, AServerThatIsNotThereIsNamedWithTheCauseAndWhatToDo) {
  const absl::Status status =
      ServerError(kUnavailable,
                  "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Connection refused", "");
  EXPECT_EQ(ExitCodeOf(status), kExitUnreachable);
  const std::string shown = RenderFailure(status, "127.0.0.1:1");
  EXPECT_THAT(shown, HasSubstr("aftercare: no server answers at 127.0.0.1:1 (Connection refused)\n"));
  EXPECT_THAT(shown, HasSubstr("--server"));
}

TEST(FailureTest, WhatIsKnownOfAServerThatDoesNotAnswerIsSaid) {
  const absl::Status status = ServerError(kUnavailable, "failed to connect to all addresses", "");
  EXPECT_EQ(RenderFailure(status, "here", "the server speaks TLS"),
            "aftercare: cannot talk to here: the server speaks TLS.\n");
}

TEST(FailureTest, WhoIsNotLetInIsToldHowToGetIn) {
  EXPECT_THAT(RenderFailure(ServerError(kUnauthenticated, "no", ""), "here"),
              AllOf(HasSubstr("UNAUTHENTICATED: no\n"), HasSubstr("--token-file"), HasSubstr("--cert-file")));
  EXPECT_THAT(RenderFailure(ServerError(kPermissionDenied, "no", ""), "here"),
              AllOf(HasSubstr("PERMISSION_DENIED: no\n"), HasSubstr("aftercare role bind")));
}

TEST(FailureTest, AServerThatIsThereButCannotIsNotCalledMissing) {
  const absl::Status status =
      ServerError(kUnavailable, "disk full", WithReason("STORE_UNAVAILABLE").SerializeAsString());
  EXPECT_EQ(ExitCodeOf(status), kExitRefused);
  EXPECT_THAT(RenderFailure(status, "here"), Not(HasSubstr("no server")));
}

TEST(FailureTest, ACallThatTakesTooLongIsToldWithTheOptionToChange) {
  const absl::Status status = absl::DeadlineExceededError("Deadline Exceeded");
  EXPECT_EQ(ExitCodeOf(status), kExitUnreachable);
  EXPECT_EQ(RenderFailure(status, "here"), "aftercare: here did not answer in time (--timeout)\n");
}

TEST(FailureTest, AUsageErrorIsJustItsMessage) {
  const absl::Status status = UsageError("--limit must be 0 or more");
  EXPECT_EQ(ExitCodeOf(status), kExitUsage);
  EXPECT_EQ(RenderFailure(status, "here"), "aftercare: --limit must be 0 or more\n");
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), kExitOk);
}

TEST(FailureTest, FaultsFoundHereAreToldAsTheServerWould) {
  const absl::Status status = FaultsError("the pathway has 1 fault", {{"rules[0].id", "must not be empty"}});
  EXPECT_EQ(ExitCodeOf(status), kExitRefused);
  EXPECT_EQ(RenderFailure(status, "here"),
            "aftercare: INVALID_ARGUMENT: the pathway has 1 fault\n  rules[0].id: must not be empty\n");
}

TEST(FailureTest, OnlyWhatIsRetryableIsTriedAgain) {
  EXPECT_TRUE(IsRetryable(absl::UnavailableError("")));
  EXPECT_TRUE(IsRetryable(absl::CancelledError("")));
  EXPECT_FALSE(IsRetryable(absl::OkStatus()));
  EXPECT_FALSE(IsRetryable(absl::NotFoundError("")));
  EXPECT_FALSE(IsRetryable(absl::OutOfRangeError("")));
}

TEST(FailureTest, AnItemOfABatchIsToldOnOneLine) {
  google::rpc::Status item = WithReason("LEASE_LOST");
  item.set_code(9);
  item.set_message("another holds it");
  EXPECT_EQ(RenderItemStatus(item), "FAILED_PRECONDITION (LEASE_LOST): another holds it");
}

}  // namespace
}  // namespace aftercare::client
