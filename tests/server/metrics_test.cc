#include "services/server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace aftercare::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kGet[] = "aftercare.v1.ClinicService/GetClinic";
constexpr char kGetLabels[] =
    "grpc_method=\"GetClinic\",grpc_service=\"aftercare.v1.ClinicService\",grpc_type=\"unary\"";

EndedCall Ended(absl::string_view method, absl::StatusCode code = absl::StatusCode::kOk) {
  EndedCall call;
  call.method = method;
  call.code = code;
  call.duration = absl::Milliseconds(20);
  call.messages_received = 1;
  call.messages_sent = code == absl::StatusCode::kOk ? 1 : 0;
  return call;
}

class MetricsTest : public ::testing::Test {
 protected:
  std::string Text(const engine::Statistics& statistics = {}) { return metrics_.Text(statistics); }

  // The value of a sample, `name{labels}`, as text. Fails the test if it is not there.
  std::string Value(const std::string& sample, const std::string& text) {
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      if (absl::StartsWith(line, absl::StrCat(sample, " "))) return std::string(line.substr(sample.size() + 1));
    }
    ADD_FAILURE() << "there is no " << sample;
    return "";
  }
  std::string Value(const std::string& sample) { return Value(sample, Text()); }

  Metrics metrics_{"1.2.3", "abc123"};
};

TEST_F(MetricsTest, EveryMethodOfTheApiIsThereFromTheStart) {
  const std::string text = Text();
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const std::string name :
       {"ClinicService", "PathwayService", "EnrollmentService", "VisitService", "ReminderService", "DeliveryService",
        "ReplyService"}) {
    const auto* service = pool.FindServiceByName("aftercare.v1." + name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_server_started_total{grpc_method=\"", service->method(i)->name(),
                                               "\",grpc_service=\"aftercare.v1.", name, "\"")));
    }
  }
}

TEST_F(MetricsTest, CallsAreCountedByCode) {
  for (int i = 0; i < 3; ++i) metrics_.OnStarted(kGet);
  metrics_.OnEnded(Ended(kGet));
  metrics_.OnEnded(Ended(kGet, absl::StatusCode::kNotFound));
  EXPECT_EQ(Value(absl::StrCat("grpc_server_started_total{", kGetLabels, "}")), "3");
  EXPECT_EQ(Value(absl::StrCat("grpc_server_handled_total{grpc_code=\"OK\",", kGetLabels, "}")), "1");
  EXPECT_EQ(Value(absl::StrCat("grpc_server_handled_total{grpc_code=\"NotFound\",", kGetLabels, "}")), "1");
  EXPECT_EQ(Value(absl::StrCat("grpc_server_handled_total{grpc_code=\"Canceled\",", kGetLabels, "}")), "0");
  EXPECT_EQ(Value(absl::StrCat("grpc_server_msg_received_total{", kGetLabels, "}")), "2");
  EXPECT_EQ(Value(absl::StrCat("grpc_server_msg_sent_total{", kGetLabels, "}")), "1");
  EXPECT_EQ(Value(absl::StrCat("grpc_server_handling_seconds_count{", kGetLabels, "}")), "2");
  EXPECT_EQ(Value(absl::StrCat("grpc_server_handling_seconds_bucket{", kGetLabels, ",le=\"0.01\"}")), "0");
  EXPECT_EQ(Value(absl::StrCat("grpc_server_handling_seconds_bucket{", kGetLabels, ",le=\"0.025\"}")), "2");
}

TEST_F(MetricsTest, ACodeThatGrpcDoesNotKnowIsUnknown) {
  metrics_.OnEnded(Ended(kGet, static_cast<absl::StatusCode>(77)));
  EXPECT_EQ(Value(absl::StrCat("grpc_server_handled_total{grpc_code=\"Unknown\",", kGetLabels, "}")), "1");
}

TEST_F(MetricsTest, MethodsSayHowTheyStream) {
  const std::string text = Text();
  for (const auto& [method, type] :
       std::vector<std::pair<std::string, std::string>>{{"WatchEvents", "server_stream"},
                                                        {"ImportEnrollments", "client_stream"},
                                                        {"StreamReminders", "bidi_stream"},
                                                        {"LeaseReminders", "unary"}}) {
    EXPECT_THAT(text, ::testing::ContainsRegex(absl::StrCat("grpc_server_started_total\\{grpc_method=\"", method,
                                                            "\",[^}]*grpc_type=\"", type, "\"\\} 0")));
  }
}

