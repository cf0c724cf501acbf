#ifndef AFTERCARE_TESTS_ENGINE_WORLD_H_
#define AFTERCARE_TESTS_ENGINE_WORLD_H_

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/engine.h"
#include "scheduler/engine/events/watch.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/system_access.h"
#include "scheduler/store/store.h"
#include "tests/engine/fake_clock.h"
#include "tests/engine/pathways.h"
#include "tests/engine/pending.h"
#include "tests/engine/testing.h"
#include "tests/support/temp_dir.h"

namespace aftercare::engine {

// The engine over a real database, with a clock that only the test moves, and its use cases as calls that wait for
// their end. For one thread, except where a test says that it calls from several.
class World {
 public:
  // Makes the store that the engine uses out of the real one.
  using Wrap = std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)>;
  // Keeps events for ever, however far time is moved, unless `retention` says for how long. `authorizer` as
  // EngineOptions has it.
  explicit World(absl::Time now, Wrap wrap = {}, absl::Duration retention = kForever,
                 const Authorizer* authorizer = nullptr);
  ~World();
  static constexpr absl::Duration kForever = absl::Hours(100 * 24 * 365);

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

  // Waits until `topic` has been raised more than `seen` times.
  void AwaitTopic(absl::string_view topic, uint64_t seen);

  // Waits until the writer has done what it was given before, and what that left to be done apart.
  void Drain();

  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(Service Engine::*service,
                                void (Service::*method)(const CallPtr&, const Request&, Response*, Done),
                                const std::type_identity_t<Request>& request, const Caller& caller = Operator()) {
    Response response;
    Pending pending;
    (engine_.get()->*service.*method)(CallOf(request, caller), request, &response, pending.done());
    absl::Status status = pending.Wait();
    if (!status.ok()) return status;
    return response;
  }

  // A call of the RPC that takes such a request.
  CallPtr CallOf(const google::protobuf::Message& request, const Caller& caller = Operator());

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
  // Leases what is due, and reports it sent. Returns the reminders' ids.
  std::vector<std::string> SendAll(const std::string& clinic);
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
  TempDir directory_;
  Wrap wrap_;
  const absl::Duration retention_;
  const Authorizer* const authorizer_;
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

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_WORLD_H_
