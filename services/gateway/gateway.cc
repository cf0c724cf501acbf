#include "services/gateway/gateway.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/gateway/config.h"
#include "services/gateway/email_sender.h"
#include "services/gateway/sms_sender.h"
#include "services/gateway/webhook_sender.h"

namespace aftercare::gateway {
namespace {

using Clock = std::chrono::steady_clock;

constexpr absl::Duration kReportTime = absl::Seconds(10);

// The address that the callbacks have, for Kannel.
std::string CallbackUrl(const v1::SmsChannel& sms, int port) {
  if (port == 0 || !sms.callback_url().empty()) return sms.callback_url();
  return absl::StrCat(sms.callback_cert_file().empty() ? "http://" : "https://",
                      sms.callback_listen().substr(0, sms.callback_listen().rfind(':')), ":", port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const v1::GatewayConfig& config) {
  std::unique_ptr<Gateway> gateway(new Gateway);
  gateway->link_ = Connect(AccessOf(config));
  if (!config.sms().callback_listen().empty()) {
    gateway->auto_replies_ = std::make_unique<AutoReplies>(config.sms());
    auto callbacks = Callbacks::Start(*gateway->link_, *gateway->auto_replies_, config.sms(), config.parent());
    if (!callbacks.ok()) return callbacks.status();
    gateway->callbacks_ = *std::move(callbacks);
  }
  gateway->AddRoutes(config);
  return gateway;
}

void Gateway::AddRoutes(const v1::GatewayConfig& config) {
  const auto add = [&](const std::string& name, v1::Channel channel, const auto& settings, SenderFactory senders) {
    const absl::Duration timeout = ToTimeout(settings.timeout());
    longest_timeout_ = std::max(longest_timeout_, timeout);
    routes_.push_back(std::make_unique<Route>(
        *link_, RouteOptions{name, config.parent(), channel, settings.concurrency(), timeout, std::move(senders)}));
  };
  if (config.has_email()) add("email", v1::CHANNEL_EMAIL, config.email(), EmailSenders(config.email()));
  if (config.has_sms()) {
    add("sms", v1::CHANNEL_SMS, config.sms(), SmsSenders(config.sms(), CallbackUrl(config.sms(), callback_port())));
  }
  if (config.has_webhook()) add("webhook", v1::CHANNEL_WEBHOOK, config.webhook(), WebhookSenders(config.webhook()));
}

size_t Gateway::Drain() {
  for (const auto& route : routes_) route->Stop();
  // Kannel calls again later. A reply that was recorded now might not get its automatic reply any more.
  callbacks_.reset();
  const auto sent_by = Clock::now() + absl::ToChronoNanoseconds(longest_timeout_ + absl::Seconds(1));
  for (const auto& route : routes_) route->AwaitSent(absl::FromChrono(sent_by - Clock::now()));
  if (auto_replies_ != nullptr) auto_replies_->Drain(absl::FromChrono(sent_by - Clock::now()));
  const auto reported_by = Clock::now() + absl::ToChronoNanoseconds(kReportTime);
  size_t unknown = 0;
  for (const auto& route : routes_) unknown += route->AwaitDrained(absl::FromChrono(reported_by - Clock::now()));
  routes_.clear();
  return unknown;
}

}  // namespace aftercare::gateway
