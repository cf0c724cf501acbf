#ifndef AFTERCARE_SERVICES_COMMON_HTTP_CERTIFICATE_H_
#define AFTERCARE_SERVICES_COMMON_HTTP_CERTIFICATE_H_

#include <openssl/ssl.h>

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "scheduler/sync.h"
#include "services/common/certificate.h"
#include "services/common/file_version.h"

namespace aftercare {

// The certificate of a listener, which is replaced from time to time. Thread safe.
class HttpCertificate {
 public:
  HttpCertificate(std::string cert_path, std::string key_path);

  // Reads the files for the first time. Returns an error as ReadCertificate.
  absl::Status Load() ABSL_LOCKS_EXCLUDED(mutex_);

  // Makes connections of `context` speak TLS 1.2 or newer and show the certificate. For each connection the files are
  // looked at, and read again if they have changed. If they cannot be used then, for example because only one of them
  // has been replaced yet, the certificate stays what it was, and the log says so. `context` must not outlive this.
  void Serve(SSL_CTX* context);

 private:
  // Reads the files if they have changed since they could be used last.
  absl::Status Refresh() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Makes one connection show the certificate. Returns false if that is not possible.
  bool ShowOn(SSL* connection) ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string cert_path_;
  const std::string key_path_;
  Mutex mutex_;
  Certificate certificate_ ABSL_GUARDED_BY(mutex_);
  FileVersion cert_version_ ABSL_GUARDED_BY(mutex_);
  FileVersion key_version_ ABSL_GUARDED_BY(mutex_);
  bool warned_ ABSL_GUARDED_BY(mutex_) = false;  // the log has said that the files cannot be used
};

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_HTTP_CERTIFICATE_H_
