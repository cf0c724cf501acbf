#include "scheduler/engine/runtime/errors.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload("type.googleapis.com/" + Detail::descriptor()->full_name());
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

// What an error takes of the 8 KiB of trailers that clients accept: the message, percent-encoded, and the details.
size_t TrailerSize(const absl::Status& status) {
  size_t size = 0;
  for (const unsigned char c : status.message()) size += c < 0x20 || c > 0x7e || c == '%' ? 3 : 1;
  return size + absl::Base64Escape(ToStatusProto(status).SerializeAsString()).size();
}

TEST(ErrorsTest, AnErrorCarriesReasonDomainAndMetadata) {
  const absl::Status status =
      MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH", "changed", {{"resource", "clinics/a"}});
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(info->reason(), "ETAG_MISMATCH");
  EXPECT_EQ(info->domain(), "aftercare");
  EXPECT_EQ(info->metadata().at("resource"), "clinics/a");
  EXPECT_EQ(ReasonOf(status), "ETAG_MISMATCH");
}

TEST(ErrorsTest, AnErrorWithoutInfoHasNoReason) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), "");
}

TEST(ErrorsTest, EveryBadFieldIsNamed) {
  const absl::Status status = InvalidFields({{"parent", "must be set"}, {"name", "must be short"}});
  EXPECT_EQ(ErrorOf(status), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_THAT(BadFields(status), ElementsAre("parent", "name"));
  EXPECT_EQ(status.message(), "parent must be set; name must be short");
}

TEST(ErrorsTest, ErrorsFitIntoTrailersHoweverManyFieldsAreBad) {
  const std::string longest(300, 'f');
  for (const std::string& field : {std::string("a"), std::string("rules[17].schedule.times[3]"), longest}) {
    for (const std::string& description : {std::string("no"), std::string("must be a time of day, HH:MM"),
                                           std::string(2000, 'd')}) {
      for (int count : {1, 2, 10, 30, 100, 1000, 20000}) {
        const absl::Status status = InvalidFields(plan::FieldErrors(count, {field, description}));
        EXPECT_LT(TrailerSize(status), 7800u)
            << count << " fields of " << field.size() << " and descriptions of " << description.size() << " bytes";
        EXPECT_GE(BadFields(status).size(), 1u);
      }
    }
  }
}

TEST(ErrorsTest, TheMessageSaysHowManyBadFieldsAreNotListed) {
  const absl::Status status = InvalidFields(plan::FieldErrors(500, {"rules[17].id", "must be an id of some sort"}));
  const size_t listed = BadFields(status).size();
  ASSERT_LT(listed, 500u);
  EXPECT_GT(listed, 40u);
  EXPECT_TRUE(absl::EndsWith(status.message(), absl::StrCat("; ", 500 - listed, " more are not listed")))
      << status.message();
}

TEST(ErrorsTest, ALongFieldIsCutBetweenCharacters) {
  for (int ascii = 0; ascii < 4; ++ascii) {
    std::string field(ascii, 'f');
    for (int i = 0; i < 200; ++i) field += "\u20ac";
    const std::vector<std::string> fields = BadFields(InvalidField(field, "must be short"));
    ASSERT_EQ(fields.size(), 1u);
    EXPECT_TRUE(absl::EndsWith(fields[0], "\u20ac...")) << fields[0];
    EXPECT_LE(fields[0].size(), 203u);
  }
}

TEST(ErrorsTest, PrefixesStandBeforeFields) {
  plan::FieldErrors all = {{"parent", "must be set"}};
  AddPrefixed("enrollment", {{"patient", "must be set"}}, &all);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].field, "enrollment.patient");
}

TEST(ErrorsTest, WhatIsNotFoundIsNamed) {
  const absl::Status status = ResourceNotFound("CLINIC_NOT_FOUND", "clinics/a");
  EXPECT_EQ(ErrorOf(status), "NOT_FOUND/CLINIC_NOT_FOUND");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->metadata().at("resource"), "clinics/a");
}

TEST(ErrorsTest, ErrorsOfTheStoreAreShownWithAReasonAndWhenToRetry) {
  EXPECT_EQ(ErrorOf(Presentable(absl::UnavailableError("disk"))), "UNAVAILABLE/STORE_UNAVAILABLE");
  EXPECT_EQ(ErrorOf(Presentable(absl::ResourceExhaustedError("queue"))), "RESOURCE_EXHAUSTED/OVERLOADED");
  EXPECT_EQ(ErrorOf(Presentable(absl::DataLossError("page"))), "DATA_LOSS/STORE_CORRUPT");
  EXPECT_EQ(ErrorOf(Presentable(absl::AlreadyExistsError("row"))), "ALREADY_EXISTS/RESOURCE_EXISTS");
  EXPECT_EQ(ErrorOf(Presentable(absl::InternalError("bug"))), "INTERNAL/INTERNAL");
  for (const absl::Status& status : {absl::UnavailableError("disk"), ShuttingDown()}) {
    EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(Presentable(status))->retry_delay().seconds(), 1);
  }
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(Presentable(absl::ResourceExhaustedError("q")))->retry_delay().nanos(),
            100'000'000);
}

TEST(ErrorsTest, ErrorsWithAReasonKeepItWhenShown) {
  EXPECT_EQ(ErrorOf(Presentable(ShuttingDown())), "UNAVAILABLE/SHUTTING_DOWN");
  EXPECT_TRUE(Presentable(absl::OkStatus()).ok());
  EXPECT_EQ(ErrorOf(Presentable(absl::CancelledError("gone"))), "CANCELLED/") << "without a reason";
  EXPECT_EQ(ErrorOf(Presentable(absl::DeadlineExceededError("late"))), "DEADLINE_EXCEEDED/");
  EXPECT_FALSE(DetailOf<google::rpc::RetryInfo>(Presentable(ResourceNotFound("X", "x"))).has_value());
}

TEST(ErrorsTest, TheStatusProtoHasCodeMessageAndDetails) {
  const google::rpc::Status proto = ToStatusProto(InvalidField("name", "must be set"));
  EXPECT_EQ(proto.code(), 3);
  EXPECT_EQ(proto.message(), "name must be set");
  EXPECT_EQ(proto.details_size(), 2);
  EXPECT_EQ(ErrorOf(proto), "INVALID_ARGUMENT/INVALID_FIELDS");
}

}  // namespace
}  // namespace aftercare::engine
