// Inspects and locks the file of a SQLite database without SQLite. Nothing here changes the contents of the database.
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
  // There is a write-ahead log or a rollback journal that is not empty: the last process did not close the database.
  // The file is complete only together with the log.
  bool has_log = false;
};

// Resolves `path` if it is a symbolic link, and returns it unchanged otherwise. SQLite follows links and puts the log
// beside the file itself, so two names of one database share one log and must share one lock.
std::string FollowLink(const std::string& path);

// Reads the header of the file. Returns
//   FAILED_PRECONDITION if it is not an Aftercare database;
//   DATA_LOSS           if it is one but shorter than it should be, or if it is missing although its log is there;
//   UNAVAILABLE         if it cannot be read, or if its directory does not exist.
absl::StatusOr<SqliteFileState> InspectSqliteFile(const std::string& path);

// Creates an empty file that only its owner may read, because it will hold data of patients. Does nothing if the file
// exists.
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

  // Takes the lock of a database. Returns FAILED_PRECONDITION if another process holds it. Creates the lock file if
  // `create`; otherwise, if there is no lock file, returns a lock that is not held.
  static absl::StatusOr<FileLock> Take(const std::string& path, bool create);

  bool held() const { return descriptor_ >= 0; }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_SQLITE_FILE_H_
