#include "services/server/ops_endpoint.h"

#include <utility>

#include "services/common/http_listener.h"

namespace aftercare::server {
namespace {

constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kMetricsText[] = "text/plain; version=0.0.4; charset=utf-8";

class HttpOpsEndpoint final : public OpsEndpoint {
 public:
  explicit HttpOpsEndpoint(Sources sources) : sources_(std::move(sources)) {
    http_.server().Get(
        "/livez", [](const httplib::Request&, httplib::Response& response) { response.set_content("ok\n", kText); });
    http_.server().Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
      const std::string reason = sources_.not_ready();
      response.status = reason.empty() ? 200 : 503;
      response.set_content((reason.empty() ? "ok" : reason) + "\n", kText);
    });
    http_.server().Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(sources_.metrics(), kMetricsText);
    });
  }
  ~HttpOpsEndpoint() override { http_.Stop(); }

  absl::Status Listen(const std::string& address) { return http_.Listen(address); }
  int port() const override { return http_.port(); }

 private:
  const Sources sources_;
  HttpListener http_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<OpsEndpoint>> OpsEndpoint::Start(const std::string& address, Sources sources) {
  auto endpoint = std::make_unique<HttpOpsEndpoint>(std::move(sources));
  if (absl::Status status = endpoint->Listen(address); !status.ok()) return status;
  return endpoint;
}

}  // namespace aftercare::server
