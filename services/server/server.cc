#include "services/server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/server/services.h"

namespace aftercare::server {
namespace {

// Above what any valid request needs, so that a text that is too long is answered by naming the field.
constexpr int kMaxRequestBytes = 16 << 20;

void EnablePluginsOnce() {
  static const bool done = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)done;
}

}  // namespace

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.") || absl::StartsWith(address, "[::1]:") ||
         absl::StartsWith(address, "localhost:");
}

Server::Server(std::unique_ptr<store::Store> store, engine::Clock& clock)
    : store_(std::move(store)), engine_(*store_, clock, [this](bool healthy) {
        if (healthy) {
          spdlog::info("the store takes commits again");
        } else {
          spdlog::error("the store does not take commits; it is tried again every second");
        }
        SetServing(healthy);
      }) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const std::string& listen, std::unique_ptr<store::Store> store,
                                                      engine::Clock& clock) {
  EnablePluginsOnce();
  std::unique_ptr<Server> server(new Server(std::move(store), clock));
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
  SetServing(true);
  return absl::OkStatus();
}

void Server::SetServing(bool serving) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(serving && !stopping_);
}

void Server::Shutdown(absl::Duration grace) {
  if (down_) return;
  down_ = true;
  stopping_ = true;
  SetServing(false);
  engine_.Shutdown();
  if (server_ != nullptr) {
    server_->Shutdown(absl::ToChronoTime(engine_.core.clock().Now() + grace));
    server_->Wait();
  }
  store_->Close();
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

}  // namespace aftercare::server
