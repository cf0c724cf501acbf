// How the database finds what is asked for often: by an index, in its order. The statements are those that the code
// prepares, each noted together with the method that ran it.
#include <deque>

#include "scheduler/store/migrations.h"
#include "scheduler/store/sqlite_driver.h"
#include "tests/store/spy_driver.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

class QueryPlan : public testing::Test {
 protected:
  void SetUp() override {
    driver_ = *OpenSqlite(directory_.File("facts.db"));
    connection_ = *driver_->ConnectWriter();
    ASSERT_THAT(Migrate(*connection_, driver_->dialect()), IsOk());
  }

  // The lines of the plans of the statements that `calls` prepares.
  template <typename Calls>
  std::vector<std::string> PlansOf(Calls calls) {
    Spy spy;
    {
      const std::unique_ptr<Connection> spied = WithSpy(*driver_->ConnectReader(), spy, /*writes=*/false);
      ReadTransaction tx(*spied, numbers_);
      calls(tx);
    }
    std::vector<std::string> lines;
    for (const std::string& statement : spy.statements()) Explain(statement, lines);
    return lines;
  }
  template <typename Calls>
  std::vector<std::string> PlansOfWrites(Calls calls) {
    Spy spy;
    EventSequence sequence = *EventSequence::Load(*connection_);
    {
      const std::unique_ptr<Connection> spied = WithSpy(*driver_->ConnectWriter(), spy, /*writes=*/true);
      WriteTransaction transaction(*spied, numbers_, sequence);
      EXPECT_THAT(spied->Begin(), IsOk());
      calls(transaction);
      spied->Rollback();
    }
    std::vector<std::string> lines;
    for (const std::string& statement : spy.statements()) Explain(statement, lines);
    return lines;
  }

 private:
  void Explain(const std::string& statement, std::vector<std::string>& lines) {
    const std::string& text = texts_.emplace_back("EXPLAIN QUERY PLAN " + statement);
    const absl::StatusOr<Statement*> plan = connection_->Prepare(text.c_str());
    ASSERT_THAT(plan, IsOk()) << statement;
    while ((*plan)->Step().value()) {
      const std::string line((*plan)->Text(3));
      // The number of a clinic is looked up once and then kept.
      if (line.rfind("SEARCH clinic_number USING COVERING INDEX", 0) == 0) continue;
      // What an enrollment's clinic has now goes with every enrollment that is read, by its key: no lines here.
      const bool of_enrollment = !lines.empty() && lines.back().rfind("SEARCH enrollment", 0) == 0;
      if (of_enrollment && line.rfind("CORRELATED", 0) == 0) continue;
      if (of_enrollment && line == "SEARCH clinic_number USING INTEGER PRIMARY KEY (rowid=?)") continue;
      if (of_enrollment && line == "SEARCH clinic USING PRIMARY KEY (clinic=?)") continue;
      lines.push_back(line);
    }
    (*plan)->Reset();
  }

  TempDir directory_;
  std::unique_ptr<Driver> driver_;
  ClinicNumbers numbers_;
  std::deque<std::string> texts_;  // outlive the connection, which keeps statements by their addresses
  std::unique_ptr<Connection> connection_;
};

MATCHER(IsByIndexAndUnsorted, "searches by an index and sorts nothing") {
  bool searches = false;
  for (const std::string& line : arg) {
    *result_listener << "\n  " << line;
    if (line.rfind("SCAN", 0) == 0 || line.find("TEMP B-TREE") != std::string::npos) return false;
    searches = searches || line.rfind("SEARCH", 0) == 0;
  }
  return searches;
}
// The few reminders of one enrollment that are due at one instant may be sorted.
MATCHER(IsByIndexAndSortedAtMostWithinAnEnrollment, "searches by an index and sorts the last columns at most") {
  for (const std::string& line : arg) {
    *result_listener << "\n  " << line;
    const bool sorts = line.find("TEMP B-TREE") != std::string::npos;
    if (line.rfind("SCAN", 0) == 0 || (sorts && line != "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY")) return false;
  }
  return !arg.empty();
}
MATCHER_P(IsBy, index, std::string("searches by ") + index) {
  for (const std::string& line : arg) {
    *result_listener << "\n  " << line;
    if (line.rfind("SEARCH", 0) == 0 && line.find(index) == std::string::npos) return false;
  }
  return !arg.empty();
}

