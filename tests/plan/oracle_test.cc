// Random plans in every zone against tests/plan/oracle.py, which shares with the product neither the arithmetic of days
// nor the reader of zones. Prints its seed; AFTERCARE_SEED runs another.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/json_util.h"
#include "scheduler/plan/placement.h"
#include "tests/plan/random_plan.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

constexpr int kRounds = 6;  // Cases in each of some 600 zones.

std::string Json(const google::protobuf::Message& message) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json).ok());
  return json;
}

std::string ReasonText(v1::ReminderReason reason) {
  if (reason == v1::REMINDER_REASON_UNSPECIFIED) return "-";
  return v1::ReminderReason_Name(reason).substr(sizeof("REMINDER_REASON_") - 1);
}

int64_t Nanos(absl::Time time) { return time == absl::InfinitePast() ? INT64_MIN : absl::ToUnixNanos(time); }

std::string SuspensionJson(const Suspension& suspension) {
  return absl::StrCat(R"({"from":)", Nanos(suspension.from), R"(,"until":)", Nanos(suspension.until), R"(,"reason":")",
                      ReasonText(suspension.reason), "\"}");
}

// Has the first rule come due every day of the two months after the procedure, at times about those at which clocks
// change in them, if they do.
void AskAboutTheChange(const PatientFacts& facts, Random* random, v1::Pathway* pathway) {
  absl::TimeZone::CivilTransition change;
  const absl::Time from = facts.zone.At(absl::CivilSecond(facts.procedure_date)).pre;
  if (!facts.zone.NextTransition(from, &change)) return;
  std::set<int> minutes;
  for (const absl::CivilSecond shown : {change.from, change.to}) {
    const int minute = shown.hour() * 60 + shown.minute() + random->Between(-90, 90);
    minutes.insert(std::clamp(minute, 0, 24 * 60 - 2));
  }
  pathway->mutable_rules(0)->set_phase("year");
  pathway->mutable_rules(0)->clear_visit();
  pathway->mutable_rules(0)->clear_on_never_told();
  v1::Schedule* schedule = pathway->mutable_rules(0)->mutable_schedule();
  *schedule = FromText<v1::Schedule>("span { days { first: 0 last: 61 } } daily {}");
  for (const int minute : minutes) schedule->add_times(absl::StrFormat("%02d:%02d", minute / 60, minute % 60));
  if (random->OneIn(2)) schedule->mutable_window()->set_hours(random->Between(1, 48));
}

// The case as the oracle reads it, on one line.
std::string CaseJson(const CompiledPathway& pathway, const RandomFacts& facts) {
  std::vector<std::string> applies, spread, holds, visits;
  for (const record::v1::VisitRecord& visit : facts.history.visits()) visits.push_back(Json(visit));
  for (int rule = 0; rule < pathway.rule_count(); ++rule) {
    applies.push_back(facts.rules[rule] ? "true" : "false");
    spread.push_back(absl::StrCat(Placer(facts).SpreadFor(pathway.rule(rule), pathway.rule_source(rule).id())));
  }
  holds.push_back(SuspensionJson({absl::InfinitePast(), facts.enroll_time, v1::REMINDER_REASON_LATE_ENROLLMENT}));
  for (const Suspension& suspension : facts.suspensions) holds.push_back(SuspensionJson(suspension));
  return absl::StrCat(R"({"zone":")", facts.zone.name(), R"(","date":")", FormatDate(facts.procedure_date),
                      R"(","holds":[)", absl::StrJoin(holds, ","), R"(],"hours":)", Json(facts.contact_hours),
                      R"(,"clinic":)", Json(facts.clinic), R"(,"applies":[)", absl::StrJoin(applies, ","),
                      R"(],"spread":[)", absl::StrJoin(spread, ","), R"(],"visits":[)", absl::StrJoin(visits, ","),
                      R"(],"neverToldMicros":)", facts.history.never_told().change_micros(),
                      R"(,"pathway":)", Json(pathway.source()), "}");
}

