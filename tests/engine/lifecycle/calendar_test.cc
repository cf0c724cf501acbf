// Contact hours, closed days and holidays: what they do to reminders, and what becomes of reminders when they change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kWeekdays[] = "weekdays: [WEEKDAY_MONDAY, WEEKDAY_TUESDAY, WEEKDAY_WEDNESDAY, WEEKDAY_THURSDAY, "
                             "WEEKDAY_FRIDAY] ";

class CalendarTest : public RealTimeFixture {
 protected:
  CalendarTest() : RealTimeFixture({.pathway_id = "days", .pathway = DaysPathway()}) {}

  absl::Status Update(const std::string& clinic, const std::vector<std::string>& mask = {}) {
    v1::UpdateClinicRequest request;
    *request.mutable_clinic() = FromText<v1::Clinic>(clinic);
    if (request.clinic().name().empty()) request.mutable_clinic()->set_name("clinics/north");
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return world_.Call(&Engine::clinics, &Clinics::Update, request).status();
  }

  static v1::Enrollment Patient(const std::string& id = "p-1", const std::string& clinic = "north") {
    return DaysPatient(clinic, id);
  }
  std::string Enrol(const std::string& id = "e") { return world_.Enrol("north", id, Patient("p-" + id)); }

  int Came(const std::string& reminder, const std::string& standing) {
    int count = 0;
    for (const v1::Event& event : world_.Events("north")) {
      count += event.reminder().name() == Name(reminder) &&
                       StateAndReason(event.reminder().state(), event.reminder().reason()) == standing
                   ? 1
                   : 0;
    }
    return count;
  }
};

TEST_F(CalendarTest, MessagesWaitForContactHoursAndTasksForOpenDays) {
  ASSERT_TRUE(Update(absl::StrCat("contact_hours { openings { ", kWeekdays, "opens: '10:00' closes: '16:00' } } "
                                  "closed_weekdays: [WEEKDAY_SATURDAY, WEEKDAY_SUNDAY] "
                                  "holidays { date: '2029-03-05' display_name: 'Founders day' }"))
                  .ok());
  Enrol();
  EXPECT_THAT(All("msg"), ElementsAre("SCHEDULED 2029-03-02T10:00", "SCHEDULED 2029-03-05T10:00",
                                      "SCHEDULED 2029-03-05T10:00", "SCHEDULED 2029-03-05T10:00"));
  EXPECT_THAT(All("task"), ElementsAre("SCHEDULED 2029-03-02T10:00", "SCHEDULED 2029-03-06T10:00",
                                       "SCHEDULED 2029-03-06T10:00", "SCHEDULED 2029-03-06T10:00"));
  world_.MoveTo(At("2029-03-02T10:00") - absl::Microseconds(1));
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  world_.MoveTo(At("2029-03-02T10:00"));
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
  world_.MoveTo(At("2029-03-06T10:00"));
  const v1::Reminder task = Good(world_.Get("clinics/north/enrollments/e/reminders/task.2029-03-03"));
  EXPECT_EQ(StateAndReason(task), "DUE");
  EXPECT_EQ(plan::ToTime(task.expire_time()), At("2029-03-06T12:00"));
  std::vector<v1::TimeStepKind> kinds;
  for (const v1::TimeStep& step : task.steps()) kinds.push_back(step.kind());
  EXPECT_THAT(kinds, ElementsAre(v1::TIME_STEP_KIND_NOMINAL, v1::TIME_STEP_KIND_CLOSED_DAY, v1::TIME_STEP_KIND_HOLIDAY));
  EXPECT_THAT(task.steps(2).description(), ::testing::HasSubstr("Mon 5 Mar 2029 (Founders day)"));
  world_.ExpectListsAgree("north");
}

TEST_F(CalendarTest, WithoutAnOpeningInsideItsWindowAMessageIsNeverOffered) {
  v1::Enrollment patient = Patient();
  *patient.mutable_contact_hours() = FromText<v1::ContactHours>(
      "openings { weekdays: WEEKDAY_WEDNESDAY opens: '10:00' closes: '16:00' }");
  world_.Enrol("north", "e", patient);
  EXPECT_EQ(Of("msg.2029-03-02"), "SUPPRESSED/OUTSIDE_CONTACT_HOURS 2029-03-02T09:00") << "from the start";
  world_.ExpectListsAgree("north");
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_EQ(Of("msg.2029-03-02"), "SUPPRESSED/OUTSIDE_CONTACT_HOURS 2029-03-02T09:00");
  world_.ExpectListsAgree("north");
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  EXPECT_EQ(Came("msg.2029-03-02", "DUE"), 0);
  EXPECT_EQ(Of("msg.2029-03-05"), "SCHEDULED 2029-03-07T10:00");
}

