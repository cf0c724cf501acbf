// A process with a store, for tests that kill it or run beside it.
//   store_test_writer open PATH          opens the store, says what came of it in one line, and closes it
//   store_test_writer write PATH PREFIX  enrolls PREFIX0, PREFIX1 ... without end, many at a time, and writes each id
//                                        in a line of its own once it is acknowledged
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "scheduler/store/store.h"
#include "tests/store/testing.h"

namespace aftercare::store {
namespace {

constexpr int kInFlight = 64;
constexpr int kReminders = 3;

// In one call, so that no reader sees half a line.
void Say(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::_Exit(1);
}

// Several rows of several tables; every fifth is taken back after it was written.
absl::Status Enroll(WriteTransaction& tx, const std::string& id, int number) {
  EnrollmentRow row = MakeEnrollment("a", id);
  row.data.set_last_name(std::string(number * 7919 % 20'000, 'x'));
  if (absl::Status status = tx.InsertEnrollment(row); !status.ok()) return status;
  for (int i = 1; i <= kReminders; ++i) {
    if (auto inserted = tx.InsertReminder(MakeReminder("a", id, "ice", i)); !inserted.ok()) return inserted.status();
  }
  if (absl::Status status = tx.AppendEvent("a", MakeEvent("a", id)); !status.ok()) return status;
  return number % 5 == 4 ? absl::AbortedError("taken back") : absl::OkStatus();
}

void WriteForever(Store& store, const std::string& prefix) {
  std::mutex mutex;
  std::condition_variable answered;
  int in_flight = 0;
  for (int number = 0;; ++number) {
    {
      std::unique_lock<std::mutex> lock(mutex);
      answered.wait(lock, [&] { return in_flight < kInFlight; });
      ++in_flight;
    }
    const std::string id = absl::StrCat(prefix, number);
    store.Submit([id, number](WriteTransaction& tx) { return Enroll(tx, id, number); },
                 [&, id](absl::Status status) {
                   if (status.ok()) Say(absl::StrCat(id, "\n"));
                   const std::lock_guard<std::mutex> lock(mutex);
                   --in_flight;
                   answered.notify_one();
                 });
  }
}

}  // namespace
}  // namespace aftercare::store

int main(int argc, char** argv) {
  using namespace aftercare::store;
  if (argc < 3) return 2;
  const absl::StatusOr<std::unique_ptr<Store>> store = OpenSqliteStore(argv[2], {.max_group = 20});
  if (std::string(argv[1]) == "open" || !store.ok()) {
    Say(store.status().ToString() + "\n");
    return store.ok() ? 0 : 1;
  }
  WriteForever(**store, argv[3]);
}
