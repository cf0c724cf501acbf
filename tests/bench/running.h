// Helpers of the benchmarks. They start servers as processes. One of these servers does nothing: a call of it shows the
// least that any call can cost.
#ifndef AFTERCARE_TESTS_BENCH_RUNNING_H_
#define AFTERCARE_TESTS_BENCH_RUNNING_H_

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/e2e/harness.h"
#include "tests/support/process.h"

namespace aftercare::bench {

// A server process and a client of it. `command` starts a server that prints its port as aftercared does. Ends the
// benchmark with exit code 1 if the server does not start. Not thread safe.
struct Running {
  explicit Running(const std::vector<std::string>& command);

  ChildProcess process;
  double ready_after = 0;  // How long the server took to start, in seconds.
  std::string address;
  std::unique_ptr<e2e::Client> client;
};

// Serves the services of `builder` on a free port, and prints the port as aftercared does. Runs until the process is
// killed.
int Serve(grpc::ServerBuilder& builder);

// Serves a ClinicService that answers every GetClinic with an empty message, until it is killed. A benchmark starts
// itself with kNoOpFlag to run it in a process of its own.
inline constexpr char kNoOpFlag[] = "--serve-no-op";
int ServeNoOp();

// The main of a benchmark `name` that takes one argument, a number of enrollments, 100,000 by default. Calls `run` with
// the program's path, or serves calls that do nothing. Returns the exit code: 2 if the argument is no such number.
int MainForEnrollments(const std::string& name, int argc, char** argv,
                       int (*run)(const std::string& self, int enrollments));

// Ends the benchmark with exit code 1.
[[noreturn]] void Fail(const std::string& why);

// Sends requests, 64 at a time, each by `send(context, request, response, done)`. Returns the responses in their order.
// Ends the benchmark if one fails.
template <typename Request, typename Response, typename Send>
std::vector<Response> CallAll(const std::vector<Request>& requests, Send send) {
  std::mutex mutex;
  std::condition_variable changed;
  int under_way = 0;
  std::vector<Response> responses(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    auto* context = new grpc::ClientContext;
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return under_way < 64; });
    ++under_way;
    send(context, &requests[i], &responses[i], [&, context](grpc::Status status) {
      if (!status.ok()) Fail(status.error_message());
      delete context;
      std::lock_guard<std::mutex> held(mutex);
      --under_way;
      changed.notify_all();
    });
  }
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [&] { return under_way == 0; });
  return responses;
}

// Enrols the patients p0 to p<patients - 1> of a clinic that has the pathway `knee`. The service makes the ids. Returns
// the names of the enrollments.
std::vector<std::string> EnrolAll(e2e::Client& client, const std::string& clinic, int patients,
                                  const std::string& procedure_date);

// Returns the resident memory of a process in bytes, or 0 if it cannot be read.
int64_t ResidentBytes(pid_t pid);

}  // namespace aftercare::bench

#endif  // AFTERCARE_TESTS_BENCH_RUNNING_H_
