#include "tests/engine/enrollments/importing.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "absl/strings/str_cat.h"

namespace aftercare::engine {

struct Importing::State {
  mutable std::mutex mutex;
  std::condition_variable changed;
  bool asked = false;
  std::optional<absl::StatusOr<v1::ImportEnrollmentsResponse>> end;

  template <typename Condition>
  void Await(const char* what, Condition condition) {
    std::unique_lock<std::mutex> lock(mutex);
    if (!changed.wait_for(lock, kPatience, condition)) GiveUp(what);
  }
};

Importing::Importing(World& world, const Caller& caller) : state_(std::make_shared<State>()) {
  import_ = Import::Begin(
      world.engine().context, world.CallOf(v1::ImportEnrollmentsRequest(), caller),
      [state = state_] {
        const std::lock_guard<std::mutex> lock(state->mutex);
        EXPECT_FALSE(state->asked) << "asked twice";
        EXPECT_FALSE(state->end.has_value()) << "asked after the end";
        state->asked = true;
        state->changed.notify_all();
      },
      [state = state_](absl::StatusOr<v1::ImportEnrollmentsResponse> response) {
        const std::lock_guard<std::mutex> lock(state->mutex);
        EXPECT_FALSE(state->end.has_value()) << "ended twice";
        state->end = std::move(response);
        state->changed.notify_all();
      });
}

Importing::~Importing() { import_->Abort(absl::CancelledError("the test is over")); }

void Importing::AwaitAsked() {
  state_->Await("to be asked", [this] { return state_->asked; });
}

bool Importing::asked() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->asked;
}

bool Importing::over() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->end.has_value();
}

void Importing::Send(v1::ImportEnrollmentsRequest request, Import::Unreadable unreadable) {
  AwaitAsked();
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->asked = false;
  }
  import_->Add(std::move(request), std::move(unreadable));
}

absl::StatusOr<v1::ImportEnrollmentsResponse> Importing::Wait() {
  state_->Await("the end of an import", [this] { return state_->end.has_value(); });
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return *state_->end;
}

absl::StatusOr<v1::ImportEnrollmentsResponse> Importing::Finish() {
  state_->Await("to be asked", [this] { return state_->asked || state_->end.has_value(); });
  import_->Close();
  return Wait();
}

v1::ImportEnrollmentsRequest Message(const std::vector<v1::ImportLine>& lines) {
  v1::ImportEnrollmentsRequest request;
  request.set_parent("clinics/north");
  for (const v1::ImportLine& line : lines) *request.add_lines() = line;
  return request;
}

v1::ImportLine Line(int64_t number, const v1::Enrollment& enrollment, const std::string& id) {
  v1::ImportLine line;
  line.set_line_number(number);
  line.set_enrollment_id(id);
  *line.mutable_enrollment() = enrollment;
  return line;
}

std::string CountsOf(const absl::StatusOr<v1::ImportEnrollmentsResponse>& response) {
  if (!response.ok()) return ErrorOf(response.status());
  return absl::StrCat(response->created_count(), " created, ", response->unchanged_count(), " unchanged, ",
                      response->failed_count(), " failed");
}

std::vector<std::string> FailuresOf(const absl::StatusOr<v1::ImportEnrollmentsResponse>& response) {
  std::vector<std::string> failures;
  if (!response.ok()) return failures;
  for (const v1::ImportFailure& failure : response->failures()) {
    failures.push_back(absl::StrCat(failure.line_number(), ": ", ErrorOf(failure.status())));
  }
  return failures;
}

}  // namespace aftercare::engine
