// Databases that earlier versions left are brought to the present schema. Each test makes one by undoing steps.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/store/address_key.h"
#include "scheduler/store/migrations.h"
#include "tests/store/old_schemas.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

class Migrations : public OldSchemas {};

TEST_F(Migrations, EventsOfTheFourthSchemaHaveNoActor) {
  {
    const auto store = OpenFile(path_);
    ASSERT_NE(store, nullptr);
    ASSERT_THAT(Do(*store, &WriteTransaction::AppendEvent, "a", MakeEvent("a", "e1")), IsOk());
  }
  UndoStepFive();
  Execute({"INSERT INTO event (clinic, seq, enrollment, data) VALUES ('a', 1, 'e1', x'')"});
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  ASSERT_THAT(Write(*store,
                    [](WriteTransaction& tx) {
                      tx.set_actor("ann");
                      return tx.AppendEvent("a", MakeEvent("a", "e2"));
                    }),
              IsOk());
  const auto events = Ask(*store, &ReadTransaction::ListEvents, "a", 0, 10).value();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].data.enrollment(), "clinics/a/enrollments/e1");
  EXPECT_EQ(events[0].data.actor(), "");
  EXPECT_EQ(events[1].data.actor(), "ann");
}

// Six events in rows of their own, then three in a block.
TEST_F(Migrations, EventsOfTheSixthSchemaComeBeforeThoseInBlocks) {
  OpenFile(path_);
  UndoStepSeven();
  Execute({"INSERT INTO event (clinic, seq, enrollment, reminder, data, actor) VALUES ('a', 1, 'e1', 'ice.1', x'', 'ann'),"
           " ('a', 2, 'e2', NULL, x'', NULL), ('b', 3, 'e1', NULL, x'', NULL), ('a', 4, NULL, NULL, x'', NULL),"
           " ('a', 5, 'e3', NULL, x'', NULL), ('a', 6, 'e4', NULL, x'', NULL)",
           "UPDATE meta SET number = 6 WHERE key = 'last_event_seq'"});
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  const auto append = [](WriteTransaction& tx) {
    absl::Status status;
    for (const char* id : {"e5", "e6", "e7"}) status.Update(tx.AppendEvent("a", MakeEvent("a", id)));
    return status;
  };
  ASSERT_THAT(Write(*store, append), IsOk());
  const auto numbers = [&](int64_t after, int limit) {
    std::vector<int64_t> seqs;
    const std::vector<EventRow> events = Ask(*store, &ReadTransaction::ListEvents, "a", after, limit).value();
    for (const EventRow& event : events) seqs.push_back(event.seq);
    return seqs;
  };
  EXPECT_THAT(numbers(0, 100), testing::ElementsAre(1, 2, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(numbers(2, 4), testing::ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(numbers(7, 1), testing::ElementsAre(8));
  EXPECT_THAT(Ask(*store, &ReadTransaction::EnrollmentsInLog, "a", 1, 4).value(),
              testing::ElementsAre("e2", "e3", "e4", "e5"));
  const EventRow first = Ask(*store, &ReadTransaction::ListEvents, "a", 0, 1).value().at(0);
  EXPECT_EQ(first.data.reminder().name(), "clinics/a/enrollments/e1/reminders/ice.1");
  EXPECT_EQ(first.data.actor(), "ann");
  ASSERT_THAT(Do(*store, &WriteTransaction::MarkLog, At(10)), IsOk());
  DeletedEvents deleted;
  ASSERT_THAT(Write(*store,
                    [&](WriteTransaction& tx) {
                      tx.GiveUpEventsOf(At(10)).IgnoreError();
                      auto answer = tx.DeleteGivenUpEvents("", 6);
                      if (answer.ok()) deleted = *answer;
                      return answer.status();
                    }),
              IsOk());
  EXPECT_EQ(deleted.clinic, "a");
  EXPECT_EQ(deleted.count, 8) << "five rows, and the block whole";
  EXPECT_THAT(numbers(0, 100), testing::IsEmpty());
}

// Clinics and enrollments were named by their ids in every row then.
TEST_F(Migrations, RowsOfTheSeventhSchemaAreAllFoundAgain) {
  std::vector<EnrollmentRow> enrollments;
  std::vector<ReminderRow> reminders;
  const auto at_a_test_clock = [](auto row) {
    row.clock = row.clock.empty() ? "b" : row.clock;
    return row;
  };
  // Not in the order of their ids, of which some belong to two clinics.
  for (const char* id : {"e3", "e1", "e2"}) {
    for (const char* clinic : {"a", "b"}) {
      EnrollmentRow row = MakeEnrollment(clinic, id);
      row.data.mutable_contact_points(0)->set_channel(v1::CHANNEL_SMS);
      enrollments.push_back(clinic[0] == 'b' ? at_a_test_clock(row) : row);
    }
    for (const int64_t code : {2, 1}) reminders.push_back(MakeReminder("a", id, "ice", code));
    reminders.push_back(at_a_test_clock(MakeReminder("b", id, "ice", 1)));
  }
  enrollments[0].next_due.reset();
  enrollments[2].compare_rows_until.reset();
  reminders[0].state = v1::REMINDER_STATE_FAILED;
  reminders[0].available.reset();
  reminders[0].closes.reset();
  {
    const auto store = OpenFile(path_);
    ASSERT_NE(store, nullptr);
    ASSERT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
    ASSERT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("b")), IsOk());
    ASSERT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("empty")), IsOk());
    ASSERT_THAT(Write(*store,
                      [&](WriteTransaction& tx) {
                        absl::Status status;
                        for (const EnrollmentRow& row : enrollments) status.Update(tx.InsertEnrollment(row));
                        for (const ReminderRow& row : reminders) status.Update(tx.InsertReminder(row).status());
                        return status;
                      }),
                IsOk());
  }
  UndoStepEight();
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  for (EnrollmentRow row : enrollments) {
    row.calendar_fingerprint = MakeClinic(row.clinic).calendar_fingerprint;
    EXPECT_EQ(Show(Ask(*store, &ReadTransaction::GetEnrollment, row.clinic, row.enrollment)), Show(row));
  }
  for (const ReminderRow& row : reminders) {
    EXPECT_EQ(Show(Ask(*store, &ReadTransaction::GetReminder, row.key)), Show(row));
  }
  EXPECT_EQ(Ids(Ask(*store, &ReadTransaction::DueEnrollments, "b", "b", At(99), std::nullopt, 9)), "e1 e2 e3");
  EXPECT_THAT(EnrollmentsAt(*store, "b", "15550100"), testing::ElementsAre("e1", "e2", "e3"));
  EXPECT_EQ(Ids(Ask(*store, &ReadTransaction::ListReminders, ReminderQuery{.clinic = "a"})),
            "e1/ice.1 e1/ice.2 e2/ice.1 e2/ice.2 e3/ice.1 e3/ice.2") << "the order that lists had";
  EXPECT_EQ(Ids(Ask(*store, &ReadTransaction::LeasableReminders, LeaseQueue{"b", v1::CHANNEL_SMS, "b"}, At(9),
                    std::nullopt, 9)),
            "e1/ice.1 e2/ice.1 e3/ice.1");
  ASSERT_THAT(Do(*store, &WriteTransaction::InsertEnrollment, MakeEnrollment("empty", "e1")), IsOk());
  EXPECT_EQ(Ids(Ask(*store, &ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = "empty"})), "e1");
}

