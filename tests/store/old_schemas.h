// Makes databases as earlier versions left them.
#ifndef AFTERCARE_TESTS_STORE_OLD_SCHEMAS_H_
#define AFTERCARE_TESTS_STORE_OLD_SCHEMAS_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/store/address_key.h"
#include "scheduler/store/sqlite_driver.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {

// A test with a database of the present schema, of which it undoes the last steps. Each UndoStep undoes the later steps
// first.
class OldSchemas : public testing::Test {
 protected:
  void Execute(const std::vector<const char*>& statements) {
    const auto driver = OpenSqlite(path_);
    const auto connection = (*driver)->ConnectWriter();
    ASSERT_THAT(connection, IsOk());
    for (const char* sql : statements) ASSERT_THAT((*connection)->Execute(sql), IsOk()) << sql;
  }

  // What AddressKey was up to the eighth step.
  static std::string KeyBefore(v1::Channel channel, const std::string& address) {
    return channel == v1::CHANNEL_SMS ? absl::StrCat("sms:", address) : AddressKey(channel, address);
  }

  // Leaves the database as a program did that knew twelve steps.
  void UndoStepThirteen() {
    Execute({"DROP TABLE token", "DROP TABLE role_binding", "DELETE FROM meta WHERE key = 'access_version'",
             "UPDATE meta SET number = 12 WHERE key = 'schema_version'"});
  }

  // Leaves the database as a program did that knew eleven steps.
  void UndoStepTwelve() {
    UndoStepThirteen();
    Execute({"DROP TABLE consent_history", "UPDATE meta SET number = 11 WHERE key = 'schema_version'"});
  }

  // Leaves the database as a program did that knew ten steps.
  void UndoStepEleven() {
    UndoStepTwelve();
    Execute({"DROP TABLE adherence", "DROP TABLE adherence_mark",
             "UPDATE meta SET number = 10 WHERE key = 'schema_version'"});
  }

  // Leaves the database as a program did that knew nine steps.
  void UndoStepTen() {
    UndoStepEleven();
    Execute({"DROP TABLE address", "DROP TABLE reply_task",
             "UPDATE meta SET number = 9 WHERE key = 'schema_version'"});
  }

  static std::vector<std::string> EnrollmentsAt(Store& store, absl::string_view clinic, absl::string_view number) {
    std::vector<std::string> ids;
    const auto found = Ask(store, &ReadTransaction::EnrollmentsAt, clinic, AddressKey(v1::CHANNEL_SMS, number)).value();
    for (const EnrollmentAtAddress& at : found) ids.push_back(at.has_address ? at.enrollment : "?");
    return ids;
  }

