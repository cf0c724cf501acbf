// The server, killed without warning while clients import: what was acknowledged is there afterwards. (What other
// clients see of such a server is in tests/history.)
//
// AFTERCARE_SEED replays a run's choices; AFTERCARE_KILLS sets how often the server is killed.
#include <signal.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/crash/running.h"
#include "tests/support/random.h"

namespace aftercare::crash {
namespace {

using e2e::Call;
using e2e::Client;

// Who was enrolled, as clients were told over all lives of the server.
class History {
 public:
  void Enrolled(const std::string& id) {
    std::lock_guard<std::mutex> lock(mutex_);
    enrolled_.insert(id);
    ++acknowledged_;
    changed_.notify_all();
  }

  std::set<std::string> enrolled() {
    std::lock_guard<std::mutex> lock(mutex_);
    return enrolled_;
  }

  // Waits until `count` more acknowledgements have come in.
  void AwaitMore(int64_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    const int64_t wanted = acknowledged_ + count;
    changed_.wait(lock, [&] { return acknowledged_ >= wanted; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t acknowledged_ = 0;
  std::set<std::string> enrolled_;
};

bool ServerIsGone(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::StatusCode::CANCELLED;
}

// One message, due at once and for a year.
v1::Pathway OneMessage() {
  return FromText<v1::Pathway>(R"(
      display_name: "One message" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 0 last: 1 } } }
      rules { id: "hello" phase: "p" category: "c" schedule { times: "00:00" window { days: 366 } }
              texts { key: "en" value: "Hello {first_name}" } })");
}

// A clinic with its pathway, made by a server of its own. The place in the log before all else.
std::string Prepare(const std::string& database) {
  Running server(database);
  EXPECT_GT(server.port, 0);
  e2e::CreateClinic(*server.client, "riverside");
  e2e::CreatePathway(*server.client, "riverside", "knee", OneMessage());
  v1::ListRemindersRequest list;
  list.set_parent("clinics/riverside");
  return Call(*server.client->reminders, &v1::ReminderService::Stub::ListReminders, list)->resume_token();
}

void ExpectAllThere(Client& client, History& history) {
  for (const std::string& id : history.enrolled()) {
    v1::GetEnrollmentRequest get;
    get.set_name("clinics/riverside/enrollments/" + id);
    const auto answer = Call(*client.enrollments, &v1::EnrollmentService::Stub::GetEnrollment, get);
    EXPECT_TRUE(answer.ok()) << id << " was acknowledged and is lost: " << answer.status.error_message();
  }
}

// The log, from before anything happened: each enrollment once.
void ExpectWholeLog(Client& client, const std::string& token, History& history) {
  v1::WatchEventsRequest request;
  request.set_parent("clinics/riverside");
  request.set_resume_token(token);
  grpc::ClientContext context;
  auto watch = client.reminders->WatchEvents(&context, request);
  std::map<std::string, int> enrolled;
  v1::WatchEventsResponse response;
  while (watch->Read(&response) && !response.events().empty()) {  // a bookmark: the log is at its end
    for (const v1::Event& event : response.events()) {
      if (event.type() == v1::EVENT_TYPE_ENROLLMENT_CREATED) ++enrolled[event.enrollment()];
    }
  }
  context.TryCancel();
  for (const std::string& id : history.enrolled()) EXPECT_EQ(enrolled["clinics/riverside/enrollments/" + id], 1) << id;
}

// Imports patients in calls of a hundred, from the first, until all are there or the server is gone. `answered` grows
// with the calls that were answered, over all lives of the server.
void Import(History& history, Client& client, const std::string& date, int calls, int* answered) {
  for (int call = 0; call < calls; ++call) {
    v1::ImportEnrollmentsRequest request;
    request.set_parent("clinics/riverside");
    for (int i = 100 * call; i < 100 * call + 100; ++i) {
      const auto patient = e2e::Patient("riverside", absl::StrCat("line-", i), date);
      request.add_lines()->set_enrollment_id(patient.enrollment_id());
      *request.mutable_lines(request.lines_size() - 1)->mutable_enrollment() = patient.enrollment();
    }
    grpc::ClientContext context;
    v1::ImportEnrollmentsResponse response;
    const auto stream = client.enrollments->ImportEnrollments(&context, &response);
    if (stream->Write(request)) stream->WritesDone();
    const grpc::Status status = stream->Finish();
    if (ServerIsGone(status)) return;
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(response.created_count() + response.unchanged_count(), 100) << response.ShortDebugString();
    if (call < *answered) {
      EXPECT_EQ(response.unchanged_count(), 100) << "an answered line was lost";
      continue;
    }
    *answered = call + 1;
    for (const v1::ImportLine& line : request.lines()) history.Enrolled(line.enrollment_id());
  }
}

TEST(CrashTest, AnImportThatIsSentAgainAfterEachKillEnrolsEveryPatientOnce) {
  const uint64_t seed = SeedOfRun(std::random_device()());
  const uint64_t kills = NumberFromEnvironment("AFTERCARE_KILLS", 8);
  std::mt19937_64 random(seed);
  TempDir dir;
  const std::string database = dir.File("aftercare.db");
  const std::string date = absl::FormatTime("%Y-%m-%d", absl::Now() - absl::Hours(48), absl::UTCTimeZone());
  const int calls = static_cast<int>(20 * (kills + 1));
  const std::string token = Prepare(database);
  History history;
  int answered = 0;
  for (uint64_t kill = 0; kill < kills; ++kill) {
    Running server(database);
    ASSERT_GT(server.port, 0) << "the server does not come up after kill " << kill;
    std::thread client([&] { Import(history, *server.client, date, calls, &answered); });
    history.AwaitMore(std::uniform_int_distribution<int64_t>(1, 1000)(random));
    server.process.Signal(SIGKILL);
    EXPECT_EQ(server.process.Wait().exit_code, 128 + SIGKILL);
    client.join();
    if (HasFailure()) return;
  }
  Running server(database);
  ASSERT_GT(server.port, 0);
  Import(history, *server.client, date, calls, &answered);
  EXPECT_EQ(answered, calls);
  ExpectAllThere(*server.client, history);
  ExpectWholeLog(*server.client, token, history);
}

TEST(CrashTest, ADatabaseThatIsNotOursIsLeftAsItIs) {
  TempDir dir;
  const std::string path = dir.Write("notes.txt", "These are somebody's notes, and no database.\n");
  EXPECT_EQ(RunProgram({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + path}).exit_code, 3);
  EXPECT_EQ(ReadFile(path), "These are somebody's notes, and no database.\n");
}

TEST(CrashTest, HelpNamesTheFlags) {
  EXPECT_THAT(RunProgram({AFTERCARED, "--help"}).out, testing::HasSubstr("--listen"));
}

TEST(CrashTest, AnAddressBeyondLoopbackIsRefused) {
  EXPECT_EQ(RunProgram({AFTERCARED, "--listen=0.0.0.0:0"}).exit_code, 2);
}

}  // namespace
}  // namespace aftercare::crash
