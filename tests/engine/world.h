#ifndef AFTERCARE_TESTS_ENGINE_WORLD_H_
#define AFTERCARE_TESTS_ENGINE_WORLD_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/text_format.h"
#include "scheduler/engine/engine.h"
#include "scheduler/engine/events/watch.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/store/store.h"

// What the engine's tests share: the engine over a real database, with a clock that only the test moves, and its use
// cases as calls that wait for their end.
namespace aftercare::engine {

// The instant of `2029-03-01T09:00` or `2029-03-01T09:00:30`, UTC.
absl::Time At(const std::string& text);

template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// The value, which the test says there is.
template <typename T>
T Good(absl::StatusOr<T> value) {
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *std::move(value) : T();
}

// `DUE`, or with a reason `EXPIRED/WINDOW_CLOSED`.
std::string StateAndReason(v1::ReminderState state, v1::ReminderReason reason);
inline std::string StateAndReason(const v1::Reminder& reminder) {
  return StateAndReason(reminder.state(), reminder.reason());
}

// `NOT_FOUND/CLINIC_NOT_FOUND`, `OK`.
std::string ErrorOf(const absl::Status& status);
std::string ErrorOf(const google::rpc::Status& status);

// The fields a BadRequest names.
std::vector<std::string> BadFields(const absl::Status& status);

// May do everything.
Caller Operator();

// The end of one use case, to be waited for. A use case that does not end within half a minute ends the program: what
// it refers to is about to go.
class Pending {
 public:
  Pending();
  Done done();
  absl::Status Wait();  // once
  bool over() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// The database and its engine.
class World {
 public:
  // With `wrap`, the engine sees of the store what that makes of it.
  using Wrap = std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)>;
  // Events are kept for ever, however far time is moved, unless it is said for how long.
  explicit World(absl::Time now, Wrap wrap = {}, absl::Duration retention = 100 * absl::Hours(24 * 365));
  ~World();

  Engine& engine() { return *engine_; }
  store::Store& store() { return *store_; }
  FakeClock& clock() { return clock_; }

  // The server stops, the server starts over the same file (and sweeps). Between the two there is no engine.
  void Stop();
  void Start();
  // From the next start on the time zones of the machine are said to be these; 0 from the first on.
  void SetZoneDatabase(int64_t zone_database) { zone_database_ = zone_database; }

  // Between Stop and Start: the database without an engine, to leave it as a crash would.
  void StartStoreOnly();
  void StopStoreOnly();

  // Moves real time, and waits until the sweep has dealt with what was due by then and planned anew what is to be.
  void MoveTo(absl::Time now);
  void Settle();

  // Waits until the writer has done what it was given before, and what that left to be done apart.
  void Drain();

  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(Service Engine::*service,
                                void (Service::*method)(const Caller&, const Request&, Response*, Done),
                                const std::type_identity_t<Request>& request, const Caller& caller = Operator()) {
    Response response;
    Pending pending;
    (engine_.get()->*service.*method)(caller, request, &response, pending.done());
    absl::Status status = pending.Wait();
    if (!status.ok()) return status;
    return response;
  }

  // Runs a read or a mutation of the store itself.
  void Read(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work);
  void Write(store::Store::Mutation work);

  void CreateClinic(const std::string& clinic);
  void CreateSandbox(const std::string& clinic, absl::Time now);
  void CreatePathway(const std::string& clinic, const std::string& pathway, const v1::Pathway& data);

  // Enrols under that id; answers the resource name.
  std::string Enrol(const std::string& clinic, const std::string& id, const v1::Enrollment& enrollment);

  v1::AdvanceTestClockResponse Advance(const std::string& clinic, absl::Time to);
  absl::StatusOr<v1::Reminder> Get(const std::string& name);
  // Of one reminder, by name.
  std::string StateOf(const std::string& name);
  absl::Status Complete(const std::string& name);
  absl::Status End(const std::string& name, v1::EndReason reason = v1::END_REASON_COMPLETED);
  v1::GetTimelineResponse Timeline(const std::string& enrollment);
  v1::ListRemindersResponse List(const std::string& clinic, const v1::ReminderFilter& filter = {}, int page_size = 1000,
                                 const std::string& page_token = "");
  // All pages of that size.
  std::vector<v1::Reminder> ListAll(const std::string& clinic, const v1::ReminderFilter& filter, int page_size);
  std::vector<v1::Lease> Lease(const v1::LeaseRemindersRequest& request, const Caller& caller = Operator());
  // Of one clinic, for a minute.
  std::vector<v1::Lease> Lease(const std::string& clinic);
  v1::DeliveryResult Report(const std::string& lease_id, v1::DeliveryOutcome outcome,
                            const Caller& caller = Operator());
  absl::StatusOr<v1::UpdateEnrollmentResponse> Update(const v1::UpdateEnrollmentRequest& request);
  // Of one enrollment: the fields of `fields`, in text, that are set.
  v1::PlanDiff Update(const std::string& enrollment, const std::string& fields);
  absl::Status Pause(const std::string& enrollment);
  absl::Status Resume(const std::string& enrollment);
  absl::Status Move(const std::string& reminder, absl::Time due);
  absl::Status Cancel(const std::string& reminder);
  absl::Status Restore(const std::string& reminder);
  // Lists and timelines tell of the same reminders, each once; counts count them.
  void ExpectListsAgree(const std::string& clinic, int page_size = 3);
  // The clinic's whole log, from the store.
  std::vector<v1::Event> Events(const std::string& clinic);

 private:
  // Waits until the topic that every sweep raises has been raised more than `seen` times.
  void AwaitSweep(uint64_t seen);

  std::string path_;
  Wrap wrap_;
  const absl::Duration retention_;
  FakeClock clock_;
  int64_t zone_database_ = 0;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Engine> engine_;
};

// One LeaseReminders call that may wait, and where it puts its answer.
struct LongPoll {
  LongPoll(World& world, const v1::LeaseRemindersRequest& request);

  v1::LeaseRemindersRequest request;
  v1::LeaseRemindersResponse response;
  Pending pending;
  LeaseCall call;
};

// A pathway whose occurrences are easy to tell by heart. For a procedure on 2029-03-01 in UTC:
//   ice.1 .. ice.6     2, 3, 4 March 09:00 and 15:00, for four hours
//   task.1             3 March 10:00, a task for the care team, for two hours
//   visit.1 .. visit.6 on the first of September to February, 09:00, to the end of the seventh day after
v1::Pathway KneePathway();

// A patient on it, with a telephone and then an e-mail address, who agreed.
v1::Enrollment KneePatient(const std::string& clinic, const std::string& patient = "p-1");

// Four days. 2029-03-01 is a Thursday; for a procedure then, in UTC:
//   msg.1 .. msg.4     2 (Fri) to 5 (Mon) March 09:00, to the end of the second day after
//   task.1 .. task.4   the same days 10:00, tasks for the care team, for two hours
v1::Pathway DaysPathway();

// The same patient on pathway `days`.
v1::Enrollment DaysPatient(const std::string& clinic, const std::string& patient = "p-1");

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_WORLD_H_
