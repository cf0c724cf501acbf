// Random pathways, patients and histories in sandboxes: after each step the engine and a naive model agree on where
// every reminder stands. AFTERCARE_SEED repeats a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/model.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;

constexpr int kSequences = 30;  // in one world
constexpr int kSteps = 30;
constexpr absl::Duration kInstant = absl::Microseconds(1);

class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}
  int Upto(int last) { return static_cast<int>(bits_() % (static_cast<uint64_t>(last) + 1)); }
  bool OneIn(int n) { return Upto(n - 1) == 0; }
  template <typename T>
  T Of(const std::vector<T>& choices) {
    return choices[Upto(static_cast<int>(choices.size()) - 1)];
  }

 private:
  std::mt19937_64 bits_;
};

std::string RandomSchedule(Random& random) {
  std::string text;
  switch (random.Upto(4)) {
    case 0: text = "on { days: 1 } on { days: 3 } on { days: 8 }"; break;
    case 1:
      text = absl::StrCat("daily { interval: ", 1 + random.Upto(2), " } span { days { first: 0 last: ", random.Upto(9),
                          " } }");
      break;
    case 2: text = "weekly { weekdays: [WEEKDAY_TUESDAY, WEEKDAY_SUNDAY] } span { weeks { first: 1 last: 4 } }"; break;
    case 3: text = "monthly {} span { months { first: 0 last: 9 } }"; break;
    default: break;  // once
  }
  for (int hour = random.Upto(12); hour < 24; hour += 1 + random.Upto(14)) {
    absl::StrAppendFormat(&text, " times: '%02d:%02d'", hour, random.Upto(1) * 30);
  }
  switch (random.Upto(3)) {
    case 0: return absl::StrCat(text, " window { hours: ", 1 + random.Upto(30), " }");
    case 1: return absl::StrCat(text, " window { days: ", random.Upto(3), " }");
    case 2: return absl::StrCat(text, " window { until: '23:59' }");
    default: return text;
  }
}

v1::Pathway RandomPathway(Random& random) {
  std::string text = R"pb(
    display_name: "Random" default_locale: "en"
    phases { id: "all" display_name: "All" span { days { first: 0 last: 330 } } }
    factors { id: "severe" values: ["yes", "no"] }
  )pb";
  for (int rule = random.Upto(3); rule >= 0; --rule) {
    absl::StrAppend(&text, "rules { id: 'r", rule, "' phase: 'all' category: 'c' texts { key: 'en' value: 'Hello' } ",
                    random.OneIn(5) ? "audience: AUDIENCE_CARE_TEAM " : "",
                    random.OneIn(4) ? "conditions { factor: 'severe' values: 'yes' } " : "", "schedule { ",
                    RandomSchedule(random), " } }");
  }
  return FromText<v1::Pathway>(text);
}

// One clinic with its model.
class History {
 public:
  History(World& world, const std::string& clinic, Random& random)
      : world_(world), clinic_(clinic), random_(random), model_(At("2029-03-01T06:00")) {
    world_.CreateSandbox(clinic_, model_.now());
    const v1::Pathway pathway = RandomPathway(random_);
    plan::FieldErrors errors;
    compiled_ = plan::CompiledPathway::Compile(pathway, &errors);
    for (const auto& error : errors) ADD_FAILURE() << error.field << " " << error.description;
    world_.CreatePathway(clinic_, "knee", pathway);
  }

  void Run() {
    Enrol();
    for (int step = 0; step < kSteps && !::testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(absl::StrCat("step ", step, " at ", absl::FormatTime(model_.now(), absl::UTCTimeZone())));
      Step();
      ASSERT_EQ(Standings(world_.ListAll(clinic_, {}, 1000)), model_.Standings());
    }
    Advance(model_.now() + absl::Hours(24 * 400));
    CheckTheEnd();
  }

 private:
  void Step() {
    switch (random_.Upto(9)) {
      case 0: return Enrol();
      case 1: return Complete();
      case 2: return random_.OneIn(4) ? End() : Lease();
      case 3:
      case 4: return Lease();
      case 5:
      case 6: return Report();
      default: return Advance(RandomInstant());
    }
  }

