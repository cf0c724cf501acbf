#ifndef AFTERCARE_TESTS_HISTORY_GATEWAY_H_
#define AFTERCARE_TESTS_HISTORY_GATEWAY_H_

#include <string>
#include <vector>

#include "tests/history/pending_reports.h"

namespace aftercare::history {

// A simulated gateway that uses unary calls: LeaseReminders, ReportDeliveries and ExtendLeases. Records each call. For
// one thread.
class Gateway {
 public:
  // `parent` as in a LeaseRemindersRequest.
  Gateway(TestRun& run, std::string parent, std::string name, const GatewayProfile& profile, uint64_t seed);

  // Leases and reports until `run.working` is false or the server is closed.
  void Run();

 private:
  void Lease();
  void Tell();
  void Report(const std::vector<PendingReport>& items);
  void Extend(const std::vector<PendingReport>& items);
  void LookAtSent();
  // Waits for the next server if a call failed with a status that says the current one may be gone.
  void MayBeGone(const grpc::Status& status);

  TestRun& run_;
  const std::string parent_;
  const bool sandbox_;
  const std::string name_;
  const bool hasty_;
  Chance chance_;
  PendingReports pending_;
  ClientPtr client_;
  std::vector<std::string> sent_;  // reminders whose sending was acknowledged
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_GATEWAY_H_
