#include "scheduler/store/migrations.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "scheduler/store/migrate_contacts.h"
#include "scheduler/store/query.h"

namespace aftercare::store {
namespace {

// Step n of the schema is kSteps[n - 1]. Keys begin with the clinic. Instants are microseconds since 1970. The indexes
// name the columns of the primary key they order by; where rows are kept in the order of that key, this costs nothing.
constexpr const char* kSteps[] = {
    R"sql(
CREATE TABLE clinic (
  clinic {key} NOT NULL,
  version BIGINT NOT NULL,
  data {bytes} NOT NULL,
  PRIMARY KEY (clinic)) {clustered};

CREATE TABLE pathway_revision (
  clinic {key} NOT NULL,
  pathway {key} NOT NULL,
  revision INTEGER NOT NULL,
  create_time BIGINT NOT NULL,
  data {bytes} NOT NULL,
  PRIMARY KEY (clinic, pathway, revision));

CREATE TABLE enrollment (
  clinic {key} NOT NULL,
  enrollment {key} NOT NULL,
  clock {key} NOT NULL,
  patient {key} NOT NULL,
  pathway {key} NOT NULL,
  version BIGINT NOT NULL,
  state INTEGER NOT NULL,
  next_due BIGINT,
  data {bytes} NOT NULL,
  PRIMARY KEY (clinic, enrollment)) {clustered};
CREATE INDEX enrollment_by_patient ON enrollment (clinic, patient, enrollment);
CREATE INDEX enrollment_by_next_due ON enrollment (clock, next_due, clinic, enrollment) WHERE next_due IS NOT NULL;

CREATE TABLE reminder (
  clinic {key} NOT NULL,
  enrollment {key} NOT NULL,
  rule {key} NOT NULL,
  number BIGINT NOT NULL,
  clock {key} NOT NULL,
  revision INTEGER NOT NULL,
  state INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  due BIGINT NOT NULL,
  expire BIGINT NOT NULL,
  state_time BIGINT NOT NULL,
  available BIGINT,
  is_open INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  contact_point INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (clinic, enrollment, rule, number)) {clustered};
CREATE INDEX reminder_by_due ON reminder (clinic, due, enrollment, rule, number);
CREATE INDEX reminder_by_available ON reminder (clock, available, clinic, enrollment, rule, number)
  WHERE available IS NOT NULL;
CREATE INDEX reminder_by_clinic_available ON reminder (clinic, available, enrollment, rule, number)
  WHERE available IS NOT NULL;
CREATE INDEX reminder_by_expire ON reminder (clock, expire, clinic, enrollment, rule, number) WHERE is_open = 1;

CREATE TABLE event (
  clinic {key} NOT NULL,
  seq BIGINT NOT NULL,
  enrollment {key},
  reminder {key},
  data {bytes} NOT NULL,
  PRIMARY KEY (clinic, seq)) {clustered};

CREATE TABLE request (
  id {serial},
  clinic {key} NOT NULL,
  request_id {key} NOT NULL,
  body_hash BIGINT NOT NULL,
  time BIGINT NOT NULL,
  response {bytes} NOT NULL,
  UNIQUE (clinic, request_id));

INSERT INTO meta (key, number) VALUES ('last_event_seq', 0), ('probe', 0);
)sql",
    R"sql(
ALTER TABLE clinic ADD COLUMN calendar BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clinic ADD COLUMN replan_after {key};
CREATE INDEX clinic_by_replan ON clinic (clinic) WHERE replan_after IS NOT NULL;

ALTER TABLE enrollment ADD COLUMN calendar BIGINT NOT NULL DEFAULT 0;
ALTER TABLE enrollment ADD COLUMN recorded_until BIGINT;
)sql",
    R"sql(
ALTER TABLE enrollment ADD COLUMN history {bytes};
ALTER TABLE reminder ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
CREATE INDEX reminder_by_due_unended ON reminder (clinic, due, enrollment, rule, number) WHERE state <= 3;
)sql",
    R"sql(
ALTER TABLE clinic ADD COLUMN next_send BIGINT NOT NULL DEFAULT 0;
ALTER TABLE enrollment ADD COLUMN opted_out BIGINT NOT NULL DEFAULT 0;

ALTER TABLE reminder ADD COLUMN channel INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reminder ADD COLUMN score INTEGER;
ALTER TABLE reminder ADD COLUMN error_code {key} NOT NULL DEFAULT '';
DROP INDEX reminder_by_clinic_available;
CREATE INDEX reminder_by_channel ON reminder (clock, channel, clinic, available, enrollment, rule, number)
  WHERE available IS NOT NULL;
CREATE INDEX reminder_by_failed ON reminder (clinic, due, enrollment, rule, number) WHERE state = 7;

CREATE TABLE contact (
  clinic {key} NOT NULL,
  address {key} NOT NULL,
  enrollment {key} NOT NULL,
  PRIMARY KEY (clinic, address, enrollment)) {clustered};

CREATE TABLE opt_out (
  clinic {key} NOT NULL,
  patient {key} NOT NULL,
  channels BIGINT NOT NULL,
  PRIMARY KEY (clinic, patient)) {clustered};

CREATE TABLE reply (
  clinic {key} NOT NULL,
  reply {key} NOT NULL,
  patient {key} NOT NULL,
  data {bytes} NOT NULL,
  PRIMARY KEY (clinic, reply)) {clustered};
