#ifndef AFTERCARE_TESTS_CRASH_RUNNING_H_
#define AFTERCARE_TESTS_CRASH_RUNNING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/harness.h"
#include "tests/support/process.h"

namespace aftercare::crash {

// A server process and a client of it. The constructor starts aftercared on `database`, a path, and waits until it
// serves. The port is 0 if it did not start. `environment` is as in ProcessOptions. Not thread safe.
struct Running {
  explicit Running(const std::string& database, const std::vector<std::string>& environment = {})
      : process({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + database},
                {.environment = environment, .inherits_stderr = true}),
        port(AwaitPort(process)),
        client(std::make_unique<e2e::Client>(
            grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()))) {}

  ChildProcess process;
  int port;
  std::unique_ptr<e2e::Client> client;
};

}  // namespace aftercare::crash

#endif  // AFTERCARE_TESTS_CRASH_RUNNING_H_
