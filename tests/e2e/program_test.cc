// aftercared as operators run it: flags, signals, the log, the ops endpoint and Prometheus.
#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/e2e/harness.h"
#include "tests/support/process.h"

namespace aftercare::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

google::protobuf::Struct ParseJson(const std::string& text) {
  google::protobuf::Struct object;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &object);
  EXPECT_TRUE(status.ok()) << text << "\n" << status.ToString();
  return object;
}

class ProgramTest : public ::testing::Test {
 protected:
  // Starts a server with a free port for clients and one for operators.
  void Start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> command = {AFTERCARED, "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0",
                                        "--database=" + dir_.File("aftercare.db")};
    command.insert(command.end(), more.begin(), more.end());
    server_.emplace(command, ProcessOptions{.inherits_stderr = true});
    const std::string said = "ops endpoint on port ";
    const std::string line = server_->ReadLineWith(said);
    ASSERT_NE(line, "") << "the server did not start";
    ops_port_ = std::atoi(line.c_str() + line.find(said) + said.size());
    const int port = AwaitPort(*server_);
    ASSERT_NE(port, 0);
    client_ = std::make_unique<Client>(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }

  // Stops the server in order, and returns its log.
  std::string Stop() {
    client_.reset();
    server_->Signal(SIGTERM);
    const ProcessResult result = server_->Wait();
    EXPECT_EQ(result.exit_code, 0);
    return result.out;
  }

  std::string Get(const std::string& path, int port) {
    httplib::Client http("127.0.0.1", port);
    http.set_read_timeout(std::chrono::minutes(1));
    const auto answer = http.Get(path);
    return answer ? answer->body : "";
  }
  std::string Get(const std::string& path) { return Get(path, ops_port_); }

  TempDir dir_;
  std::optional<ChildProcess> server_;
  int ops_port_ = 0;
  std::unique_ptr<Client> client_;
};

TEST_F(ProgramTest, TheVersionNamesTheCommitAndTheSchema) {
  const ProcessResult result = RunProgram({AFTERCARED, "--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, MatchesRegex("aftercared [0-9.]+ \\(commit [-0-9a-z]+, database schema [0-9]+\\)\n"));
}

TEST_F(ProgramTest, HelpHasAShortNameToo) {
  const ProcessResult help = RunProgram({AFTERCARED, "-h"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("\n  --ops-listen "), HasSubstr("Exit codes: "), Not(HasSubstr("--flagfile"))));
  EXPECT_EQ(RunProgram({AFTERCARED, "--help"}).out, help.out);
}

TEST_F(ProgramTest, AnOpsPortThatIsTakenIsOneClearError) {
  Start();
  const std::string address = absl::StrCat("127.0.0.1:", ops_port_);
  const ProcessResult second = RunProgram(
      {AFTERCARED, "--listen=127.0.0.1:0", "--ops-listen=" + address, "--database=" + dir_.File("other.db")});
  EXPECT_EQ(second.exit_code, 4);
  EXPECT_THAT(second.err, AllOf(HasSubstr(address), HasSubstr("--ops-listen"), Not(HasSubstr("\naftercared"))));
}

TEST_F(ProgramTest, TheOpsEndpointCanBeTurnedOff) {
  for (const char* off : {"--ops-listen=off", "--ops-listen="}) {
    ChildProcess server({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + dir_.File("aftercare.db"), off},
                        {.environment = {"AFTERCARE_OPS_LISTEN=127.0.0.1:0"}});
    EXPECT_NE(AwaitPort(server), 0);
    server.Signal(SIGTERM);
    EXPECT_THAT(server.Wait().out, Not(HasSubstr("ops endpoint")));
  }
}

TEST_F(ProgramTest, AHangUpReadsTheLogLevelAgain) {
  const std::string config = dir_.Write("config.textproto", "log_level: 'info'");
  Start({"--config=" + config});
  WriteFile(config, "log_level: 'debug'");
  server_->Signal(SIGHUP);
  EXPECT_TRUE(server_->AwaitOut("log_level is debug"));
  WriteFile(config, "colour: 'red'");
  server_->Signal(SIGHUP);
  EXPECT_TRUE(server_->AwaitOut("nothing was reloaded"));
  WriteFile(config, "log_level: 'error'");
  server_->Signal(SIGHUP);
  EXPECT_TRUE(server_->AwaitOut("log_level is error"));
  EXPECT_THAT(Stop(), Not(HasSubstr("stopping on SIGTERM"))) << "only errors are logged";
}

TEST_F(ProgramTest, OperatorsAreAnswered) {
  Start();
  EXPECT_EQ(Get("/livez"), "ok\n");
  EXPECT_EQ(Get("/readyz"), "ok\n");
  const std::string metrics = Get("/metrics");
  for (const char* start : {"aftercare_store_up 1\n", "aftercare_leases_out 0\n", "aftercare_build_info{"}) {
    EXPECT_THAT(metrics, HasSubstr(absl::StrCat("\n", start)));
  }
  EXPECT_THAT(metrics, ContainsRegex("\naftercare_store_bytes [1-9]"));
}

// Everything of a patient that must not come out of the service but to gateways and clinics.
constexpr char kCanary[] = "[Cc]anary|5550177077";

v1::Pathway CanaryPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Knee" default_locale: "en"
    phases { id: "first" display_name: "First days" span { days { first: 0 last: 3 } } }
    rules {
      id: "ice" phase: "first" category: "cooling"
      schedule { on { days: 0 } times: "00:00" window { days: 3 } }
      texts { key: "en" value: "Canarytext for {first_name}." }
    })pb");
}

