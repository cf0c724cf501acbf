#include "services/server/ops_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "absl/strings/str_cat.h"
#include "scheduler/sync.h"

namespace aftercare::server {
namespace {

using ::testing::HasSubstr;

class OpsEndpointTest : public ::testing::Test {
 protected:
  OpsEndpointTest() {
    auto started = OpsEndpoint::Start(
        "127.0.0.1:0", {.not_ready = [this] { return Reason(); }, .metrics = [] { return std::string("up 1\n"); }});
    EXPECT_TRUE(started.ok()) << started.status();
    endpoint_ = *std::move(started);
  }

  httplib::Result Get(const std::string& path) { return httplib::Client("127.0.0.1", endpoint_->port()).Get(path); }

  void SetReason(const std::string& reason) {
    MutexLock lock(mutex_);
    reason_ = reason;
  }
  std::string Reason() {
    MutexLock lock(mutex_);
    return reason_;
  }

  std::unique_ptr<OpsEndpoint> endpoint_;

 private:
  Mutex mutex_;
  std::string reason_;
};

TEST_F(OpsEndpointTest, ItIsReadyUnlessThereIsAReasonWhyNot) {
  EXPECT_EQ(Get("/readyz")->status, 200);
  SetReason("the store does not take commits");
  const auto answer = Get("/readyz");
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "the store does not take commits\n");
  EXPECT_EQ(Get("/livez")->status, 200) << "it lives all the same";
  SetReason("");
  EXPECT_EQ(Get("/readyz")->body, "ok\n");
}

TEST_F(OpsEndpointTest, MetricsAreInPrometheusTextFormat) {
  const auto answer = Get("/metrics");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "up 1\n");
  EXPECT_THAT(answer->get_header_value("Content-Type"), HasSubstr("text/plain; version=0.0.4"));
}

TEST_F(OpsEndpointTest, NothingElseIsThere) {
  EXPECT_EQ(Get("/")->status, 404);
  EXPECT_EQ(httplib::Client("127.0.0.1", endpoint_->port()).Post("/metrics")->status, 404);
}

TEST_F(OpsEndpointTest, APortThatIsTakenIsSaid) {
  const std::string address = absl::StrCat("127.0.0.1:", endpoint_->port());
  const auto second = OpsEndpoint::Start(address, {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address));
}

TEST_F(OpsEndpointTest, APortIsFreeAgainAtOnce) {
  const std::string address = absl::StrCat("127.0.0.1:", endpoint_->port());
  EXPECT_EQ(Get("/livez")->status, 200);
  endpoint_.reset();
  const auto again = OpsEndpoint::Start(address, {.not_ready = [] { return ""; }, .metrics = [] { return ""; }});
  EXPECT_TRUE(again.ok()) << again.status();
}

}  // namespace
}  // namespace aftercare::server
