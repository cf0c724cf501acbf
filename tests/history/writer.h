#ifndef AFTERCARE_TESTS_HISTORY_WRITER_H_
#define AFTERCARE_TESTS_HISTORY_WRITER_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/history/test_run.h"

namespace aftercare::history {

// A simulated user of a clinic. It enrols patients, and changes their enrollments and reminders. Other writers leave
// its patients alone, but any writer may redrive any failed reminder of the clinic. If a call has no answer, it usually
// repeats the call with the same request id, and sometimes gives up. Records each call. For one thread.
class Writer {
 public:
  // Enrols at most `most` patients. `run` and `place` must outlive the object.
  Writer(TestRun& run, const Place& place, std::string name, int most, uint64_t seed)
      : run_(run), place_(place), name_(std::move(name)), most_(most), chance_(seed) {}

  // Makes changes until `run.working` is false or the server is closed.
  void Run();

 private:
  using Send = std::function<void(e2e::Client& client, const std::string& request_id, Observation* call)>;

  void Step();
  void Enroll();
  void Update(const std::string& enrollment);
  // Makes a change whose request has no fields but the name of what is changed.
  template <typename Stub, typename Request, typename Response>
  void CarryNamed(Change::Kind kind, const std::string& name, std::unique_ptr<Stub> e2e::Client::*stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*)) {
    Change change;
    change.set_name(name);
    Request request;
    request.set_name(name);
    Carry(kind, change, stub, method, request);
  }
  void End(size_t index);
  // Returns the timeline. Returns nothing if the server is gone, after it has come back.
  std::optional<v1::GetTimelineResponse> ReadTimeline(const std::string& enrollment);
  void ChangeReminder(const std::string& enrollment);
  void Consent(const std::string& enrollment);
  void SayWord(const std::string& enrollment);
  void SayDanger(const std::string& enrollment);
  void SeeToAlarm(const std::string& enrollment);
  void Redrive();
  void Move(const std::string& reminder, absl::Time due);
  void Look(const std::string& enrollment);

  // Makes a change. Repeats the call while there is no answer, unless it gives up. Returns the outcome, or
  // OUTCOME_UNKNOWN if it gave up.
  Outcome Carry(Change::Kind kind, Change change, const Send& send);
  // The same, for a change that one request to a service makes.
  template <typename Stub, typename Request, typename Response>
  Outcome Carry(Change::Kind kind, const Change& change, std::unique_ptr<Stub> e2e::Client::*stub,
                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), Request request) {
    return Carry(kind, change, [&](e2e::Client& client, const std::string& request_id, Observation* call) {
      request.set_request_id(request_id);
      Ask(run_.recorder, *(client.*stub), method, request, call);
    });
  }

  TestRun& run_;
  const Place& place_;
  const std::string name_;
  const int most_;  // the most patients to enrol
  Chance chance_;
  ClientPtr client_;
  int patients_ = 0;
  int requests_ = 0;
  std::vector<std::string> running_;  // names of the enrollments that have not ended
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_WRITER_H_
