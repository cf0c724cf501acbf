#include "services/common/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/common/secret_file.h"

namespace aftercare {
namespace {

using BioPointer = std::unique_ptr<BIO, decltype(&BIO_free)>;

BioPointer BioOf(const std::string& text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
}

// Given to OpenSSL in place of its own, which asks at the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*is_writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

absl::StatusOr<std::vector<Certificate::X509Pointer>> ReadChain(const std::string& path) {
  const auto text = ReadSmallFile(path);
  if (!text.ok()) return text.status();
  const BioPointer bio = BioOf(*text);
  std::vector<Certificate::X509Pointer> chain;
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) chain.emplace_back(next, X509_free);
  // The end of the file is an error to OpenSSL, and so is a certificate that is cut off.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (chain.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " holds no certificate in PEM form"));
  if (!at_end) return absl::InvalidArgumentError(absl::StrCat(path, " holds a certificate that cannot be read"));
  return chain;
}

absl::StatusOr<Certificate::KeyPointer> ReadKey(const std::string& path) {
  const auto text = ReadSmallFile(path);
  if (!text.ok()) return text.status();
  if (absl::Status status = CheckIsPrivate(path); !status.ok()) return status;
  bool needs_passphrase = false;
  Certificate::KeyPointer key(PEM_read_bio_PrivateKey(BioOf(*text).get(), nullptr, NoPassphrase, &needs_passphrase),
                              EVP_PKEY_free);
  ERR_clear_error();
  if (key != nullptr) return key;
  return absl::InvalidArgumentError(absl::StrCat(
      path, needs_passphrase ? " needs a passphrase, which nobody can give" : " holds no private key in PEM form"));
}

}  // namespace

absl::Status CheckCertificateFile(const std::string& path) { return ReadChain(path).status(); }

absl::StatusOr<Certificate> ReadCertificate(const std::string& cert_path, const std::string& key_path) {
  Certificate certificate;
  auto chain = ReadChain(cert_path);
  if (!chain.ok()) return chain.status();
  certificate.chain = *std::move(chain);
  auto key = ReadKey(key_path);
  if (!key.ok()) return key.status();
  certificate.key = *std::move(key);
  const bool matches = X509_check_private_key(certificate.chain[0].get(), certificate.key.get()) == 1;
  ERR_clear_error();
  if (!matches) return absl::InvalidArgumentError(absl::StrCat(key_path, " is not the key of ", cert_path));
  return certificate;
}

CertificateFaults FaultsOfCertificate(const std::string& cert_path, const std::string& key_path) {
  CertificateFaults faults;
  if (cert_path.empty() && key_path.empty()) return faults;
  faults.cert = cert_path.empty() ? absl::InvalidArgumentError("must be set, since its key is")
                                  : CheckCertificateFile(cert_path);
  faults.key = key_path.empty() ? absl::InvalidArgumentError("must be set, since its certificate is")
                                : ReadKey(key_path).status();
  if (faults.cert.ok() && faults.key.ok()) faults.key = ReadCertificate(cert_path, key_path).status();
  return faults;
}

}  // namespace aftercare