// Enrollments were stored whole then, addresses as they are, and blocks of events as they are.
TEST_F(Migrations, RowsOfTheEighthSchemaAreAllFoundAgain) {
  std::vector<EnrollmentRow> enrollments;
  for (const char* id : {"e3", "e1", "e2"}) {
    EnrollmentRow row = MakeEnrollment(id[1] == '2' ? "b" : "a", id);
    row.data.mutable_contact_points(0)->set_channel(v1::CHANNEL_SMS);
    row.data.mutable_contact_hours()->add_openings()->set_opens(absl::StrCat("0", id + 1, ":00"));
    row.outline = "o";
    enrollments.push_back(row);
  }
  {
    const auto store = OpenFile(path_);
    ASSERT_NE(store, nullptr);
    ASSERT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
    for (const EnrollmentRow& row : enrollments) {
      ASSERT_THAT(Do(*store, &WriteTransaction::InsertEnrollment, row), IsOk());
    }
  }
  UndoStepNine();
  std::vector<std::string> progress;
  auto store = OpenSqliteStore(path_, {.on_migration = [&](absl::string_view line) { progress.emplace_back(line); }});
  ASSERT_THAT(store, IsOk()) << store.status();
  EXPECT_THAT(progress,
              testing::ElementsAre("the database is brought to schema 9: the addresses",
                                   "the database is brought to schema 11: how patients follow their care plans"));
  EXPECT_EQ(Ask(**store, &ReadTransaction::FirstToReplan).value()->replan_after, "") << "to make the outlines";
  for (EnrollmentRow row : enrollments) {
    if (row.clinic == "a") row.calendar_fingerprint = MakeClinic("a").calendar_fingerprint;
    const auto read = Ask(**store, &ReadTransaction::GetEnrollment, row.clinic, row.enrollment);
    EXPECT_EQ(Show(read), Show(row));
    EXPECT_FALSE((*read)->has_outline);
    EXPECT_THAT(Do(**store, &WriteTransaction::UpdateEnrollment, row), IsOk());
    EXPECT_EQ(Show(Ask(**store, &ReadTransaction::GetEnrollment, row.clinic, row.enrollment)), Show(row));
  }
  EXPECT_EQ(Ids(Ask(**store, &ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = "a", .pathway = "knee"})),
            "e1 e3");
  EXPECT_THAT(EnrollmentsAt(**store, "a", "15550100"), testing::ElementsAre("e1", "e3"));
  EXPECT_THAT(EnrollmentsAt(**store, "b", "15550100"), testing::ElementsAre("e2"));
}

