#ifndef AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_
#define AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scheduler/engine/enrollments/import.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// Drives one import as a client's call would. Fails the test if the import ends twice, asks for a message after it has
// ended, or asks for one while it has not got the one before. Waits longer than kPatience end the program. Thread safe,
// except that only one thread may call Send.
class Importing {
 public:
  explicit Importing(World& world, const Caller& caller = Operator());
  // Aborts the import if it has not ended.
  ~Importing();

  // Waits until the import asks for a message. AwaitAsked does not answer; Send does.
  void AwaitAsked();
  // Returns whether the import waits for a message.
  bool asked() const;
  // Returns whether the import has ended.
  bool over() const;

  // Waits until the import asks for a message, then gives it `request`. `unreadable` are its lines that could not be
  // decoded.
  void Send(v1::ImportEnrollmentsRequest request, Import::Unreadable unreadable = {});

  Import& import() { return *import_; }

  // Waits for the end of the import.
  absl::StatusOr<v1::ImportEnrollmentsResponse> Wait();
  // Waits until the import asks for a message, says that there are no more, and waits for the end.
  absl::StatusOr<v1::ImportEnrollmentsResponse> Finish();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::shared_ptr<Import> import_;
};

// Return a message of lines for `clinics/north`, and a line for such a message. If `id` is empty, the import derives an
// id for the enrollment.
v1::ImportEnrollmentsRequest Message(const std::vector<v1::ImportLine>& lines);
v1::ImportLine Line(int64_t number, const v1::Enrollment& enrollment, const std::string& id = "");

// Returns the counts as `2 created, 1 unchanged, 0 failed`.
std::string CountsOf(const absl::StatusOr<v1::ImportEnrollmentsResponse>& response);

// Returns every listed failure as `line: CODE/REASON`. Returns none if the import failed.
std::vector<std::string> FailuresOf(const absl::StatusOr<v1::ImportEnrollmentsResponse>& response);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_