  // Often the very instant at which something happens, or the last before it.
  absl::Time RandomInstant() {
    const std::vector<absl::Time> edges = model_.Edges();
    if (edges.empty() || random_.OneIn(6)) return model_.now() + absl::Minutes(random_.Upto(6000));
    const absl::Time edge = edges[random_.Upto(std::min<int>(edges.size(), 6) - 1)];
    return random_.OneIn(3) ? std::max(model_.now(), edge - kInstant) : edge;
  }

  void Enrol() {
    if (enrollments_.size() == 3) return;
    v1::Enrollment patient = KneePatient(clinic_, absl::StrCat("p-", random_.Upto(2)));
    patient.set_time_zone(random_.Of<std::string>(
        {"UTC", "America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"}));
    patient.set_procedure_date(absl::StrFormat("2029-0%d-%02d", 2 + random_.Upto(1), 1 + random_.Upto(27)));
    patient.set_consent(random_.OneIn(6) ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
    while (patient.contact_points_size() > 0 && random_.OneIn(3)) patient.mutable_contact_points()->RemoveLast();
    if (random_.OneIn(2)) (*patient.mutable_factors())["severe"] = random_.OneIn(2) ? "yes" : "no";

    // The plan of somebody who was always enrolled: what enrolling late means is the model's to say.
    std::vector<Model::Intended> intended;
    plan::Plan plan(*compiled_, plan::TrustedFactsOf(patient, *compiled_));
    for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
      intended.push_back({compiled_->rule_source(occurrence.rule).id(), occurrence.number,
                          compiled_->rule(occurrence.rule).audience == v1::AUDIENCE_CARE_TEAM, occurrence.due,
                          occurrence.expire});
    }
    enrollments_.push_back(world_.Enrol(clinic_, absl::StrCat("e", enrollments_.size()), patient));
    const bool consented = patient.consent() == v1::CONSENT_GRANTED;
    model_.Enrol(enrollments_.back(), consented, patient.contact_points_size(), intended);
  }

  void Advance(absl::Time to) {
    const v1::AdvanceTestClockResponse response = world_.Advance(clinic_, to);
    const Model::Advanced expected = model_.AdvanceTo(to);
    EXPECT_EQ(response.fired_count(), expected.fired);
    EXPECT_EQ(response.expired_count(), expected.expired);
  }

  void Lease() {
    v1::LeaseRemindersRequest request;
    request.set_parent(ClinicNameOf(clinic_));
    request.set_max_reminders(1 + random_.Upto(5));
    request.mutable_lease_duration()->set_seconds(random_.Of<int>({1, 60, 1800, 3600}));
    const auto expected =
        model_.Lease(request.max_reminders(), absl::Seconds(request.lease_duration().seconds()));
    const std::vector<v1::Lease> leases = world_.Lease(request);
    ASSERT_EQ(leases.size(), expected.size());
    for (size_t i = 0; i < leases.size(); ++i) {
      EXPECT_EQ(leases[i].reminder(), expected[i].reminder);
      EXPECT_EQ(leases[i].attempt(), expected[i].attempt);
      EXPECT_EQ(plan::ToTime(leases[i].expire_time()), expected[i].expire);
      EXPECT_EQ(leases[i].contact_point().address(), expected[i].contact_point == 0 ? "+15550100" : "ana@example.com");
      leases_.push_back(leases[i]);
    }
  }

  // Mostly of a recent lease, sometimes of one long gone.
  void Report() {
    if (leases_.empty()) return Lease();
    const int size = static_cast<int>(leases_.size());
    const v1::Lease& lease = leases_[size - 1 - random_.Upto((random_.OneIn(3) ? size : std::min(size, 4)) - 1)];
    const auto outcome = random_.Of<v1::DeliveryOutcome>(
        {v1::DELIVERY_OUTCOME_SENT, v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE, v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE,
         v1::DELIVERY_OUTCOME_PERMANENT_FAILURE, v1::DELIVERY_OUTCOME_RELEASED});
    EXPECT_EQ(ErrorOf(world_.Report(lease.lease_id(), outcome).status()),
              model_.Report(lease.reminder(), lease.attempt(), outcome));
  }

