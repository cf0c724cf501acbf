// Lists and counts of a whole clinic go by its index; reading every enrollment must give the same. Random clinics with
// random histories, asked after each step, by readers that use one index over and over. AFTERCARE_SEED makes others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/engine/reminders/counting.h"
#include "scheduler/engine/reminders/enrollment_index.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/reminders/listing.h"
#include "scheduler/engine/reminders/reminder_scan.h"
#include "tests/engine/world.h"
#include "tests/support/random.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

constexpr int kClinics = 12;  // in one world
constexpr int kSteps = 25;

std::string RandomRule(Random& random, int index) {
  std::string text =
      absl::StrCat("rules { id: 'r", index, "' phase: '", random.Of<std::string>({"all", "late"}), "' category: '",
                   random.Of<std::string>({"a", "b"}), "' texts { key: 'en' value: 'Hello' } ");
  if (random.OneIn(4)) absl::StrAppend(&text, "audience: AUDIENCE_CARE_TEAM ");
  if (random.OneIn(3)) absl::StrAppend(&text, "conditions { factor: 'severe' values: 'yes' } ");
  if (random.OneIn(4)) absl::StrAppend(&text, "supersede: true ");
  absl::StrAppend(&text, "schedule { ",
                  random.Of<std::string>({"on { days: 1 } on { days: 4 } on { days: 40 }",
                                          "daily { interval: 2 } span { days { first: 0 last: 20 } }",
                                          "daily {} span { days { first: 0 last: 9 } }",
                                          "weekly { weekdays: [WEEKDAY_TUESDAY, WEEKDAY_SUNDAY] } "
                                          "span { weeks { first: 1 last: 9 } }",
                                          "monthly {} span { months { first: 0 last: 5 } }"}));
  for (int hour = 5 + random.Upto(9); hour < 24; hour += 3 + random.Upto(14)) {
    absl::StrAppendFormat(&text, " times: '%02d:%02d'", hour, random.Upto(1) * 30);
  }
  absl::StrAppend(&text, random.Of<std::string>({" window { hours: 3 }", " window { hours: 40 }", " window { days: 2 }",
                                                 " window { until: '23:59' }", ""}));
  absl::StrAppend(&text, " } ");
  if (random.OneIn(3)) absl::StrAppend(&text, "spread { seconds: ", 60 * (1 + random.Upto(200)), " } ");
  return absl::StrCat(text, "} ");
}

v1::Pathway RandomPathway(Random& random) {
  std::string text = R"pb(
    display_name: "Random"
    default_locale: "en"
    phases {
      id: "all"
      display_name: "All"
      span { days { first: 0 last: 330 } }
    }
    phases {
      id: "late"
      display_name: "Late"
      span { days { first: 0 last: 330 } }
    }
    factors {
      id: "severe"
      values: [ "yes", "no" ]
    }
  )pb";
  for (int rule = random.Upto(4); rule >= 0; --rule) absl::StrAppend(&text, RandomRule(random, rule));
  return FromText<v1::Pathway>(text);
}

std::string RandomHours(Random& random) {
  return random.Of<std::string>({"contact_hours { openings { opens: '09:30' closes: '16:00' } }",
                                 "contact_hours { openings { weekdays: WEEKDAY_MONDAY opens: '10:00' closes: '12:00' }"
                                 " openings { weekdays: WEEKDAY_THURSDAY opens: '00:00' closes: '24:00' } }",
                                 "contact_hours {}"});
}

// One clinic, and what is done to it.
class History {
 public:
  History(World& world, const std::string& clinic, Random& random) : world_(world), clinic_(clinic), random_(random) {
    world_.CreateSandbox(clinic_, now_);
    world_.CreatePathway(clinic_, "knee", RandomPathway(random_));
    if (random_.OneIn(2)) ChangeCalendar();
  }

  void Run() {
    for (int i = 0; i < 4; ++i) Enrol();
    for (int step = 0; step < kSteps && !::testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(absl::StrCat(clinic_, ", step ", step, " at ", absl::FormatTime(now_, absl::UTCTimeZone())));
      Step();
      if (random_.OneIn(3)) Step();
      Compare();
    }
  }