  // Leaves the database as a program did that knew eight steps: every enrollment was stored whole, and addresses were
  // stored once more.
  void UndoStepNine() {
    std::vector<std::string> statements;
    {
      const auto store = OpenFile(path_);
      ASSERT_NE(store, nullptr);
      for (const char* clinic : {"a", "b"}) {
        const auto rows =
            Ask(*store, &ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = clinic, .limit = 9999});
        ASSERT_THAT(rows, IsOk());
        for (const EnrollmentRow& row : *rows) {
          for (const v1::ContactPoint& point : row.data.contact_points()) {
            statements.push_back(absl::StrCat(
                "INSERT OR IGNORE INTO contact SELECT enrollment.clinic, '",
                KeyBefore(point.channel(), point.address()), "', ", row.row_id,
                " FROM enrollment WHERE row_id = ", row.row_id));
          }
        }
      }
    }
    UndoStepTen();
    Execute({"DROP TABLE contact",
             "CREATE TABLE contact (clinic BIGINT NOT NULL, address TEXT NOT NULL, enrollment BIGINT NOT NULL,"
             " PRIMARY KEY (clinic, address, enrollment)) WITHOUT ROWID"});
    std::vector<const char*> texts;
    for (const std::string& statement : statements) texts.push_back(statement.c_str());
    Execute(texts);
    Execute({"UPDATE enrollment SET (pathway, data) = (SELECT IIF(enrollment.pathway = '', cohort.pathway,"
             " enrollment.pathway), CAST(cohort.data || enrollment.data AS BLOB) FROM enrollment_schedule AS schedule"
             " JOIN cohort ON cohort.number = schedule.cohort WHERE schedule.enrollment = row_id)",
             "ALTER TABLE enrollment_schedule DROP COLUMN cohort", "ALTER TABLE enrollment_schedule DROP COLUMN outline",
             "DROP TABLE cohort", "UPDATE clinic SET replan_after = NULL",
             "UPDATE meta SET number = 8 WHERE key = 'schema_version'"});
  }

  // Leaves the database as a program did that knew seven steps: rows named clinics and enrollments by their ids.
  void UndoStepEight() {
    UndoStepNine();
    Execute({"CREATE TABLE enrollment_before (clinic TEXT NOT NULL, enrollment TEXT NOT NULL, clock TEXT NOT NULL,"
             " patient TEXT NOT NULL, pathway TEXT NOT NULL, version BIGINT NOT NULL, state INTEGER NOT NULL,"
             " next_due BIGINT, data BLOB NOT NULL, calendar BIGINT NOT NULL DEFAULT 0, recorded_until BIGINT,"
             " history BLOB, opted_out BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (clinic, enrollment)) WITHOUT ROWID",
             "INSERT INTO enrollment_before SELECT clinic_number.clinic, now.enrollment,"
             " CASE clock WHEN 0 THEN '' ELSE clinic_number.clinic END, patient, pathway, version, state, next_due,"
             " data, calendar, recorded_until, history, opted_out"
             " FROM enrollment AS now JOIN clinic_number ON number = now.clinic"
             " JOIN enrollment_schedule AS schedule ON schedule.enrollment = row_id",
             "CREATE TABLE contact_before (clinic TEXT NOT NULL, address TEXT NOT NULL, enrollment TEXT NOT NULL,"
             " PRIMARY KEY (clinic, address, enrollment)) WITHOUT ROWID",
             "INSERT INTO contact_before SELECT clinic_number.clinic, address, enrollment.enrollment"
             " FROM contact JOIN enrollment ON row_id = contact.enrollment"
             " JOIN clinic_number ON number = contact.clinic",
             "CREATE TABLE reminder_before (clinic TEXT NOT NULL, enrollment TEXT NOT NULL, rule TEXT NOT NULL,"
             " number BIGINT NOT NULL, clock TEXT NOT NULL, revision INTEGER NOT NULL, state INTEGER NOT NULL,"
             " reason INTEGER NOT NULL, due BIGINT NOT NULL, expire BIGINT NOT NULL, state_time BIGINT NOT NULL,"
             " available BIGINT, is_open INTEGER NOT NULL, attempts INTEGER NOT NULL, contact_point INTEGER NOT NULL,"
             " failures INTEGER NOT NULL, moved INTEGER NOT NULL DEFAULT 0, channel INTEGER NOT NULL DEFAULT 0,"
             " score INTEGER, error_code TEXT NOT NULL DEFAULT '', cover_rule TEXT, cover BIGINT,"
             " facts_version INTEGER NOT NULL DEFAULT 0, record BLOB,"
             " PRIMARY KEY (clinic, enrollment, rule, number)) WITHOUT ROWID",
             "INSERT INTO reminder_before SELECT clinic_number.clinic, enrollment, rule, now.number,"
             " CASE clock WHEN 0 THEN '' ELSE clinic_number.clinic END, revision, state, reason, due, expire,"
             " state_time, available, is_open, attempts, contact_point, failures, moved, channel, score, error_code,"
             " cover_rule, cover, facts_version, record"
             " FROM reminder AS now JOIN clinic_number ON clinic_number.number = now.clinic",
             "DROP TABLE enrollment", "DROP TABLE enrollment_schedule", "DROP TABLE contact", "DROP TABLE reminder",
             "DROP TABLE clinic_number", "ALTER TABLE enrollment_before RENAME TO enrollment",
             "ALTER TABLE contact_before RENAME TO contact", "ALTER TABLE reminder_before RENAME TO reminder",
             "CREATE INDEX enrollment_by_patient ON enrollment (clinic, patient, enrollment)",
             "CREATE INDEX enrollment_by_next_due ON enrollment (clock, next_due, clinic, enrollment)"
             " WHERE next_due IS NOT NULL",
             "CREATE INDEX reminder_by_due ON reminder (clinic, due, enrollment, rule, number)",
             "CREATE INDEX reminder_by_available ON reminder (clock, available, clinic, enrollment, rule, number)"
             " WHERE available IS NOT NULL",
             "CREATE INDEX reminder_by_expire ON reminder (clock, expire, clinic, enrollment, rule, number)"
             " WHERE is_open = 1",
             "CREATE INDEX reminder_by_due_unended ON reminder (clinic, due, enrollment, rule, number)"
             " WHERE state <= 3",
             "CREATE INDEX reminder_by_channel ON reminder (clock, channel, clinic, available, enrollment, rule, number)"
             " WHERE available IS NOT NULL",
             "CREATE INDEX reminder_by_failed ON reminder (clinic, due, enrollment, rule, number) WHERE state = 7",
             "UPDATE meta SET number = 7 WHERE key = 'schema_version'"});
  }

  // Leaves the database as a program did that knew six steps: each event had a row. Those in blocks are lost.
  void UndoStepSeven() {
    UndoStepEight();
    Execute({"DROP TABLE event_block", "UPDATE meta SET number = 6 WHERE key = 'schema_version'"});
  }

  // Leaves the database as a program did that knew four steps.
  void UndoStepFive() {
    UndoStepSeven();
    // And step six.
    Execute({"ALTER TABLE reminder DROP COLUMN cover_rule", "ALTER TABLE reminder DROP COLUMN cover",
             "ALTER TABLE reminder DROP COLUMN facts_version", "ALTER TABLE reminder DROP COLUMN record"});
    Execute({"ALTER TABLE event DROP COLUMN actor", "UPDATE meta SET number = 4 WHERE key = 'schema_version'"});
  }

  // Leaves the database as a program did that knew three steps.
  void UndoStepFour() {
    UndoStepFive();
    Execute({"DROP TABLE contact", "DROP TABLE opt_out", "DROP TABLE reply", "DROP TABLE sent_message",
             "DROP TABLE log_mark", "DELETE FROM meta WHERE key = 'trimmed_seq'", "DROP INDEX reminder_by_channel",
             "DROP INDEX reminder_by_failed", "ALTER TABLE clinic DROP COLUMN next_send",
             "ALTER TABLE enrollment DROP COLUMN opted_out", "ALTER TABLE reminder DROP COLUMN channel",
             "ALTER TABLE reminder DROP COLUMN score", "ALTER TABLE reminder DROP COLUMN error_code",
             "CREATE INDEX reminder_by_clinic_available ON reminder (clinic, available, enrollment, rule, number)"
             " WHERE available IS NOT NULL",
             "UPDATE meta SET number = 3 WHERE key = 'schema_version'"});
  }

  TempDir directory_;
  const std::string path_ = directory_.File("facts.db");
};

}  // namespace aftercare::store

#endif  // AFTERCARE_TESTS_STORE_OLD_SCHEMAS_H_
