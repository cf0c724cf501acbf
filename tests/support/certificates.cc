#include "tests/support/certificates.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/support/process.h"

namespace aftercare {
namespace {

namespace fs = std::filesystem;

void Run(const std::vector<std::string>& command) {
  const ProcessResult result = RunProgram(command);
  if (result.exit_code == 0) return;
  std::fprintf(stderr, "%s failed: %s\n", command[0].c_str(), result.err.c_str());
  std::abort();
}

}  // namespace

std::string Certificates::Folder() const { return directory_.File(absl::StrCat(version_)); }

void Certificates::MakeServer(const std::vector<std::string>& hosts) {
  const std::string before = Folder();
  ++version_;
  if (version_ > 1) fs::copy(before, Folder(), fs::copy_options::recursive);
  std::vector<std::string> command = {AFTERCARE_CERTS, Folder(), "server"};
  command.insert(command.end(), hosts.begin(), hosts.end());
  Run(command);
  fs::create_directory_symlink(Folder(), directory_.File("next"));
  fs::rename(directory_.File("next"), directory_.File("present"));
}

void Certificates::MakeClient(const std::string& name) { Run({AFTERCARE_CERTS, Folder(), "client", name}); }

void Certificates::MakeSpecial(const std::string& name, const std::string& subject_names, int days) {
  MakeClient(name);
  WriteFile(Path("special.ext"), absl::StrCat("subjectAltName=", subject_names, "\n"));
  Run({"/usr/bin/openssl", "req", "-new", "-key", Path(name + "-key.pem"), "-subj", absl::StrCat("/CN=", name), "-out",
       Path("special.request")});
  Run({"/usr/bin/openssl", "x509", "-req", "-in", Path("special.request"), "-CA", Path("ca.pem"), "-CAkey",
       Path("ca-key.pem"), "-set_serial", "7", "-days", absl::StrCat(days), "-extfile", Path("special.ext"), "-out",
       Path(name + ".pem")});
}

void Certificates::Replace(const std::string& name, const Certificates& from, const std::string& from_name) {
  for (const std::string end : {"-key.pem", ".pem"}) {
    // Renamed into place, as what issues certificates does.
    const std::string next = directory_.Write("renewed", from.Content(from_name + end));
    fs::permissions(next, fs::perms::owner_read | fs::perms::owner_write);
    fs::rename(next, Path(name + end));
  }
}

}  // namespace aftercare
