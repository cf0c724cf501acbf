// The first thing a newcomer sees, from its first line to the commands it ends with.
#include <signal.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

class DemoE2eTest : public ServerFixture {
 protected:
  std::vector<std::string> Demo(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"demo", "--pathway", kPathway};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  double Total(const google::protobuf::Struct& object, const std::string& name) const {
    return object.fields().at(name).number_value();
  }

  // How many reminders the server counts.
  int Counted(const std::vector<std::string>& filter) const {
    std::vector<std::string> arguments = {"due", "--count", "--json"};
    arguments.insert(arguments.end(), filter.begin(), filter.end());
    int count = 0;
    const std::string text = TextOf(ObjectsOf(Must(arguments)).at(0), "totalCount");
    EXPECT_TRUE(text.empty() || absl::SimpleAtoi(text, &count)) << text;
    return count;
  }
};

TEST_F(DemoE2eTest, AYearOfThreePatientsIsShownPhaseByPhase) {
  const std::string shown = Must(Demo());
  ExpectPlain(shown, 130);  // The commands at the end name this machine's paths; all else is checked below.
  for (const std::string& line : LinesOf(shown.substr(0, shown.find("\nTry\n")))) ExpectPlain(line, 100);
  for (const char* phase : {"Day of the procedure", "Initial reaction", "Early recovery", "Initial improvements",
                            "Gradual progress", "Continued improvement", "Maximum benefits"}) {
    EXPECT_THAT(shown, HasSubstr(absl::StrCat("\n\n", phase, "  days ")));
  }
  for (const char* said : {"up to 5 texts a day", "Hola, Mateo.", "Hi Ana", "for the care team", "sent at attempt 2",
                           "first contact point of Ana's baseline.2026-03-02", "none is left without an end",
                           "Ana wrote \"8\". That set off a task", "think I have a fever\". That set off a task"}) {
    EXPECT_THAT(shown, HasSubstr(said));
  }
}

TEST_F(DemoE2eTest, EveryReminderOfTheYearHasAnEndOnTheServer) {
  const auto objects = ObjectsOf(Must(Demo({"--json"})));
  const auto& total = objects.back();
  EXPECT_EQ(TextOf(total, "kind"), "total");
  EXPECT_EQ(Counted({"--all"}), Total(total, "planned") + Total(total, "setOff"));
  EXPECT_EQ(Counted({"--state", "sent"}), Total(total, "sent") - Total(total, "answered"));
  EXPECT_EQ(Counted({"--state", "completed", "--audience", "patient"}), Total(total, "answered"));
  EXPECT_EQ(Counted({"--state", "completed", "--audience", "care-team"}), Total(total, "tasksDone"));
  EXPECT_EQ(Counted({"--state", "due", "--audience", "care-team"}), Total(total, "tasksOpen"));
  // Yuki was enrolled at 23:00, too late for the question of that evening. Ana and Mateo have answered the first
  // question and six check-ins, so they are not asked again. Mateo does his therapy, so three kind words and two tasks
  // about it are not needed, and Ana's knee is not worse twice in a row. Both answer on all twelve days of
  // therapy, so neither is asked again.
  EXPECT_EQ(Total(total, "otherEnds"), 1 + 2 * (1 + 6) + 3 + 2 + 1 + 2 * 12);
  for (const char* open : {"scheduled", "leased"}) EXPECT_EQ(Counted({"--state", open}), 0) << open;
  EXPECT_EQ(Counted({"--state", "due", "--audience", "patient"}), 0);
  EXPECT_EQ(Total(total, "leases"), Total(total, "sent") + 2);  // Two messages had trouble at first.
}

TEST_F(DemoE2eTest, OnePatientIsAlarmingOneAdherentOneSilent) {
  const auto objects = ObjectsOf(Must(Demo({"--json"})));
  const auto& total = objects.back();
  EXPECT_EQ(Counted({"--all", "--category", "danger"}), 1);
  const int worse = Counted({"--all", "--category", "check-in", "--audience", "care-team"});
  EXPECT_GT(worse, 0);
  EXPECT_EQ(Counted({"--all", "--category", "pain"}), 1);
  EXPECT_EQ(Counted({"--all", "--category", "no-answer", "--patient", "P-1003"}), 7);  // Twice asked, seven times.
  const int further = 2 * 3 * 2;  // Ana and Mateo are asked two more questions on function, three times.
  EXPECT_EQ(Total(total, "setOff"), 1 + 1 + 7 + worse + further);
  for (const char* who : {"ana", "mateo"}) {
    EXPECT_THAT(Must({"adherence", who}), HasSubstr("\nfunction            3 ")) << who;
  }
  EXPECT_THAT(Must({"adherence", "ana"}), HasSubstr(" 50%  18/18"));
  EXPECT_THAT(Must({"adherence", "mateo"}), HasSubstr("100%  18/18"));
  EXPECT_THAT(Must({"adherence", "yuki"}), HasSubstr("  0%   0/18"));
}