  void Complete() {
    const auto standings = model_.Standings();
    if (standings.empty()) return;
    const std::string name = std::next(standings.begin(), random_.Upto(standings.size() - 1))->first;
    EXPECT_EQ(ErrorOf(world_.Complete(name)), model_.Complete(name)) << name;
  }

  void End() {
    const std::string enrollment = random_.Of(enrollments_);
    EXPECT_EQ(ErrorOf(world_.End(enrollment)), model_.End(enrollment));
  }

  static std::map<std::string, std::string> Standings(const std::vector<v1::Reminder>& reminders) {
    std::map<std::string, std::string> standings;
    for (const v1::Reminder& reminder : reminders) {
      const auto [place, added] = standings.emplace(
          reminder.name(), absl::StrCat(Standing(reminder), " after ", reminder.attempts(), " leases"));
      EXPECT_TRUE(added) << reminder.name() << " is listed twice";
    }
    return standings;
  }

  // Everything has come to an end, pages and timelines agree, and the log tells the same story.
  void CheckTheEnd() {
    EXPECT_THAT(model_.Unfinished(), IsEmpty());
    EXPECT_EQ(Standings(world_.ListAll(clinic_, {}, 7)), model_.Standings());
    std::map<std::string, std::string> timelines;
    for (const std::string& enrollment : enrollments_) {
      const v1::GetTimelineResponse timeline = world_.Timeline(enrollment);
      for (const v1::Reminder& reminder : timeline.reminders()) CheckReason(reminder);
      timelines.merge(Standings({timeline.reminders().begin(), timeline.reminders().end()}));
    }
    EXPECT_EQ(timelines, model_.Standings());
    std::map<std::string, std::string> told;
    for (const v1::Event& event : world_.Events(clinic_)) {
      const v1::ReminderChange& change = event.reminder();
      if (!event.has_reminder()) continue;
      std::string& last = told[change.name()];
      EXPECT_FALSE(last.substr(0, 4) == "SENT" && change.state() == v1::REMINDER_STATE_LEASED) << change.name();
      last = absl::StrCat(Standing(change.state(), change.reason()), " after ", change.attempts(), " leases");
    }
    for (const auto& [name, standing] : told) EXPECT_EQ(timelines[name], standing) << name;
  }

  static void CheckReason(const v1::Reminder& reminder) {
    const bool open_task =
        reminder.state() == v1::REMINDER_STATE_DUE && reminder.audience() == v1::AUDIENCE_CARE_TEAM;
    const bool needs_none = open_task || reminder.state() == v1::REMINDER_STATE_SENT ||
                            reminder.state() == v1::REMINDER_STATE_COMPLETED;
    EXPECT_EQ(reminder.reason() == v1::REMINDER_REASON_UNSPECIFIED, needs_none) << reminder.ShortDebugString();
    EXPECT_TRUE(reminder.has_state_time()) << reminder.ShortDebugString();
  }

  World& world_;
  const std::string clinic_;
  Random& random_;
  Model model_;
  std::shared_ptr<const plan::CompiledPathway> compiled_;
  std::vector<std::string> enrollments_;
  std::vector<v1::Lease> leases_;
};

class EnginePropertyTest : public ::testing::TestWithParam<int> {};

TEST_P(EnginePropertyTest, TheEngineDoesWhatTheModelSays) {
  const char* given = std::getenv("AFTERCARE_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "AFTERCARE_SEED=" << seed << std::endl;
  World world(At("2029-03-01T06:00"));
  for (int sequence = 0; sequence < kSequences && !HasFailure(); ++sequence) {
    SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed, ", sequence ", sequence));
    Random random(seed + 1000 * GetParam() + sequence);
    History(world, absl::StrCat("box", sequence), random).Run();
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, EnginePropertyTest, ::testing::Range(0, 8));

}  // namespace
}  // namespace aftercare::engine
