// The server's metrics, in Prometheus' text format. The grpc_server_* names and labels are those of the gRPC ecosystem
// (go-grpc-prometheus). No label has a value that a client chooses.
#ifndef AFTERCARE_SERVICES_SERVER_METRICS_H_
#define AFTERCARE_SERVICES_SERVER_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "scheduler/engine/runtime/telemetry.h"
#include "scheduler/engine/statistics.h"
#include "services/server/call_observer.h"

namespace aftercare::server {

// All metrics of one server. Counts calls, commits and offered messages as they happen. The values that only the store
// knows are passed to Text. Thread safe.
class Metrics final : public CallObserver, public engine::Telemetry {
 public:
  // `version` and `commit` are of this program.
  Metrics(absl::string_view version, absl::string_view commit);

  // Calls of methods that are not of the API are not counted.
  void OnStarted(absl::string_view method) override;
  void OnEnded(const EndedCall& call) override;

  void OnCommit(absl::Duration duration, int mutations) override;
  void OnOffered(absl::Duration lag) override;

  // Returns all metrics in Prometheus' text format. `statistics` must be current. Values that are missing in it are
  // shown as NaN.
  std::string Text(const engine::Statistics& statistics);

 private:
  static constexpr int kCodes = 17;  // gRPC's status codes, 0 to 16

  // The metrics of one method of the API.
  struct MethodMetrics {
    prometheus::Counter* started = nullptr;
    prometheus::Counter* received = nullptr;
    prometheus::Counter* sent = nullptr;
    prometheus::Histogram* seconds = nullptr;
    std::array<prometheus::Counter*, kCodes> handled{};  // by code
  };

  // Functions for the constructor: each adds metrics to the registry.
  void AddMethods();
  void AddBuildInfo(absl::string_view version, absl::string_view commit);
  prometheus::Gauge& AddGauge(const std::string& name, const std::string& help);
  prometheus::Histogram& AddHistogram(const std::string& name, const std::string& help,
                                      const prometheus::Histogram::BucketBoundaries& buckets);

  prometheus::Registry registry_;
  absl::flat_hash_map<std::string, MethodMetrics> methods_;  // by `package.Service/Method`; constant once constructed
  prometheus::Histogram& due_lag_;
  prometheus::Histogram& commit_seconds_;
  prometheus::Histogram& commit_mutations_;
  prometheus::Family<prometheus::Gauge>& queue_;
  prometheus::Gauge& queued_mutations_;
  prometheus::Gauge& queued_reads_;
  prometheus::Gauge& queued_background_reads_;
  prometheus::Gauge& event_lag_;
  prometheus::Gauge& store_up_;
  prometheus::Gauge& oldest_overdue_;
  prometheus::Gauge& leases_out_;
  prometheus::Gauge& store_bytes_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_METRICS_H_
