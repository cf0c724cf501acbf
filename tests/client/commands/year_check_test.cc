// `aftercare pathway check --year`: what it prints, and how it ends. It needs no server.
#include "services/client/commands/year_check.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/output.h"
#include "tests/support/process.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kKnee[] = AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto";

ProcessResult Check(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {AFTERCARE_CLIENT, "pathway", "check"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunProgram(command, {.environment = {"AFTERCARE_SERVER=127.0.0.1:1"}});
}

// Returns the faults of a pathway as lines.
std::vector<std::string> Faults(const std::string& rules) {
  const auto file = PathwayFile::Parse(
      "knee.textproto",
      "display_name: 'Knee' default_locale: 'en'\n"
      "factors { id: 'severity' values: ['mild', 'severe'] }\n"
      "phases { id: 'p' display_name: 'P' span { days { first: 0 last: 20 } } }\n" + rules);
  EXPECT_TRUE(file.ok()) << file.status();
  const auto compiled = file->Compile();
  EXPECT_TRUE(compiled.ok()) << compiled.status();
  plan::YearOptions options;
  options.first_date = absl::CivilDay(2027, 3, 1);
  options.dates = 3;
  std::vector<std::string> lines;
  const plan::YearReport report = plan::WalkYear(**compiled, options);
  for (const auto& fault : BrokenPromiseFaults(*file, **compiled, options, report)) {
    lines.push_back(fault.field + ": " + fault.description);
  }
  return lines;
}

TEST(YearCheckTest, TheShippedPathwayBreaksNoPromise) {
  const ProcessResult outcome = Check({kKnee, "--year", "--contact-hours", "08:00-21:00", "--from", "2026-12-01"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("\nProcedures from 2026-12-01 to 2027-11-30\n"
                                     "  walked: 2,916 combinations of factors ("));
  EXPECT_THAT(outcome.out, HasSubstr("\n  heaviest day: 5 messages, 5 SMS parts, 2 for safety, on day 1\n"
                                     "    ice-am, when-to-call, ice-noon, pain-relief, pain-check\n"
                                     "    any patient, procedure 2026-12-01 in America/New_York"));
  EXPECT_THAT(outcome.out, HasSubstr("\n  silent weeks: "));
  EXPECT_THAT(outcome.out, HasSubstr("\nNo promise is broken.\n"));
  ExpectPlain(outcome.out, 100);
}

// Hours that end at six leave no evening, and the task of bad pain nobody who could set it off by a pain check.
TEST(YearCheckTest, BrokenPromisesAreNamedWithAPatientAndEndWithOne) {
  const ProcessResult outcome = Check({kKnee, "--year", "--contact-hours", "08:00-18:00", "--from", "2026-12-01"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("4 broken promises\n"));
  EXPECT_THAT(outcome.err, HasSubstr("rule \"ice-pm\" on 2026-12-03 at 18:00 is never sent: the contact hours "
                                     "(08:00-18:00) do not open before its window closes. Example: any patient, "
                                     "procedure 2026-12-01 in America/New_York\n"));
  EXPECT_THAT(outcome.err, HasSubstr("rule \"bad-pain-task\" reacts to rule \"pain-check\", which none"));
  EXPECT_THAT(outcome.out, HasSubstr("heaviest day: "));
  EXPECT_THAT(outcome.out, Not(HasSubstr("No promise is broken")));
}

TEST(YearCheckTest, ADateOfNoCalendarOrWithoutAYearMakesNoSense) {
  const ProcessResult faulty = Check({kKnee, "--year", "--from", "2026-02-30"});
  EXPECT_EQ(faulty.exit_code, 2);
  EXPECT_THAT(faulty.err, HasSubstr("--from \"2026-02-30\" is no date (YYYY-MM-DD)"));
  EXPECT_EQ(Check({kKnee, "--from", "2026-02-03"}).exit_code, 2);
}

TEST(YearCheckTest, ACapNamesItsDaysAndWhatIsDue) {
  EXPECT_THAT(Faults("message_cap { per_day: 1 }\n"
                     "rules { id: 'r' phase: 'p' category: 'c' schedule { daily {} times: '09:00' }\n"
                     "  texts { key: 'en' value: 'Hi' } }\n"
                     "rules { id: 's' phase: 'p' category: 'c' conditions { factor: 'severity' values: 'severe' }\n"
                     "  schedule { on { days: 3 } on { days: 4 } on { days: 9 } times: ['10:00', '12:00'] }\n"
                     "  texts { key: 'en' value: 'Hi' } }\n"),
              ElementsAre("knee.textproto:4:15: 3 messages on day 3, though message_cap allows 1: r, s (2); so it is "
                          "on days 3-4, 9. Example: severity=severe, procedure 2027-03-01 in America/New_York; 1 of 3 "
                          "combinations"));
}

TEST(YearCheckTest, APhaseIsNamedAtItsPlace) {
  EXPECT_THAT(Faults("rules { id: 'r' phase: 'p' category: 'c' schedule { daily {} times: '09:00' }\n"
                     "  conditions { factor: 'severity' values: ['mild', 'severe'] }\n"
                     "  texts { key: 'en' value: 'Hi' } }\n"),
              ElementsAre("knee.textproto:3:1: phase \"p\" (days 0-20) has no message that does not depend on answers. "
                          "Example: severity not recorded, procedure 2027-03-01 in America/New_York; 1 of 3 "
                          "combinations"));
}

TEST(YearCheckTest, APathwayThatKeepsItsPromisesHasNoFaults) {
  EXPECT_THAT(Faults("rules { id: 'r' phase: 'p' category: 'c' schedule { daily {} times: '09:00' }\n"
                     "  texts { key: 'en' value: 'Hi' } }\n"),
              IsEmpty());
}

}  // namespace
}  // namespace aftercare::client
