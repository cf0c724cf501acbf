// What the clients of one run share: the server, the recorder, and helpers to call and record.
#ifndef AFTERCARE_TESTS_HISTORY_TEST_RUN_H_
#define AFTERCARE_TESTS_HISTORY_TEST_RUN_H_

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "tests/history/recorder.h"
#include "tests/history/server_under_test.h"

namespace aftercare::history {

struct TestRun {
  TestRun(std::string database, uint64_t seed) : server(std::move(database)), recorder(seed) {}

  ServerUnderTest server;
  Recorder recorder;
  // While this is set, writers and gateways go on.
  std::atomic<bool> working{true};
  // Once this is set, nothing happens any more, and watchers stop at the end of the log.
  std::atomic<bool> finished{false};
};

inline constexpr char kSandboxName[] = "clinics/sandbox";

// A clinic that all work in, with its pathway `knee`.
struct Place {
  Clinic clinic;
  std::string date;   // of procedures
  std::string zone;   // of patients
  std::string token;  // of its log, before all else
};

// Makes a clinic. In real time, much of its pathway comes due in the next minutes; in a sandbox, over a week.
Place MakeClinic(e2e::Client& client, bool sandbox);

// Moves a sandbox's clock on while there is work.
void DriveClock(TestRun& run, const Place& place, uint64_t seed);

// Choices of one client.
class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}

  // From `low` to `high`, both included.
  int64_t Number(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
  bool OneIn(int64_t many) { return Number(1, many) == 1; }

 private:
  std::mt19937_64 random_;
};

// What a call that ended so did. Calls that were given `patience` and no more end without an answer.
void NoteStatus(const grpc::Status& status, Observation* call);

// Of one item of a batch.
grpc::Status ToGrpc(const google::rpc::Status& status);

// One call, taken down but for what it was about.
template <typename Stub, typename Request, typename Response>
e2e::Answer<Response> Ask(Recorder& recorder, Stub& stub,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                          const Request& request, Observation* call, absl::Duration patience = absl::Minutes(1)) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
  e2e::Answer<Response> answer;
  recorder.Ask(call);
  answer.status = (stub.*method)(&context, request, &answer.response);
  recorder.Answer(call);
  NoteStatus(answer.status, call);
  return answer;
}

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_TEST_RUN_H_
