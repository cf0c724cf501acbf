// The server against its limits, in one run: calls a second beside those of a service that does nothing on the same
// library, and what 100,000 enrollments cost. Server and client share the machine.
//
//   server_bench [ENROLLMENTS]
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/running.h"
#include "tests/e2e/harness.h"

namespace aftercare::bench {
namespace {

using e2e::Client;
using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

constexpr int kInFlight = 64;

double Since(SteadyClock::time_point start) { return Seconds(SteadyClock::now() - start).count(); }

// Calls `start(i, done)` for i from 0 to count - 1, kInFlight at a time. Calls a second.
double Drive(int count, const std::function<void(int, std::function<void()>)>& start) {
  std::atomic<int> next{0};
  std::atomic<int> finished{0};
  std::promise<void> all;
  std::function<void()> go = [&] {
    const int i = next++;
    if (i >= count) return;
    start(i, [&] {
      go();
      if (++finished == count) all.set_value();
    });
  };
  const auto begin = SteadyClock::now();
  for (int i = 0; i < kInFlight; ++i) go();
  all.get_future().wait();
  return count / Since(begin);
}

// One call in flight: its messages live until it is done.
template <typename Request, typename Response>
struct Pending {
  grpc::ClientContext context;
  Request request;
  Response response;
};

// `method` is a member of the async stub, called with the request that `make(i)` answers.
template <typename Request, typename Response, typename Async, typename Make>
double DriveUnary(int count, Async* stub,
                  void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                                        std::function<void(grpc::Status)>),
                  Make make) {
  return Drive(count, [=](int i, std::function<void()> done) {
    auto* call = new Pending<Request, Response>;
    call->request = make(i);
    (stub->*method)(&call->context, &call->request, &call->response, [call, done](grpc::Status status) {
      if (!status.ok()) {
        std::cerr << status.error_message() << std::endl;
        std::exit(1);
      }
      delete call;
      done();
    });
  });
}

int64_t FileSize(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0 ? found.st_size : 0;
}

double NoOpRate(Client& client, int count) {
  return DriveUnary(count, client.clinics->async(), &v1::ClinicService::Stub::async::GetClinic,
                    [](int) { return v1::GetClinicRequest(); });
}

void Print(const std::string& what, double rate, double limit, const std::string& target) {
  std::cout << absl::StrFormat("%-46s %9.0f /s  %5.1f %% of no-op   target: %s", what, rate, 100 * rate / limit, target)
            << std::endl;
}

v1::CreateEnrollmentRequest NewPatient(int i) {
  return e2e::Patient("bench", absl::StrCat("p", i), "2040-03-02",
                      "factors { key: 'severity' value: 'severe' } locale: 'es'");
}

int Run(const std::string& self, int enrollments) {
  TempDir dir;
  const std::string database = dir.File("aftercare.db");
  Running no_op({self, kNoOpFlag});
  NoOpRate(*no_op.client, 20000);  // warm up
  {
    Running server({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + database});
    Client& client = *server.client;
    e2e::CreateClinic(client, "bench");
    e2e::CreatePathway(client, "bench", "knee", e2e::KneePathway());

    const double limit = NoOpRate(*no_op.client, 100000);
    std::cout << absl::StrFormat("%-46s %9.0f /s", absl::StrCat("no-op unary call, ", kInFlight, " in flight"), limit)
              << std::endl;
    const double create =
        DriveUnary(enrollments, client.enrollments->async(), &v1::EnrollmentService::Stub::async::CreateEnrollment,
                   NewPatient);
    Print(absl::StrCat("CreateEnrollment, durable, ", kInFlight, " in flight"), create, limit, "5,000 /s");

    const double again = NoOpRate(*no_op.client, 100000);
    const double due = DriveUnary(
        100000, client.reminders->async(), &v1::ReminderService::Stub::async::ListReminders, [&](int i) {
          v1::ListRemindersRequest request;
          request.set_parent("clinics/bench");
          request.mutable_filter()->set_patient(absl::StrCat("mrn-p", i * 7919 % enrollments));
          request.mutable_filter()->add_states(v1::REMINDER_STATE_DUE);
          return request;
        });
    Print("ListReminders: what is due of one patient", due, again, "50 % of no-op");
    const double get = DriveUnary(
        100000, client.reminders->async(), &v1::ReminderService::Stub::async::GetReminder, [&](int i) {
          v1::GetReminderRequest request;
          request.set_name(
              absl::StrCat("clinics/bench/enrollments/p", i * 7919 % enrollments, "/reminders/ice-am.2040-03-03"));
          return request;
        });
    Print("GetReminder", get, again, "70 % of no-op, later");
    std::cout << absl::StrFormat("resident: %.0f MB after all this", ResidentBytes(server.process.pid()) / 1e6)
              << std::endl;
    server.process.Signal(SIGTERM);
    server.process.Wait();
  }
  Running server({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + database});
  std::cout << absl::StrFormat("%d enrollments: %.0f MB on disk (target 100), ready in %.2f s (target 1)", enrollments,
                               FileSize(database) / 1e6, server.ready_after)
            << std::endl;
  std::cout << absl::StrFormat("resident: %.0f MB after start (target 100)",
                               ResidentBytes(server.process.pid()) / 1e6)
            << std::endl;
  return 0;
}

}  // namespace
}  // namespace aftercare::bench

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == aftercare::bench::kNoOpFlag) return aftercare::bench::ServeNoOp();
  return aftercare::bench::Run(argv[0], argc > 1 ? std::atoi(argv[1]) : 100000);
}
