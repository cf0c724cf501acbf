// The system calls by which a database reaches its disk, as this program sees them: counted, and failing where a test
// says. Everything else of the program goes by them too, undisturbed unless its file has the name that was given.
#ifndef AFTERCARE_TESTS_STORE_FAULTY_DISK_H_
#define AFTERCARE_TESTS_STORE_FAULTY_DISK_H_

#include <string>

namespace aftercare::store {

// While one of these lives, the calls on files whose path begins with `prefix` are counted and may be failed. One at a
// time.
class FaultyDisk {
 public:
  explicit FaultyDisk(std::string prefix);
  ~FaultyDisk();

  // Calls of fdatasync or fsync that succeeded.
  int syncs() const;

  // From now on writes beyond what the files held when this was called fail with ENOSPC (true), or succeed (false).
  void SetFull(bool full);
  // From now on syncs fail with EIO, or succeed.
  void FailSyncs(bool fail);
};

}  // namespace aftercare::store

#endif  // AFTERCARE_TESTS_STORE_FAULTY_DISK_H_
