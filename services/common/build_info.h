// What this program was built from: for --version and the metrics. Functions are thread safe.
#ifndef AFTERCARE_SERVICES_COMMON_BUILD_INFO_H_
#define AFTERCARE_SERVICES_COMMON_BUILD_INFO_H_

#include <string>

#include "absl/strings/string_view.h"

namespace aftercare {

// The version of the project, such as `0.1.0`.
absl::string_view BuildVersion();

// The commit, abbreviated, with `-dirty` behind it if files had been changed since. `unknown` if the sources were not
// in a git checkout.
absl::string_view BuildCommit();

// What `program --version` prints, without a line feed: `aftercare 0.1.0 (commit 1a2b3c4d5e6f)`. `more` follows the
// commit in the parentheses, behind a comma.
std::string VersionText(absl::string_view program, absl::string_view more = "");

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_BUILD_INFO_H_
