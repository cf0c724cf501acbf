// Replaces the system calls that write and sync files (pwrite64, fsync and fdatasync) in the program that links this. A
// test can count syncs, and make writes and syncs fail. Calls on files that no FaultyDisk names work as usual.
#ifndef AFTERCARE_TESTS_STORE_FAULTY_DISK_H_
#define AFTERCARE_TESTS_STORE_FAULTY_DISK_H_

#include <string>

namespace aftercare::store {

// While an object exists, calls on files whose path begins with `prefix` are counted, and fail if the test says so. At
// most one object may exist at a time. Functions are thread safe.
class FaultyDisk {
 public:
  explicit FaultyDisk(std::string prefix);
  ~FaultyDisk();

  // Returns the number of fdatasync and fsync calls that have succeeded.
  int syncs() const;

  // Makes the writes from now on that would make a file longer fail with ENOSPC (true), or succeed (false).
  void SetFull(bool full);
  // Makes the syncs from now on fail with EIO (true), or succeed (false).
  void FailSyncs(bool fail);
};

}  // namespace aftercare::store

#endif  // AFTERCARE_TESTS_STORE_FAULTY_DISK_H_