TEST_F(CalendarTest, WhatWaitedOrIsTriedAgainLeavesInContactHoursOnly) {
  ASSERT_TRUE(Update("contact_hours { openings { opens: '09:00' closes: '17:00' } }").ok());
  Enrol();
  world_.MoveTo(At("2029-03-02T16:59"));
  const std::vector<v1::Lease> evening = world_.Lease("north");  // for a minute
  ASSERT_THAT(evening, SizeIs(1));
  world_.MoveTo(At("2029-03-02T17:00"));
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 2029-03-02T09:00");
  EXPECT_EQ(world_.Report(evening[0].lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status().code(),
            static_cast<int>(absl::StatusCode::kFailedPrecondition));
  world_.MoveTo(At("2029-03-03T09:00") - absl::Microseconds(1));
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  world_.MoveTo(At("2029-03-03T09:00"));
  const std::vector<v1::Lease> morning = world_.Lease("north");
  ASSERT_THAT(morning, SizeIs(2));
  EXPECT_EQ(morning[0].attempt() + morning[1].attempt(), 3) << "the second time for one, the first for the other";
}

TEST_F(CalendarTest, ThePatientsHoursReplaceTheClinics) {
  ASSERT_TRUE(Update("contact_hours { openings { opens: '12:00' closes: '13:00' } }").ok());
  v1::Enrollment patient = Patient();
  patient.mutable_contact_hours();  // Set, and empty: always.
  world_.Enrol("north", "e", patient);
  EXPECT_EQ(Of("msg.2029-03-02"), "SCHEDULED 2029-03-02T09:00");
}

TEST_F(CalendarTest, NewHoursMoveWhatHasNotComeDueAndNothingElse) {
  Enrol();
  world_.MoveTo(At("2029-03-03T09:30"));
  ASSERT_TRUE(Update("contact_hours { openings { opens: '12:00' closes: '14:00' } }").ok());
  EXPECT_THAT(All("msg"), ElementsAre("DUE 2029-03-02T09:00", "DUE 2029-03-03T09:00", "SCHEDULED 2029-03-04T12:00",
                                      "SCHEDULED 2029-03-05T12:00"));
  world_.ExpectListsAgree("north");
  world_.MoveTo(At("2029-03-03T12:30"));  // when msg.2029-03-03 would be due by the new hours
  EXPECT_EQ(Came("msg.2029-03-03", "DUE"), 1);
  world_.ExpectListsAgree("north");
  world_.MoveTo(At("2029-03-04T12:00") - absl::Microseconds(1));
  EXPECT_EQ(Of("msg.2029-03-04"), "SCHEDULED 2029-03-04T12:00");
  world_.MoveTo(At("2029-03-04T12:00"));
  EXPECT_EQ(Of("msg.2029-03-04"), "DUE 2029-03-04T12:00");
  EXPECT_EQ(Came("msg.2029-03-04", "DUE"), 1);
  world_.ExpectListsAgree("north");
}

TEST_F(CalendarTest, WhatIsDueAtOnceByNewHoursComesDueAtOnce) {
  ASSERT_TRUE(Update("contact_hours { openings { opens: '18:00' closes: '19:00' } } closed_weekdays: WEEKDAY_FRIDAY").ok());
  Enrol();
  world_.MoveTo(At("2029-03-02T12:00"));
  EXPECT_EQ(Of("msg.2029-03-02"), "SCHEDULED 2029-03-02T18:00");
  EXPECT_EQ(Of("task.2029-03-02"), "SCHEDULED 2029-03-03T10:00");
  ASSERT_TRUE(Update("", {"contact_hours", "closed_weekdays"}).ok());
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 2029-03-02T09:00");
  EXPECT_EQ(Of("task.2029-03-02"), "DUE 2029-03-02T10:00");
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
  world_.ExpectListsAgree("north");
}

TEST_F(CalendarTest, WhatWasDoneAheadOfTimeStaysDoneWhereverItMoves) {
  Enrol();
  ASSERT_TRUE(world_.Complete("clinics/north/enrollments/e/reminders/msg.2029-03-04").ok());
  ASSERT_TRUE(Update("contact_hours { openings { weekdays: WEEKDAY_MONDAY opens: '10:00' closes: '12:00' } }").ok());
  EXPECT_EQ(Of("msg.2029-03-04"), "COMPLETED 2029-03-04T09:00");
  world_.ExpectListsAgree("north");
  world_.MoveTo(At("2029-03-05T10:00"));
  EXPECT_EQ(Came("msg.2029-03-04", "DUE"), 0);
  EXPECT_EQ(Of("msg.2029-03-05"), "DUE 2029-03-05T10:00");
  world_.ExpectListsAgree("north");
}

TEST_F(CalendarTest, WhatCameDueByEarlierHoursComesOnceThoughClocksAreSetBackOverARestart) {
  Enrol();
  world_.MoveTo(At("2029-03-02T12:00"));
  ASSERT_TRUE(Update("contact_hours { openings { opens: '11:00' closes: '20:00' } }").ok());
  world_.Stop();
  world_.clock().Set(At("2029-03-02T10:00"));
  world_.Start();
  world_.ExpectListsAgree("north");
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 2029-03-02T09:00");

  ASSERT_TRUE(world_.End("clinics/north/enrollments/e").ok());
  world_.ExpectListsAgree("north");
  EXPECT_EQ(Of("msg.2029-03-02"), "CANCELLED/ENROLLMENT_ENDED 2029-03-02T09:00");
}

TEST_F(CalendarTest, AnEndedEnrollmentKeepsItsStatesWhateverTheCalendar) {
  const std::string enrollment = Enrol();
  world_.MoveTo(At("2029-03-03T09:30"));
  ASSERT_TRUE(world_.End(enrollment).ok());
  const auto before = All("msg");
  ASSERT_TRUE(Update("contact_hours { openings { weekdays: WEEKDAY_MONDAY opens: '10:00' closes: '12:00' } }").ok());
  world_.ExpectListsAgree("north");
  EXPECT_EQ(Of("msg.2029-03-03"), before[1]);
  EXPECT_EQ(Of("msg.2029-03-05"), "CANCELLED/ENROLLMENT_ENDED 2029-03-05T10:00");
  world_.MoveTo(At("2029-04-01T00:00"));
  EXPECT_EQ(Came("msg.2029-03-04", "DUE"), 0);
}

TEST_F(CalendarTest, ASandboxIsPlannedAnewByItsOwnClock) {
  world_.CreateSandbox("box", At("2029-03-01T08:00"));
  world_.CreatePathway("box", "days", DaysPathway());
  const std::string e = world_.Enrol("box", "e", Patient("p-1", "box"));
  world_.Advance("box", At("2029-03-02T12:00"));
  ASSERT_TRUE(Update("name: 'clinics/box' contact_hours { openings { opens: '12:00' closes: '14:00' } }").ok());
  EXPECT_EQ(world_.Advance("box", At("2029-03-03T11:59")).fired_count(), 1);  // the task
  EXPECT_EQ(world_.StateOf(e + "/reminders/msg.2029-03-03"), "SCHEDULED");
  world_.Advance("box", At("2029-03-03T12:00"));
  EXPECT_EQ(world_.StateOf(e + "/reminders/msg.2029-03-03"), "DUE");
  world_.ExpectListsAgree("box");
}

// More enrollments than one mutation plans anew: in between some are stale.
class StaleTest : public CalendarTest {
 protected:
  static constexpr int kPatients = 3 * kReplannedPerMutation / 2;

  void EnrolMany() {
    for (int i = 0; i < kPatients; ++i) world_.Enrol("north", absl::StrCat("e", i), Patient(absl::StrCat("p-", i)));
  }

  // Changes the calendar as a crash right after that mutation leaves it: nobody goes on with it.
  void CrashAfterUpdate(const std::string& clinic) {
    world_.Stop();
    world_.StartStoreOnly();
    const auto changed = FromText<v1::Clinic>(clinic);
    Pending pending;
    world_.store().Submit(
        [&changed](store::WriteTransaction& tx) -> absl::Status {
          store::ClinicRow row = **tx.GetClinic("north");
          *row.data.mutable_contact_hours() = changed.contact_hours();
          row.calendar_fingerprint = CalendarFingerprint(row.data);
          row.replan_after = "";
          return tx.UpdateClinic(row);
        },
        pending.done());
    ASSERT_TRUE(pending.Wait().ok());
    world_.StopStoreOnly();
  }
  static std::map<std::string, int> IsAll(const std::string& standing) { return {{standing, kPatients}}; }
  // How the messages of a day stand: how many are in each state.
  std::map<std::string, int> Standings(const std::string& day) {
    std::map<std::string, int> standings;
    for (int i = 0; i < kPatients; ++i) {
      ++standings[world_.StateOf(absl::StrCat("clinics/north/enrollments/e", i, "/reminders/msg.", day))];
    }
    return standings;
  }
};

TEST_F(StaleTest, EveryEnrollmentIsPlannedAnewHoweverManyThereAre) {
  EnrolMany();
  ASSERT_TRUE(Update("contact_hours { openings { opens: '12:00' closes: '14:00' } }").ok());
  world_.Settle();
  world_.MoveTo(At("2029-03-02T12:00") - absl::Microseconds(1));
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  world_.MoveTo(At("2029-03-02T12:00"));
  EXPECT_EQ(Standings("2029-03-02"), IsAll("DUE"));
}

TEST_F(StaleTest, WhatACrashLeftIsPlannedAnewAtTheNextStart) {
  EnrolMany();
  CrashAfterUpdate("contact_hours { openings { opens: '07:00' closes: '08:30' } }");
  world_.clock().Set(At("2029-03-03T07:00"));  // msg.2029-03-02 moved to then
  world_.Start();
  world_.Settle();
  EXPECT_EQ(Standings("2029-03-02"), IsAll("DUE"));
  EXPECT_EQ(Standings("2029-03-03"), IsAll("SCHEDULED"));
  world_.Read([](store::ReadTransaction& tx) {
    auto clinic = tx.GetClinic("north");
    EXPECT_FALSE(clinic.ok() && (*clinic)->replan_after.has_value());
    return clinic.status();
  });
  world_.ExpectListsAgree("north", 1000);
}

// As an earlier version left it, which knew no outlines.
TEST_F(StaleTest, EnrollmentsWithoutAnOutlineAreGivenOne) {
  EnrolMany();
  ASSERT_TRUE(world_.End("clinics/north/enrollments/e7").ok());
  const auto outlines = [this] {
    std::map<int64_t, std::string> outlines;
    world_.Read([&](store::ReadTransaction& tx) {
      return tx.ForEachSchedule("north", [&](const store::ScheduleRow& row) {
        outlines[row.row_id] = std::string(row.outline);
        return absl::OkStatus();
      });
    });
    return outlines;
  };
  const std::map<int64_t, std::string> before = outlines();
  EXPECT_EQ(before.size(), static_cast<size_t>(kPatients));
  world_.Stop();
  world_.StartStoreOnly();
  Pending pending;
  world_.store().Submit(
      [](store::WriteTransaction& tx) -> absl::Status {
        store::EnrollmentQuery all;
        all.clinic = "north";
        const auto rows = tx.ListEnrollments(all);
        for (const store::EnrollmentRow& row : *rows) {
          EXPECT_TRUE(row.has_outline);
          if (absl::Status status = tx.UpdateEnrollment(row); !status.ok()) return status;
        }
        store::ClinicRow row = **tx.GetClinic("north");
        row.replan_after = "";
        return tx.UpdateClinic(row);
      },
      pending.done());
  ASSERT_TRUE(pending.Wait().ok());
  world_.StopStoreOnly();
  world_.Start();
  world_.ExpectListsAgree("north", 1000);
  world_.Settle();
  EXPECT_EQ(outlines(), before);
  world_.ExpectListsAgree("north", 1000);
}

TEST_F(StaleTest, AStaleEnrollmentIsShownAndEndedByTheNewCalendar) {
  Enrol();
  world_.MoveTo(At("2029-03-02T09:00"));
  // As it is between two mutations of the sweeper: by hand, with the sweeper told nothing.
  world_.Write([](store::WriteTransaction& tx) -> absl::Status {
    store::ClinicRow row = **tx.GetClinic("north");
    *row.data.mutable_contact_hours() =
        FromText<v1::ContactHours>("openings { opens: '12:00' closes: '14:00' }");
    row.calendar_fingerprint = CalendarFingerprint(row.data);
    return tx.UpdateClinic(row);
  });
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 2029-03-02T09:00");
  EXPECT_EQ(Of("msg.2029-03-03"), "SCHEDULED 2029-03-03T12:00");
  world_.ExpectListsAgree("north");
  world_.MoveTo(At("2029-03-03T09:00"));  // which its next_due still names
  EXPECT_EQ(Of("msg.2029-03-03"), "SCHEDULED 2029-03-03T12:00");
  ASSERT_TRUE(world_.End("clinics/north/enrollments/e").ok());
  EXPECT_EQ(Of("msg.2029-03-02"), "CANCELLED/ENROLLMENT_ENDED 2029-03-02T09:00");
  world_.ExpectListsAgree("north");
}

TEST_F(StaleTest, WhatAStaleEnrollmentHadComeDueComesDueBeforeItsEnd) {
  ASSERT_TRUE(Update("contact_hours { openings { opens: '18:00' closes: '19:00' } }").ok());
  Enrol();
  world_.MoveTo(At("2029-03-02T09:30"));
  world_.Write([](store::WriteTransaction& tx) -> absl::Status {
    store::ClinicRow row = **tx.GetClinic("north");
    row.data.clear_contact_hours();
    row.calendar_fingerprint = 0;
    return tx.UpdateClinic(row);
  });
  ASSERT_TRUE(world_.End("clinics/north/enrollments/e").ok());
  EXPECT_EQ(Came("msg.2029-03-02", "DUE"), 1);
  EXPECT_EQ(Of("msg.2029-03-02"), "CANCELLED/ENROLLMENT_ENDED 2029-03-02T09:00");
}

TEST_F(CalendarTest, EveryFaultOfACalendarIsNamed) {
  const absl::Status status = Update(R"pb(
    contact_hours {
      openings { opens: "9:00" closes: "24:01" }
      openings { opens: "10:00" closes: "10:00" }
      openings { opens: "10:00" closes: "12:00" weekdays: [WEEKDAY_MONDAY, WEEKDAY_MONDAY] }
      openings { opens: "11:00" closes: "24:00" }
    }
    closed_weekdays: [WEEKDAY_MONDAY, WEEKDAY_TUESDAY, WEEKDAY_WEDNESDAY, WEEKDAY_THURSDAY, WEEKDAY_FRIDAY,
                      WEEKDAY_SATURDAY, WEEKDAY_SUNDAY]
    holidays { date: "2029-02-29" }
    holidays { date: "2029-05-01" }
    holidays { date: "2029-05-01" }
  )pb");
  EXPECT_EQ(ErrorOf(status), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_THAT(BadFields(status),
              ElementsAre("clinic.contact_hours.openings[0].opens", "clinic.contact_hours.openings[0].closes",
                          "clinic.contact_hours.openings[1].closes", "clinic.contact_hours.openings[2].weekdays[1]",
                          "clinic.contact_hours.openings[3]", "clinic.closed_weekdays", "clinic.holidays[0].date",
                          "clinic.holidays[2].date"));
  Enrol();
  EXPECT_EQ(Of("msg.2029-03-02"), "SCHEDULED 2029-03-02T09:00") << "nothing of it is stored";
}

TEST_F(CalendarTest, APatientsHoursAreCheckedWithTheRest) {
  v1::CreateEnrollmentRequest request;
  request.set_parent("clinics/north");
  *request.mutable_enrollment() = Patient();
  request.mutable_enrollment()->set_first_name("");
  request.mutable_enrollment()->mutable_contact_hours()->add_openings()->set_opens("08:00");
  const absl::Status status = world_.Call(&Engine::enrollments, &Enrollments::Create, request).status();
  EXPECT_THAT(BadFields(status),
              ElementsAre("enrollment.first_name", "enrollment.contact_hours.openings[0].closes"));
}

TEST_F(CalendarTest, APreviewKeepsTheClinicsCalendarAndExplainsItself) {
  ASSERT_TRUE(Update("contact_hours { openings { opens: '12:00' closes: '14:00' } }").ok());
  v1::PreviewPlanRequest request;
  request.set_parent("clinics/north");
  request.set_pathway_name("clinics/north/pathways/days");
  request.mutable_enrollment()->set_procedure_date("2029-03-01");
  const auto preview = Good(world_.Call(&Engine::pathways, &Pathways::Preview, request));
  ASSERT_THAT(preview.reminders(), SizeIs(8));
  EXPECT_EQ(preview.reminders(1).name(), "msg.2029-03-02");
  EXPECT_EQ(plan::ToTime(preview.reminders(1).due_time()), At("2029-03-02T12:00"));
  ASSERT_THAT(preview.reminders(1).steps(), SizeIs(2));
  EXPECT_EQ(preview.reminders(1).steps(1).description(),
            "Outside the contact hours (12:00-14:00): moved to their next opening, Fri 2 Mar 2029 12:00.");
}

}  // namespace
}  // namespace aftercare::engine
