// What can be said and done about a database file without SQLite: whether it is one of ours, and keeping other
// processes out of it. Nothing here changes the database file.
#ifndef AFTERCARE_SCHEDULER_STORE_SQLITE_FILE_H_
#define AFTERCARE_SCHEDULER_STORE_SQLITE_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace aftercare::store {

// Marks the file as ours: application_id in SQLite's header. "Care".
inline constexpr int64_t kSqliteApplicationId = 0x43617265;

struct SqliteFileState {
  bool exists = false;       // the file
  bool has_content = false;  // it is not empty
  // A write-ahead log or a rollback journal that is not empty: the last process did not get to close the database, and
  // the file says only together with it what it holds.
  bool has_log = false;
};

// The file that a database at `path` is in: where a symbolic link leads, else `path`. SQLite follows links too, and
// puts the log beside what it finds, so two names of one database have one log and must have one lock.
std::string FollowLink(const std::string& path);

// Reads the header. FAILED_PRECONDITION: not an Aftercare database. DATA_LOSS: one, but cut short. UNAVAILABLE: cannot
// be read, or its directory does not exist.
absl::StatusOr<SqliteFileState> InspectSqliteFile(const std::string& path);

// Makes an empty file that only its owner may read: patients stand in it. Leaves alone one that is there.
absl::Status CreatePrivateFile(const std::string& path);

// A lock on `<path>-lock`, held until it is destroyed or the process ends, however it ends. The lock file stays: to
// remove it would let two processes lock two files of the same name.
class FileLock {
 public:
  FileLock() = default;
  FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  // FAILED_PRECONDITION: another process has it. With `create` false and no lock file there, answers an unheld lock and
  // changes nothing.
  static absl::StatusOr<FileLock> Take(const std::string& path, bool create);

  bool held() const { return descriptor_ >= 0; }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_SQLITE_FILE_H_
