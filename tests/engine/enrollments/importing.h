#ifndef AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_
#define AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scheduler/engine/enrollments/import.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// One import, as a client's call would drive it. Fails the test where the import breaks its promises: that it ends
// once, and asks for nothing after that or before it was given what it asked for.
class Importing {
 public:
  explicit Importing(World& world, const Caller& caller = Operator());
  // Ends it.
  ~Importing();

  // Waits until it asks for a message.
  void AwaitAsked();
  bool asked() const;
  bool over() const;

  // Waits until it asks, then gives it that.
  void Send(v1::ImportEnrollmentsRequest request, Import::Unreadable unreadable = {});

  Import& import() { return *import_; }

  // Waits for the end.
  absl::StatusOr<v1::ImportEnrollmentsResponse> Wait();
  // Says that there are no more messages, then waits for the end.
  absl::StatusOr<v1::ImportEnrollmentsResponse> Finish();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::shared_ptr<Import> import_;
};

// One line in a message to `clinics/north`; an empty id is left to the server.
v1::ImportEnrollmentsRequest Message(const std::vector<v1::ImportLine>& lines);
v1::ImportLine Line(int64_t number, const v1::Enrollment& enrollment, const std::string& id = "");

// `2 created, 1 unchanged, 0 failed`.
std::string CountsOf(const absl::StatusOr<v1::ImportEnrollmentsResponse>& response);

// `line: CODE/REASON` of every failure that is listed.
std::vector<std::string> FailuresOf(const absl::StatusOr<v1::ImportEnrollmentsResponse>& response);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_ENROLLMENTS_IMPORTING_H_
