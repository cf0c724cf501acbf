#include "tests/engine/world.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_replace.h"
#include "scheduler/engine/runtime/wakeup_topics.h"
#include "scheduler/plan/timestamps.h"
#include "scheduler/store/sqlite_driver.h"
#include "tests/engine/twice_store.h"

namespace aftercare::engine {
namespace {

// In memory where there is such a place: these tests ask what the engine does, not whether it lasts.
std::string Parent() { return std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : ::testing::TempDir(); }

}  // namespace

World::World(absl::Time now, Wrap wrap, absl::Duration retention, const Authorizer* authorizer,
             const std::string& database)
    : directory_(Parent()), wrap_(std::move(wrap)), retention_(retention), authorizer_(authorizer), clock_(now) {
  if (!database.empty()) std::filesystem::copy_file(database, this->database());
  Start();
}

World::~World() {
  if (engine_) Stop();
}

void World::StartStoreOnly() {
  auto driver = store::OpenSqlite(database());
  if (!driver.ok()) GiveUp("the database");
  auto store = store::Store::Open(*std::move(driver), {});
  if (!store.ok()) GiveUp("the store");
  store_ = std::getenv("AFTERCARE_MUTATIONS_TWICE") == nullptr ? *std::move(store)
                                                               : RunMutationsTwice(*std::move(store));
  if (wrap_) store_ = wrap_(std::move(store_));
}

void World::StopStoreOnly() {
  store_->Close();
  store_.reset();
}

void World::Start() {
  StartStoreOnly();
  engine_ = std::make_unique<Engine>(
      *store_, clock_, [](bool) {},
      EngineOptions{.zone_database = zone_database_, .event_retention = retention_, .authorizer = authorizer_});
  AwaitTopic(kAllLeasesTopic, 0);
}

void World::Stop() {
  engine_->Shutdown();
  store_->Close();
  engine_.reset();
  StopStoreOnly();
}

void World::MoveTo(absl::Time now) {
  clock_.Set(now);
  Settle();
}

void World::AwaitTopic(absl::string_view topic, uint64_t seen) {
  WakeupHub& topics = engine_->context.wakeups();
  Pending raised;
  topics.Wait(topics.NewId(), topic, seen, absl::FromChrono(kPatience),
              [done = raised.done()](WakeupHub::Wake wake) mutable {
                done(wake == WakeupHub::Wake::kNotified ? absl::OkStatus() : absl::DeadlineExceededError("not raised"));
              });
  if (!raised.Wait().ok()) GiveUp(std::string(topic).c_str());
}

void World::Settle() {
  while (true) {
    const uint64_t seen = engine_->context.wakeups().Seen(kAllLeasesTopic);
    std::optional<absl::Time> next;
    bool to_replan = false;
    Read([&](store::ReadTransaction& tx) {
      auto wake = tx.NextWake("");
      if (wake.ok()) next = *wake;
      auto clinic = tx.FirstToReplan();
      to_replan = clinic.ok() && clinic->has_value();
      return wake.ok() ? clinic.status() : wake.status();
    });
    if (!to_replan && (!next || *next > clock_.Now())) return;
    AwaitTopic(kAllLeasesTopic, seen);
  }
}

void World::Drain() {
  Write([](store::WriteTransaction&) { return absl::OkStatus(); });
  Pending apart;
  SystemAccess::ReadInBackground(
      engine_->context, [](store::ReadTransaction&) { return absl::OkStatus(); }, apart.done());
  EXPECT_TRUE(apart.Wait().ok());
}

void World::Read(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work) {
  Pending pending;
  SystemAccess::Read(engine_->context, std::move(work), pending.done());
  const absl::Status status = pending.Wait();
  EXPECT_TRUE(status.ok()) << status;
}

void World::Write(store::Store::Mutation work) {
  Pending pending;
  SystemAccess::Write(engine_->context, std::move(work), pending.done());
  const absl::Status status = pending.Wait();
  EXPECT_TRUE(status.ok()) << status;
}

void World::CreateClinic(const std::string& clinic) {
  v1::CreateClinicRequest request;
  request.set_clinic_id(clinic);
  request.mutable_clinic()->set_display_name("Harbour Clinic");
  request.mutable_clinic()->set_time_zone("UTC");
  Good(Call(&Engine::clinics, &Clinics::Create, request));
}

void World::CreateSandbox(const std::string& clinic, absl::Time now) {
  v1::CreateClinicRequest request;
  request.set_clinic_id(clinic);
  request.mutable_clinic()->set_display_name("Sandbox");
  request.mutable_clinic()->set_time_zone("UTC");
  plan::SetTimestamp(now, request.mutable_clinic()->mutable_test_clock_time());
  Good(Call(&Engine::clinics, &Clinics::Create, request));
}

void World::CreatePathway(const std::string& clinic, const std::string& pathway, const v1::Pathway& data) {
  v1::CreatePathwayRequest request;
  request.set_parent(ClinicNameOf(clinic));
  request.set_pathway_id(pathway);
  *request.mutable_pathway() = data;
  Good(Call(&Engine::pathways, &Pathways::Create, request));
}

std::string World::Enrol(const std::string& clinic, const std::string& id, const v1::Enrollment& enrollment) {
  v1::CreateEnrollmentRequest request;
  request.set_parent(ClinicNameOf(clinic));
  request.set_enrollment_id(id);
  request.set_allow_concurrent(true);
  *request.mutable_enrollment() = enrollment;
  return Good(Call(&Engine::enrollments, &Enrollments::Create, request)).enrollment().name();
}

v1::AdvanceTestClockResponse World::Advance(const std::string& clinic, absl::Time to) {
  v1::AdvanceTestClockRequest request;
  request.set_name(ClinicNameOf(clinic));
  plan::SetTimestamp(to, request.mutable_time());
  return Good(Call(&Engine::clinics, &Clinics::AdvanceTestClock, request));
}

absl::StatusOr<v1::Reminder> World::Get(const std::string& name) {
  v1::GetReminderRequest request;
  request.set_name(name);
  auto response = Call(&Engine::reminders, &Reminders::Get, request);
  if (!response.ok()) return response.status();
  return response->reminder();
}

std::string World::StateOf(const std::string& name) { return StateAndReason(Good(Get(name))); }

absl::Status World::Complete(const std::string& name) {
  v1::CompleteReminderRequest request;
  request.set_name(name);
  return Call(&Engine::reminders, &Reminders::Complete, request).status();
}

absl::Status World::End(const std::string& name, v1::EndReason reason) {
  v1::EndEnrollmentRequest request;
  request.set_name(name);
  request.set_reason(reason);
  return Call(&Engine::enrollments, &Enrollments::End, request).status();
}

v1::GetTimelineResponse World::Timeline(const std::string& enrollment) {
  v1::GetTimelineRequest request;
  request.set_name(enrollment);
  return Good(Call(&Engine::enrollments, &Enrollments::GetTimeline, request));
}

v1::ListRemindersResponse World::List(const std::string& clinic, const v1::ReminderFilter& filter, int page_size,
                                      const std::string& page_token) {
  v1::ListRemindersRequest request;
  request.set_parent(ClinicNameOf(clinic));
  *request.mutable_filter() = filter;
  request.set_page_size(page_size);
  request.set_page_token(page_token);
  return Good(Call(&Engine::reminders, &Reminders::List, request));
}

std::vector<v1::Reminder> World::ListAll(const std::string& clinic, const v1::ReminderFilter& filter, int page_size) {
  std::vector<v1::Reminder> all;
  std::string token;
  do {
    const v1::ListRemindersResponse page = List(clinic, filter, page_size, token);
    EXPECT_LE(page.reminders_size(), page_size);
    EXPECT_TRUE(page.next_page_token().empty() || page.reminders_size() == page_size);
    all.insert(all.end(), page.reminders().begin(), page.reminders().end());
    token = page.next_page_token();
  } while (!token.empty());
  return all;
}

std::vector<v1::Lease> World::Lease(const v1::LeaseRemindersRequest& request, const Caller& caller) {
  v1::LeaseRemindersResponse response;
  Pending pending;
  engine_->deliveries.Lease(CallOf(request, caller), request, &response, pending.done());
  const absl::Status status = pending.Wait();
  EXPECT_TRUE(status.ok()) << status;
  return {response.leases().begin(), response.leases().end()};
}

std::vector<v1::Lease> World::Lease(const std::string& clinic) {
  v1::LeaseRemindersRequest request;
  request.set_parent(ClinicNameOf(clinic));
  return Lease(request);
}

std::vector<std::string> World::SendAll(const std::string& clinic) {
  std::vector<std::string> ids;
  for (const v1::Lease& lease : Lease(clinic)) {
    EXPECT_EQ(ErrorOf(Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT).status()), "OK");
    ids.push_back(IdOf(lease.reminder()));
  }
  return ids;
}

