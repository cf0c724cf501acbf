#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

// Literals, because a statement's text must be one literal.
#define ENROLLMENT_TABLES " FROM enrollment JOIN enrollment_schedule AS schedule ON schedule.enrollment = row_id"
// What is read of one: its columns, and what its clinic's calendar is now.
#define ENROLLMENT_READ                                                                                               \
  "SELECT row_id, enrollment.clinic, enrollment.enrollment, clock, patient, pathway, version, state, next_due, data," \
  " schedule.calendar, recorded_until, history, opted_out,"                                                           \
  " (SELECT clinic.calendar FROM clinic_number JOIN clinic ON clinic.clinic = clinic_number.clinic"                    \
  " WHERE clinic_number.number = enrollment.clinic)" ENROLLMENT_TABLES
// The row_id $1, or that of the enrollment with the key $2 and $3 if $1 is 0.
#define ROW_ID "COALESCE(NULLIF($1, 0), (SELECT row_id FROM enrollment WHERE clinic = $2 AND enrollment = $3))"
#define SCHEDULE_ROW " WHERE enrollment = " ROW_ID
// The filters of EnrollmentQuery besides the patient, as $2 to $5, and its limit. `id` is the column, or an expression
// for it.
#define ENROLLMENT_FILTERS(id)                                                    \
  " AND " id " > $2 AND ($3 = '' OR pathway = $3)"                                \
  " AND ($4 = 0 OR state = $4) AND ($5 = 0 OR next_due IS NOT NULL OR state = 2)" \
  " ORDER BY " id " LIMIT $6"

namespace aftercare::store {
namespace {

static_assert(v1::ENROLLMENT_STATE_PAUSED == 2, "ENROLLMENT_FILTERS says so");

// The resource name of a pathway is stored as its id: the clinic is in the key already.
std::string PathwayPrefix(absl::string_view clinic) { return absl::StrCat("clinics/", clinic, "/pathways/"); }

// An enrollment as it is stored: what has a column of its own is taken out of the message.
struct StoredEnrollment {
  explicit StoredEnrollment(const EnrollmentRow& row) : patient(row.data.patient()), pathway(row.data.pathway()) {
    v1::Enrollment rest = row.data;
    rest.clear_name();
    rest.clear_etag();
    rest.clear_state();
    rest.clear_patient();
    if (absl::ConsumePrefix(&pathway, PathwayPrefix(row.clinic)) && !pathway.empty()) rest.clear_pathway();
    data = rest.SerializeAsString();
    history = row.history.SerializeAsString();
  }

  absl::string_view patient;
  absl::string_view pathway;
  std::string data;
  std::string history;
};

}  // namespace

absl::Status ReadTransaction::ReadEnrollment(const Statement& row, EnrollmentRow& enrollment) {
  auto clinic = ClinicOf(row.Int(1));
  if (!clinic.ok()) return clinic.status();
  auto clock = ClinicOf(row.Int(3));
  if (!clock.ok()) return clock.status();
  enrollment.row_id = row.Int(0);
  enrollment.clinic = *std::move(clinic);
  enrollment.enrollment = StringAt(row, 2);
  enrollment.clock = *std::move(clock);
  enrollment.version = row.Int(6);
  enrollment.state = static_cast<v1::EnrollmentState>(row.Int(7));
  enrollment.next_due = OptionalInstantAt(row, 8);
  enrollment.plan_fingerprint = row.Int(10);
  enrollment.compare_rows_until = OptionalInstantAt(row, 11);
  if (!row.IsNull(12)) {
    if (absl::Status status = ParseAt(row, 12, enrollment.history); !status.ok()) return status;
  }
  enrollment.opted_out = row.Int(13);
  enrollment.calendar_fingerprint = row.IsNull(14) ? 0 : row.Int(14);
  if (absl::Status status = ParseAt(row, 9, enrollment.data); !status.ok()) return status;
  enrollment.data.set_patient(StringAt(row, 4));
  const absl::string_view pathway = row.Text(5);
  if (enrollment.data.pathway().empty() && !pathway.empty()) {
    enrollment.data.set_pathway(absl::StrCat("clinics/", enrollment.clinic, "/pathways/", pathway));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EnrollmentRow>> ReadTransaction::AllEnrollments(Query& query) {
  return AllRows<EnrollmentRow>(
      query, [this](const Statement& row, EnrollmentRow& enrollment) { return ReadEnrollment(row, enrollment); });
}

absl::StatusOr<std::optional<EnrollmentRow>> ReadTransaction::GetEnrollment(absl::string_view clinic,
                                                                            absl::string_view enrollment,
                                                                            int64_t row_id) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, ENROLLMENT_READ " WHERE row_id = " ROW_ID);
  query.Int(row_id).Int(*number).Text(enrollment);
  return FirstRow<EnrollmentRow>(
      query, [this](const Statement& row, EnrollmentRow& found) { return ReadEnrollment(row, found); });
}

absl::StatusOr<RowVersion> ReadTransaction::EnrollmentRowVersion(absl::string_view clinic,
                                                                 absl::string_view enrollment, int64_t row_id) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_,
              "SELECT version, next_due, recorded_until, calendar,"
              " (SELECT clinic.calendar FROM clinic WHERE clinic.clinic = $4) FROM enrollment_schedule" SCHEDULE_ROW);
  query.Int(row_id).Int(*number).Text(enrollment).Text(clinic);
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return RowVersion();
  const Statement& row = query.row();
  return RowVersion{row.Int(0), OptionalInstantAt(row, 1), OptionalInstantAt(row, 2), row.Int(3),
                    row.IsNull(4) ? 0 : row.Int(4)};
}

