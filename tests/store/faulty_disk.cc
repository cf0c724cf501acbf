#include "tests/store/faulty_disk.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <mutex>

namespace aftercare::store {
namespace {

struct Disk {
  std::mutex mutex;
  std::string prefix;  // empty: nothing is disturbed
  std::atomic<bool> watched = false;
  std::atomic<int> syncs = 0;
  std::atomic<bool> full = false;
  std::atomic<bool> fail_syncs = false;
};

Disk& TheDisk() {
  static Disk* const disk = new Disk;
  return *disk;
}

bool IsWatched(int descriptor) {
  Disk& disk = TheDisk();
  if (!disk.watched) return false;
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = readlink(link.c_str(), path, sizeof(path));
  const std::lock_guard<std::mutex> lock(disk.mutex);
  return size > 0 && std::string(path, size).rfind(disk.prefix, 0) == 0;
}

int Sync(int descriptor, long call) {
  if (!IsWatched(descriptor)) return static_cast<int>(syscall(call, descriptor));
  if (TheDisk().fail_syncs) {
    errno = EIO;
    return -1;
  }
  const int result = static_cast<int>(syscall(call, descriptor));
  if (result == 0) ++TheDisk().syncs;
  return result;
}

}  // namespace

FaultyDisk::FaultyDisk(std::string prefix) {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  disk.prefix = std::move(prefix);
  disk.syncs = 0;
  disk.watched = true;
}

FaultyDisk::~FaultyDisk() {
  Disk& disk = TheDisk();
  disk.watched = false;
  disk.full = false;
  disk.fail_syncs = false;
}

int FaultyDisk::syncs() const { return TheDisk().syncs; }
void FaultyDisk::SetFull(bool full) { TheDisk().full = full; }
void FaultyDisk::FailSyncs(bool fail) { TheDisk().fail_syncs = fail; }

// Whether a write would need more of a disk that has no more.
bool IsBeyondDisk(int descriptor, off_t end) {
  if (!TheDisk().full || !IsWatched(descriptor)) return false;
  struct stat info;
  return fstat(descriptor, &info) == 0 && end > info.st_size;
}

}  // namespace aftercare::store

// These stand in front of the C library's.
extern "C" {

int fdatasync(int descriptor) { return aftercare::store::Sync(descriptor, SYS_fdatasync); }
int fsync(int descriptor) { return aftercare::store::Sync(descriptor, SYS_fsync); }

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  if (aftercare::store::IsBeyondDisk(descriptor, offset + static_cast<off64_t>(size))) {
    errno = ENOSPC;
    return -1;
  }
  return syscall(SYS_pwrite64, descriptor, bytes, size, offset);
}

}  // extern "C"
