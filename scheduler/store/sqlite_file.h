// Functions that inspect, create and lock the file of a SQLite database without SQLite. None of them changes the
// contents of a database.
//
// Thread safety: functions may be called from any thread; a FileLock belongs to one thread at a time.
#ifndef AFTERCARE_SCHEDULER_STORE_SQLITE_FILE_H_
#define AFTERCARE_SCHEDULER_STORE_SQLITE_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace aftercare::store {

// The application_id in the header of every Aftercare database: "Care" in ASCII.
inline constexpr int64_t kSqliteApplicationId = 0x43617265;

// What InspectSqliteFile found.
struct SqliteFileState {
  bool exists = false;
  bool has_content = false;  // the file is not empty
  // There is a write-ahead log or a rollback journal that is not empty, because the last process did not close the
  // database. The file is complete only together with that log.
  bool has_log = false;
};

// Returns the real path of the file if `path` is a symbolic link that can be resolved, and `path` unchanged otherwise.
// SQLite follows links and puts the log beside the file itself, so two names of one database share one log and must
// share one lock.
std::string FollowLink(const std::string& path);

// Looks at the file, its log and its header. A missing or empty file is no error if it has no write-ahead log. Returns
//   FAILED_PRECONDITION if it is not an Aftercare database;
//   DATA_LOSS           if it is shorter than its header says, or is missing or empty although its log is there;
//   UNAVAILABLE         if it cannot be read, or if its directory does not exist.
absl::StatusOr<SqliteFileState> InspectSqliteFile(const std::string& path);

// Creates an empty file that only its owner may read and write, because it will hold data of patients. Does nothing if
// the file exists. Returns UNAVAILABLE if it cannot be created.
absl::Status CreatePrivateFile(const std::string& path);

// A lock on the file `<path>-lock`. It is held until this object is destroyed or the process ends, however it ends. The
// lock file is never removed: otherwise two processes could lock two different files of the same name.
class FileLock {
 public:
  // A lock that is not held.
  FileLock() = default;
  FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  // Takes the lock of the database at `path`, without waiting. Returns FAILED_PRECONDITION if another FileLock holds
  // it, in this process or another, and UNAVAILABLE if the lock file cannot be opened. If there is no lock file, it is
  // created if `create` is true; otherwise the returned lock is not held.
  static absl::StatusOr<FileLock> Take(const std::string& path, bool create);

  bool held() const { return descriptor_ >= 0; }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_SQLITE_FILE_H_