absl::StatusOr<std::vector<EnrollmentRow>> ReadTransaction::ListEnrollments(const EnrollmentQuery& query) {
  auto number = NumberToRead(query.clinic);
  if (!number.ok()) return number.status();
  static constexpr char kAll[] =
      ENROLLMENT_READ " WHERE enrollment.clinic = $1" ENROLLMENT_FILTERS("enrollment.enrollment");
  // A patient has a handful. The sign hides the order from the index by id, which would lead through the whole clinic.
  static constexpr char kOfPatient[] =
      ENROLLMENT_READ " WHERE enrollment.clinic = $1 AND patient = $7" ENROLLMENT_FILTERS("+enrollment.enrollment");
  Query rows(connection_, query.patient.empty() ? kAll : kOfPatient);
  rows.Int(*number)
      .Text(query.after)
      .Text(query.pathway)
      .Int(query.state)
      .Int(query.pending_only ? 1 : 0)
      .Int(query.limit);
  if (!query.patient.empty()) rows.Text(query.patient);
  return AllEnrollments(rows);
}

absl::StatusOr<std::vector<std::string>> ReadTransaction::EnrollmentsOf(absl::string_view clinic,
                                                                        absl::string_view patient) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_,
              "SELECT enrollment FROM enrollment WHERE clinic = $1 AND patient = $2 ORDER BY +enrollment");
  query.Int(*number).Text(patient);
  return AllStrings(query);
}

absl::StatusOr<std::vector<EnrollmentOutline>> ReadTransaction::EnrollmentOutlinesOf(absl::string_view clinic,
                                                                                     absl::string_view patient) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_,
              "SELECT enrollment, pathway, state, data FROM enrollment WHERE clinic = $1 AND patient = $2"
              " ORDER BY +enrollment");
  query.Int(*number).Text(patient);
  return AllRows<EnrollmentOutline>(query, [](const Statement& row, EnrollmentOutline& outline) {
    outline.enrollment = StringAt(row, 0);
    outline.pathway = StringAt(row, 1);
    outline.state = static_cast<v1::EnrollmentState>(row.Int(2));
    if (outline.state != v1::ENROLLMENT_STATE_ENDED) return absl::OkStatus();
    v1::Enrollment data;
    absl::Status status = ParseAt(row, 3, data);
    outline.end_reason = data.end_reason();
    return status;
  });
}

absl::StatusOr<int64_t> ReadTransaction::CountRunning(absl::string_view clinic, absl::string_view pathway) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, "SELECT count(*) FROM enrollment WHERE clinic = $1 AND pathway = $2 AND state <> $3");
  query.Int(*number).Text(pathway).Int(v1::ENROLLMENT_STATE_ENDED);
  return FirstIntOrZero(query);
}

