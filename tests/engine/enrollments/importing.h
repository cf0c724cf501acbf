#ifndef AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_
#define AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scheduler/engine/enrollments/import.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// Drives one import as a client's call would. Fails the test if the import ends twice, or asks for a message after it
// has ended or before it was given the last one it asked for.
class Importing {
 public:
  explicit Importing(World& world, const Caller& caller = Operator());
  // Aborts the import if it has not ended.
  ~Importing();

  // Waits until the import asks for a message.
  void AwaitAsked();
  bool asked() const;
  bool over() const;

  // Waits until the import asks for a message, then gives it `request`.
  void Send(v1::ImportEnrollmentsRequest request, Import::Unreadable unreadable = {});

  Import& import() { return *import_; }

  // Waits for the end of the import.
  absl::StatusOr<v1::ImportEnrollmentsResponse> Wait();
  // Says that there are no more messages, then waits for the end.
  absl::StatusOr<v1::ImportEnrollmentsResponse> Finish();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::shared_ptr<Import> import_;
};

// Returns a message to `clinics/north`, and a line for one. If `id` is empty, the import derives one.
v1::ImportEnrollmentsRequest Message(const std::vector<v1::ImportLine>& lines);
v1::ImportLine Line(int64_t number, const v1::Enrollment& enrollment, const std::string& id = "");

// Returns the counts as `2 created, 1 unchanged, 0 failed`.
std::string CountsOf(const absl::StatusOr<v1::ImportEnrollmentsResponse>& response);

// Returns every listed failure as `line: CODE/REASON`.
std::vector<std::string> FailuresOf(const absl::StatusOr<v1::ImportEnrollmentsResponse>& response);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_
