#include "scheduler/store/schema_steps.h"

namespace aftercare::store {
namespace {

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
    R"sql(
--: the enrollments
-- Rows name a clinic by its number, and an enrollment by its row_id. What moves with each message stands in
-- enrollment_schedule, in a few bytes, so that the enrollment itself is written only when somebody changes it.
CREATE TABLE clinic_number (
  number {serial},
  clinic {key} NOT NULL UNIQUE);
INSERT INTO clinic_number (clinic) SELECT clinic FROM clinic UNION SELECT clinic FROM enrollment ORDER BY clinic;

DROP INDEX enrollment_by_patient;
DROP INDEX enrollment_by_next_due;
ALTER TABLE enrollment RENAME TO enrollment_before;
CREATE TABLE enrollment (
  row_id {serial},
  clinic BIGINT NOT NULL,
  enrollment {key} NOT NULL,
  patient {key} NOT NULL,
  pathway {key} NOT NULL,
  state INTEGER NOT NULL,
  opted_out BIGINT NOT NULL,
  data {bytes} NOT NULL,
  history {bytes},
  UNIQUE (clinic, enrollment));
INSERT INTO enrollment (clinic, enrollment, patient, pathway, state, opted_out, data, history)
  SELECT number, enrollment, patient, pathway, state, opted_out, data, history
  FROM enrollment_before AS was JOIN clinic_number ON clinic_number.clinic = was.clinic
  ORDER BY was.clinic, was.enrollment;
CREATE INDEX enrollment_by_patient ON enrollment (clinic, patient);

CREATE TABLE enrollment_schedule (
  enrollment {serial},
  clinic BIGINT NOT NULL,
  clock BIGINT NOT NULL,
  next_due BIGINT,
  version BIGINT NOT NULL,
  calendar BIGINT NOT NULL,
  recorded_until BIGINT);
INSERT INTO enrollment_schedule (enrollment, clinic, clock, next_due, version, calendar, recorded_until)
  SELECT now.row_id, now.clinic, CASE was.clock WHEN '' THEN 0 ELSE now.clinic END, was.next_due, was.version,
    was.calendar, was.recorded_until
  FROM enrollment AS now JOIN clinic_number ON clinic_number.number = now.clinic
  JOIN enrollment_before AS was ON was.clinic = clinic_number.clinic AND was.enrollment = now.enrollment
  ORDER BY now.row_id;
CREATE INDEX enrollment_by_next_due ON enrollment_schedule (clock, clinic, next_due, enrollment)
  WHERE next_due IS NOT NULL;
DROP TABLE enrollment_before;

ALTER TABLE contact RENAME TO contact_before;
CREATE TABLE contact (
  clinic BIGINT NOT NULL,
  address {key} NOT NULL,
  enrollment BIGINT NOT NULL,
  PRIMARY KEY (clinic, address, enrollment)) {clustered};
INSERT INTO contact (clinic, address, enrollment)
  SELECT now.clinic, was.address, now.row_id
  FROM contact_before AS was JOIN clinic_number ON clinic_number.clinic = was.clinic
  JOIN enrollment AS now ON now.clinic = clinic_number.number AND now.enrollment = was.enrollment
  ORDER BY now.clinic, was.address, now.row_id;
DROP TABLE contact_before;

--: the reminders
-- Appended in the order in which they come due, with indexes of numbers beside.
DROP INDEX reminder_by_due;
DROP INDEX reminder_by_due_unended;
DROP INDEX reminder_by_failed;
DROP INDEX reminder_by_available;
DROP INDEX reminder_by_channel;
DROP INDEX reminder_by_expire;
ALTER TABLE reminder RENAME TO reminder_before;
CREATE TABLE reminder (
  row_id {serial},
  enrollment_row_id BIGINT NOT NULL,
  rule {key} NOT NULL,
  number BIGINT NOT NULL,
  clinic BIGINT NOT NULL,
  enrollment {key} NOT NULL,
  clock BIGINT NOT NULL,
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
  moved INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  score INTEGER,
  error_code {key} NOT NULL,
  cover_rule {key},
  cover BIGINT,
  facts_version INTEGER NOT NULL,
  record {bytes},
  UNIQUE (enrollment_row_id, rule, number));
INSERT INTO reminder (enrollment_row_id, rule, number, clinic, enrollment, clock, revision, state, reason, due, expire,
    state_time, available, is_open, attempts, contact_point, failures, moved, channel, score, error_code, cover_rule,
    cover, facts_version, record)
  SELECT now.row_id, rule, was.number, now.clinic, was.enrollment, CASE was.clock WHEN '' THEN 0 ELSE now.clinic END,
    revision, was.state, reason, due, expire, state_time, available, is_open, attempts, contact_point, failures, moved,
    channel, score, error_code, cover_rule, cover, facts_version, record
  FROM reminder_before AS was JOIN clinic_number ON clinic_number.clinic = was.clinic
  JOIN enrollment AS now ON now.clinic = clinic_number.number AND now.enrollment = was.enrollment
  ORDER BY was.clinic, was.enrollment, was.rule, was.number;
DROP TABLE reminder_before;
--: the indexes of the reminders
CREATE INDEX reminder_by_due ON reminder (clinic, due, enrollment_row_id);
CREATE INDEX reminder_by_due_unended ON reminder (clinic, due, enrollment_row_id) WHERE state <= 3;
CREATE INDEX reminder_by_failed ON reminder (clinic, due, enrollment_row_id) WHERE state = 7;
CREATE INDEX reminder_by_channel ON reminder (clock, channel, clinic, available) WHERE available IS NOT NULL;
CREATE INDEX reminder_by_expire ON reminder (clock, expire) WHERE is_open = 1;
)sql",
    R"sql(
-- What many enrollments of a clinic have in common is stored once, as a cohort: `data` of an enrollment with a cohort
-- continues that of the cohort, and its `pathway` is empty.
CREATE TABLE cohort (
  number {serial},
  clinic BIGINT NOT NULL,
  pathway {key} NOT NULL,
  data {bytes} NOT NULL,
  UNIQUE (clinic, pathway, data));
ALTER TABLE enrollment_schedule ADD COLUMN cohort BIGINT;
ALTER TABLE enrollment_schedule ADD COLUMN outline {bytes};
-- What was stored before gets its cohort and its outline when it is looked at for this.
UPDATE clinic SET replan_after = '';
--: the addresses
-- By 4 bytes that are made of an address. The addresses themselves stand in the enrollments.
ALTER TABLE contact RENAME TO contact_before;
CREATE TABLE contact (
  clinic BIGINT NOT NULL,
  address BIGINT NOT NULL,
  enrollment BIGINT NOT NULL,
  PRIMARY KEY (clinic, address, enrollment)) {clustered};
)sql",
    R"sql(