 private:
  void Step() {
    switch (random_.Upto(13)) {
      case 0:
      case 1:
        return Enrol();
      case 2:
        return Try(&Engine::enrollments, &Enrollments::End, absl::StrCat(Named(), " reason: END_REASON_WITHDRAWN"));
      case 3:
        return Try(&Engine::enrollments, &Enrollments::Pause, Named());
      case 4:
      case 5:
        return Try(&Engine::enrollments, &Enrollments::Resume, Named());
      case 6:
        return Update();
      case 7:
        return random_.OneIn(2) ? ChangeCalendar() : LeaveStale();
      case 8:
      case 9:
        return Adjust();
      default:
        now_ += absl::Minutes(random_.Of<int>({1, 90, 700, 2 * 1440, 9 * 1440}));
        world_.Advance(clinic_, now_);
    }
  }

  // What the clinic may ask for and may be refused.
  template <typename Service, typename Request, typename Response>
  void Try(Service Engine::*service, void (Service::*method)(const CallPtr&, const Request&, Response*, Done),
           const std::string& request) {
    (void)world_.Call(service, method, FromText<Request>(request));
  }

  std::string Named() { return absl::StrCat("name: '", random_.Of(enrollments_), "'"); }

  std::string RandomDate() {
    return absl::FormatCivilTime(absl::ToCivilDay(now_, absl::UTCTimeZone()) - random_.Upto(60) + 10);
  }

  void Enrol() {
    v1::Enrollment patient = KneePatient(clinic_, absl::StrCat("p-", random_.Upto(5)));
    patient.set_procedure_date(RandomDate());
    patient.set_time_zone(random_.Of<std::string>({"UTC", "America/New_York", "Australia/Lord_Howe"}));
    if (random_.OneIn(3)) patient.mutable_contact_points()->SwapElements(0, 1);  // e-mail first
    if (random_.OneIn(5)) patient.mutable_contact_points()->Clear();
    if (random_.OneIn(4)) patient.MergeFrom(FromText<v1::Enrollment>(RandomHours(random_)));
    if (random_.OneIn(2)) (*patient.mutable_factors())["severe"] = random_.OneIn(2) ? "yes" : "no";
    // In no order of their names.
    const std::string id = absl::StrCat(random_.Of<std::string>({"m", "a", "z"}), enrollments_.size());
    enrollments_.push_back(world_.Enrol(clinic_, id, patient));
  }

  void Update() {
    const std::string field =
        random_.Of<std::string>({absl::StrCat("procedure_date: '", RandomDate(), "'"), "time_zone: 'Asia/Kolkata'",
                                 "factors { key: 'severe' value: 'yes' }", RandomHours(random_)});
    Try(&Engine::enrollments, &Enrollments::Update,
        absl::StrCat("enrollment { ", Named(), " ", field, " } update_mask { paths: '",
                     field.substr(0, field.find_first_of(" :")), "' } allow_drop: true"));
  }

  void ChangeCalendar() {
    const std::string closed = random_.OneIn(2) ? "closed_weekdays: [WEEKDAY_SATURDAY, WEEKDAY_SUNDAY]" : "";
    Try(&Engine::clinics, &Clinics::Update,
        absl::StrCat("clinic { name: '", ClinicNameOf(clinic_), "' ", RandomHours(random_), " ", closed,
                     " } update_mask { paths: 'contact_hours' paths: 'closed_weekdays' }"));
    world_.Drain();
  }

  // Changes the calendar as it is between that and the planning anew, of which the sweeper is not told yet. What is
  // done to an enrollment after that plans it anew; all are after the next change.
  void LeaveStale() {
    const auto hours = FromText<v1::Clinic>(RandomHours(random_));
    const bool is_marked = random_.OneIn(2);
    world_.Write([&](store::WriteTransaction& tx) -> absl::Status {
      store::ClinicRow row = *Good(tx.GetClinic(clinic_));
      *row.data.mutable_contact_hours() = hours.contact_hours();
      row.calendar_fingerprint = CalendarFingerprint(row.data);
      if (is_marked) row.replan_after = "";
      return tx.UpdateClinic(row);
    });
  }

