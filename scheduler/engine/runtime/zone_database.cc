#include "scheduler/engine/runtime/zone_database.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/plan/civil.h"

namespace aftercare::engine {
namespace {

namespace fs = std::filesystem;

absl::Status Unreadable(const fs::path& path, const std::string& why) {
  return absl::FailedPreconditionError(absl::StrCat("the time zone database cannot be read: ", path.string(), ": ", why,
                                                    "; install tzdata, or set TZDIR to where it is"));
}

// Adds the names of the files in `directory`, which begin with `prefix`, that may be a zone's.
absl::Status AddNames(const fs::path& directory, const std::string& prefix, std::vector<std::string>* names) {
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = prefix + entry->path().filename().string();
    if (!plan::IsZoneName(name)) continue;
    std::error_code gone;  // A link that leads nowhere is no zone either.
    if (entry->is_directory(gone)) {
      if (absl::Status status = AddNames(entry->path(), name + "/", names); !status.ok()) return status;
    } else if (entry->is_regular_file(gone)) {
      names->push_back(name);
    }
  }
  return error ? Unreadable(directory, error.message()) : absl::OkStatus();
}

absl::StatusOr<std::string> Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) return Unreadable(path, "it cannot be opened");
  return content;
}

}  // namespace

absl::StatusOr<int64_t> ZoneDatabaseFingerprint(const std::string& directory) {
  std::vector<std::string> names;
  if (absl::Status status = AddNames(directory, "", &names); !status.ok()) return status;
  std::sort(names.begin(), names.end());  // Directories have an order of their own on every machine.
  std::string zones;
  for (const std::string& name : names) {
    const auto content = Content(fs::path(directory) / name);
    if (!content.ok()) return content.status();
    if (absl::StartsWith(*content, "TZif")) absl::StrAppend(&zones, name, " ", StableHash(*content), "\n");
  }
  if (zones.empty()) return Unreadable(directory, "it has no zones");
  const auto hash = static_cast<int64_t>(StableHash(zones));
  return hash == 0 ? 1 : hash;
}

}  // namespace aftercare::engine