absl::StatusOr<std::vector<ReadTransaction::DueClinic>> ReadTransaction::DueClinics(int64_t clock) {
  std::vector<DueClinic> clinics;
  DueClinic last;
  while (true) {
    // From clinic to clinic in the index, without looking at the enrollments of each.
    Query query(connection_,
                "SELECT clinic, next_due FROM enrollment_schedule WHERE clock = $1 AND next_due IS NOT NULL"
                " AND clinic > $2 ORDER BY clinic, next_due LIMIT 1");
    query.Int(clock).Int(last.clinic);
    const absl::StatusOr<bool> found = query.Next();
    if (!found.ok()) return found.status();
    if (!*found) return clinics;
    last = {query.row().Int(0), InstantAt(query.row(), 1)};
    clinics.push_back(last);
  }
}

absl::StatusOr<std::vector<std::string>> ReadTransaction::ClinicsDue(absl::string_view clock, absl::Time through) {
  auto number = NumberToRead(clock);
  if (!number.ok()) return number.status();
  auto clinics = DueClinics(*number);
  if (!clinics.ok()) return clinics.status();
  std::vector<std::string> due;
  for (const DueClinic& clinic : *clinics) {
    if (clinic.next_due > through) continue;
    auto id = ClinicOf(clinic.clinic);
    if (!id.ok()) return id.status();
    due.push_back(*std::move(id));
  }
  return due;
}

absl::StatusOr<std::vector<EnrollmentRow>> ReadTransaction::DueEnrollments(
    absl::string_view clock, absl::string_view clinic, absl::Time through,
    const std::optional<SchedulePosition>& after, int limit) {
  auto number = NumberToRead(clock);
  if (!number.ok()) return number.status();
  auto clinic_number = NumberOf(clinic);
  if (!clinic_number.ok()) return clinic_number.status();
  Query query(connection_, ENROLLMENT_READ
              " WHERE clock = $1 AND schedule.clinic = $2 AND next_due IS NOT NULL AND next_due <= $3"
              " AND (next_due, schedule.enrollment) > ($4, $5) ORDER BY next_due, schedule.enrollment LIMIT $6");
  static const SchedulePosition kStart{absl::FromUnixMicros(std::numeric_limits<int64_t>::min()), 0};
  const SchedulePosition& start = after ? *after : kStart;
  query.Int(*number).Int(*clinic_number).Instant(through).Instant(start.next_due).Int(start.row_id).Int(limit);
  return AllEnrollments(query);
}

absl::StatusOr<std::optional<absl::Time>> ReadTransaction::NextDue(absl::string_view clock, absl::string_view clinic) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  auto clock_number = NumberOf(clock);
  if (!clock_number.ok()) return clock_number.status();
  Query query(connection_,
              "SELECT next_due FROM enrollment_schedule WHERE clock = $1 AND clinic = $2 AND next_due IS NOT NULL"
              " ORDER BY next_due LIMIT 1");
  return FirstInstant(query.Int(*clock_number).Int(*number));
}

absl::StatusOr<std::vector<std::string>> ReadTransaction::EnrollmentsDue(absl::string_view clock,
                                                                         absl::string_view clinic, absl::Time through) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  auto clock_number = NumberOf(clock);
  if (!clock_number.ok()) return clock_number.status();
  Query query(connection_, "SELECT enrollment.enrollment" ENROLLMENT_TABLES
              " WHERE clock = $1 AND schedule.clinic = $3 AND next_due IS NOT NULL AND next_due <= $2");
  query.Int(*clock_number).Instant(through).Int(*number);
  return AllStrings(query);
}

absl::StatusOr<std::optional<absl::Time>> ReadTransaction::NextWake(absl::string_view clock) {
  auto number = NumberOf(clock);
  if (!number.ok()) return number.status();
  auto clinics = DueClinics(*number);
  if (!clinics.ok()) return clinics.status();
  Query next_close(connection_, "SELECT expire FROM reminder WHERE clock = $1 AND is_open = 1 ORDER BY expire LIMIT 1");
  auto wake = FirstInstant(next_close.Int(*number));
  if (!wake.ok()) return wake;
  for (const DueClinic& clinic : *clinics) wake = std::min(clinic.next_due, wake->value_or(clinic.next_due));
  return wake;
}

