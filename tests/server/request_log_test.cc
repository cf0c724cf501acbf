#include "services/server/request_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "spdlog/spdlog.h"

namespace aftercare::server {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::SizeIs;
using ::testing::StartsWith;

EndedCall Ended(absl::StatusCode code = absl::StatusCode::kOk) {
  EndedCall call;
  call.method = "aftercare.v1.ClinicService/GetClinic";
  call.code = code;
  call.duration = absl::Microseconds(1234567);
  call.principal = "front-desk";
  return call;
}

// What a log with that share writes of `count` calls.
std::vector<std::string> Written(double share, int count, const EndedCall& call) {
  ::testing::internal::CaptureStdout();
  {
    RequestLog log(share);
    for (int i = 0; i < count; ++i) {
      log.OnStarted(call.method);
      log.OnEnded(call);
    }
  }
  return absl::StrSplit(::testing::internal::GetCapturedStdout(), '\n', absl::SkipEmpty());
}

google::protobuf::Struct Parsed(const std::string& line) {
  google::protobuf::Struct object;
  const auto status = google::protobuf::util::JsonStringToMessage(line, &object);
  EXPECT_TRUE(status.ok()) << line << "\n" << status.ToString();
  return object;
}

TEST(RequestLogTest, ALineTellsAllThatIsKnown) {
  EndedCall call = Ended(absl::StatusCode::kNotFound);
  call.reason = "CLINIC_NOT_FOUND";
  call.clinic = "riverside";
  call.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  call.messages_received = 1;
  call.request_bytes = 20;
  const std::string line = RequestLog::Line(call, absl::FromUnixMillis(1234567890123));
  EXPECT_THAT(line, MatchesRegex(R"(\{"time":"2009-02-1[34]T..:..:30\.123[-+]..:..","level":"info","message":"rpc",.*)"
                                 "\n"));
  EXPECT_THAT(line, HasSubstr(R"("message":"rpc","method":"aftercare.v1.ClinicService/GetClinic","code":"NOT_FOUND",)"
                              R"("reason":"CLINIC_NOT_FOUND","duration_ms":1234.567,"principal":"front-desk",)"
                              R"("clinic":"riverside","messages_received":1,"messages_sent":0,"request_bytes":20,)"
                              R"("response_bytes":0,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"})"));
}

TEST(RequestLogTest, ALineLeavesOutWhatIsEmptyAndStaysJsonWhateverItHolds) {
  EndedCall call = Ended();
  call.duration = absl::Microseconds(7);
  call.principal = "a\"b\\c\n\x01";
  const auto object = Parsed(RequestLog::Line(call, absl::UnixEpoch()));
  EXPECT_EQ(object.fields().at("principal").string_value(), "a\"b\\c\n\x01");
  EXPECT_EQ(object.fields().at("code").string_value(), "OK");
  EXPECT_DOUBLE_EQ(object.fields().at("duration_ms").number_value(), 0.007);
  for (const char* absent : {"reason", "clinic", "trace_id"}) EXPECT_FALSE(object.fields().contains(absent)) << absent;
}

TEST(RequestLogTest, EveryCallIsALine) {
  const std::vector<std::string> lines = Written(1, 1000, Ended());
  EXPECT_THAT(lines, SizeIs(1000));
  for (const std::string& line : lines) Parsed(line);
}

TEST(RequestLogTest, AShareIsTakenEvenly) {
  EXPECT_THAT(Written(0.1, 1000, Ended()), SizeIs(100));
  EXPECT_THAT(Written(0.75, 1000, Ended()), SizeIs(750));
  EXPECT_THAT(Written(0.1, 10, Ended(absl::StatusCode::kInvalidArgument)), SizeIs(1));
}

TEST(RequestLogTest, FaultsOfTheServerAreAlwaysLogged) {
  for (const absl::StatusCode code : {absl::StatusCode::kInternal, absl::StatusCode::kUnknown,
                                      absl::StatusCode::kDataLoss, absl::StatusCode::kUnavailable}) {
    const std::vector<std::string> lines = Written(0.001, 20, Ended(code));
    EXPECT_THAT(lines, SizeIs(20)) << code;
    EXPECT_THAT(lines, Each(HasSubstr("\"level\":\"error\"")));
  }
}

TEST(RequestLogTest, AShareOfNoneLogsNothing) {
  EXPECT_THAT(Written(0, 20, Ended(absl::StatusCode::kInternal)), SizeIs(0));
}

TEST(RequestLogTest, TheLevelOfTheLogDecides) {
  spdlog::set_level(spdlog::level::warn);
  EXPECT_THAT(Written(1, 5, Ended()), SizeIs(0));
  EXPECT_THAT(Written(1, 5, Ended(absl::StatusCode::kInternal)), SizeIs(5));
  spdlog::set_level(spdlog::level::info);
  EXPECT_THAT(Written(1, 5, Ended()), Each(StartsWith("{\"time\":\"")));
}

}  // namespace
}  // namespace aftercare::server