TEST_F(QueryPlan, WhatComesDueIsFoundByAnIndexInItsOrder) {
  const auto due = PlansOf([](ReadTransaction& tx) { tx.DueEnrollments("", "a", At(0), {}, 10).IgnoreError(); });
  EXPECT_THAT(due,
              AllOf(IsByIndexAndUnsorted(), Contains(HasSubstr("enrollment_by_next_due (clock=? AND clinic=? AND "))));
  const auto clinics = PlansOf([](ReadTransaction& tx) { tx.ClinicsDue("", At(0)).IgnoreError(); });
  EXPECT_THAT(clinics, AllOf(IsByIndexAndUnsorted(), IsBy("enrollment_by_next_due (clock=? AND clinic>?)")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.NextDue("", "a").IgnoreError(); }), IsByIndexAndUnsorted());
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.NextWake("").IgnoreError(); }), IsByIndexAndUnsorted());
}

TEST_F(QueryPlan, WhatMayBeLeasedIsFoundByAnIndexInItsOrder) {
  const LeaseQueue queue{"", v1::CHANNEL_SMS, "a"};
  EXPECT_THAT(
      PlansOf([&](ReadTransaction& tx) { tx.LeasableReminders(queue, At(0), {}, 10).IgnoreError(); }),
      AllOf(IsByIndexAndUnsorted(), IsBy("INDEX reminder_by_channel (clock=? AND channel=? AND clinic=? AND ")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.NextLeaseClinic("", {v1::CHANNEL_SMS}, "").IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("INDEX reminder_by_channel (clock=? AND channel=? AND clinic>?)")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.NextAvailable("", At(0)).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("reminder_by_channel (clock=?")));
}

TEST_F(QueryPlan, WhatIsCountedOfAdherenceIsFoundByAnIndexInItsOrder) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.AdherenceMarks("", "a", At(0), 10).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("adherence_mark USING PRIMARY KEY (clock=? AND clinic=? AND ")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.FirstAdherenceMarks().IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("adherence_mark USING PRIMARY KEY ((clock,clinic)>(?,?))")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ForEachAdherence("a", [](const auto&) {}).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("adherence USING PRIMARY KEY (clinic=?)")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.GetAdherence("a", 1).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("adherence USING PRIMARY KEY (clinic=? AND enrollment=?)")));
}

TEST_F(QueryPlan, WhatOperatorsAskIsFoundByAnIndex) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.OldestAvailable("").IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("reminder_by_channel (clock=? AND (channel,clinic)>(?,?)")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.CountLeases("", At(0)).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("reminder_by_channel (clock=?")));
}

TEST_F(QueryPlan, WhatHasExpiredIsFoundByAnIndexInItsOrder) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ExpiredReminders("", At(0), 10).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("reminder_by_expire (clock=? AND expire<?)")));
}

TEST_F(QueryPlan, ListingsAreFoundByAnIndexInTheirOrder) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ListEnrollments({.clinic = "a"}).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), Contains(HasSubstr("clinic=? AND enrollment>?"))));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ListEnrollments({.clinic = "a", .patient = "p"}).IgnoreError(); }),
              Contains(HasSubstr("enrollment_by_patient (clinic=? AND patient=?)")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ListReminders({.clinic = "a"}).IgnoreError(); }),
              AllOf(IsByIndexAndSortedAtMostWithinAnEnrollment(), IsBy("reminder_by_due (clinic=? AND ")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ListEvents("a", 0, 10).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), testing::Contains(testing::HasSubstr("event_block USING INDEX"))));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) {
                tx.ListClinics("", 10).IgnoreError();
                tx.ListPathways("a", "", 10).IgnoreError();
                tx.ListPathwayRevisions("a", "knee", 0, 10).IgnoreError();
              }),
              IsByIndexAndUnsorted());
}

