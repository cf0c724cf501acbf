#include "services/server/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "aftercare/v1/clinic_service.pb.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "aftercare/v1/pathway_service.pb.h"
#include "aftercare/v1/reminder_service.pb.h"
#include "aftercare/v1/reply_service.pb.h"
#include "aftercare/v1/visit_service.pb.h"

namespace aftercare::server {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

// gRPC's codes by number, as the ecosystem's metrics call them.
constexpr const char* kCodeNames[] = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// Upper limits in seconds: of calls and commits; of the time that a message waited.
const Buckets& DurationBuckets() {
  static const Buckets& buckets =
      *new Buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return buckets;
}
const Buckets& LagBuckets() {
  static const Buckets& buckets =
      *new Buckets{0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 900, 3600, 21600};
  return buckets;
}
const Buckets& GroupBuckets() {
  static const Buckets& buckets = *new Buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
  return buckets;
}

// The files that define the services of the API.
std::vector<const FileDescriptor*> ServiceFiles() {
  return {v1::GetClinicRequest::descriptor()->file(),     v1::GetPathwayRequest::descriptor()->file(),
          v1::GetEnrollmentRequest::descriptor()->file(), v1::ListVisitsRequest::descriptor()->file(),
          v1::GetReminderRequest::descriptor()->file(),   v1::LeaseRemindersRequest::descriptor()->file(),
          v1::RecordReplyRequest::descriptor()->file()};
}

std::vector<const MethodDescriptor*> MethodsOfApi() {
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : ServiceFiles()) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) methods.push_back(file->service(i)->method(j));
    }
  }
  return methods;
}

const char* TypeOf(const MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "bidi_stream" : "client_stream";
  return method.server_streaming() ? "server_stream" : "unary";
}

}  // namespace

Metrics::Metrics(absl::string_view version, absl::string_view commit)
    : due_lag_(AddHistogram("aftercare_due_lag_seconds",
                            "Time from when a message became available until it was leased to a gateway.",
                            LagBuckets())),
      commit_seconds_(AddHistogram("aftercare_commit_seconds",
                                   "Time that a commit took, from its first mutation until it was durable.",
                                   DurationBuckets())),
      commit_mutations_(AddHistogram("aftercare_commit_mutations", "Number of mutations in a commit.", GroupBuckets())),
      queue_(prometheus::BuildGauge()
                 .Name("aftercare_queue_depth")
                 .Help("Number of mutations or reads that wait for a thread of the store.")
                 .Register(registry_)),
      queued_mutations_(queue_.Add({{"queue", "writer"}})),
      queued_reads_(queue_.Add({{"queue", "readers"}})),
      queued_background_reads_(queue_.Add({{"queue", "background"}})),
      event_lag_(AddGauge("aftercare_event_lag_seconds",
                          "Time for which the oldest committed event has waited to be read for a watcher that waits.")),
      store_up_(AddGauge("aftercare_store_up", "1 if the store could be read for this scrape, else 0.")),
      oldest_overdue_(AddGauge("aftercare_oldest_overdue_seconds",
                               "Time for which the oldest message that waits for a gateway has been available.")),
      leases_out_(AddGauge("aftercare_leases_out", "Number of messages that are leased by a gateway.")),
      store_bytes_(AddGauge("aftercare_store_bytes", "Size of the database on the disk, with its write-ahead log.")) {
  AddMethods();
  AddBuildInfo(version, commit);
}

prometheus::Gauge& Metrics::AddGauge(const std::string& name, const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add({});
}

prometheus::Histogram& Metrics::AddHistogram(const std::string& name, const std::string& help, const Buckets& buckets) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry_).Add({}, buckets);
}

void Metrics::AddMethods() {
  const auto counter = [this](const char* name, const char* help) -> prometheus::Family<prometheus::Counter>& {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
  };
  auto& started = counter("grpc_server_started_total", "Total number of RPCs started on the server.");
  auto& handled = counter("grpc_server_handled_total",
                          "Total number of RPCs completed on the server, regardless of success or failure.");
  auto& received =
      counter("grpc_server_msg_received_total", "Total number of RPC messages received on the server, by ended RPCs.");
  auto& sent = counter("grpc_server_msg_sent_total", "Total number of RPC messages sent by the server, by ended RPCs.");
  auto& seconds = prometheus::BuildHistogram()
                      .Name("grpc_server_handling_seconds")
                      .Help("Time in seconds from the arrival of an RPC until it ended.")
                      .Register(registry_);
  for (const MethodDescriptor* method : MethodsOfApi()) {
    const std::string& service = method->service()->full_name();
    prometheus::Labels labels = {
        {"grpc_service", service}, {"grpc_method", method->name()}, {"grpc_type", TypeOf(*method)}};
    MethodMetrics& metrics = methods_[absl::StrCat(service, "/", method->name())];
    metrics.started = &started.Add(labels);
    metrics.received = &received.Add(labels);
    metrics.sent = &sent.Add(labels);
    metrics.seconds = &seconds.Add(labels, DurationBuckets());
    for (int code = 0; code < kCodes; ++code) {
      labels["grpc_code"] = kCodeNames[code];
      metrics.handled[code] = &handled.Add(labels);
    }
  }
}

void Metrics::AddBuildInfo(absl::string_view version, absl::string_view commit) {
  prometheus::BuildGauge()
      .Name("aftercare_build_info")
      .Help("Always 1. The labels tell which program runs.")
      .Register(registry_)
      .Add({{"version", std::string(version)}, {"commit", std::string(commit)}})
      .Set(1);
}

void Metrics::OnStarted(absl::string_view method) {
  if (const auto found = methods_.find(method); found != methods_.end()) found->second.started->Increment();
}

void Metrics::OnEnded(const EndedCall& call) {
  const auto found = methods_.find(call.method);
  if (found == methods_.end()) return;
  const MethodMetrics& metrics = found->second;
  // Codes that gRPC does not know are its UNKNOWN.
  const int code = static_cast<int>(call.code);
  metrics.handled[code >= 0 && code < kCodes ? code : static_cast<int>(absl::StatusCode::kUnknown)]->Increment();
  metrics.received->Increment(static_cast<double>(call.messages_received));
  metrics.sent->Increment(static_cast<double>(call.messages_sent));
  metrics.seconds->Observe(absl::ToDoubleSeconds(call.duration));
}

void Metrics::OnCommit(absl::Duration duration, int mutations) {
  commit_seconds_.Observe(absl::ToDoubleSeconds(duration));
  commit_mutations_.Observe(mutations);
}

void Metrics::OnOffered(absl::Duration lag) {
  due_lag_.Observe(absl::ToDoubleSeconds(std::max(lag, absl::ZeroDuration())));
}

std::string Metrics::Text(const engine::Statistics& statistics) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  queued_mutations_.Set(statistics.queued_mutations);
  queued_reads_.Set(statistics.queued_reads);
  queued_background_reads_.Set(statistics.queued_background_reads);
  event_lag_.Set(absl::ToDoubleSeconds(statistics.event_lag));
  const auto& stored = statistics.stored;
  store_up_.Set(stored.has_value() ? 1 : 0);
  oldest_overdue_.Set(stored ? absl::ToDoubleSeconds(stored->oldest_overdue) : kUnknown);
  leases_out_.Set(stored ? static_cast<double>(stored->leases_out) : kUnknown);
  store_bytes_.Set(stored ? static_cast<double>(stored->store_bytes) : kUnknown);
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace aftercare::server
