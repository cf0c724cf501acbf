#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_IMPORT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_IMPORT_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/enrollments/enroll.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// One ImportEnrollments call. It asks for one message at a time, and only while less than kMaxInFlight lines are with
// the store, so a fast client costs bounded memory and leaves room for others. A store with a full queue only makes it
// slower; one that cannot commit ends it. Thread safe.
class Import : public std::enable_shared_from_this<Import> {
 public:
  using Response = v1::ImportEnrollmentsResponse;
  // Asks for the next message: one Add, or Close.
  using Ready = absl::AnyInvocable<void()>;
  using Ended = absl::AnyInvocable<void(absl::StatusOr<Response>)>;
  // Lines of a message that could not be read, by index, and why.
  using Unreadable = std::map<int, absl::Status>;

  static constexpr int kMaxInFlight = 512;       // as many as one commit takes
  static constexpr int kMaxLines = 1000;         // in a message
  static constexpr size_t kMaxFailures = 500;    // listed; with the longest messages about 2.5 MB

  // Begins, and asks for the first message. `ended` is called exactly once, and `ready` not after it: with the answer
  // when it was closed and all lines are dealt with, or with the error that ends the import, as soon as there is one.
  // Both are called under a lock: they must not block nor call back. EngineContext and sweeper must outlive the import.
  static std::shared_ptr<Import> Begin(EngineContext& engine, Sweeper& sweeper, Caller caller, Ready ready,
                                       Ended ended);

  ~Import();

  // Takes a message. What comes after the end is dropped.
  void Add(v1::ImportEnrollmentsRequest request, Unreadable unreadable = {});

  // There will be no more messages.
  void Close();

  // Ends with this error: a message that cannot be read, a client that has gone. Lines that are with the store are
  // still stored.
  void Abort(const absl::Status& status);

 private:
  struct Work;
  enum class Clinic { kUnnamed, kNamed, kAsked, kThere };

  Import(EngineContext& engine, Sweeper& sweeper, Caller caller, Ready ready, Ended ended);

  // Does what can be done: asks the store for the clinic, hands lines to it, asks for a message, ends.
  void Pump();
  void AskForClinic();
  void Submit(std::shared_ptr<Work> work);
  void OnLineDone(const std::shared_ptr<Work>& work, const absl::Status& status);
  void Resume();

  // All of these with the lock held. Next answers the lines to hand to the store.
  std::vector<std::shared_ptr<Work>> Next();
  absl::Status NameClinic(const v1::ImportEnrollmentsRequest& request);
  absl::Status Take(v1::ImportEnrollmentsRequest request, const Unreadable& unreadable);
  void TakeLine(v1::ImportLine line);
  void Fail(int64_t place, int64_t line_number, const absl::Status& status);
  void PauseAWhile();
  void End(const absl::Status& status);

  EngineContext& engine_;
  Sweeper& sweeper_;
  const Caller caller_;
  const uint64_t shutdown_wait_;

  std::mutex mutex_;
  Ready ready_;
  Ended ended_;
  std::string parent_;
  Clinic clinic_ = Clinic::kUnnamed;
  bool asked_ = true;    // for a message
  bool closed_ = false;  // no more messages
  bool paused_ = false;  // the store's queue is full
  bool over_ = false;
  int64_t places_ = 0;  // lines taken
  int in_flight_ = 0;   // with the store
  std::deque<std::shared_ptr<Work>> waiting_;
  std::map<int64_t, v1::ImportFailure> failures_;  // by place, so that the first are listed
  Response response_;
};

// The id of the enrollment that a line without one means.
std::string ImportedEnrollmentId(const v1::Enrollment& enrollment);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_IMPORT_H_
