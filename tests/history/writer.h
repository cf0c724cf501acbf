#ifndef AFTERCARE_TESTS_HISTORY_WRITER_H_
#define AFTERCARE_TESTS_HISTORY_WRITER_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/history/test_run.h"

namespace aftercare::history {

// Somebody of a clinic who enrols patients and changes what comes of them: its own, which nobody else touches. What was
// not answered it asks for again under the same request id, or gives up. For one thread.
class Writer {
 public:
  Writer(TestRun& run, const Place& place, std::string name, int most, uint64_t seed)
      : run_(run), place_(place), name_(std::move(name)), most_(most), chance_(seed) {}

  // While there is work.
  void Run();

 private:
  using Send = std::function<void(e2e::Client& client, const std::string& request_id, Observation* call)>;

  void Step();
  void Enroll();
  void Update(const std::string& enrollment);
  // Makes a change whose request only names what is changed.
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
  void ChangeReminder(const std::string& enrollment);
  void Consent(const std::string& enrollment);
  void Redrive();
  void Move(const std::string& reminder, absl::Time due);
  void Look(const std::string& enrollment);

  // Makes a change, with a new call wherever there is no answer. Returns its outcome: unknown if it was given up.
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
  const int most_;  // patients
  Chance chance_;
  ClientPtr client_;
  int patients_ = 0;
  int requests_ = 0;
  std::vector<std::string> running_;  // names of enrollments
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_WRITER_H_