TEST_F(QueryPlan, TheEnrollmentsOfAPatientAreFoundByTheirIndex) {
  const auto plans = PlansOf([](ReadTransaction& tx) { tx.EnrollmentOutlinesOf("a", "p").IgnoreError(); });
  EXPECT_THAT(plans, ::testing::Contains(::testing::HasSubstr("enrollment_by_patient (clinic=? AND patient=?)")));
  EXPECT_THAT(plans, ::testing::Each(::testing::Not(::testing::HasSubstr("SCAN"))));
}

TEST_F(QueryPlan, CohortsAreFoundByWhatTheyHaveInCommonAndByNumber) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.GetCohort("a", 1).IgnoreError(); }), IsByIndexAndUnsorted());
  EXPECT_THAT(PlansOfWrites([](WriteTransaction& tx) { tx.InsertEnrollment(MakeEnrollment("a", "e")).IgnoreError(); }),
              Contains(HasSubstr("cohort USING COVERING INDEX sqlite_autoindex_cohort_1 (clinic=? AND pathway=? AND")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ForEachEnrollmentId("a", [](auto, auto) {}).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), Contains(HasSubstr("COVERING INDEX"))));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.EstimateEnrollments("a").IgnoreError(); }),
              Each(Not(HasSubstr("SCAN"))));
}

TEST_F(QueryPlan, WhatFailedIsNotSoughtAmongAllThatDidNot) {
  const std::vector<v1::ReminderState> failed = {v1::REMINDER_STATE_FAILED};
  EXPECT_THAT(PlansOf([&](ReadTransaction& tx) { tx.ListReminders({.clinic = "a", .states = failed}).IgnoreError(); }),
              AllOf(IsByIndexAndSortedAtMostWithinAnEnrollment(), IsBy("reminder_by_failed (clinic=? AND ")));
}

TEST_F(QueryPlan, UnendedRemindersHaveTheirOwnIndex) {
  const std::vector<v1::ReminderState> states = {v1::REMINDER_STATE_DUE, v1::REMINDER_STATE_LEASED};
  EXPECT_THAT(PlansOf([&](ReadTransaction& tx) { tx.ListReminders({.clinic = "a", .states = states}).IgnoreError(); }),
              AllOf(IsByIndexAndSortedAtMostWithinAnEnrollment(), IsBy("reminder_by_due_unended (clinic=? AND ")));
}

TEST_F(QueryPlan, DueAndLoggedEnrollmentsAreFoundByAnIndex) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.EnrollmentsDue("", "a", At(0)).IgnoreError(); }),
              Contains(HasSubstr("COVERING INDEX enrollment_by_next_due (clock=? AND clinic=? AND ")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.EnrollmentsInLog("a", 1, 10).IgnoreError(); }),
              IsByIndexAndUnsorted());
}

// The one listing that is sorted: the rows of an enrollment are few, and a further index would weigh on every row.
TEST_F(QueryPlan, TheRemindersOfAnEnrollmentAreSoughtAmongItsOwnOnly) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ListReminders({.clinic = "a", .enrollment = "e"}).IgnoreError(); }),
              AllOf(Contains(HasSubstr("SEARCH reminder USING INDEX sqlite_autoindex_reminder_1 (enrollment_row_id=?")),
                    Each(Not(HasSubstr("SCAN")))));
}