// A whole job in real time: a patient enrols late, is sent what is due now and answers; and some calls are refused.
void RunCanaryJob(Client& client) {
  CreateClinic(client, "riverside");
  CreatePathway(client, "riverside", "knee", CanaryPathway());
  const std::string today = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
  v1::CreateEnrollmentRequest patient = Patient(
      "riverside", "e1", today, "contact_points { channel: CHANNEL_SMS address: '+15550177077' }");
  patient.mutable_enrollment()->set_patient("canary-7");
  patient.mutable_enrollment()->set_first_name("Canaryanne");
  patient.mutable_enrollment()->set_time_zone("Etc/UTC");
  Enroll(client, patient);
  patient.mutable_enrollment()->set_time_zone("canary/Zone");
  EXPECT_FALSE(Call(*client.enrollments, &v1::EnrollmentService::Stub::CreateEnrollment, patient).ok());
  std::vector<v1::Lease> leases;
  while (leases.empty()) leases = LeaseAll(client, "riverside");
  EXPECT_EQ(leases[0].text(), "Canarytext for Canaryanne.");
  ReportSent(client, leases);
  v1::RecordReplyRequest reply;
  reply.set_parent("clinics/riverside");
  reply.set_channel(v1::CHANNEL_SMS);
  reply.set_address("+15550177077");
  reply.set_text("canary feels fine");
  EXPECT_TRUE(Call(*client.replies, &v1::ReplyService::Stub::RecordReply, reply).ok());
  v1::ListEnrollmentsRequest list;
  list.set_parent("clinics/riverside");
  list.set_patient("canary-7");
  EXPECT_EQ(Call(*client.enrollments, &v1::EnrollmentService::Stub::ListEnrollments, list)->enrollments_size(), 1);
  list.set_parent("clinics/canary-5550177077");  // put in the wrong place
  EXPECT_FALSE(Call(*client.enrollments, &v1::EnrollmentService::Stub::ListEnrollments, list).ok());
}

TEST_F(ProgramTest, NothingOfAPatientIsInTheLogOrTheMetricsAfterAWholeJob) {
  Start({"--log-level=debug"});
  RunCanaryJob(*client_);
  const std::string metrics = Get("/metrics");
  EXPECT_THAT(metrics, ContainsRegex("aftercare_due_lag_seconds_count [1-9]"));
  EXPECT_THAT(metrics, ContainsRegex("aftercare_commit_mutations_count [1-9]"));
  EXPECT_THAT(metrics, Not(ContainsRegex(kCanary)));
  const std::string log = Stop();
  EXPECT_THAT(log, Not(ContainsRegex(kCanary)));
  for (const absl::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) ParseJson(std::string(line));
}

