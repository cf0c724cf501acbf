#ifndef AFTERCARE_TESTS_HISTORY_STREAM_GATEWAY_H_
#define AFTERCARE_TESTS_HISTORY_STREAM_GATEWAY_H_

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "tests/history/pending_reports.h"

namespace aftercare::history {

// A gateway that leases, reports and extends on streams, which break sooner or later: it dies, or the server does. What
// it has yet to tell then it tells on the next one. For one thread.
class StreamGateway {
 public:
  // `parent` as in a StreamConfiguration.
  StreamGateway(TestRun& run, std::string parent, std::string name, const GatewayProfile& profile, uint64_t seed);

  // While there is work.
  void Run();

 private:
  using Stream = grpc::ClientReaderWriter<v1::StreamRemindersRequest, v1::StreamRemindersResponse>;

  // Something that was told on the stream, and is not answered yet.
  struct Told {
    PendingReport item;
    Observation call;
  };

  // One stream, from its configuration to its end.
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
  std::set<std::string> outstanding_;  // leases of the stream that were neither reported nor told to have ended
  std::deque<Told> reports_;
  std::deque<Told> extensions_;
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_STREAM_GATEWAY_H_
