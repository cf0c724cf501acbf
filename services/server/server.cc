#include "services/server/server.h"

#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "services/server/services.h"

namespace aftercare::server {
namespace {

// Above what any valid request needs, so that a text that is too long is answered by naming the field.
constexpr int kMaxRequestBytes = 16 << 20;

void EnablePluginsOnce() {
  static const bool done = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    // Nobody else names health's messages: without this they are not linked, and reflection cannot describe them.
    grpc::health::v1::HealthCheckRequest::descriptor();
    return true;
  }();
  (void)done;
}

}  // namespace

Server::Server(std::unique_ptr<store::Store> store, engine::Clock& clock, int64_t zone_database,
               absl::Duration event_retention)
    : store_(std::move(store)),
      engine_(*store_, clock, [this](bool healthy) { SetHealthy(healthy); }, zone_database, event_retention) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const std::string& listen, std::unique_ptr<store::Store> store,
                                                      engine::Clock& clock, int64_t zone_database,
                                                      absl::Duration event_retention) {
  EnablePluginsOnce();
  std::unique_ptr<Server> server(new Server(std::move(store), clock, zone_database, event_retention));
  if (absl::Status status = server->Listen(listen); !status.ok()) return status;
  return server;
}

absl::Status Server::Listen(const std::string& listen) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port_);
  // A second server on the same port must fail, not share it.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);  // only reflection is synchronous
  services_ = MakeServices(engine_);
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    server_.reset();
    return absl::UnavailableError(absl::StrCat("cannot listen on ", listen, "; is the port in use?"));
  }
  MutexLock lock(serving_mutex_);
  health_ = server_->GetHealthCheckService();
  ShowServing();
  return absl::OkStatus();
}

void Server::SetHealthy(bool healthy) {
  if (healthy) {
    spdlog::info("the store takes commits again");
  } else {
    spdlog::error("the store does not take commits; it is tried again every second");
  }
  MutexLock lock(serving_mutex_);
  healthy_ = healthy;
  ShowServing();
}

void Server::ShowServing() {
  if (health_ != nullptr) health_->SetServingStatus(healthy_ && !stopping_);
}

void Server::Shutdown(absl::Duration grace) {
  if (down_) return;
  down_ = true;
  {
    MutexLock lock(serving_mutex_);
    stopping_ = true;
    ShowServing();
  }
  engine_.Shutdown();
  if (server_ != nullptr) {
    server_->Shutdown(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                   gpr_time_from_millis(absl::ToInt64Milliseconds(grace), GPR_TIMESPAN)));
    server_->Wait();
  }
  store_->Close();
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

}  // namespace aftercare::server