TEST_F(ProgramTest, CallsAreCountedAndLogged) {
  Start();
  RunCanaryJob(*client_);
  const std::string metrics = Get("/metrics");
  for (const char* sample :
       {"grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"CreateClinic\""
        ",grpc_service=\"aftercare.v1.ClinicService\",grpc_type=\"unary\"} 1\n",
        "grpc_server_handled_total{grpc_code=\"InvalidArgument\",grpc_method=\"CreateEnrollment\""
        ",grpc_service=\"aftercare.v1.EnrollmentService\",grpc_type=\"unary\"} 1\n",
        "grpc_server_started_total{grpc_method=\"CreateEnrollment\",grpc_service=\"aftercare.v1.EnrollmentService\""
        ",grpc_type=\"unary\"} 2\n"}) {
    EXPECT_THAT(metrics, HasSubstr(sample));
  }
  const std::string log = Stop();
  EXPECT_THAT(log, ContainsRegex("\"message\":\"rpc\",\"method\":\"aftercare.v1.ClinicService/CreateClinic\","
                                 "\"code\":\"OK\",\"duration_ms\":[0-9.]+,\"principal\":\"[^\"]+\""));
  EXPECT_THAT(log, ContainsRegex("CreateEnrollment\",\"code\":\"INVALID_ARGUMENT\",\"reason\":\"[A-Z_]+\""));
}

TEST_F(ProgramTest, NoCallIsLoggedIfNoneIsAskedFor) {
  Start({"--request-log-share=0"});
  RunCanaryJob(*client_);
  EXPECT_THAT(Stop(), Not(HasSubstr("\"message\":\"rpc\"")));
}

// A port of loopback that nobody listens on.
int FreePort() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(probe);
  return ntohs(address.sin_port);
}

TEST_F(ProgramTest, PrometheusScrapesIt) {
  Start();
  const std::string config = dir_.Write(
      "prometheus.yml", absl::StrCat("global: {scrape_interval: 2s, scrape_timeout: 2s}\n"
                                     "scrape_configs:\n"
                                     "- job_name: aftercare\n"
                                     "  static_configs: [{targets: ['127.0.0.1:", ops_port_, "']}]\n"));
  const int port = FreePort();
  // Does not outlive the test, however that ends.
  ChildProcess prometheus({"/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/bin/prometheus", "--config.file=" + config,
                           "--storage.tsdb.path=" + dir_.File("data"),
                           absl::StrCat("--web.listen-address=127.0.0.1:", port)});
  ASSERT_TRUE(prometheus.AwaitErr("Server is ready to receive web requests")) << prometheus.Wait().err;
  for (const std::string query : {"up", "aftercare_store_up"}) {
    std::string answer;
    for (const absl::Time end = absl::Now() + absl::Minutes(5); absl::Now() < end;) {
      answer = Get("/api/v1/query?query=" + query, port);
      if (answer.find(",\"1\"]") != answer.npos) break;
      absl::SleepFor(absl::Milliseconds(50));  // nobody tells when it has scraped
    }
    EXPECT_EQ(ParseJson(answer).fields().at("status").string_value(), "success");
    EXPECT_THAT(answer, AllOf(HasSubstr("\"job\":\"aftercare\""), HasSubstr(",\"1\"]"))) << query;
  }
}

class ReadinessTest : public Service {};

TEST_F(ReadinessTest, AServerThatStopsIsNotReadyAndStillTellsItsStatistics) {
  EXPECT_EQ(server->NotReadyReason(), "");
  EXPECT_TRUE(server->AwaitStatistics(absl::Minutes(5)).stored.has_value());
  server->Shutdown(absl::Minutes(1));
  EXPECT_EQ(server->NotReadyReason(), "the server is stopping");
  EXPECT_FALSE(server->AwaitStatistics(absl::Minutes(5)).stored.has_value());
}

}  // namespace
}  // namespace aftercare::e2e
