// What benchmarks share: servers as processes of their own, and one that does nothing, which is what a call can cost at
// the least.
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

// A server that `command` starts and that tells its port, and a client of it. Ends the program if it does not start.
struct Running {
  explicit Running(const std::vector<std::string>& command);

  ChildProcess process;
  double ready_after = 0;  // seconds
  std::string address;
  std::unique_ptr<e2e::Client> client;
};

// Serves what is registered with `builder` on any port, which it prints as the server does, until it is killed.
int Serve(grpc::ServerBuilder& builder);

// Serves a ClinicService that answers every GetClinic with an empty message, until it is killed. A benchmark starts
// itself with kNoOpFlag to run it in a process of its own.
inline constexpr char kNoOpFlag[] = "--serve-no-op";
int ServeNoOp();

// Memory of a process.
int64_t ResidentBytes(pid_t pid);

}  // namespace aftercare::bench

#endif  // AFTERCARE_TESTS_BENCH_RUNNING_H_
