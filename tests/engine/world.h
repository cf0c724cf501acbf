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

// An engine over a real database, with a clock that only the test moves. The helpers call use cases and wait for their
// end. With AFTERCARE_MUTATIONS_TWICE set in the environment, the store runs every mutation twice, as it may.
// Helpers that return no status fail the test if the use case fails. A wait that takes longer than kPatience ends
// the program. Call is thread safe while the engine runs. The rest is for one thread.
class World {
 public:
  // Takes the real store and returns the store that the engine uses.
  using Wrap = std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)>;
  // Starts the engine at time `now`. The engine keeps events for `retention`, by default so long that it deletes none
  // in a test. `authorizer` is as in EngineOptions. `database` is the path of a database to begin with a copy of; empty
  // for a new one.
  explicit World(absl::Time now, Wrap wrap = {}, absl::Duration retention = kForever,
                 const Authorizer* authorizer = nullptr, const std::string& database = "");
  ~World();
  static constexpr absl::Duration kForever = absl::Hours(100 * 24 * 365);

  Engine& engine() { return *engine_; }
  store::Store& store() { return *store_; }
  FakeClock& clock() { return clock_; }
  // The path of the database.
  std::string database() const { return directory_.File("facts.db"); }

  // Stop shuts the engine and its store down. Start starts new ones on the same database, and waits for the first
  // sweep. Between the two there is no engine and no store.
  void Stop();
  void Start();
  // Sets the fingerprint of the machine's time zones that engines are given from the next Start on. It is 0 before.
  void SetZoneDatabase(int64_t zone_database) { zone_database_ = zone_database; }

  // Open and close the store without an engine, between Stop and Start. A test uses them to leave the database in the
  // state that a crash would leave.
  void StartStoreOnly();
  void StopStoreOnly();

  // MoveTo sets the clock and then calls Settle. Settle waits until the sweep has handled all that is due by now, and
  // has replanned every clinic that must be replanned.
  void MoveTo(absl::Time now);
  void Settle();

  // Waits until `topic` has been raised more than `seen` times.
  void AwaitTopic(absl::string_view topic, uint64_t seen);

  // Waits until the store has run the mutations that were submitted before, and the background reads that these led to.
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

  // Makes the Call with which `caller` sends the request. The type of the request decides the RPC.
  CallPtr CallOf(const google::protobuf::Message& request, const Caller& caller = Operator());

  // Run a read or a mutation on the store, without a use case.
  void Read(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work);
  void Write(store::Store::Mutation work);

  void CreateClinic(const std::string& clinic);
  void CreateSandbox(const std::string& clinic, absl::Time now);
  void CreatePathway(const std::string& clinic, const std::string& pathway, const v1::Pathway& data);

  // Enrols under that id, also if the patient has another running enrollment. Returns the resource name.
  std::string Enrol(const std::string& clinic, const std::string& id, const v1::Enrollment& enrollment);

  v1::AdvanceTestClockResponse Advance(const std::string& clinic, absl::Time to);
  absl::StatusOr<v1::Reminder> Get(const std::string& name);
  // Returns the state of a reminder, as StateAndReason writes it.
  std::string StateOf(const std::string& name);
  absl::Status Complete(const std::string& name);
  absl::Status End(const std::string& name, v1::EndReason reason = v1::END_REASON_COMPLETED);
  v1::GetTimelineResponse Timeline(const std::string& enrollment);
  v1::ListRemindersResponse List(const std::string& clinic, const v1::ReminderFilter& filter = {}, int page_size = 1000,
                                 const std::string& page_token = "");
  // Reads all pages of the list, with `page_size` items each.
  std::vector<v1::Reminder> ListAll(const std::string& clinic, const v1::ReminderFilter& filter, int page_size);
  std::vector<v1::Lease> Lease(const v1::LeaseRemindersRequest& request, const Caller& caller = Operator());
  // Leases reminders of one clinic, as a request does that sets no other field.
  std::vector<v1::Lease> Lease(const std::string& clinic);
  // Calls Lease for the clinic and reports the leases sent. Returns the reminders' ids.
  std::vector<std::string> SendAll(const std::string& clinic);
  v1::DeliveryResult Report(const std::string& lease_id, v1::DeliveryOutcome outcome,
                            const Caller& caller = Operator());
  absl::StatusOr<v1::UpdateEnrollmentResponse> Update(const v1::UpdateEnrollmentRequest& request);
  // Updates the fields of an enrollment that are set in `fields`, a message in text format.
  v1::PlanDiff Update(const std::string& enrollment, const std::string& fields);
  absl::Status Pause(const std::string& enrollment);
  absl::Status Resume(const std::string& enrollment);
  absl::Status Move(const std::string& reminder, absl::Time due);
  absl::Status Cancel(const std::string& reminder);
  absl::Status Restore(const std::string& reminder);
  // Fails the test unless the list of the clinic and its timelines have the same reminders in the same states, each
  // once, and the counts agree with them.
  void ExpectListsAgree(const std::string& clinic, int page_size = 3);
  // Reads the clinic's whole event log from the store. `clinic` is an id. Events leaves out what is about no patient:
  // the clinic itself, its test clock and its pathways.
  std::vector<v1::Event> WholeLog(const std::string& clinic);
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

// One LeaseReminders call that may wait, and its answer. The answer is valid once `pending` is over.
struct LongPoll {
  LongPoll(World& world, const v1::LeaseRemindersRequest& request);

  v1::LeaseRemindersRequest request;
  v1::LeaseRemindersResponse response;
  Pending pending;
  LeaseCall call;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_WORLD_H_
