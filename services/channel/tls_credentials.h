// TLS towards the server. gRPC can read certificates again only by its experimental interface, which is used in
// tls_credentials.cc and nowhere else on this side.
#ifndef AFTERCARE_SERVICES_CHANNEL_TLS_CREDENTIALS_H_
#define AFTERCARE_SERVICES_CHANNEL_TLS_CREDENTIALS_H_

#include <grpcpp/security/credentials.h>

#include <memory>

#include "services/channel/server_access.h"

namespace aftercare {

// Returns the credentials of a channel that speaks TLS 1.2 or newer, trusts the authorities of `ca_file`, checks that
// the server's certificate is for the host of the channel's address, and shows the client certificate if there is one.
// The files are looked at every second, and new connections use what they hold then. If a file cannot be read, what it
// held before is used. While certificate and key do not match, new connections fail. `access` must have a CA file and
// no faults. Thread safe.
std::shared_ptr<grpc::ChannelCredentials> MakeTlsCredentials(const ServerAccess& access);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_CHANNEL_TLS_CREDENTIALS_H_