v1::DeliveryResult World::Report(const std::string& lease_id, v1::DeliveryOutcome outcome, const Caller& caller) {
  v1::ReportDeliveriesRequest request;
  v1::DeliveryReport* report = request.add_reports();
  report->set_lease_id(lease_id);
  report->set_outcome(outcome);
  const auto response = Good(Call(&Engine::deliveries, &Deliveries::Report, request, caller));
  EXPECT_EQ(response.results_size(), 1);
  return response.results_size() == 1 ? response.results(0) : v1::DeliveryResult();
}

absl::StatusOr<v1::UpdateEnrollmentResponse> World::Update(const v1::UpdateEnrollmentRequest& request) {
  return Call(&Engine::enrollments, &Enrollments::Update, request);
}

v1::PlanDiff World::Update(const std::string& enrollment, const std::string& fields) {
  v1::UpdateEnrollmentRequest request;
  *request.mutable_enrollment() = FromText<v1::Enrollment>(fields);
  request.mutable_enrollment()->set_name(enrollment);
  return Good(Update(request)).diff();
}

absl::Status World::Pause(const std::string& enrollment) {
  v1::PauseEnrollmentRequest request;
  request.set_name(enrollment);
  return Call(&Engine::enrollments, &Enrollments::Pause, request).status();
}

