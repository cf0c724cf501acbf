#ifndef AFTERCARE_SERVICES_CHANNEL_SERVER_CHANNEL_H_
#define AFTERCARE_SERVICES_CHANNEL_SERVER_CHANNEL_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/channel/server_access.h"
#include "services/channel/token_file.h"

namespace aftercare {

// A gRPC channel to the server, with what proves who calls. Certificates and token are read again when their files
// change. Thread safe.
class ServerChannel {
 public:
  // Makes a channel, which connects with the first call. `access` must have no faults. `warn` is told when a file that
  // was good before is not good any more; see TokenFile.
  ServerChannel(const ServerAccess& access, const grpc::ChannelArguments& arguments,
                std::function<void(absl::string_view)> warn);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // Adds the token to a call that has not begun, if there is a token. Every call needs it. Returns an error, and the
  // call should not be made, if the token has never been read and cannot be now.
  absl::Status Authenticate(grpc::ClientContext* context);

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<TokenFile> token_;  // null if there is none
};

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_CHANNEL_SERVER_CHANNEL_H_