TEST_F(Migrations, AllEnrollmentsOfTheTenthSchemaAreToBeCounted) {
  {
    const auto store = OpenFile(path_);
    ASSERT_NE(store, nullptr);
    for (const char* id : {"e1", "e2"}) {
      ASSERT_THAT(Do(*store, &WriteTransaction::InsertEnrollment, MakeEnrollment("a", id)), IsOk());
    }
    EnrollmentRow boxed = MakeEnrollment("b", "e3");
    boxed.clock = "b";
    ASSERT_THAT(Do(*store, &WriteTransaction::InsertEnrollment, boxed), IsOk());
  }
  UndoStepEleven();
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  const ClockId clock = MakeEnrollment("a", "e1").clock;
  const auto marks = Ask(*store, &ReadTransaction::AdherenceMarks, clock, "a", kCountAtOnce, 10).value();
  ASSERT_EQ(marks.size(), 2u);
  EXPECT_EQ(marks[0].enrollment_row_id, Ask(*store, &ReadTransaction::GetEnrollment, "a", "e1").value()->row_id);
  EXPECT_EQ(Ask(*store, &ReadTransaction::AdherenceMarks, "b", "b", kCountAtOnce, 10)->size(), 1u);
}

// What a program that knew the first step only has left.
TEST_F(Migrations, NobodyHasARoleInADatabaseOfTheTwelfthSchema) {
  {
    const auto store = OpenFile(path_);
    ASSERT_NE(store, nullptr);
    ASSERT_THAT(Do(*store, &WriteTransaction::InsertEnrollment, MakeEnrollment("a", "e1")), IsOk());
  }
  UndoStepThirteen();
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  const auto access = Ask(*store, &ReadTransaction::ReadAccess);
  ASSERT_THAT(access, IsOk());
  EXPECT_TRUE(access->tokens.empty() && access->bindings.empty());
  TokenRow token;
  token.token = "t1";
  ASSERT_THAT(Do(*store, &WriteTransaction::InsertToken, token), IsOk());
  EXPECT_GT(Ask(*store, &ReadTransaction::ReadAccess)->version, access->version);
}

