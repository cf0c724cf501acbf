// The server over time zones whose rules change while it is down: a directory of zones of its own, in which New York
// gets the rules of another place. Time is a sandbox's.
#include <signal.h>

#include <filesystem>

#include "scheduler/plan/civil.h"
#include "tests/crash/running.h"

namespace aftercare::crash {
namespace {

namespace fs = std::filesystem;
using e2e::At;
using e2e::Call;
using e2e::Client;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kClinic[] = "riverside";

// A message on each of days 1 to 3, at 09:00 by the patient's clock.
v1::Pathway Mornings() {
  return FromText<v1::Pathway>(R"(
      display_name: "Mornings" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 1 last: 3 } } }
      rules { id: "ice" phase: "p" category: "ice" schedule { daily {} times: "09:00" }
              texts { key: "en" value: "Ice" } })");
}

std::vector<std::string> Reminders(const std::vector<v1::Lease>& leases) {
  std::vector<std::string> names;
  for (const v1::Lease& lease : leases) names.push_back(lease.reminder().substr(lease.reminder().rfind('/') + 1));
  return names;
}

class ZonesTest : public ::testing::Test {
 protected:
  ZonesTest() {
    for (const char* room : {"America", "Asia", "Europe"}) {
      fs::create_directories(zones_);
      fs::copy(fs::path(plan::ZoneDirectory()) / room, zones_ / room,
               fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    }
  }

  Running Start() { return Running(dir_.File("aftercare.db"), {"TZDIR=" + zones_.string()}); }

  static void Stop(Running& server) {
    server.client.reset();  // An idle client takes seconds to notice that the server goes.
    server.process.Signal(SIGTERM);
    EXPECT_EQ(server.process.Wait().exit_code, 0);
  }

  // From now on New York goes by the clocks of another place.
  void GiveNewYorkTheRulesOf(const std::string& zone) {
    fs::remove(zones_ / "America/New_York");
    fs::copy_file(zones_ / zone, zones_ / "America/New_York");
  }

  // Enrols, and sends what is due on day 1, which is 2026-03-02, at 09:00 in New York.
  static void SendTheFirst(Client& client) {
    e2e::CreateClinic(client, kClinic, "2026-03-01T12:00:00Z");
    e2e::CreatePathway(client, kClinic, "knee", Mornings());
    e2e::Enroll(client, e2e::Patient(kClinic, "ana", "2026-03-01"));
    e2e::Advance(client, kClinic, "2026-03-02T14:00:00Z");
    const std::vector<v1::Lease> leases = e2e::LeaseAll(client, kClinic);
    ASSERT_THAT(Reminders(leases), ElementsAre("ice.2026-03-02"));
    e2e::ReportSent(client, leases);
  }

  static v1::Reminder Get(Client& client, const std::string& reminder) {
    v1::GetReminderRequest request;
    request.set_name(absl::StrCat("clinics/", kClinic, "/enrollments/ana/reminders/", reminder));
    return Call(*client.reminders, &v1::ReminderService::Stub::GetReminder, request)->reminder();
  }
  static absl::Time Due(Client& client, const std::string& reminder) {
    return e2e::ToTime(Get(client, reminder).due_time());
  }

  // That nothing is offered until `due`, and the reminder then.
  static void ExpectOffered(Client& client, const std::string& reminder, absl::Time due) {
    EXPECT_EQ(Due(client, reminder), due) << reminder;
    e2e::Advance(client, kClinic, absl::FormatTime(due - absl::Seconds(1), absl::UTCTimeZone()));
    EXPECT_THAT(Reminders(e2e::LeaseAll(client, kClinic)), IsEmpty());
    e2e::Advance(client, kClinic, absl::FormatTime(due, absl::UTCTimeZone()));
    EXPECT_THAT(Reminders(e2e::LeaseAll(client, kClinic)), ElementsAre(reminder));
  }

  TempDir dir_;
  const fs::path zones_ = dir_.File("zones");
};

TEST_F(ZonesTest, WhatIsToComeGoesByNewRulesThatMakeItLater) {
  {
    Running server = Start();
    ASSERT_GT(server.port, 0);
    SendTheFirst(*server.client);
    EXPECT_EQ(Due(*server.client, "ice.2026-03-03"), At("2026-03-03T14:00:00Z"));
    Stop(server);
  }
  GiveNewYorkTheRulesOf("America/Los_Angeles");
  Running server = Start();
  ASSERT_GT(server.port, 0);
  // By the new rules the first would be due only now.
  e2e::Advance(*server.client, kClinic, "2026-03-02T17:00:00Z");
  EXPECT_THAT(Reminders(e2e::LeaseAll(*server.client, kClinic)), IsEmpty());
  EXPECT_EQ(Get(*server.client, "ice.2026-03-02").state(), v1::REMINDER_STATE_SENT);
  EXPECT_EQ(Get(*server.client, "ice.2026-03-02").attempts(), 1);
  ExpectOffered(*server.client, "ice.2026-03-03", At("2026-03-03T17:00:00Z"));
  ExpectOffered(*server.client, "ice.2026-03-04", At("2026-03-04T17:00:00Z"));
}

TEST_F(ZonesTest, WhatIsToComeGoesByNewRulesThatMakeItEarlier) {
  {
    Running server = Start();
    ASSERT_GT(server.port, 0);
    SendTheFirst(*server.client);
    Stop(server);
  }
  GiveNewYorkTheRulesOf("Asia/Tokyo");
  Running server = Start();
  ASSERT_GT(server.port, 0);
  // The second is due ten hours after the first was; of the first there is nothing more.
  ExpectOffered(*server.client, "ice.2026-03-03", At("2026-03-03T00:00:00Z"));
  EXPECT_EQ(Get(*server.client, "ice.2026-03-02").state(), v1::REMINDER_STATE_SENT);
  ExpectOffered(*server.client, "ice.2026-03-04", At("2026-03-04T00:00:00Z"));
  e2e::Advance(*server.client, kClinic, "2026-03-10T00:00:00Z");
  EXPECT_THAT(Reminders(e2e::LeaseAll(*server.client, kClinic)), IsEmpty());
}

TEST_F(ZonesTest, AServerThatIsKilledWhileItPlansAnewLeavesTheRestToTheNext) {
  {
    Running server = Start();
    ASSERT_GT(server.port, 0);
    SendTheFirst(*server.client);
    for (int i = 0; i < 600; ++i) {
      e2e::Enroll(*server.client, e2e::Patient(kClinic, absl::StrCat("p", i), "2026-03-01"));
    }
    Stop(server);
  }
  GiveNewYorkTheRulesOf("Asia/Tokyo");
  for (int kill = 0; kill < 3; ++kill) {
    Running server = Start();
    ASSERT_GT(server.port, 0);
    server.process.Signal(SIGKILL);
    EXPECT_EQ(server.process.Wait().exit_code, 128 + SIGKILL);
  }
  Running server = Start();
  ASSERT_GT(server.port, 0);
  e2e::LeaseAll(*server.client, kClinic);  // What was due by the old rules, of the 600.
  EXPECT_EQ(e2e::Advance(*server.client, kClinic, "2026-03-02T23:59:59Z").fired_count(), 0);
  EXPECT_EQ(e2e::Advance(*server.client, kClinic, "2026-03-03T00:00:00Z").fired_count(), 601);
  EXPECT_EQ(e2e::Advance(*server.client, kClinic, "2026-03-03T23:59:59Z").fired_count(), 0);
}

TEST_F(ZonesTest, AServerWithoutTimeZonesDoesNotStart) {
  fs::remove_all(zones_);
  Running server = Start();
  EXPECT_EQ(server.port, 0);
  EXPECT_EQ(server.process.Wait().exit_code, 2);
  EXPECT_FALSE(fs::exists(dir_.File("aftercare.db")));
}

TEST_F(ZonesTest, AServerThatLacksAZoneSomebodyLivesInDoesNotStartAndChangesNothing) {
  {
    Running server = Start();
    ASSERT_GT(server.port, 0);
    SendTheFirst(*server.client);
    Stop(server);
  }
  fs::rename(zones_ / "America/New_York", zones_ / "America/Gone_York");
  {
    Running server = Start();
    EXPECT_EQ(server.port, 0);
    EXPECT_EQ(server.process.Wait().exit_code, 2);
  }
  fs::rename(zones_ / "America/Gone_York", zones_ / "America/New_York");
  Running server = Start();
  ASSERT_GT(server.port, 0);
  ExpectOffered(*server.client, "ice.2026-03-03", At("2026-03-03T14:00:00Z"));
}

}  // namespace
}  // namespace aftercare::crash