TEST_F(DemoE2eTest, TheObjectsAddUp) {
  int phases = 0;
  double sent = 0;
  const auto objects = ObjectsOf(Must(Demo({"--json"})));
  for (const auto& object : objects) {
    if (TextOf(object, "kind") != "phase") continue;
    ++phases;
    sent += Total(object, "sent");
  }
  EXPECT_EQ(phases, 7 * 3);
  EXPECT_EQ(sent, Total(objects.back(), "sent"));
}

TEST_F(DemoE2eTest, EachRunHasAClinicOfItsOwn) {
  for (const char* clinic : {"show", "show-2", "show-3"}) {
    EXPECT_EQ(TextOf(ObjectsOf(Must(Demo({"--json", "--clinic", "show"}))).at(0), "name"),
              absl::StrCat("clinics/", clinic));
  }
}

TEST_F(DemoE2eTest, TheCommandsItEndsWithWorkAsPrinted) {
  const std::string shown = Must(Demo());
  std::vector<std::string> commands;
  for (const std::string& line : LinesOf(shown.substr(shown.find("\nTry\n")))) {
    if (absl::StartsWith(line, "  ") && !absl::StartsWith(line, "  #")) commands.push_back(line.substr(2));
  }
  ASSERT_EQ(commands.size(), 3u) << shown;
  EXPECT_THAT(RunProgram({"/bin/sh", "-c", commands[0]}).out, HasSubstr("Ana Alvarez · P-1001 · ana\n"));
  const ProcessResult due = RunProgram({"/bin/sh", "-c", commands[1]});
  EXPECT_EQ(LinesOf(due.out).size(), 1u + 3 + 7 + 4) << due.out;  // Visits to book, questions that Yuki never answers, and little therapy.
  ChildProcess watch({"/bin/sh", "-c", absl::StrCat("exec ", commands[2])});
  EXPECT_TRUE(watch.AwaitOut("patient   enrolled   ana"));
  EXPECT_TRUE(watch.AwaitOut("ana/visit-12-book.2027-02-16"));
  watch.Signal(SIGINT);
  EXPECT_EQ(watch.Wait().exit_code, 0);
}

TEST_F(DemoE2eTest, AFaultyPathwayIsRefusedBeforeAnythingIsMade) {
  WriteFile(Path("knee.textproto"), "display_name: \"Knee\"\n");
  const ProcessResult outcome = Aftercare({"demo", "--pathway", Path("knee.textproto")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("faults"));
  EXPECT_THAT(Must({"clinic", "list"}), HasSubstr("No clinics yet."));
}

TEST_F(DemoE2eTest, ItWorksWithAnyPathway) {
  WriteFile(
      Path("tiny.textproto"),
      "display_name: \"Tiny\" default_locale: \"en\"\n"
      "phases { id: \"p\" display_name: \"P\" span { days { first: 0 last: 3 } } }\n"
      "phases { id: \"empty\" display_name: \"Empty\" span { days { first: 4 last: 5 } } }\n"
      "rules { id: \"r\" phase: \"p\" category: \"c\" schedule { daily {} times: \"08:00\" window { hours: 1 } }\n"
      "  texts { key: \"en\" value: \"Hello\" } }\n");
  const auto total = ObjectsOf(Must({"demo", "--pathway", Path("tiny.textproto"), "--json"})).back();
  // At eight on day 0 nobody was enrolled yet: that is an end as well.
  EXPECT_EQ(Total(total, "planned"), 12);
  EXPECT_EQ(Total(total, "sent"), 9);
  EXPECT_EQ(Total(total, "otherEnds"), 3);
}

}  // namespace
}  // namespace aftercare::client