  // To some reminder, mostly one that is to come soon.
  void Adjust() {
    v1::ReminderFilter filter;
    if (!random_.OneIn(4)) filter.mutable_due_from()->set_seconds(absl::ToUnixSeconds(now_));
    const auto list = world_.List(clinic_, filter, 20);
    if (list.reminders().empty()) return;
    const v1::Reminder& reminder = list.reminders(random_.Upto(list.reminders_size() - 1));
    const std::string name = absl::StrCat("name: '", reminder.name(), "'");
    switch (random_.Upto(3)) {
      case 0:
        return Try(&Engine::reminders, &Reminders::Complete, name);
      case 1:
        return Try(&Engine::reminders, &Reminders::Cancel, name);
      case 2:
        return Try(&Engine::reminders, &Reminders::Restore, name);
      default:
        return Try(&Engine::reminders, &Reminders::Move,
                   absl::StrCat(name, " due_time { seconds: ",
                                absl::ToUnixSeconds(now_ + absl::Hours(random_.Upto(200))), " }"));
    }
  }

  v1::ReminderFilter RandomFilter() {
    v1::ReminderFilter filter;
    const auto instant = [this] { return absl::ToUnixSeconds(now_) + 3600 * (random_.Upto(1200) - 400); };
    const int64_t now = absl::ToUnixSeconds(now_);
    if (random_.OneIn(2)) filter.mutable_due_from()->set_seconds(random_.OneIn(5) ? now : instant());
    if (random_.OneIn(2)) filter.mutable_due_before()->set_seconds(random_.OneIn(3) ? now : instant());
    for (int state = 1; random_.OneIn(3) && state <= v1::ReminderState_MAX; state += 1 + random_.Upto(4)) {
      if (v1::ReminderState_IsValid(state)) filter.add_states(static_cast<v1::ReminderState>(state));
    }
    if (random_.OneIn(5)) filter.add_phases("late");
    if (random_.OneIn(5)) filter.add_categories("a");
    if (random_.OneIn(6)) filter.set_audience(v1::AUDIENCE_CARE_TEAM);
    if (random_.OneIn(6)) filter.set_channel(v1::CHANNEL_EMAIL);
    return filter;
  }

  void Compare() {
    for (int i = 0; i < 6 && !::testing::Test::HasFailure(); ++i) {
      const v1::ReminderFilter filter = i == 0 ? v1::ReminderFilter() : RandomFilter();
      SCOPED_TRACE(filter.ShortDebugString());
      const int size = random_.Of<int>({1, 3, 20, 1000});
      world_.Read([&](store::ReadTransaction& tx) {
        const auto pages = Pages(tx, filter, size, kByRows);
        EXPECT_EQ(Pages(tx, filter, size, kByKeptIndex), pages);
        EXPECT_EQ(Pages(tx, filter, size, kByNewIndex), pages);
        const auto counts = Count(tx, filter, kByRows);
        EXPECT_EQ(Count(tx, filter, kByKeptIndex), counts);
        EXPECT_EQ(Count(tx, filter, kByNewIndex), counts);
        return absl::OkStatus();
      });
    }
  }

  // By the index that is brought up to date from call to call, by one that is made anew from the outlines, or by none.
  enum Way { kByKeptIndex, kByNewIndex, kByRows };

  ReminderScan Scan(store::ReadTransaction& tx, const v1::ReminderFilter& filter, Way way) {
    plan::FieldErrors errors;
    Engine& engine = world_.engine();
    new_indexes_ = std::make_unique<EnrollmentIndexCache>();
    return ReminderScan(engine.context, way == kByNewIndex ? *new_indexes_ : engine.enrollment_index_cache, tx,
                        *Good(tx.GetClinic(clinic_)), Filter::Make(filter, clinic_, &errors),
                        way == kByRows ? ScanMethod::kEnrollmentRows : ScanMethod::kIndex);
  }

  ReminderCounts Count(store::ReadTransaction& tx, const v1::ReminderFilter& filter, Way way) {
    ReminderScan scan = Scan(tx, filter, way);
    return Good(CountByPhaseAndState(scan));
  }

  // Up to five pages.
  std::vector<std::string> Pages(store::ReadTransaction& tx, const v1::ReminderFilter& filter, int size, Way way) {
    std::vector<std::string> lines;
    std::optional<store::DuePosition> after;
    for (int i = 0; i < 5 && (i == 0 || after); ++i) {
      ReminderScan scan = Scan(tx, filter, way);
      ReminderPage page = Good(ListPage(scan, after, size));
      for (const v1::Reminder& reminder : page.reminders) lines.push_back(reminder.ShortDebugString());
      after = page.last;
    }
    return lines;
  }

