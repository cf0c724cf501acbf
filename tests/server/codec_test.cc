#include "services/server/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "aftercare/v1/reminder_service.pb.h"
#include "aftercare/v1/reply_service.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "scheduler/engine/runtime/errors.h"

namespace aftercare::server {
namespace {

using ::testing::ElementsAre;

grpc::ByteBuffer Bytes(const std::string& wire) {
  const grpc::Slice slice(wire);
  return grpc::ByteBuffer(&slice, 1);
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const google::rpc::Status details = engine::ToStatusProto(status);
  for (const auto& any : details.details()) {
    google::rpc::BadRequest bad;
    if (!any.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  }
  return fields;
}

TEST(DecodeTest, WhatIsEncodedIsDecoded) {
  v1::CreateEnrollmentRequest request;
  request.set_parent("clinics/a");
  request.mutable_enrollment()->set_first_name("Zoë");
  v1::CreateEnrollmentRequest decoded;
  ASSERT_TRUE(DecodeRequest(EncodeResponse(request), &decoded).ok());
  EXPECT_EQ(decoded.SerializeAsString(), request.SerializeAsString());
}

TEST(DecodeTest, NothingIsAnEmptyMessage) {
  v1::CreateEnrollmentRequest decoded;
  EXPECT_TRUE(DecodeRequest(Bytes(""), &decoded).ok());
}

TEST(DecodeTest, EveryTextThatIsNotUtf8IsNamedWithItsPath) {
  v1::CreateEnrollmentRequest request;
  request.set_parent("clinics/\xff");
  request.mutable_enrollment()->set_first_name("\xc3(");
  request.mutable_enrollment()->add_contact_points()->set_address("good");
  request.mutable_enrollment()->add_contact_points()->set_address("\xf0\x28");
  v1::CreateEnrollmentRequest decoded;
  const absl::Status status = DecodeRequest(Bytes(request.SerializeAsString()), &decoded);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(FieldsOf(status), ElementsAre("parent", "enrollment.first_name", "enrollment.contact_points[1].address"));
}

// Files with optional fields among their messages, and a message that has one.
TEST(DecodeTest, TextsAreNamedWhereOtherFieldsAreOptional) {
  v1::GetReminderRequest get;
  get.set_name("\xff");
  v1::GetReminderRequest decoded_get;
  EXPECT_THAT(FieldsOf(DecodeRequest(Bytes(get.SerializeAsString()), &decoded_get)), ElementsAre("name"));
  v1::RecordReplyResponse answer;
  answer.mutable_reply()->set_score(3);
  answer.mutable_reply()->set_text("\xff");
  v1::RecordReplyResponse decoded_answer;
  EXPECT_THAT(FieldsOf(DecodeRequest(Bytes(answer.SerializeAsString()), &decoded_answer)), ElementsAre("reply.text"));
}

TEST(DecodeTest, ACallThatEndsBeforeItsMessageIsRefused) {
  v1::LeaseRemindersRequest decoded;
  EXPECT_EQ(DecodeRequest(grpc::ByteBuffer(), &decoded).code(), absl::StatusCode::kInvalidArgument);
}

TEST(DecodeTest, WhatIsNoMessageIsRefused) {
  v1::CreateEnrollmentRequest decoded;
  const absl::Status status = DecodeRequest(Bytes("\x0a\x7fshort"), &decoded);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(engine::ReasonOf(status), "MALFORMED_REQUEST");
}

TEST(DecodeTest, OfAnImportOnlyTheLinesThatAreNotUtf8AreLost) {
  v1::ImportEnrollmentsRequest request;
  request.set_parent("clinics/a");
  request.set_allow_concurrent(true);
  for (int i = 0; i < 4; ++i) {
    v1::ImportLine* line = request.add_lines();
    line->set_line_number(i + 2);
    line->mutable_enrollment()->set_first_name("Zoë");
    (*line->mutable_enrollment()->mutable_factors())["severity"] = "mild";
    line->mutable_enrollment()->set_consent(v1::CONSENT_GRANTED);
  }
  v1::ImportEnrollmentsRequest expected = request;
  for (const int bad : {1, 3}) {
    request.mutable_lines(bad)->mutable_enrollment()->set_last_name("\xff");
    expected.mutable_lines(bad)->clear_enrollment();
  }
  request.mutable_lines(3)->set_enrollment_id("\xc3(");
  v1::ImportEnrollmentsRequest decoded;
  engine::Import::Unreadable unreadable;
  ASSERT_TRUE(DecodeImportRequest(Bytes(request.SerializeAsString()), &decoded, &unreadable).ok());
  EXPECT_EQ(decoded.DebugString(), expected.DebugString());
  ASSERT_EQ(unreadable.size(), 2u);
  EXPECT_THAT(FieldsOf(unreadable.at(1)), ElementsAre("enrollment.last_name"));
  EXPECT_THAT(FieldsOf(unreadable.at(3)), ElementsAre("enrollment_id", "enrollment.last_name"));

  unreadable.clear();
  ASSERT_TRUE(DecodeImportRequest(EncodeResponse(expected), &decoded, &unreadable).ok());
  EXPECT_EQ(decoded.DebugString(), expected.DebugString());
  EXPECT_TRUE(unreadable.empty());
}

TEST(DecodeTest, AnImportWhoseClinicIsNotUtf8IsRefused) {
  v1::ImportEnrollmentsRequest request;
  request.set_parent("\xff");
  request.add_lines()->set_enrollment_id("\xff");
  v1::ImportEnrollmentsRequest decoded;
  engine::Import::Unreadable unreadable;
  EXPECT_THAT(FieldsOf(DecodeImportRequest(Bytes(request.SerializeAsString()), &decoded, &unreadable)), ElementsAre("parent"));
  EXPECT_EQ(engine::ReasonOf(DecodeImportRequest(Bytes("\x12\x7fshort"), &decoded, &unreadable)), "MALFORMED_REQUEST");
}

TEST(DecodeTest, ErrorsKeepTheirDetailsOnTheWayToGrpc) {
  const grpc::Status status = ToGrpcStatus(engine::InvalidField("name", "must be a name"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(details.details_size(), 2);
}

TEST(DecodeTest, AnErrorFromBelowGetsAReasonAndSaysWhenToTryAgain) {
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(ToGrpcStatus(absl::UnavailableError("disk full")).error_details()));
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  for (const auto& any : details.details()) {
    any.UnpackTo(&info);
    any.UnpackTo(&retry);
  }
  EXPECT_EQ(info.reason(), "STORE_UNAVAILABLE");
  EXPECT_GT(retry.retry_delay().seconds(), 0);
}

}  // namespace
}  // namespace aftercare::server
