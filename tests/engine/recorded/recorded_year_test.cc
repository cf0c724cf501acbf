// Databases that earlier versions left behind open, tell the same, and go on without sending anything twice.
#include "tests/engine/recorded/recorded_year.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"
#include "tests/support/temp_dir.h"

namespace aftercare::engine {
namespace {

struct Recorded {
  const char* folder;
  size_t stored_reminders;  // how many rows facts.db has; facts.txt also tells of reminders without a row

  friend void PrintTo(const Recorded& recorded, std::ostream* out) { *out << recorded.folder; }
};

// A line of facts.txt about a reminder: `reminder NAME STATE due TIME attempts COUNT`.
struct ReminderLine {
  explicit ReminderLine(const std::string& line) : words(absl::StrSplit(line, ' ')), name(words.at(1)) {}

  // Enrollment, rule and due time: what the reminder says and when, whatever it is called.
  std::string Occurrence() const { return absl::StrCat(name.substr(0, name.rfind('.')), " due ", words.at(4)); }

  std::vector<std::string> words;
  std::string name;
};

bool IsReminderLine(const std::string& line) { return absl::StartsWith(line, "reminder "); }

class RecordedYear : public ::testing::TestWithParam<Recorded> {
 protected:
  static std::string Path(const std::string& file) {
    return absl::StrCat(AFTERCARE_SOURCE_DIR, "/tests/engine/recorded/", GetParam().folder, "/", file);
  }
  static std::vector<std::string> Facts() { return absl::StrSplit(ReadFile(Path("facts.txt")), '\n'); }

  // The names of the reminders that have a row.
  std::set<std::string> StoredNames() {
    std::set<std::string> names;
    world_.Read([&](store::ReadTransaction& tx) {
      store::ReminderQuery query;
      query.clinic = "north";
      query.limit = 1'000'000;
      auto rows = tx.ListReminders(query);
      if (!rows.ok()) return rows.status();
      for (const store::ReminderRow& row : *rows) names.insert(ReminderNameOf(row.key));
      return absl::OkStatus();
    });
    return names;
  }

  // Returns what a line of facts.txt must be now. Until schema 5 a reminder without a row was numbered. It has the
  // local date in its name now, and the time too if `described`, its line now, says that its rule has several times a
  // day.
  static std::string Expected(const std::string& recorded, const std::string& described, absl::TimeZone zone,
                              const std::set<std::string>& stored) {
    if (!IsReminderLine(recorded) || stored.contains(ReminderLine(recorded).name)) return recorded;
    ReminderLine line(recorded);
    const bool is_numbered = line.name.find('-', line.name.rfind('.')) == line.name.npos;
    if (!is_numbered) return recorded;
    absl::Time due;
    EXPECT_TRUE(absl::ParseTime("%Y-%m-%dT%H:%M:%S", line.words.at(4), &due, nullptr)) << recorded;
    const std::string rule = line.name.substr(0, line.name.rfind('.'));
    const std::string timed = absl::StrCat(rule, absl::FormatTime(".%Y-%m-%d-%H%M", due, zone));
    const bool has_time = IsReminderLine(described) && ReminderLine(described).name == timed;
    line.words.at(1) = has_time ? timed : absl::StrCat(rule, absl::FormatTime(".%Y-%m-%d", due, zone));
    return absl::StrJoin(line.words, " ");
  }

  static std::string Utc(const v1::Reminder& reminder) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%S", plan::ToTime(reminder.due_time()), absl::UTCTimeZone());
  }

