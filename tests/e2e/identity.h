// Callers and servers for tests of who may do what.
#ifndef AFTERCARE_TESTS_E2E_IDENTITY_H_
#define AFTERCARE_TESTS_E2E_IDENTITY_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

#include "services/server/transport.h"
#include "tests/support/certificates.h"

namespace aftercare::e2e {

// Returns what a server needs to speak TLS with these certificates, and to accept client certificates.
server::Transport TransportOf(const Certificates& certificates);

// Returns credentials of a client that trusts the authority. With the certificate of `client`, unless that is empty.
std::shared_ptr<grpc::ChannelCredentials> Trusting(const Certificates& certificates, const std::string& client = "");

// Returns a new connection: no other channel uses it.
std::shared_ptr<grpc::Channel> ConnectAnew(const std::string& address,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials);

// Returns the metadata by which a token says who calls.
std::multimap<std::string, std::string> Bearer(const std::string& secret);

}  // namespace aftercare::e2e

#endif  // AFTERCARE_TESTS_E2E_IDENTITY_H_
