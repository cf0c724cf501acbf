// Certificates and private keys in PEM files. Functions are thread safe. What is wrong with a file is said in a few
// words with its path, for a person who has to mend it.
#ifndef AFTERCARE_SERVICES_COMMON_CERTIFICATE_H_
#define AFTERCARE_SERVICES_COMMON_CERTIFICATE_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace aftercare {

// A certificate, those between it and its authority, and its private key.
struct Certificate {
  using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;
  using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

  std::vector<X509Pointer> chain;  // the certificate itself comes first
  KeyPointer key{nullptr, EVP_PKEY_free};
};

// Reads a certificate and its key. Returns an error if a file cannot be read, or does not hold a certificate or a key
// in PEM form; if the key needs a passphrase, or its file may be read by others than its owner and group; or if it is
// not the key of the certificate. A certificate that has expired is read: it may be replaced while the program runs.
absl::StatusOr<Certificate> ReadCertificate(const std::string& cert_path, const std::string& key_path);

// Returns an error if the file cannot be read or does not hold a certificate.
absl::Status CheckCertificateFile(const std::string& path);

// What is wrong with two settings, by setting.
struct CertificateFaults {
  absl::Status cert;
  absl::Status key;
};

// Checks a pair of settings that are both set, or both empty: what ReadCertificate says of the files.
CertificateFaults FaultsOfCertificate(const std::string& cert_path, const std::string& key_path);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_CERTIFICATE_H_
