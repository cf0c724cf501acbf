#include "services/common/build_info.h"

#include "absl/strings/str_cat.h"
#include "build_commit.h"  // written by build_commit.cmake

namespace aftercare {

absl::string_view BuildVersion() { return AFTERCARE_VERSION; }

absl::string_view BuildCommit() { return AFTERCARE_BUILD_COMMIT; }

std::string VersionText(absl::string_view program, absl::string_view more) {
  return absl::StrCat(program, " ", BuildVersion(), " (commit ", BuildCommit(), more.empty() ? "" : ", ", more, ")");
}

}  // namespace aftercare
