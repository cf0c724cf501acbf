// Enrols many patients by one call. The client sends a stream of messages with lines. Each line enrols one patient.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_IMPORT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_IMPORT_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/enrollments/enroll.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// One ImportEnrollments call. Thread safe.
//
// Flow control: the import asks for one message at a time, and only while fewer than kMaxInFlight lines are with the
// store. So a fast client costs bounded memory and leaves room for other calls.
//
// Errors: a line that cannot be enrolled is listed in the response, and the import goes on. If the queue of the store
// is full, the import waits and tries again. If the store cannot commit, the import ends with the error.
class Import : public std::enable_shared_from_this<Import> {
 public:
  using Response = v1::ImportEnrollmentsResponse;
  // The import calls this when it wants the next message. The owner answers with one call of Add, or of Close.
  using Ready = absl::AnyInvocable<void()>;
  // Receives the response, or the error that ended the import.
  using Ended = absl::AnyInvocable<void(absl::StatusOr<Response>)>;
  // Why lines of a message could not be read, by index of the line.
  using Unreadable = std::map<int, absl::Status>;

  static constexpr int kMaxInFlight = 512;     // as many lines as one commit takes
  static constexpr int kMaxLines = 1000;       // in a message
  static constexpr size_t kMaxFailures = 500;  // listed in the response; about 2.5 MB with the longest messages

  // Begins an import and asks for the first message before it returns. `ended` is called exactly once: when the import
  // was closed and all lines are done, or as soon as an error ends the import. `ready` is not called after that. Both
  // are called while the import holds its lock, so they must not block and must not call the import. The caller must
  // keep the import until `ended` is called. `engine` must outlive the import.
  static std::shared_ptr<Import> Begin(EngineContext& engine, CallPtr call, Ready ready, Ended ended);

  ~Import();

  // Takes a message. A line in `unreadable` fails with the error given there. A message with a wrong parent, or with
  // more than kMaxLines lines, ends the import. Does nothing after the end.
  void Add(v1::ImportEnrollmentsRequest request, Unreadable unreadable = {}) ABSL_LOCKS_EXCLUDED(mutex_);

  // Says that there are no more messages.
  void Close() ABSL_LOCKS_EXCLUDED(mutex_);

  // Ends the import with the error `status`, because a message cannot be read or the client has gone. Lines that are
  // with the store are still stored. Does nothing after the end.
  void Abort(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Line;
  // What the import knows of its clinic: no name yet, its name, that the store is looking it up, that it exists.
  enum class ClinicState { kUnnamed, kNamed, kLookedUp, kFound };

  Import(EngineContext& engine, CallPtr call, Ready ready, Ended ended);

  // Does whatever can be done now: looks up the clinic, hands lines to the store, asks for a message, ends.
  void Pump() ABSL_LOCKS_EXCLUDED(mutex_);
  // Does what can be done now. Returns false if there was nothing to do.
  bool PumpOnce() ABSL_LOCKS_EXCLUDED(mutex_);
  void LookUpClinic(const std::string& clinic);
  void OnClinicLookedUp(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);
  void Submit(std::shared_ptr<Line> line);
  void OnLineDone(const std::shared_ptr<Line>& line, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex_);
  void OnPauseOver() ABSL_LOCKS_EXCLUDED(mutex_);

  // Returns the lines to hand to the store. Ends the import or asks for a message if there are no others.
  std::vector<std::shared_ptr<Line>> NextLines() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckParent(const v1::ImportEnrollmentsRequest& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status AddLines(v1::ImportEnrollmentsRequest request, const Unreadable& unreadable)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddLine(v1::ImportLine line, bool allow_concurrent) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddFailure(int64_t place, int64_t line_number, const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Hands nothing to the store for a moment, because the queue of the store is full.
  void Pause() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  EngineContext& engine_;
  const CallPtr call_;
  const uint64_t shutdown_wait_;  // id of the wait that aborts the import when the engine shuts down

  Mutex mutex_;
  Ready on_ready_ ABSL_GUARDED_BY(mutex_);
  Ended on_end_ ABSL_GUARDED_BY(mutex_);
  std::string parent_ ABSL_GUARDED_BY(mutex_);
  ClinicState clinic_state_ ABSL_GUARDED_BY(mutex_) = ClinicState::kUnnamed;
  bool message_requested_ ABSL_GUARDED_BY(mutex_) = true;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool pumping_ ABSL_GUARDED_BY(mutex_) = false;     // a thread is in Pump
  bool pump_again_ ABSL_GUARDED_BY(mutex_) = false;  // something may have changed since it looked last
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t line_count_ ABSL_GUARDED_BY(mutex_) = 0;  // lines of all messages so far; the place of the last line
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;       // lines with the store
  std::deque<std::shared_ptr<Line>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, v1::ImportFailure> failures_ ABSL_GUARDED_BY(mutex_);  // the first ones, by place of the line
  Response response_ ABSL_GUARDED_BY(mutex_);
};

// Returns the enrollment id of an import line that does not give one: a hash of patient, pathway and procedure date. So
// the same line has the same id in every import. CreateEnrollment never makes such an id. Pure and thread safe.
std::string ImportedEnrollmentId(const v1::Enrollment& enrollment);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_IMPORT_H_