  World world_{RecordedYearEnd(), {}, kRecordedRetention, nullptr, Path("facts.db")};
};
INSTANTIATE_TEST_SUITE_P(Schemas, RecordedYear, ::testing::Values(Recorded{"schema-5", 643}, Recorded{"schema-6", 656},
                                           Recorded{"schema-7", 656}, Recorded{"schema-8", 656},
                                           Recorded{"schema-9", 656}));

TEST_P(RecordedYear, TellsWhatItTold) {
  const std::set<std::string> stored = StoredNames();
  EXPECT_EQ(stored.size(), GetParam().stored_reminders);
  const std::vector<std::string> facts = Facts();
  const std::vector<std::string> described = absl::StrSplit(DescribeClinic(world_), '\n');
  absl::TimeZone zone;
  for (size_t i = 0; i < std::min(facts.size(), described.size()); ++i) {
    if (absl::StartsWith(facts[i], "enrollment ")) {
      const std::vector<std::string> words = absl::StrSplit(facts[i], ' ');
      ASSERT_TRUE(absl::LoadTimeZone(words.at(7), &zone)) << facts[i];
    }
    ASSERT_EQ(described[i], Expected(facts[i], described[i], zone, stored)) << "line " << i + 1;
  }
  EXPECT_EQ(described.size(), facts.size());
  world_.ExpectListsAgree("north", 100);
}

TEST_P(RecordedYear, ALeaseThatWasGivenThenIsStillReported) {
  const std::string lease(absl::StripSuffix(ReadFile(Path("lease.txt")), "\n"));
  const v1::DeliveryResult result = world_.Report(lease, v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(ErrorOf(result.status()), "OK");
  EXPECT_EQ(result.state(), v1::REMINDER_STATE_SENT);
}

TEST_P(RecordedYear, WhatPatientsAnsweredIsCounted) {
  world_.AwaitTopic(kAdherenceCountedTopic, 0);
  int counted = 0;
  world_.Read([&](store::ReadTransaction& tx) {
    return tx.ForEachAdherence("north", [&](const store::AdherenceRow&) { ++counted; });
  });
  EXPECT_GT(counted, 0);
  const auto list = Good(world_.Call(&Engine::enrollments, &Enrollments::List,
                                     FromText<v1::ListEnrollmentsRequest>(
                                         "parent: 'clinics/north' adherence {} page_size: 1000")));
  for (int i = 0; i < list.enrollments_size(); ++i) {
    v1::GetAdherenceRequest request;
    request.set_name(list.enrollments(i).name());
    const auto said = Good(world_.Call(&Engine::enrollments, &Enrollments::GetAdherence, request)).adherence();
    EXPECT_EQ(list.summaries(i).end_date(), said.end_date()) << request.name();
    for (int p = 0; p < 3; ++p) {
      const v1::AdherencePeriod& period = said.categories(0).periods(p);
      EXPECT_EQ(list.summaries(i).periods(p).days_asked(), period.days_asked()) << request.name();
      EXPECT_EQ(list.summaries(i).periods(p).days_done(), period.days_done()) << request.name();
    }
  }
}

TEST_P(RecordedYear, GoesOnAndSendsNothingTwice) {
  std::set<std::string> told = ToldReminders(world_);
  EXPECT_GT(told.size(), 100u);
  const size_t before = told.size();
  for (absl::Time now = RecordedYearEnd(); now < RecordedYearEnd() + absl::Hours(60 * 24); now += absl::Hours(4)) {
    world_.MoveTo(now);
    for (const v1::Lease& lease : world_.Lease("north")) {
      EXPECT_TRUE(told.insert(lease.reminder()).second) << lease.reminder() << " was sent before";
      world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
    }
  }
  EXPECT_GT(told.size(), before + 20);
}

TEST_P(RecordedYear, GoesOnAndSendsWhatWasPlannedWhenItWasOpened) {
  // The gateway that held a message when the record ended has sent it.
  world_.Report(std::string(absl::StripSuffix(ReadFile(Path("lease.txt")), "\n")), v1::DELIVERY_OUTCOME_SENT);
  std::set<std::string> ended;  // occurrences that are not waiting
  for (const std::string& line : Facts()) {
    if (!IsReminderLine(line)) continue;
    const ReminderLine reminder(line);
    if (reminder.words.at(2) != "DUE") ended.insert(reminder.Occurrence());
  }
  const absl::Time end = RecordedYearEnd() + absl::Hours(60 * 24);
  v1::ReminderFilter waiting = FromText<v1::ReminderFilter>(
      "audience: AUDIENCE_PATIENT states: [ REMINDER_STATE_SCHEDULED, REMINDER_STATE_DUE, REMINDER_STATE_LEASED ]");
  plan::SetTimestamp(end, waiting.mutable_due_before());
  std::set<std::string> planned, leased;
  for (const v1::Reminder& reminder : world_.ListAll("north", waiting, 1000)) {
    planned.insert(absl::StrCat(reminder.name(), " due ", Utc(reminder)));
  }
  for (absl::Time now = RecordedYearEnd(); now <= end; now += absl::Hours(4)) {
    world_.MoveTo(now);
    for (const v1::Lease& lease : world_.Lease("north")) {
      const v1::Reminder reminder = Good(world_.Get(lease.reminder()));
      leased.insert(absl::StrCat(reminder.name(), " due ", Utc(reminder)));
      const std::string occurrence =
          absl::StrCat(reminder.name().substr(0, reminder.name().rfind('.')), " due ", Utc(reminder));
      EXPECT_FALSE(ended.contains(occurrence)) << reminder.name() << " was dealt with before";
      world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
    }
  }
  EXPECT_GT(planned.size(), 20u);
  EXPECT_EQ(leased, planned);
}

}  // namespace
}  // namespace aftercare::engine
