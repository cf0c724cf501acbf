// Helpers of the benchmarks. They start servers as processes. One of these servers does nothing: a call of it shows the
// least that any call can cost.
#ifndef AFTERCARE_TESTS_BENCH_RUNNING_H_
#define AFTERCARE_TESTS_BENCH_RUNNING_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
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

// Returns the resident memory of a process in bytes, or 0 if it cannot be read.
int64_t ResidentBytes(pid_t pid);

}  // namespace aftercare::bench

#endif  // AFTERCARE_TESTS_BENCH_RUNNING_H_
