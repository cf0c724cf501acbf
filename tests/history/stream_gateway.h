#ifndef AFTERCARE_TESTS_HISTORY_STREAM_GATEWAY_H_
#define AFTERCARE_TESTS_HISTORY_STREAM_GATEWAY_H_

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "tests/history/pending_reports.h"

namespace aftercare::history {

// A simulated gateway that leases, reports and extends on streams. Each stream ends after a random time or number of
// messages, or when the server is killed. Reports that were not sent yet are sent on the next stream. Records what it
// sees. For one thread.
class StreamGateway {
 public:
  // `parent` as in a StreamConfiguration.
  StreamGateway(TestRun& run, std::string parent, std::string name, const GatewayProfile& profile, uint64_t seed);

  // Runs streams until `run.working` is false or the server is closed.
  void Run();

 private:
  using Stream = grpc::ClientReaderWriter<v1::StreamRemindersRequest, v1::StreamRemindersResponse>;

  // A report or extension that was sent on the stream and is not answered yet.
  struct Told {
    PendingReport item;
    Observation call;
  };

  // Runs one stream from its configuration to its end. Returns its status.
  grpc::Status Once(e2e::Client& client);
  bool Configure(Stream& stream);
  void TakeLeases(const v1::StreamRemindersResponse& response, const Observation& opening);
  void TakeAnswers(const v1::StreamRemindersResponse& response);
  void TakeEnded(const v1::StreamRemindersResponse& response, const Observation& opening);
  bool Tell(Stream& stream);
  void GiveUp(std::deque<Told>* told);

  TestRun& run_;
  const std::string parent_;
  const bool sandbox_;
  const std::string name_;
  Chance chance_;
  PendingReports pending_;
  int max_outstanding_ = 0;
  // Leases of the stream that this gateway has not reported and that the server has not said are over.
  std::set<std::string> outstanding_;
  std::deque<Told> reports_;
  std::deque<Told> extensions_;
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_STREAM_GATEWAY_H_
