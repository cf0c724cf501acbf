// The tasks of the care team, as those who work them off see them.
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// On the day after the procedure a message at 9:00, and tasks at 10:00 whose deadline is at 12:00. `call` escalates
// then, and again at 13:00.
constexpr char kTasks[] = R"pb(
  display_name: "Tasks" default_locale: "en"
  phases { id: "first" display_name: "First days" span { days { first: 0 last: 20 } } }
  rules {
    id: "call" phase: "first" category: "nurse" audience: AUDIENCE_CARE_TEAM
    schedule { on { days: 1 } times: "10:00" window { hours: 2 } }
    escalation { deadline { seconds: 3600 } category: "on-call" urgency: URGENCY_URGENT }
    escalation { deadline { seconds: 1800 } urgency: URGENCY_EMERGENCY }
    texts { key: "en" value: "Call {first_name}." }
  }
  rules {
    id: "note" phase: "first" category: "nurse" audience: AUDIENCE_CARE_TEAM urgency: URGENCY_URGENT
    schedule { on { days: 1 } times: "10:00" window { hours: 2 } }
    texts { key: "en" value: "Read the notes." }
  }
  rules {
    id: "msg" phase: "first" category: "message"
    schedule { on { days: 1 } times: "09:00" window { days: 2 } }
    texts { key: "en" value: "Hello." }
  }
)pb";

class TasksE2eTest : public ServerFixture {
 protected:
  // Makes a sandbox with two patients, ana and ben. Its clock stands at 9:00 on the day of their procedures.
  void MakeTasks() {
    WriteFile(Path("tasks.textproto"), kTasks);
    Must({"clinic", "create", "demo", "--name", "Lakeside", "--zone", "UTC", "--test-clock", "2026-03-02T09:00"});
    Must({"pathway", "put", Path("tasks.textproto"), "--id", "tasks"});
    Enroll("ana", "P-17");
    Enroll("ben", "P-18");
  }

  void Enroll(const std::string& id, const std::string& patient) {
    Must({"enroll", "--id", id, "--patient", patient, "--first-name", id, "--pathway", "tasks", "--procedure-date",
          "2026-03-02", "--sms", "+15550100", "--consent", "granted"});
  }

  void Until(const std::string& time) { Must({"clock", "advance", "--to", "2026-03-03T" + time}); }
};

TEST_F(TasksE2eTest, OpenTasksAreListedByUrgencyAndEscalateUntilSomebodySeesToThem) {
  MakeTasks();
  EXPECT_EQ(Must({"tasks"}), "No tasks are to be done.\n");
  Until("10:30");
  EXPECT_EQ(Must({"tasks", "--patient", "P-17"}),
            "URGENCY  DEADLINE (UTC)    TASK                 PATIENT  CATEGORY  STEP  ACKNOWLEDGED  TEXT\n"
            "urgent   2026-03-03 12:00  ana/note.2026-03-03  P-17     nurse        0  no            Read the notes.\n"
            "routine  2026-03-03 12:00  ana/call.2026-03-03  P-17     nurse        0  no            Call ana.\n");
  EXPECT_EQ(Must({"acknowledge", "ana/call.2026-03-03"}),
            "ana/call.2026-03-03 is acknowledged, and still to be done\n");
  Until("13:00");
  EXPECT_THAT(Must({"tasks", "--category", "on-call"}),
              ContainsRegex("emergency +2026-03-03 13:30 +ben/call.2026-03-03 +P-18 +on-call +2 +no +Call ben.\n$"));
  EXPECT_THAT(Must({"tasks"}),
              ContainsRegex("routine +2026-03-03 12:00 OVERDUE +ana/call.2026-03-03 .* nurse +0 +2026-03-03 10:30 "));
  const std::string open = Must({"tasks", "--unacknowledged"});
  EXPECT_THAT(open, Not(HasSubstr("ana/call")));
  EXPECT_THAT(open, HasSubstr("ana/note"));
  EXPECT_EQ(Must({"ack", "ben/call.2026-03-03"}), "ben/call.2026-03-03 is acknowledged, and still to be done\n");
  EXPECT_EQ(Must({"complete", "ben/call.2026-03-03"}), "ben/call.2026-03-03 is completed\n");
  EXPECT_EQ(Must({"ack", "ben/call.2026-03-03"}), "ben/call.2026-03-03 is completed\n");
  EXPECT_THAT(Must({"tasks"}), Not(HasSubstr("ben/call")));
}

TEST_F(TasksE2eTest, StepsAreShownWhereverATaskIs) {
  MakeTasks();
  Until("12:30");
  Must({"ack", "ben/call.2026-03-03"});
  EXPECT_THAT(Must({"due"}), HasSubstr("due (step 1)                ana/call.2026-03-03"));
  EXPECT_THAT(Must({"due", "--category", "on-call"}), HasSubstr("due (step 1, acknowledged)  ben/call.2026-03-03"));
  EXPECT_THAT(Must({"why", "ben/call.2026-03-03"}),
              HasSubstr("done by   Tue 3 Mar 2026 13:00\n"
                        "urgency   urgent\n"
                        "escalated 1 step: nobody had acknowledged it by its deadline. Category, urgency and "
                        "deadline are\n"
                        "          those of the last step.\n"
                        "seen to   since Tue 3 Mar 2026 12:30\n"));
  const std::string file = Path("tasks.textproto");
  EXPECT_THAT(Must({"preview", "--pathway", file, "--procedure-date", "2026-03-02", "--zone", "UTC"}),
              HasSubstr("urgent task for the care team"));
}

TEST_F(TasksE2eTest, JsonIsOneTaskALineInTheSameOrderFromAllPages) {
  MakeTasks();
  Until("13:00");
  const auto tasks = ObjectsOf(Must({"tasks", "--json"}));
  ASSERT_THAT(tasks, SizeIs(4));
  EXPECT_EQ(TextOf(tasks[0], "urgency"), "URGENCY_EMERGENCY");
  EXPECT_EQ(TextOf(tasks[3], "urgency"), "URGENCY_URGENT");
  const auto acknowledged = ObjectsOf(Must({"ack", "ana/call.2026-03-03", "--json"}));
  ASSERT_THAT(acknowledged, SizeIs(1));
  EXPECT_EQ(TextOf(acknowledged[0], "acknowledgeTime"), "2026-03-03T13:00:00Z");
  EXPECT_THAT(ObjectsOf(Must({"tasks", "--json", "--category", "nobody"})), IsEmpty());
}

TEST_F(TasksE2eTest, WhatMakesNoSenseIsRefusedByName) {
  MakeTasks();
  EXPECT_THAT(Aftercare({"ack", "ana/msg.2026-03-03"}).err, HasSubstr("NOT_A_TASK"));
  EXPECT_THAT(Aftercare({"ack", "ana/call.2026-03-03"}).err, HasSubstr("INVALID_TRANSITION"));
  EXPECT_THAT(Aftercare({"ack", "ana/call.2026-03-04"}).err, HasSubstr("REMINDER_NOT_FOUND"));
  EXPECT_EQ(Aftercare({"ack", "call"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"ack"}).exit_code, 2);
  EXPECT_THAT(Aftercare({"tasks", "--category", "No Id"}).err, HasSubstr("filter.categories[0]"));
  EXPECT_THAT(Aftercare({"tasks", "--clinic", "nowhere"}).err, HasSubstr("CLINIC_NOT_FOUND"));
  EXPECT_EQ(Aftercare({"tasks", "today"}).exit_code, 2);
}

}  // namespace
}  // namespace aftercare::client