TEST_F(QueryPlan, OneRowIsFoundByItsKey) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) {
                tx.Secret().IgnoreError();
                tx.ZoneDatabase().IgnoreError();
                tx.LastEventSeq().IgnoreError();
                tx.TrimmedSeq().IgnoreError();
                tx.GetClinic("a").IgnoreError();
                tx.FirstToReplan().IgnoreError();
                tx.NewestRevision("a", "knee").IgnoreError();
                tx.GetPathway("a", "knee", 0).IgnoreError();
                tx.GetPathway("a", "knee", 1).IgnoreError();
                tx.GetEnrollment("a", "e").IgnoreError();
                tx.EnrollmentRowVersion("a", "e").IgnoreError();
                tx.GetReminder({"a", "e", "ice", 1}).IgnoreError();
                tx.GetRequest("a", "r").IgnoreError();
              }),
              IsByIndexAndUnsorted());
}

TEST_F(QueryPlan, SendersAndTheirRepliesAreFoundByAnIndex) {
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.EnrollmentsAt("a", "sms:15550100").IgnoreError(); }),
              AllOf(Contains(HasSubstr("PRIMARY KEY (clinic=? AND address=?)")), Each(Not(HasSubstr("SCAN")))));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.OptedOut("a", "p").IgnoreError(); }), IsByIndexAndUnsorted());
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.GetConsentHistory("a", "p").IgnoreError(); }),
              IsByIndexAndUnsorted());
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ListReplies({.clinic = "a"}).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("PRIMARY KEY (clinic=? AND reply<?)")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.ListReplies({.clinic = "a", .patient = "p"}).IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), IsBy("reply_by_patient (clinic=? AND patient=? AND reply<?)")));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) {
                tx.ListReplies({.clinic = "a", .task = v1::REPLY_TASK_ASSIGN}).IgnoreError();
              }),
              AllOf(IsByIndexAndUnsorted(), Contains(HasSubstr("PRIMARY KEY (clinic=? AND task=? AND reply<?)"))));
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) {
                tx.GetReply("a", "r").IgnoreError();
                tx.GetAddress("a", "h").IgnoreError();
                tx.HasAddresses("a").IgnoreError();
              }),
              IsByIndexAndUnsorted());
  EXPECT_THAT(PlansOf([](ReadTransaction& tx) { tx.AddressesHeldBy("a", "r").IgnoreError(); }),
              AllOf(IsByIndexAndUnsorted(), Contains(HasSubstr("address_by_held (clinic=? AND held_by=?)"))));
}

TEST_F(QueryPlan, OldEventsAreFoundByAnIndex) {
  EXPECT_THAT(PlansOfWrites([](WriteTransaction& tx) {
                tx.AppendEvent("a", MakeEvent("a", "e1")).IgnoreError();
                tx.SaveEvents().IgnoreError();
                tx.GiveUpEventsOf(At(0)).IgnoreError();
                tx.DeleteGivenUpEvents("", 10).IgnoreError();
              }),
              IsByIndexAndUnsorted());
}

TEST_F(QueryPlan, RowsAreChangedByTheirKeys) {
  EXPECT_THAT(PlansOfWrites([](WriteTransaction& tx) {
                ReminderRow closed = MakeReminder("a", "e", "ice", 1);
                closed.closes.reset();
                tx.UpdateClinic(MakeClinic("a")).IgnoreError();
                tx.UpdateEnrollment(MakeEnrollment("a", "e")).IgnoreError();
                tx.SetNextDue(MakeEnrollment("a", "e")).IgnoreError();
                tx.MoveNextDue(MakeEnrollment("a", "e"), {}).IgnoreError();
                tx.UpdateReminder(MakeReminder("a", "e", "ice", 1)).IgnoreError();
                tx.UpdateReminder(closed).IgnoreError();
                tx.DeleteRequest("a", "r").IgnoreError();
                tx.AddContacts(MakeEnrollment("a", "e")).IgnoreError();
                tx.PutAddress({.clinic = "a", .hash = "h"}).IgnoreError();
                tx.UpdateReply({"a", "r", {}}).IgnoreError();
              }),
              IsByIndexAndUnsorted());
}

}  // namespace
}  // namespace aftercare::store
