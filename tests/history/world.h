// What the clients of a history share.
#ifndef AFTERCARE_TESTS_HISTORY_WORLD_H_
#define AFTERCARE_TESTS_HISTORY_WORLD_H_

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "tests/history/lives.h"
#include "tests/history/recorder.h"

namespace aftercare::history {

struct World {
  World(std::string database, uint64_t seed) : lives(std::move(database)), recorder(seed) {}

  Lives lives;
  Recorder recorder;
  std::atomic<bool> working{true};   // until then writers and gateways go on
  std::atomic<bool> finished{false};  // from then on nothing happens any more, and watchers end with the log
};

inline constexpr char kSandboxName[] = "clinics/sandbox";

// A clinic that all work in, with its pathway `knee`.
struct Place {
  Clinic clinic;
  std::string date;   // of procedures
  std::string zone;   // of patients
  std::string token;  // of its log, before all else
};

// Makes a clinic that lives in real time, in whose pathway much comes due in the next minutes, or a sandbox, in whose
// pathway it does over a week.
Place MakeClinic(e2e::Client& client, bool sandbox);

// Moves a sandbox's clock on while there is work.
void DriveClock(World& world, const Place& place, uint64_t seed);

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

#endif  // AFTERCARE_TESTS_HISTORY_WORLD_H_
