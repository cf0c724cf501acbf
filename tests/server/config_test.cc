#include "services/server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "services/server/server.h"

namespace aftercare::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  ~ConfigTest() override { std::filesystem::remove(path_); }

  std::string File(const std::string& text) {
    std::ofstream(path_) << text;
    return path_;
  }

  void ExpectRefused(const absl::StatusOr<v1::Config>& config, const std::string& what) {
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument) << config.status();
    EXPECT_THAT(std::string(config.status().message()), HasSubstr(what));
  }

 private:
  const std::string path_ = (std::filesystem::temp_directory_path() /
                             ("aftercare-config-" + std::to_string(getpid()) + ".textproto")).string();
};

TEST_F(ConfigTest, DefaultsServeOnLoopback) {
  const auto config = LoadConfig("", {}, {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->listen(), "127.0.0.1:50051");
  EXPECT_EQ(config->database(), "aftercare.db");
  EXPECT_EQ(config->log_level(), "info");
  EXPECT_EQ(EventRetention(*config), absl::Hours(720));
  EXPECT_EQ(config->ops_listen(), "127.0.0.1:9464");
  EXPECT_TRUE(HasOpsEndpoint(*config));
  EXPECT_EQ(config->request_log_share(), 1);
}

TEST_F(ConfigTest, TheOpsEndpointCanBeTurnedOffByEverySource) {
  for (const auto& config :
       {LoadConfig(File("ops_listen: ''"), {}, {}), LoadConfig(File("ops_listen: 'off'"), {}, {}),
        LoadConfig("", {{"AFTERCARE_OPS_LISTEN", ""}}, {}), LoadConfig("", {}, {{"ops_listen", "off"}})}) {
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_FALSE(HasOpsEndpoint(*config));
  }
  EXPECT_TRUE(HasOpsEndpoint(*LoadConfig("", {{"AFTERCARE_OPS_LISTEN", "off"}}, {{"ops_listen", "[::1]:0"}})));
}

TEST_F(ConfigTest, OperatorsAreAnsweredOnLoopbackOnly) {
  for (const char* listen : {"0.0.0.0:9464", "9464", "127.0.0.1", "OFF"}) {
    ExpectRefused(LoadConfig("", {}, {{"ops_listen", listen}}), "ops_listen: ");
  }
}

TEST_F(ConfigTest, TheShareOfCallsThatAreLoggedIsFromNoneToAll) {
  EXPECT_EQ(LoadConfig(File("request_log_share: 0"), {}, {})->request_log_share(), 0);
  EXPECT_EQ(LoadConfig("", {{"AFTERCARE_REQUEST_LOG_SHARE", "0.25"}}, {})->request_log_share(), 0.25);
  for (const char* bad : {"-0.1", "1.1", "nan", "inf"}) {
    ExpectRefused(LoadConfig("", {}, {{"request_log_share", bad}}), "request_log_share: ");
  }
  ExpectRefused(LoadConfig("", {}, {{"request_log_share", "half"}}), "--request_log_share must be a number");
}

TEST_F(ConfigTest, EventsAreKeptForAnHourToTenYears) {
  for (const char* good : {"1h", "87600h", "90m", "720h"}) {
    EXPECT_TRUE(LoadConfig("", {}, {{"event_retention", good}}).ok()) << good;
  }
  for (const char* bad : {"30d", "59m", "87601h", "-1h", "720", "inf", "x"}) {
    ExpectRefused(LoadConfig("", {{"AFTERCARE_EVENT_RETENTION", bad}}, {}), "event_retention: ");
  }
}

TEST_F(ConfigTest, LaterSourcesWin) {
  const std::string file = File("listen: '127.0.0.1:1' database: 'file.db' log_level: 'warn'");
  auto config = LoadConfig(file, {{"AFTERCARE_LISTEN", "127.0.0.1:2"}, {"AFTERCARE_DATABASE", "environment.db"}},
                           {{"listen", "127.0.0.1:3"}, {"database", ""}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->listen(), "127.0.0.1:3") << "a flag beats the environment";
  EXPECT_EQ(config->database(), "environment.db") << "the environment beats the file; an empty flag is not set";
  EXPECT_EQ(config->log_level(), "warn") << "the file beats the default";
}

TEST_F(ConfigTest, AnUnknownKeyIsAnErrorWithItsPlace) {
  ExpectRefused(LoadConfig(File("listen: '127.0.0.1:1'\ndatabsae: 'x.db'"), {}, {}), "line 2");
  ExpectRefused(LoadConfig("", {{"AFTERCARE_DATABSAE", "x.db"}}, {}), "AFTERCARE_DATABSAE");
}

TEST_F(ConfigTest, OtherProgramsVariablesAreTheirs) {
  EXPECT_TRUE(LoadConfig("", {{"AFTERCARE_SERVER", "a:1"}, {"AFTERCARE_CLINIC", "demo"}, {"PATH", "/bin"}}, {}).ok());
}

TEST_F(ConfigTest, AMissingFileIsNamed) {
  const auto config = LoadConfig("/no/such/file", {}, {});
  EXPECT_EQ(config.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(config.status().message()), HasSubstr("/no/such/file"));
}

TEST_F(ConfigTest, WithoutTlsOnlyLoopbackIsServed) {
  for (const char* listen : {"0.0.0.0:50051", "[::]:50051", "192.168.1.5:50051", "clinic.example:50051", "127.0.0.1",
                             "127.evil.example:1", "localhost.example:1", "", "127.0.0.1:http", "127.0.0.1:70000"}) {
    ExpectRefused(LoadConfig("", {{"AFTERCARE_LISTEN", listen}}, {}), "listen");
  }
  for (const char* listen : {"127.0.0.1:0", "127.1.2.3:9", "localhost:50051", "[::1]:50051"}) {
    EXPECT_TRUE(LoadConfig("", {{"AFTERCARE_LISTEN", listen}}, {}).ok()) << listen;
  }
}

TEST_F(ConfigTest, ValuesAreChecked) {
  ExpectRefused(LoadConfig("", {}, {{"log_level", "loud"}}), "log_level");
  ExpectRefused(LoadConfig("", {{"AFTERCARE_DATABASE", ""}}, {}), "database");
}

}  // namespace
}  // namespace aftercare::server