TEST_F(MetricsTest, WhatAClientMakesUpGetsNoLabel) {
  metrics_.OnStarted("aftercare.v1.ClinicService/canary");
  metrics_.OnEnded(Ended("canary/GetClinic"));
  EndedCall call = Ended(kGet);
  call.reason = "canary";
  call.principal = "canary";
  call.clinic = "canary";
  call.trace_id = "canary";
  metrics_.OnEnded(call);
  EXPECT_THAT(Text(), Not(HasSubstr("canary")));
}

TEST_F(MetricsTest, TheEnginesWorkIsCounted) {
  metrics_.OnCommit(absl::Milliseconds(3), 5);
  metrics_.OnOffered(absl::Milliseconds(70));
  metrics_.OnOffered(-absl::Seconds(1));  // a clock that was set back
  EXPECT_EQ(Value("aftercare_commit_seconds_count"), "1");
  EXPECT_EQ(Value("aftercare_commit_seconds_bucket{le=\"0.0025\"}"), "0");
  EXPECT_EQ(Value("aftercare_commit_seconds_bucket{le=\"0.005\"}"), "1");
  EXPECT_EQ(Value("aftercare_commit_mutations_sum"), "5");
  EXPECT_EQ(Value("aftercare_due_lag_seconds_count"), "2");
  EXPECT_EQ(Value("aftercare_due_lag_seconds_bucket{le=\"0.001\"}"), "1");
  EXPECT_EQ(Value("aftercare_due_lag_seconds_bucket{le=\"0.1\"}"), "2");
}

TEST_F(MetricsTest, TheStateOfTheMomentIsShown) {
  engine::Statistics statistics;
  statistics.queued_mutations = 1;
  statistics.queued_reads = 2;
  statistics.queued_background_reads = 3;
  statistics.event_lag = absl::Seconds(4);
  statistics.stored = {absl::Seconds(5), 6, 7000};
  const std::string text = Text(statistics);
  EXPECT_EQ(Value("aftercare_queue_depth{queue=\"writer\"}", text), "1");
  EXPECT_EQ(Value("aftercare_queue_depth{queue=\"readers\"}", text), "2");
  EXPECT_EQ(Value("aftercare_queue_depth{queue=\"background\"}", text), "3");
  EXPECT_EQ(Value("aftercare_event_lag_seconds", text), "4");
  EXPECT_EQ(Value("aftercare_oldest_overdue_seconds", text), "5");
  EXPECT_EQ(Value("aftercare_leases_out", text), "6");
  EXPECT_EQ(Value("aftercare_store_bytes", text), "7000");
  EXPECT_EQ(Value("aftercare_store_up", text), "1");
  EXPECT_EQ(Value("aftercare_build_info{commit=\"abc123\",version=\"1.2.3\"}", text), "1");
}

TEST_F(MetricsTest, WhatTheStoreDoesNotTellIsUnknown) {
  engine::Statistics statistics;
  statistics.stored = {absl::Seconds(5), 6, 7000};
  Text(statistics);
  const std::string text = Text();
  EXPECT_EQ(Value("aftercare_store_up", text), "0");
  for (const char* name : {"aftercare_oldest_overdue_seconds", "aftercare_leases_out", "aftercare_store_bytes"}) {
    EXPECT_EQ(absl::AsciiStrToLower(Value(name, text)), "nan") << name;
  }
}

TEST_F(MetricsTest, PrometheusOwnCheckFindsNoFault) {
  metrics_.OnStarted(kGet);
  metrics_.OnEnded(Ended(kGet));
  metrics_.OnCommit(absl::Milliseconds(3), 5);
  TempDir dir;
  for (const auto& stored : {std::optional<engine::Statistics::Stored>(), {engine::Statistics::Stored()}}) {
    engine::Statistics statistics;
    statistics.stored = stored;
    const std::string file = dir.Write("metrics", Text(statistics));
    const ProcessResult check = RunProgram({"/bin/sh", "-c", "exec promtool check metrics <\"$0\"", file});
    EXPECT_EQ(check.exit_code, 0) << check.out << check.err;
    EXPECT_EQ(check.err, "");
  }
}

}  // namespace
}  // namespace aftercare::server
