#include "services/channel/server_access.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/channel/token_file.h"
#include "services/common/address.h"
#include "services/common/certificate.h"

namespace aftercare {
namespace {

class Faults {
 public:
  Faults(const ServerAccess& access, const ServerAccess& names) : access_(access), names_(names) {}

  void CheckAddress() {
    if (absl::StartsWith(access_.address, "unix:")) {
      if (UnixPathOf(access_.address).empty()) Add(names_.address, "must be unix:PATH or HOST:PORT");
    } else if (!IsHostAndPort(access_.address)) {
      Add(names_.address, absl::StrCat("must be HOST:PORT or unix:PATH, not \"", access_.address, "\""));
    } else if (access_.ca_file.empty() && !IsLoopback(access_.address)) {
      Add(names_.address, absl::StrCat(access_.address, " is not on this machine, so TLS is needed: set ",
                                       names_.ca_file, " to a file, or to `system`"));
    }
  }

  void CheckAuthorities() {
    if (!UnixPathOf(access_.address).empty()) {
      if (!access_.ca_file.empty()) Add(names_.ca_file, "must not be set: a Unix socket has no TLS");
    } else if (access_.ca_file.empty() && !(access_.cert_file.empty() && access_.key_file.empty())) {
      Add(names_.ca_file, "must be set for TLS: without TLS, no certificate is shown");
    }
    if (access_.ca_file.empty() || access_.ca_file == kSystemAuthorities) return;
    Add(names_.ca_file, CheckCertificateFile(access_.ca_file));
  }

  void CheckCertificate() {
    if (!UnixPathOf(access_.address).empty() && !access_.cert_file.empty()) {
      Add(names_.cert_file, "must not be set: a Unix socket has no TLS");
    }
    const CertificateFaults faults = FaultsOfCertificate(access_.cert_file, access_.key_file);
    Add(names_.cert_file, faults.cert);
    Add(names_.key_file, faults.key);
  }

  void CheckToken() {
    if (!access_.token_file.empty()) Add(names_.token_file, ReadToken(access_.token_file).status());
  }

  std::vector<AccessFault> all() const { return all_; }

 private:
  void Add(const std::string& setting, const std::string& what) { all_.push_back({setting, what}); }

  void Add(const std::string& setting, const absl::Status& status) {
    if (!status.ok()) Add(setting, std::string(status.message()));
  }

  const ServerAccess& access_;
  const ServerAccess& names_;
  std::vector<AccessFault> all_;
};

}  // namespace

std::vector<AccessFault> FaultsOf(const ServerAccess& access, const ServerAccess& names) {
  Faults faults(access, names);
  faults.CheckAddress();
  faults.CheckAuthorities();
  faults.CheckCertificate();
  faults.CheckToken();
  return faults.all();
}

}  // namespace aftercare
