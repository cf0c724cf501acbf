#include "services/server/server.h"

#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <spdlog/spdlog.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "scheduler/engine/runtime/permissions.h"
#include "services/server/services.h"

namespace aftercare::server {
namespace {

// Above what any valid request needs, so that a text that is too long is answered by naming the field.
constexpr int kMaxRequestBytes = 16 << 20;

// After this time without anything from a client, the server pings the connection, and closes it when the ping is not
// answered in time. So a client that is gone without a word costs nothing for long.
constexpr absl::Duration kKeepaliveTime = absl::Seconds(20);
constexpr absl::Duration kKeepaliveTimeout = absl::Seconds(10);

// Clients may ping every 10 seconds, to keep a connection open that waits for what comes due. The limit is lower, so
// that pings which the network delays and then delivers together are no offence. gRPC closes a connection after the
// third ping that came too early; by default it expects five minutes between pings, and two hours if there is no call.
constexpr absl::Duration kMinClientPingInterval = absl::Seconds(1);

void SetKeepalive(grpc::ServerBuilder* builder) {
  const auto set = [&](const char* argument, absl::Duration duration) {
    builder->AddChannelArgument(argument, static_cast<int>(absl::ToInt64Milliseconds(duration)));
  };
  set(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTime);
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeout);
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinClientPingInterval);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);  // in both directions
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);    // of the server: any number
}

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

CallObserver& NoObserver() {
  class Nobody final : public CallObserver {
    void OnStarted(absl::string_view) override {}
    void OnEnded(const EndedCall&) override {}
  };
  static Nobody nobody;
  return nobody;
}

}  // namespace

Server::Server(std::unique_ptr<store::Store> store, engine::Clock& clock, const ServerOptions& options)
    : store_(std::move(store)),
      engine_(
          *store_, clock, [this](bool healthy) { SetHealthy(healthy); }, options.engine),
      observer_(options.observer != nullptr ? *options.observer : NoObserver()),
      principal_property_(PrincipalProperty(options.transport.principal_from)) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const std::string& listen, std::unique_ptr<store::Store> store,
                                                      engine::Clock& clock, const ServerOptions& options) {
  if (absl::Status status = CheckTransport(options.transport); !status.ok()) return status;
  EnablePluginsOnce();
  std::unique_ptr<Server> server(new Server(std::move(store), clock, options));
  if (absl::Status status = server->Listen(listen, options.transport); !status.ok()) return status;
  return server;
}

absl::Status Server::Listen(const std::string& listen, const Transport& transport) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(listen, CredentialsOf(transport), &port_);
  if (!transport.unix_socket.empty()) {
    auto socket = UnixSocket::Prepare(transport.unix_socket);
    if (!socket.ok()) return socket.status();
    unix_socket_ = *std::move(socket);
    builder.AddListeningPort(unix_socket_->address(), grpc::InsecureServerCredentials());
  }
  // A second server on the same port must fail, not share it.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  SetKeepalive(&builder);
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);  // only reflection is synchronous
  services_ = MakeServices({engine_, observer_, principal_property_});
  for (const auto& service : services_) builder.RegisterService(service.get());
  {
    const PrivateFiles only_ours;  // The socket is for this user.
    server_ = builder.BuildAndStart();
  }
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
  if (health_ == nullptr) return;
  const bool serving = healthy_ && !stopping_;
  health_->SetServingStatus(serving);  // of the server as a whole
  for (const engine::Method& method : engine::Methods()) {
    health_->SetServingStatus(std::string(method.name.substr(0, method.name.find('/'))), serving);
  }
}

std::string Server::NotReadyReason() {
  MutexLock lock(serving_mutex_);
  if (stopping_) return "the server is stopping";
  if (!healthy_) return "the store does not take commits";
  return "";
}

engine::Statistics Server::AwaitStatistics(absl::Duration timeout) { return engine::AwaitStatistics(engine_, timeout); }

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
