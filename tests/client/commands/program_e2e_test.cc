// What of the program needs no server: help, preview, checks, and how it fails.
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

ProcessResult Alone(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {}) {
  std::vector<std::string> command = {AFTERCARE_CLIENT};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunProgram(command, {.environment = environment});
}

std::vector<std::string> Preview(const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"preview",    "--pathway", kPathway,          "--procedure-date",
                                        "2026-03-02", "--zone",    "America/New_York"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(ProgramE2eTest, EveryCommandHasHelpWithAnExampleThatFits) {
  for (const char* command :
       {"demo", "preview", "pathway check", "pathway put", "pathway list", "clinic create", "clinic list", "clinic get",
        "clock advance", "enroll", "enrollments", "import", "end", "timeline", "adherence", "due",
        "complete", "watch", "deliver"}) {
    std::vector<std::string> arguments = Words(command);
    arguments.push_back("--help");
    const ProcessResult help = Alone(arguments);
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_THAT(help.out, HasSubstr(absl::StrCat("\n  aftercare ", command, " "))) << command;
    EXPECT_THAT(help.out, HasSubstr("Options of every command: --server")) << command;
    ExpectPlain(help.out, 100);
  }
}

TEST(ProgramE2eTest, TheHelpOfTheProgramNamesEveryCommand) {
  const ProcessResult help = Alone({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command : {"demo", "preview", "pathway", "clinic", "clock", "enroll", "enrollments", "import", "end",
                              "timeline", "adherence", "due", "complete", "watch", "deliver", "reply", "assign",
                              "decide"}) {
    EXPECT_THAT(help.out, HasSubstr(absl::StrCat("\n  ", command, " ")));
  }
  ExpectPlain(help.out, 100);
  EXPECT_EQ(Alone({"-h"}).out, help.out);
  EXPECT_THAT(Alone({"--version"}).out, testing::MatchesRegex("aftercare [0-9.]+ \\(commit [-0-9a-z]+\\)\n"));
}

TEST(ProgramE2eTest, ACommandLineThatMakesNoSenseEndsWithTwoAndSaysWhy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "which command?"},
      {"clinic", "which command?"},
      {"dew", "there is no command dew"},
      {"due --colour", "--colour"},
      {"due --state sleepy", "--state \"sleepy\": choose from scheduled, due"},
      {"due --limit x", "--limit"},
      {"watch --from yesterday", "\"yesterday\" is no time"},
      {"due --limit -1", "--limit must be 0"},
      {"due --timeout soon", "--timeout \"soon\""},
      {"enroll --patient P-1", "enroll needs --first-name, --pathway, --procedure-date, --consent"},
      {"enroll --file /nowhere", "cannot read /nowhere"},
      {"complete ice", "ENROLLMENT/RULE.DATE"},
      {"clock advance", "either --to or --by"},
      {"clock advance --by 3", "is no duration"},
      {"deliver --max 0", "--max"},
      {"deliver --wait long", "is no duration"},
      {"end ana --reason bored", "--reason \"bored\": choose from completed"},
      {"timeline ana --width 10", "--width must be at least"},
      {"adherence ana --csv --json", "--csv and --json do not go together"},
      {"pathway check /nowhere", "cannot read /nowhere"},
      {"demo", "--pathway is required"},
  };
  for (const auto& [line, why] : cases) {
    const ProcessResult outcome = Alone(Words(line), {"AFTERCARE_SERVER=127.0.0.1:1"});
    EXPECT_EQ(outcome.exit_code, 2) << line << "\n" << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(why)) << line;
    EXPECT_THAT(outcome.err, testing::StartsWith("aftercare: ")) << line;
    EXPECT_EQ(outcome.out, "") << line;
  }
}

TEST(ProgramE2eTest, WithoutAServerItEndsWithThreeAndSaysWhere) {
  for (const char* line : {"due", "clinic list", "timeline ana", "adherence ana", "watch", "deliver --once",
                           "complete ana/ice.2026-03-03"}) {
    const ProcessResult outcome = Alone(Words(line), {"AFTERCARE_SERVER=127.0.0.1:1"});
    EXPECT_EQ(outcome.exit_code, 3) << line;
    EXPECT_THAT(outcome.err, HasSubstr("no server answers at 127.0.0.1:1 (Connection refused)")) << line;
  }
}

