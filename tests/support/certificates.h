// Certificates for tests of TLS, made by deploy/certs.
#ifndef AFTERCARE_TESTS_SUPPORT_CERTIFICATES_H_
#define AFTERCARE_TESTS_SUPPORT_CERTIFICATES_H_

#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace aftercare {

// A directory with an authority (`ca.pem`) and certificates of it. Each certificate NAME.pem has its key in
// NAME-key.pem. Functions end the program if they fail. Not thread safe.
class Certificates {
 public:
  // Makes the authority, and `server.pem` for localhost and 127.0.0.1.
  Certificates() { MakeServer({"localhost"}); }

  // Makes or replaces `server.pem`, for these hosts, localhost and 127.0.0.1. Certificate and key are replaced at one
  // instant.
  void MakeServer(const std::vector<std::string>& hosts);

  // Makes or replaces NAME.pem with the common name `name`.
  void MakeClient(const std::string& name);

  // Makes or replaces NAME.pem for exactly these subject alternative names, such as `IP:127.0.0.1`, valid from now for
  // `days`. It has expired if they are negative.
  void MakeSpecial(const std::string& name, const std::string& subject_names, int days);

  // Replaces NAME.pem and NAME-key.pem by those of `from`, also of another authority's.
  void Replace(const std::string& name, const Certificates& from, const std::string& from_name);

  std::string Path(const std::string& file) const { return directory_.File("present/" + file); }
  std::string Content(const std::string& file) const { return ReadFile(Path(file)); }

 private:
  // The folder that `present` links to.
  std::string Folder() const;

  TempDir directory_;
  int version_ = 0;  // The number of that folder.
};

}  // namespace aftercare

#endif  // AFTERCARE_TESTS_SUPPORT_CERTIFICATES_H_