// The plan as the oracle writes it.
std::vector<std::string> PlanLines(const CompiledPathway& pathway, const PatientFacts& facts) {
  std::vector<std::string> lines;
  for (const Occurrence& occurrence : WholePlan(pathway, facts)) {
    const bool missed = occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED;
    lines.push_back(absl::StrCat(occurrence.rule, ".", occurrence.number, " ", FormatMinute(occurrence.nominal), " ",
                                 absl::ToUnixNanos(occurrence.due), " ", absl::ToUnixNanos(occurrence.expire), " ",
                                 ReasonText(occurrence.missed), " ",
                                 missed ? absl::ToUnixNanos(occurrence.missed_time) : 0, " ",
                                 occurrence.outside_contact_hours ? "outside" : "-"));
  }
  return lines;
}

// What the oracle says to all cases, in their order.
std::vector<std::vector<std::string>> AskOracle(const std::vector<std::string>& cases) {
  const std::string directory = absl::StrCat(testing::TempDir(), "aftercare-oracle-", getpid());
  std::filesystem::create_directories(directory);
  const std::string questions = directory + "/questions", answers = directory + "/answers";
  std::ofstream(questions) << absl::StrJoin(cases, "\n") << "\n";
  const std::string command =
      absl::StrCat("python3 '", AFTERCARE_SOURCE_DIR, "/tests/plan/oracle.py' <'", questions, "' >'", answers, "'");
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::vector<std::vector<std::string>> plans(1);
  std::ifstream file(answers);
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) {
      plans.emplace_back();
    } else {
      plans.back().push_back(line);
    }
  }
  plans.pop_back();
  std::filesystem::remove_all(directory);
  return plans;
}

TEST(OracleTest, PlansAreWhatAnIndependentModelSaysInEveryZone) {
  const uint64_t seed = SeedOfRun();
  Random random(seed);
  std::vector<std::string> cases;
  std::vector<std::vector<std::string>> plans;
  size_t at_changes = 0;  // Occurrences at a time that clocks skip or repeat.
  const std::vector<std::string> zones = AllZones();
  for (int round = 0; round < kRounds; ++round) {
    for (const std::string& zone : zones) {
      v1::Pathway source = RandomPathway(&random);
      const std::string& other_zone = zones[random.Between(0, static_cast<int>(zones.size()) - 1)];
      const RandomFacts facts = RandomPatient(*CompileGood(source), zone, other_zone, &random);
      AskAboutTheChange(facts, &random, &source);
      const auto pathway = CompileGood(source);
      ASSERT_NE(pathway, nullptr);
      cases.push_back(CaseJson(*pathway, facts));
      plans.push_back(PlanLines(*pathway, facts));
      for (const Occurrence& occurrence : WholePlan(*pathway, facts)) {
        const auto read = facts.zone.At(absl::CivilSecond(occurrence.nominal));
        at_changes += read.kind == absl::TimeZone::TimeInfo::UNIQUE ? 0 : 1;
      }
    }
  }
  const std::vector<std::vector<std::string>> expected = AskOracle(cases);
  ASSERT_EQ(expected.size(), cases.size());
  size_t occurrences = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    occurrences += plans[i].size();
    for (size_t j = 0; j < std::max(plans[i].size(), expected[i].size()); ++j) {
      const std::string ours = j < plans[i].size() ? plans[i][j] : "nothing more";
      const std::string theirs = j < expected[i].size() ? expected[i][j] : "nothing more";
      ASSERT_EQ(ours, theirs) << "AFTERCARE_SEED=" << seed << "\n" << cases[i];
    }
  }
  std::cout << occurrences << " occurrences of " << cases.size() << " plans, " << at_changes
            << " of them at a time that clocks skip or repeat" << std::endl;
  EXPECT_GT(occurrences, 100'000u);
  EXPECT_GT(at_changes, 200u);
}

}  // namespace
}  // namespace aftercare::plan
