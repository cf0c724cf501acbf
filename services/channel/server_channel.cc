#include "services/channel/server_channel.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/channel/tls_credentials.h"
#include "services/common/address.h"

namespace aftercare {
namespace {

std::shared_ptr<grpc::Channel> MakeChannel(const ServerAccess& access, const grpc::ChannelArguments& arguments) {
  // With its scheme, so that no host name is taken for one.
  const std::string target =
      UnixPathOf(access.address).empty() ? absl::StrCat("dns:///", access.address) : access.address;
  return grpc::CreateCustomChannel(
      target, access.ca_file.empty() ? grpc::InsecureChannelCredentials() : MakeTlsCredentials(access), arguments);
}

}  // namespace

ServerChannel::ServerChannel(const ServerAccess& access, const grpc::ChannelArguments& arguments,
                             std::function<void(absl::string_view)> warn)
    : channel_(MakeChannel(access, arguments)),
      token_(access.token_file.empty() ? nullptr : std::make_unique<TokenFile>(access.token_file, std::move(warn))) {}

absl::Status ServerChannel::Authenticate(grpc::ClientContext* context) {
  if (token_ == nullptr) return absl::OkStatus();
  const auto secret = token_->Secret();
  if (!secret.ok()) return secret.status();
  context->AddMetadata("authorization", absl::StrCat("Bearer ", *secret));
  return absl::OkStatus();
}

}  // namespace aftercare