  World& world_;
  const std::string clinic_;
  Random& random_;
  absl::Time now_ = At("2029-03-05T08:00");
  std::vector<std::string> enrollments_;
  std::unique_ptr<EnrollmentIndexCache> new_indexes_;
};

class ListingIndexTest : public ::testing::TestWithParam<int> {};

TEST_P(ListingIndexTest, AnIndexGivesWhatReadingEveryEnrollmentGives) {
  const uint64_t seed = SeedOfRun();
  World world(At("2029-03-01T06:00"));
  for (int i = 0; i < kClinics && !HasFailure(); ++i) {
    SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed, ", clinic ", i));
    Random random(seed + 1000 * GetParam() + i);
    History(world, absl::StrCat("box", i), random).Run();
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, ListingIndexTest, ::testing::Range(0, 4));

std::vector<std::string> Ids(World& world, const EnrollmentIndex& index) {
  std::vector<std::string> ids;
  world.Read([&](store::ReadTransaction& tx) {
    for (const EnrollmentIndex::Entry& entry : index.entries()) {
      ids.push_back(Good(tx.GetEnrollment(index.clinic(), "", entry.row_id))->enrollment);
    }
    return absl::OkStatus();
  });
  return ids;
}

TEST(EnrollmentIndexTest, PatientsWhoAreEnrolledLaterAreFoundByTheLog) {
  World world(At("2029-03-01T08:00"));
  world.CreateSandbox("box", At("2029-03-01T08:00"));
  world.CreateSandbox("other", At("2029-03-01T08:00"));
  world.CreatePathway("box", "knee", KneePathway());
  world.CreatePathway("other", "knee", KneePathway());
  EnrollmentIndex index("box", 0);
  const auto update = [&] {
    world.Read([&](store::ReadTransaction& tx) {
      return index.UpdateTo(world.engine().context, tx, Good(tx.LastEventSeq()), /*replanned=*/true);
    });
  };
  world.Enrol("box", "m", KneePatient("box"));
  update();
  EXPECT_THAT(Ids(world, index), ElementsAre("m"));
  world.Enrol("box", "z", KneePatient("box"));
  world.Enrol("other", "n", KneePatient("other"));
  world.Enrol("box", "a", KneePatient("box"));
  EXPECT_TRUE(world.End("clinics/box/enrollments/m").ok());
  update();
  EXPECT_THAT(Ids(world, index), ElementsAre("m", "z", "a"));
  EXPECT_TRUE(index.entries()[0].ended);
  EXPECT_EQ(index.cohorts().size(), 1u);
}

TEST(EnrollmentIndexCacheTest, AReaderOfAnOlderSnapshotIsGivenNoNewerIndex) {
  World world(At("2029-03-01T08:00"));
  world.CreateSandbox("box", At("2029-03-01T08:00"));
  world.CreatePathway("box", "knee", KneePathway());
  world.Enrol("box", "a", KneePatient("box"));
  EnrollmentIndexCache indexes;
  int64_t seq = 0;
  world.Read([&](store::ReadTransaction& tx) {
    seq = Good(tx.LastEventSeq());
    auto index = indexes.Take("box", 0, seq);
    EXPECT_EQ(index->seq(), -1);
    absl::Status status = index->UpdateTo(world.engine().context, tx, seq, /*replanned=*/true);
    indexes.GiveBack(std::move(index));
    return status;
  });
  EXPECT_EQ(indexes.Take("box", 0, seq - 1)->seq(), -1);
  EXPECT_EQ(indexes.Take("other", 0, seq)->seq(), -1);
  auto same = indexes.Take("box", 0, seq);
  EXPECT_EQ(same->seq(), seq);
  EXPECT_EQ(indexes.Take("box", 0, seq)->seq(), -1) << "it is in use";
  indexes.GiveBack(std::move(same));
  EXPECT_EQ(indexes.Take("box", 7, seq)->seq(), -1) << "by another calendar";
}

}  // namespace
}  // namespace aftercare::engine