absl::StatusOr<int64_t> WriteTransaction::WriteEnrollment(const char* statement, int64_t clinic,
                                                          const EnrollmentRow& row) {
  const StoredEnrollment stored(row);
  Query query(connection_, statement);
  query.Int(clinic)
      .Text(row.enrollment)
      .Text(stored.patient)
      .Text(stored.pathway)
      .Int(row.state)
      .Int(row.opted_out)
      .Bytes(stored.data);
  return FirstIntOrZero(stored.history.empty() ? query.Null() : query.Bytes(stored.history));
}

absl::Status WriteTransaction::InsertEnrollment(const EnrollmentRow& row) {
  auto clinic = NumberToWrite(row.clinic);
  if (!clinic.ok()) return clinic.status();
  auto clock = MakeNumberOf(row.clock);
  if (!clock.ok()) return clock.status();
  NoteWakeOf(row.clock, row.next_due);
  auto row_id = WriteEnrollment(
      "INSERT INTO enrollment (clinic, enrollment, patient, pathway, state, opted_out, data, history)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING row_id",
      *clinic, row);
  if (!row_id.ok()) return row_id.status();
  absl::Status status = Query(connection_,
                              "INSERT INTO enrollment_schedule (enrollment, clinic, clock, next_due, version, calendar,"
                              " recorded_until) VALUES ($1, $2, $3, $4, $5, $6, $7)")
                            .Int(*row_id)
                            .Int(*clinic)
                            .Int(*clock)
                            .Instant(row.next_due)
                            .Int(row.version)
                            .Int(row.plan_fingerprint)
                            .Instant(row.compare_rows_until)
                            .Run();
  if (!status.ok()) return status;
  return InsertContacts(row, *clinic, *row_id);
}

absl::Status WriteTransaction::UpdateEnrollment(const EnrollmentRow& row) {
  auto clinic = NumberToWrite(row.clinic);
  if (!clinic.ok()) return clinic.status();
  auto clock = MakeNumberOf(row.clock);
  if (!clock.ok()) return clock.status();
  NoteWakeOf(row.clock, row.next_due);
  auto row_id = WriteEnrollment(
      "UPDATE enrollment SET patient = $3, pathway = $4, state = $5, opted_out = $6, data = $7, history = $8"
      " WHERE clinic = $1 AND enrollment = $2 RETURNING row_id",
      *clinic, row);
  if (!row_id.ok()) return row_id.status();
  return Query(connection_,
               "UPDATE enrollment_schedule SET clock = $2, next_due = $3, version = $4, calendar = $5,"
               " recorded_until = $6 WHERE enrollment = $1")
      .Int(*row_id)
      .Int(*clock)
      .Instant(row.next_due)
      .Int(row.version)
      .Int(row.plan_fingerprint)
      .Instant(row.compare_rows_until)
      .RunOnOne("enrollment");
}

absl::Status WriteTransaction::SetNextDue(const EnrollmentRow& row) {
  auto clinic = NumberToWrite(row.clinic);
  if (!clinic.ok()) return clinic.status();
  NoteWakeOf(row.clock, row.next_due);
  return Query(connection_, "UPDATE enrollment_schedule SET next_due = $4" SCHEDULE_ROW)
      .Int(row.row_id)
      .Int(*clinic)
      .Text(row.enrollment)
      .Instant(row.next_due)
      .RunOnOne("enrollment");
}

absl::StatusOr<bool> WriteTransaction::MoveNextDue(const EnrollmentRow& row, const RowVersion& was) {
  auto clinic = NumberToWrite(row.clinic);
  if (!clinic.ok()) return clinic.status();
  NoteWakeOf(row.clock, row.next_due);
  Query query(connection_,
              "UPDATE enrollment_schedule SET next_due = $4" SCHEDULE_ROW
              " AND version = $5 AND next_due IS NOT DISTINCT FROM $6 AND recorded_until IS NOT DISTINCT FROM $7"
              " AND calendar = $8 AND COALESCE((SELECT clinic.calendar FROM clinic WHERE clinic.clinic = $10), 0) = $9");
  query.Int(row.row_id).Int(*clinic).Text(row.enrollment).Instant(row.next_due).Int(was.version);
  query.Instant(was.next_due).Instant(was.compare_rows_until).Int(was.plan_fingerprint).Int(was.calendar_fingerprint);
  query.Text(row.clinic);
  if (absl::Status status = query.Run(); !status.ok()) return status;
  return query.Changes() == 1;
}

}  // namespace aftercare::store