-- What is known of the addresses that somebody wrote from, whoever has them. An address is a keyed hash here, so that
-- the row can stay when the enrollments that have the address are deleted.
CREATE TABLE address (
  clinic BIGINT NOT NULL,
  address {bytes} NOT NULL,
  stopped INTEGER NOT NULL,
  held_by {key} NOT NULL,
  stop_answered BIGINT,
  start_answered BIGINT,
  help_answered BIGINT,
  PRIMARY KEY (clinic, address)) {clustered};
CREATE INDEX address_by_held ON address (clinic, held_by) WHERE held_by <> '';

-- The replies that the care team has to do something about.
CREATE TABLE reply_task (
  clinic {key} NOT NULL,
  task INTEGER NOT NULL,
  reply {key} NOT NULL,
  PRIMARY KEY (clinic, task, reply)) {clustered};
)sql",
    R"sql(
--: how patients follow their care plans
-- What was counted of each enrollment that was asked something (adherence_rows.h), and which must be counted again.
CREATE TABLE adherence (
  clinic BIGINT NOT NULL,
  enrollment BIGINT NOT NULL,
  id {key} NOT NULL,
  pathway {key} NOT NULL,
  time_zone {key} NOT NULL,
  state INTEGER NOT NULL,
  last_day BIGINT NOT NULL,
  asked BIGINT NOT NULL,
  done BIGINT NOT NULL,
  silent_since BIGINT,
  PRIMARY KEY (clinic, enrollment)) {clustered};
CREATE TABLE adherence_mark (
  clock BIGINT NOT NULL,
  clinic BIGINT NOT NULL,
  count_after BIGINT NOT NULL,
  enrollment BIGINT NOT NULL,
  stamp BIGINT NOT NULL,
  PRIMARY KEY (clock, clinic, count_after, enrollment)) {clustered};
-- All are counted in the background.
INSERT INTO adherence_mark (clock, clinic, count_after, enrollment, stamp)
  SELECT clock, clinic, 0, enrollment, 0 FROM enrollment_schedule ORDER BY clock, clinic, enrollment;
)sql",
    R"sql(
-- The decisions of a patient about messages. A patient about whom nothing is stored has made none but the consents with
-- which the enrollments were made, and these stand in the enrollments.
CREATE TABLE consent_history (
  clinic BIGINT NOT NULL,
  patient {key} NOT NULL,
  data {bytes} NOT NULL,
  PRIMARY KEY (clinic, patient)) {clustered};
)sql",
    R"sql(
-- Who may do what (access_rows.h). The version of both tables stands in meta.
CREATE TABLE token (
  token {key} NOT NULL PRIMARY KEY,
  principal {key} NOT NULL,
  secret_hash {bytes} NOT NULL,
  create_time BIGINT NOT NULL,
  creator {key} NOT NULL,
  expire_time BIGINT NOT NULL,
  last_use_time BIGINT) {clustered};
CREATE TABLE role_binding (
  principal {key} NOT NULL,
  clinic {key} NOT NULL,
  role INTEGER NOT NULL,
  create_time BIGINT NOT NULL,
  creator {key} NOT NULL,
  PRIMARY KEY (principal, clinic, role)) {clustered};
)sql",
};

}  // namespace

absl::Span<const char* const> SchemaSteps() { return kSteps; }

}  // namespace aftercare::store
