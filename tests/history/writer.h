#ifndef AFTERCARE_TESTS_HISTORY_WRITER_H_
#define AFTERCARE_TESTS_HISTORY_WRITER_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/history/world.h"

namespace aftercare::history {

// Somebody of a clinic who enrols patients and changes what comes of them: its own, which nobody else touches. What was
// not answered it asks for again under the same request id, or gives up. For one thread.
class Writer {
 public:
  Writer(World& world, const Place& place, std::string name, int most, uint64_t seed)
      : world_(world), place_(place), name_(std::move(name)), most_(most), chance_(seed) {}

  // While there is work.
  void Run();

 private:
  using Send = std::function<void(e2e::Client& client, const std::string& request_id, Observation* call)>;

  void Step();
  void Enroll();
  void Update(const std::string& enrollment);
  void Pause(const std::string& enrollment);
  void Resume(const std::string& enrollment);
  void End(size_t index);
  void ChangeReminder(const std::string& enrollment);
  void Consent(const std::string& enrollment);
  void Redrive();
  void Move(const std::string& reminder, absl::Time due);
  void Look(const std::string& enrollment);

  // A change, and its outcome: unknown where it was given up.
  Outcome Carry(Change::Kind kind, Change change, const Send& send);

  World& world_;
  const Place& place_;
  const std::string name_;
  const int most_;  // patients
  Chance chance_;
  ClientPtr client_;
  int patients_ = 0;
  int requests_ = 0;
  std::vector<std::string> running_;  // names of enrollments
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_WRITER_H_