CREATE INDEX reply_by_patient ON reply (clinic, patient, reply);

CREATE TABLE sent_message (
  id {serial},
  clinic {key} NOT NULL,
  message_id {key} NOT NULL,
  enrollment {key} NOT NULL,
  rule {key} NOT NULL,
  number BIGINT NOT NULL,
  time BIGINT NOT NULL,
  UNIQUE (clinic, message_id));

CREATE TABLE log_mark (
  time BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL) {clustered};

INSERT INTO meta (key, number) VALUES ('trimmed_seq', 0);
)sql",
    R"sql(
ALTER TABLE event ADD COLUMN actor {key};
)sql",
    R"sql(
ALTER TABLE reminder ADD COLUMN cover_rule {key};
ALTER TABLE reminder ADD COLUMN cover BIGINT;
ALTER TABLE reminder ADD COLUMN facts_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reminder ADD COLUMN record {bytes};
-- Every enrollment is planned again, which says what its numbered reminders cover: no plan was made under these
-- fingerprints.
UPDATE enrollment SET calendar = ~calendar;
UPDATE meta SET number = -1 WHERE key = 'zone_database';
)sql",
    R"sql(
-- The events of a clinic that one commit appended, in blocks. What stands in `event` is older, and stays there until it
-- is trimmed.
CREATE TABLE event_block (
  clinic {key} NOT NULL,
  last_seq BIGINT NOT NULL,
  events INTEGER NOT NULL,
  data {bytes} NOT NULL,
  PRIMARY KEY (clinic, last_seq));
)sql",
};

// After this step the addresses of all enrollments are entered, which stand in their messages.
constexpr int64_t kStepWithContacts = 4;

// Before all steps, because it holds the number of the last one.
constexpr char kMeta[] = "CREATE TABLE meta (key {key} NOT NULL PRIMARY KEY, number BIGINT, bytes {bytes}) {clustered}";

std::string InDialect(absl::string_view text, const Dialect& dialect) {
  return absl::StrReplaceAll(text, {{"{key}", dialect.key},
                                    {"{bytes}", dialect.bytes},
                                    {"{serial}", dialect.serial},
                                    {"{clustered}", dialect.clustered}});
}

// 0: there is none yet.
absl::StatusOr<int64_t> SchemaVersion(Connection& connection) {
  const absl::StatusOr<bool> has_meta = connection.HasTable("meta");
  if (!has_meta.ok()) return has_meta.status();
  if (!*has_meta) return 0;
  Query query(connection, "SELECT number FROM meta WHERE key = 'schema_version'");
  return FirstIntOrZero(query);
}

absl::Status CheckVersion(int64_t version) {
  if (version <= NewestSchema()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("the database has schema version ", version,
                                                    ", this program knows up to ", NewestSchema(),
                                                    "; run a newer version of Aftercare"));
}

absl::Status InsertSecret(Connection& connection) {
  std::array<char, 16> secret;
  ssize_t size;
  do {
    size = getrandom(secret.data(), secret.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size != static_cast<ssize_t>(secret.size())) return absl::UnavailableError("the system gives no random bytes");
  return Query(connection, "INSERT INTO meta (key, bytes) VALUES ('secret', $1)")
      .Bytes(absl::string_view(secret.data(), secret.size()))
      .Run();
}

absl::Status Prepare(Connection& connection, const Dialect& dialect) {
  if (absl::Status status = connection.Execute(InDialect(kMeta, dialect)); !status.ok()) return status;
  return InsertSecret(connection);
}

absl::Status ApplySteps(Connection& connection, const Dialect& dialect, int64_t version) {
  if (version == 0) {
    if (absl::Status status = Prepare(connection, dialect); !status.ok()) return status;
  }
  for (int64_t step = version; step < NewestSchema(); ++step) {
    if (absl::Status status = connection.Execute(InDialect(kSteps[step], dialect)); !status.ok()) return status;
    if (step + 1 != kStepWithContacts) continue;
    if (absl::Status status = MigrateContacts(connection); !status.ok()) return status;
  }
  return Query(connection,
               "INSERT INTO meta (key, number) VALUES ('schema_version', $1)"
               " ON CONFLICT (key) DO UPDATE SET number = excluded.number")
      .Int(NewestSchema())
      .Run();
}

// In a transaction under the write lock, so that two programs that start at once do not both migrate.
absl::StatusOr<bool> MigrateLocked(Connection& connection, const Dialect& dialect) {
  const absl::StatusOr<int64_t> version = SchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (absl::Status status = CheckVersion(*version); !status.ok()) return status;
  if (*version == NewestSchema()) return false;
  if (absl::Status status = ApplySteps(connection, dialect, *version); !status.ok()) return status;
  return true;
}

}  // namespace

int NewestSchema() { return std::size(kSteps); }

absl::Status CheckSchema(Connection& connection) {
  const absl::StatusOr<int64_t> version = SchemaVersion(connection);
  return version.ok() ? CheckVersion(*version) : version.status();
}

absl::Status Migrate(Connection& connection, const Dialect& dialect) {
  if (absl::Status status = connection.Begin(); !status.ok()) return status;
  const absl::StatusOr<bool> changed = MigrateLocked(connection, dialect);
  if (changed.ok() && *changed) return connection.Commit();
  connection.Rollback();
  return changed.status();
}

}  // namespace aftercare::store