absl::Status World::Resume(const std::string& enrollment) {
  v1::ResumeEnrollmentRequest request;
  request.set_name(enrollment);
  return Call(&Engine::enrollments, &Enrollments::Resume, request).status();
}

absl::Status World::Move(const std::string& reminder, absl::Time due) {
  v1::MoveReminderRequest request;
  request.set_name(reminder);
  plan::SetTimestamp(due, request.mutable_due_time());
  return Call(&Engine::reminders, &Reminders::Move, request).status();
}

absl::Status World::Cancel(const std::string& reminder) {
  v1::CancelReminderRequest request;
  request.set_name(reminder);
  return Call(&Engine::reminders, &Reminders::Cancel, request).status();
}

absl::Status World::Restore(const std::string& reminder) {
  v1::RestoreReminderRequest request;
  request.set_name(reminder);
  return Call(&Engine::reminders, &Reminders::Restore, request).status();
}

void World::ExpectListsAgree(const std::string& clinic, int page_size) {
  std::map<std::string, std::string> listed, in_timelines;
  std::map<std::pair<std::string, int>, int64_t> counted;
  for (const v1::Reminder& reminder : ListAll(clinic, {}, page_size)) {
    EXPECT_TRUE(listed.emplace(reminder.name(), StateAndReason(reminder)).second) << reminder.name() << " twice";
    EXPECT_EQ(reminder.steps_size(), 0);
    ++counted[{reminder.phase(), reminder.state()}];
    EXPECT_EQ(StateAndReason(Good(Get(reminder.name()))), StateAndReason(reminder)) << reminder.name();
  }
  v1::CountRemindersRequest count;
  count.set_parent(ClinicNameOf(clinic));
  const auto counts = Good(Call(&Engine::reminders, &Reminders::Count, count));
  for (const v1::ReminderCount& entry : counts.counts()) counted[{entry.phase(), entry.state()}] -= entry.count();
  for (const auto& [key, left] : counted) EXPECT_EQ(left, 0) << key.first << " " << key.second;
  v1::ListEnrollmentsRequest all;
  all.set_parent(ClinicNameOf(clinic));
  all.set_page_size(1000);
  const auto enrollments = Good(Call(&Engine::enrollments, &Enrollments::List, all));
  for (const v1::Enrollment& enrollment : enrollments.enrollments()) {
    absl::Time before = absl::InfinitePast();
    const v1::GetTimelineResponse timeline = Timeline(enrollment.name());
    for (const v1::Reminder& reminder : timeline.reminders()) {
      in_timelines[reminder.name()] = StateAndReason(reminder);
      EXPECT_LE(before, plan::ToTime(reminder.due_time()));
      before = plan::ToTime(reminder.due_time());
      EXPECT_EQ(before, plan::ToTime(reminder.steps().rbegin()->time())) << reminder.name();
    }
  }
  EXPECT_EQ(listed, in_timelines);
}

std::vector<v1::Event> World::Events(const std::string& clinic) {
  std::vector<v1::Event> events;
  for (v1::Event& event : WholeLog(clinic)) {
    if (!event.has_clinic() && !event.has_pathway()) events.push_back(std::move(event));
  }
  return events;
}

std::vector<v1::Event> World::WholeLog(const std::string& clinic) {
  std::vector<v1::Event> events;
  Read([&](store::ReadTransaction& tx) {
    auto rows = tx.ListEvents(clinic, 0, 1'000'000);
    if (!rows.ok()) return rows.status();
    for (store::EventRow& row : *rows) events.push_back(std::move(row.data));
    return absl::OkStatus();
  });
  return events;
}

CallPtr World::CallOf(const google::protobuf::Message& request, const Caller& caller) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const Method& method : Methods()) {
    const auto* found = pool->FindMethodByName(absl::StrReplaceAll(method.name, {{"/", "."}}));
    if (found->input_type() == request.GetDescriptor()) return Call::Make(engine_->context, {caller, &method});
  }
  GiveUp("an RPC that takes such a request");
}

LongPoll::LongPoll(World& world, const v1::LeaseRemindersRequest& wanted)
    : request(wanted),
      call(world.engine().deliveries.Lease(world.CallOf(request), request, &response, pending.done())) {}

}  // namespace aftercare::engine
