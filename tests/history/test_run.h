// What the clients of one run share: the server, the recorder, and helpers that make calls and record them. A run is
// one execution of the history test.
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
  // While this is true, writers and gateways go on.
  std::atomic<bool> working{true};
  // Once this is true, there are no new events, and watchers stop at the end of the log.
  std::atomic<bool> finished{false};
};

inline constexpr char kSandboxName[] = "clinics/sandbox";
inline constexpr char kRealTimeName[] = "clinics/riverside";

// A clinic that the clients of a run work in. It has the pathway `knee`.
struct Place {
  Clinic clinic;
  std::string date;   // the date of the patients' procedures
  std::string zone;   // the patients' time zone
  std::string token;  // the resume token from before the first event of the clinic's log
};

// Makes a clinic with its pathway. In a sandbox, the reminders of a patient come due over a week. In real time, most of
// them come due in the next minutes.
Place MakeClinic(e2e::Client& client, bool sandbox);

// Advances a sandbox's clock in random steps until `run.working` is false or the server is closed.
void DriveClock(TestRun& run, const Place& place, uint64_t seed);

// Random choices of one client. Not thread safe.
class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}

  // From `low` to `high`, both included.
  int64_t Number(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }
  // Returns true once in `many` times on average.
  bool OneIn(int64_t many) { return Number(1, many) == 1; }

 private:
  std::mt19937_64 random_;
};

// Sets the outcome and the reason in `call` from the status. A call that broke, was cancelled or exceeded its deadline
// has an unknown outcome.
void NoteStatus(const grpc::Status& status, Observation* call);

// Converts the status of one item of a batch.
grpc::Status ToGrpc(const google::rpc::Status& status);

// Makes one call, and records its moments and its outcome in `call`. The caller sets the rest of `call`, and adds it to
// the recorder. `patience` is the deadline of the call.
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