TEST_F(Migrations, ADatabaseOfTheFirstSchemaIsMigratedWithAllItHolds) {
  {
    const auto store = OpenFile(path_);
    ASSERT_NE(store, nullptr);
    ASSERT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
    ASSERT_THAT(Do(*store, &WriteTransaction::InsertEnrollment, MakeEnrollment("a", "e")), IsOk());
  }
  UndoStepFour();
  Execute({"DROP INDEX clinic_by_replan", "DROP INDEX reminder_by_due_unended",
           "ALTER TABLE clinic DROP COLUMN calendar", "ALTER TABLE clinic DROP COLUMN replan_after",
           "ALTER TABLE enrollment DROP COLUMN calendar", "ALTER TABLE enrollment DROP COLUMN recorded_until",
           "ALTER TABLE enrollment DROP COLUMN history", "ALTER TABLE reminder DROP COLUMN moved",
           "UPDATE meta SET number = 1 WHERE key = 'schema_version'"});
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  ClinicRow clinic = MakeClinic("a");
  clinic.calendar_fingerprint = 0;
  clinic.replan_after = "";  // for the outlines
  EnrollmentRow enrollment = MakeEnrollment("a", "e");
  enrollment.plan_fingerprint = ~0;  // no plan was made by it
  EXPECT_EQ(Show(Ask(*store, &ReadTransaction::GetClinic, "a")), Show(clinic));
  EXPECT_EQ(Show(Ask(*store, &ReadTransaction::GetEnrollment, "a", "e")), Show(enrollment));
}

// Addresses stood only in messages then, and reminders did not tell by which channel they go.
TEST_F(Migrations, ADatabaseOfTheThirdSchemaLearnsItsAddressesAndChannels) {
  const auto enrollment = [](const std::string& clinic, const std::string& id) {
    EnrollmentRow row = MakeEnrollment(clinic, id);
    row.data.mutable_contact_points(0)->set_channel(v1::CHANNEL_SMS);
    v1::ContactPoint* second = row.data.add_contact_points();
    second->set_channel(v1::CHANNEL_EMAIL);
    second->set_address("Zoe@Example.org");
    return row;
  };
  ReminderRow first = MakeReminder("a", "e1", "ice", 1);
  ReminderRow second = MakeReminder("a", "e1", "ice", 2);
  second.contact_point = 1;
  ReminderRow held_back = MakeReminder("a", "e1", "ice", 3);
  held_back.available.reset();
  ReminderRow sent = MakeReminder("a", "e1", "ice", 4);
  sent.state = v1::REMINDER_STATE_SENT;
  sent.available.reset();
  sent.closes.reset();
  sent.attempts = 2;
  ReminderRow never_sent = MakeReminder("a", "e1", "ice", 5);
  never_sent.state = v1::REMINDER_STATE_CANCELLED;
  never_sent.available.reset();
  never_sent.closes.reset();
  never_sent.attempts = 0;
  for (ReminderRow* row : {&first, &held_back, &sent, &never_sent}) row->contact_point = 0;
  {
    const auto store = OpenFile(path_);
    ASSERT_NE(store, nullptr);
    ASSERT_THAT(Write(*store,
                      [&](WriteTransaction& tx) {
                        absl::Status status;
                        // More than are read at a time.
                        for (int i = 0; i < 2100 && status.ok(); ++i) {
                          status = tx.InsertEnrollment(enrollment(i < 1050 ? "a" : "b", absl::StrCat("e", i)));
                        }
                        for (ReminderRow row : {first, second, held_back, sent, never_sent}) {
                          row.channel = v1::CHANNEL_UNSPECIFIED;
                          if (status.ok()) status = tx.InsertReminder(row).status();
                        }
                        return status;
                      }),
                IsOk());
  }
  UndoStepFour();
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(Ask(*store, &ReadTransaction::EnrollmentsAt, "a", AddressKey(v1::CHANNEL_SMS, "15550100"))->size(), 1050u);
  EXPECT_EQ(Ask(*store, &ReadTransaction::EnrollmentsAt, "b", "email:zoe@example.org")->size(), 1050u);
  const auto channel_of = [&](const ReminderRow& row) {
    return Ask(*store, &ReadTransaction::GetReminder, row.key).value()->channel;
  };
  EXPECT_EQ(channel_of(first), v1::CHANNEL_SMS);
  EXPECT_EQ(channel_of(second), v1::CHANNEL_EMAIL);
  EXPECT_EQ(channel_of(held_back), v1::CHANNEL_SMS) << "it is leased when the enrollment is resumed";
  EXPECT_EQ(channel_of(sent), v1::CHANNEL_SMS) << "it may be answered on it";
  EXPECT_EQ(channel_of(never_sent), v1::CHANNEL_UNSPECIFIED);
}

}  // namespace
}  // namespace aftercare::store
