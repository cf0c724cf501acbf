#ifndef AFTERCARE_TESTS_CHANNEL_TLS_SERVER_H_
#define AFTERCARE_TESTS_CHANNEL_TLS_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "aftercare/v1/clinic_service.grpc.pb.h"
#include "scheduler/sync.h"
#include "tests/support/certificates.h"

namespace aftercare {

// How a TlsServer serves.
enum class Serving { kPlain, kTls, kTlsWithClientCertificates };

// A server on loopback that answers ListClinics and notes who asked. Thread safe but for Start and Stop.
class TlsServer final : public v1::ClinicService::Service {
 public:
  // Who made a call.
  struct Caller {
    std::string common_name;    // of the client certificate
    std::string authorization;  // the header

    bool operator==(const Caller&) const = default;
  };

  ~TlsServer() override { Stop(); }

  // Serves with `server.pem` of `certificates` as it is now, and takes client certificates of its authority only. Uses
  // the same port as before, or any free port the first time.
  void Start(Serving serving, const Certificates& certificates, const std::string& name = "server");
  // Ends all connections.
  void Stop();

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // Who made the last call.
  Caller last() const ABSL_LOCKS_EXCLUDED(mutex_);

  grpc::Status ListClinics(grpc::ServerContext* context, const v1::ListClinicsRequest* request,
                           v1::ListClinicsResponse* response) override;

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable Mutex mutex_;
  Caller last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aftercare

#endif  // AFTERCARE_TESTS_CHANNEL_TLS_SERVER_H_