TEST(ProgramE2eTest, APreviewIsAYearByPhase) {
  const ProcessResult outcome = Alone(Preview({"--factor", "severity=severe", "--locale", "es"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* phase : {"Initial reaction", "Early recovery", "Maximum benefits"}) {
    EXPECT_THAT(outcome.out, HasSubstr(absl::StrCat("\n\n", phase, "  ")));
  }
  EXPECT_THAT(outcome.out,
              HasSubstr("1 Tue  3 Mar  08:00 until 12:00            ice-am.2026-03-03\n       Hola, Ana."));
  ExpectPlain(outcome.out, 110);
}

TEST(ProgramE2eTest, APreviewInJsonHasTheFieldsItPromisesAndNoOthers) {
  const auto late = ObjectsOf(Alone(Preview({"--json", "--enrolled-at", "2026-03-04T12:00"})).out);
  ASSERT_GT(late.size(), 50u);
  int with_reason = 0;
  for (const auto& object : late) {
    for (const char* field : {"name", "phase", "category", "dueTime", "expireTime", "state"}) {
      EXPECT_NE(TextOf(object, field), "") << field;
    }
    const bool reason = TextOf(object, "reason") == "REMINDER_REASON_LATE_ENROLLMENT";
    EXPECT_EQ(reason, TextOf(object, "state") == "REMINDER_STATE_EXPIRED");
    EXPECT_EQ(object.fields_size(), reason ? 7 : 6);
    with_reason += reason ? 1 : 0;
  }
  EXPECT_GT(with_reason, 0);
}

TEST(ProgramE2eTest, APreviewNamesEveryFaultByItsOption) {
  const ProcessResult outcome = Alone({"preview", "--pathway", kPathway, "--procedure-date", "2026-02-30", "--zone",
                                 "Mars/Base", "--factor", "severity=awful", "--enrolled-at", "soon"});
  EXPECT_EQ(outcome.exit_code, 1);
  for (const char* option :
       {"--procedure-date: ", "--zone: ", "--factor, factors[\"severity\"]: ", "--enrolled-at: "}) {
    EXPECT_THAT(outcome.err, HasSubstr(option));
  }
}

TEST(ProgramE2eTest, APreviewCanBeAPicture) {
  const ProcessResult outcome = Alone(Preview({"--picture"}), {"COLUMNS=80"});
  EXPECT_THAT(outcome.out, HasSubstr("━━━━ Initial improvements"));
  ExpectPlain(outcome.out, 80);
}

TEST(ProgramE2eTest, ACheckCountsTheRemindersOfAYear) {
  const ProcessResult outcome = Alone({"pathway", "check", kPathway});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out,
              testing::ContainsRegex("reminders in the first year: [1-9][0-9]+ to [1-9][0-9]+, depending"));
  EXPECT_THAT(outcome.out, HasSubstr("  messages to one patient: at most 5 a day, 25 in seven days\n"
                                     "  ends by itself: 13 months after the procedure\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  therapy-cheer only if therapy done: less than 50 % of the days"));
}

TEST(ProgramE2eTest, ACheckWarnsOfRulesThatWouldSayTheSameTwice) {
  const std::string path = testing::TempDir() + "/twice.textproto";
  std::ofstream(path) << "display_name: \"Knee\"\ndefault_locale: \"en\"\nphases { id: \"p\" display_name: \"P\"\n"
                         "  span { days { first: 1 last: 3 } } }\n"
                         "rules { id: \"a\" phase: \"p\" category: \"c\" schedule { daily {} times: \"09:00\" }\n"
                         "  texts { key: \"en\" value: \"Hi\" } }\n"
                         "rules { id: \"b\" series: \"a\" phase: \"p\" category: \"c\" schedule { times: \"09:00\" }\n"
                         "  texts { key: \"en\" value: \"Hello\" } }\n";
  const ProcessResult outcome = Alone({"pathway", "check", path});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr(path + ":7:17: warning: rules \"a\" and \"b\" are of one series"));
}

// Hours that end at six leave no evening.
TEST(ProgramE2eTest, ACheckNamesTheMessagesThatContactHoursNeverLetOut) {
  const ProcessResult outcome = Alone({"pathway", "check", kPathway, "--contact-hours", "09:00-18:00"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("warning: rule \"ice-pm\" at 18:00 is never sent: the contact hours (09:00-18:00)"));
  EXPECT_THAT(outcome.err, HasSubstr("warning: rule \"pain-check\" at 19:30 is never sent"));
  EXPECT_THAT(outcome.err, HasSubstr("warning: rule \"therapy-again\" at 19:00 is never sent"));
  EXPECT_EQ(LinesOf(outcome.err).size(), 3u) << outcome.err;
  EXPECT_EQ(Alone({"pathway", "check", kPathway, "--contact-hours", "08:00-21:00"}).err, "");
  EXPECT_EQ(Alone({"pathway", "check", kPathway, "--contact-hours", "evenings"}).exit_code, 2);
  const ProcessResult refused = Alone({"pathway", "check", kPathway, "--contact-hours", "18:00-09:00"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--contact-hours.openings[0].closes: "));
}

TEST(ProgramE2eTest, ACheckNamesEveryFaultByLine) {
  const std::string path = testing::TempDir() + "/faulty.textproto";
  std::ofstream(path) << "display_name: \"Knee\"\ndefault_locale: \"en\"\nphases { id: \"p\" display_name: \"P\"\n"
                         "  span { days { first: 3 last: 1 } } }\n"
                         "rules { id: \"r\" phase: \"q\" category: \"c\"\n  schedule { times: \"9\" }\n"
                         "  texts { key: \"en\" value: \"Hi {nobody}\" } }\n";
  const ProcessResult outcome = Alone({"pathway", "check", path});
  EXPECT_EQ(outcome.exit_code, 1);
  for (const char* place : {":4:", ":5:", ":6:", ":7:"}) EXPECT_THAT(outcome.err, HasSubstr(path + place));
}

}  // namespace
}  // namespace aftercare::client
