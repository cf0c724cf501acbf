// Certificates and callers for tests of who may do what.
#ifndef AFTERCARE_TESTS_E2E_IDENTITY_H_
#define AFTERCARE_TESTS_E2E_IDENTITY_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

#include "services/server/transport.h"
#include "tests/support/temp_dir.h"

namespace aftercare::e2e {

// An authority, a server's certificate for localhost, and certificates of clients: made by deploy/certs.
class Certificates {
 public:
  // Fails the test if the certificates cannot be made.
  Certificates();

  // Makes the server's certificate again, and replaces certificate and key at one instant: the folder is a link.
  void RenewServer();
  // Makes the certificate of a client.
  void AddClient(const std::string& name);

  std::string File(const std::string& name) const { return dir_.File("present/" + name); }

  // What a server needs to speak TLS with these, and to accept client certificates.
  server::Transport transport() const;

  // Returns credentials of a client that trusts the authority. With the certificate of `client`, unless that is empty.
  std::shared_ptr<grpc::ChannelCredentials> Trusting(const std::string& client = "") const;

 private:
  void Make(const std::string& kind, const std::string& name);

  TempDir dir_;
  int version_ = 0;  // The number of the folder that is linked.
};

// Returns a new connection: no other channel uses it.
std::shared_ptr<grpc::Channel> ConnectAnew(const std::string& address,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials);

// Returns the metadata by which a token says who calls.
std::multimap<std::string, std::string> Bearer(const std::string& secret);

}  // namespace aftercare::e2e

#endif  // AFTERCARE_TESTS_E2E_IDENTITY_H_
