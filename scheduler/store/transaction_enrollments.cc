#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/io/coded_stream.h"
#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

// Literals, because a statement's text must be one literal.
#define ENROLLMENT_TABLES                                                             \
  " FROM enrollment JOIN enrollment_schedule AS schedule ON schedule.enrollment = row_id" \
  " LEFT JOIN cohort ON cohort.number = schedule.cohort"
// What was stored before there were cohorts has its pathway itself.
#define PATHWAY "COALESCE(cohort.pathway, enrollment.pathway)"
// What is read of one: its columns, and what its clinic's calendar is now.
#define ENROLLMENT_READ                                                                                                \
  "SELECT row_id, enrollment.clinic, enrollment.enrollment, clock, patient, " PATHWAY                                  \
  ", version, state, next_due, enrollment.data, schedule.calendar, recorded_until, history, opted_out,"                \
  " (SELECT clinic.calendar FROM clinic_number JOIN clinic ON clinic.clinic = clinic_number.clinic"                    \
  " WHERE clinic_number.number = enrollment.clinic), cohort.data, outline IS NOT NULL" ENROLLMENT_TABLES
// The row_id $1, or that of the enrollment with the key $2 and $3 if $1 is 0.
#define ROW_ID "COALESCE(NULLIF($1, 0), (SELECT row_id FROM enrollment WHERE clinic = $2 AND enrollment = $3))"
#define SCHEDULE_ROW " WHERE enrollment = " ROW_ID
// The filters of EnrollmentQuery besides the patient, as $2 to $5, and its limit. `id` is the column, or an expression
// for it.
#define ENROLLMENT_FILTERS(id)                                                    \
  " AND " id " > $2 AND ($3 = '' OR " PATHWAY " = $3)"                            \
  " AND ($4 = 0 OR state = $4) AND ($5 = 0 OR next_due IS NOT NULL OR state = 2)" \
  " ORDER BY " id " LIMIT $6"

namespace aftercare::store {
namespace {

static_assert(v1::ENROLLMENT_STATE_PAUSED == 2, "ENROLLMENT_FILTERS says so");

// One column has the channels and the contact points that nothing may go to: the channels in the first 8 bits, then the
// stopped points and the held points in 16 bits each.
int64_t PackBlocked(const EnrollmentRow& row) {
  return row.opted_out | int64_t{row.stopped_points} << 8 | int64_t{row.held_points} << 24;
}

void UnpackBlocked(int64_t packed, EnrollmentRow& row) {
  row.opted_out = packed & 0xFF;
  row.stopped_points = packed >> 8 & 0xFFFF;
  row.held_points = packed >> 24 & 0xFFFF;
}

// The resource name of a pathway is stored as its id: the clinic is in the key already.
std::string PathwayPrefix(absl::string_view clinic) { return absl::StrCat("clinics/", clinic, "/pathways/"); }

std::string PathwayName(absl::string_view clinic, absl::string_view pathway) {
  return absl::StrCat(PathwayPrefix(clinic), pathway);
}

// Takes out of an enrollment what many have in common.
v1::Enrollment TakeCommon(v1::Enrollment& enrollment) {
  v1::Enrollment common;
  common.set_pathway_revision(enrollment.pathway_revision());
  common.set_consent(enrollment.consent());
  common.mutable_procedure_date()->swap(*enrollment.mutable_procedure_date());
  common.mutable_time_zone()->swap(*enrollment.mutable_time_zone());
  common.mutable_locale()->swap(*enrollment.mutable_locale());
  if (enrollment.has_contact_hours()) common.mutable_contact_hours()->Swap(enrollment.mutable_contact_hours());
  enrollment.clear_pathway_revision();
  enrollment.clear_consent();
  enrollment.clear_contact_hours();
  return common;
}

// Adds to an enrollment what TakeCommon took out of it.
absl::Status MergeAt(const Statement& row, int column, v1::Enrollment& enrollment) {
  const absl::string_view bytes = row.Bytes(column);
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  if (enrollment.MergeFromCodedStream(&stream)) return absl::OkStatus();
  return absl::DataLossError("a stored enrollment cannot be read");
}

}  // namespace

// An enrollment as it is stored: what has a column of its own is taken out of the message, and so is what goes into its
// cohort.
struct StoredEnrollment {
  explicit StoredEnrollment(const EnrollmentRow& row) : patient(row.data.patient()), pathway(row.data.pathway()) {
    v1::Enrollment rest = row.data;
    rest.clear_name();
    rest.clear_etag();
    rest.clear_state();
    rest.clear_patient();
    if (absl::ConsumePrefix(&pathway, PathwayPrefix(row.clinic)) && !pathway.empty()) rest.clear_pathway();
    common = TakeCommon(rest).SerializeAsString();
    data = rest.SerializeAsString();
    history = row.history.SerializeAsString();
  }

  absl::string_view patient;
  absl::string_view pathway;
  std::string common;
  std::string data;
  std::string history;
};

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
  UnpackBlocked(row.Int(13), enrollment);
  enrollment.calendar_fingerprint = row.IsNull(14) ? 0 : row.Int(14);
  enrollment.has_outline = row.Int(16) != 0;
  if (absl::Status status = ParseAt(row, 9, enrollment.data); !status.ok()) return status;
  if (!row.IsNull(15)) {
    if (absl::Status status = MergeAt(row, 15, enrollment.data); !status.ok()) return status;
  }
  enrollment.data.set_patient(StringAt(row, 4));
  const absl::string_view pathway = row.Text(5);
  if (enrollment.data.pathway().empty() && !pathway.empty()) {
    enrollment.data.set_pathway(PathwayName(enrollment.clinic, pathway));
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
              "SELECT enrollment.enrollment, " PATHWAY ", state, enrollment.data" ENROLLMENT_TABLES
              " WHERE enrollment.clinic = $1 AND patient = $2 ORDER BY +enrollment.enrollment");
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
  Query query(connection_, "SELECT count(*)" ENROLLMENT_TABLES " WHERE enrollment.clinic = $1 AND " PATHWAY
              " = $2 AND state <> $3");
  query.Int(*number).Text(pathway).Int(v1::ENROLLMENT_STATE_ENDED);
  return FirstIntOrZero(query);
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

absl::StatusOr<std::optional<v1::Enrollment>> ReadTransaction::GetCohort(absl::string_view clinic, int64_t cohort) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, "SELECT pathway, data FROM cohort WHERE number = $1 AND clinic = $2");
  query.Int(cohort).Int(*number);
  return FirstRow<v1::Enrollment>(query, [clinic](const Statement& row, v1::Enrollment& common) {
    absl::Status status = ParseAt(row, 1, common);
    common.set_pathway(PathwayName(clinic, row.Text(0)));
    return status;
  });
}

absl::StatusOr<int64_t> WriteTransaction::MakeCohort(int64_t clinic, const StoredEnrollment& stored) {
  Query find(connection_, "SELECT number FROM cohort WHERE clinic = $1 AND pathway = $2 AND data = $3");
  auto number = FirstIntOrZero(find.Int(clinic).Text(stored.pathway).Bytes(stored.common));
  if (!number.ok() || *number != 0) return number;
  Query make(connection_, "INSERT INTO cohort (clinic, pathway, data) VALUES ($1, $2, $3) RETURNING number");
  return FirstIntOrZero(make.Int(clinic).Text(stored.pathway).Bytes(stored.common));
}

absl::StatusOr<int64_t> WriteTransaction::WriteEnrollment(const char* statement, int64_t clinic,
                                                          const EnrollmentRow& row, const StoredEnrollment& stored) {
  Query query(connection_, statement);
  query.Int(clinic).Text(row.enrollment).Text(stored.patient).Int(row.state).Int(PackBlocked(row)).Bytes(stored.data);
  return FirstIntOrZero(stored.history.empty() ? query.Null() : query.Bytes(stored.history));
}

absl::Status WriteTransaction::WriteSchedule(const char* statement, int64_t row_id, int64_t clinic,
                                             const EnrollmentRow& row, const StoredEnrollment& stored) {
  auto clock = MakeNumberOf(row.clock);
  if (!clock.ok()) return clock.status();
  auto cohort = MakeCohort(clinic, stored);
  if (!cohort.ok()) return cohort.status();
  NoteWakeOf(row.clock, row.next_due);
  Query query(connection_, statement);
  query.Int(row_id)
      .Int(clinic)
      .Int(*clock)
      .Instant(row.next_due)
      .Int(row.version)
      .Int(row.plan_fingerprint)
      .Instant(row.compare_rows_until)
      .Int(*cohort);
  if (row.outline.empty()) {
    query.Null();
  } else {
    query.Bytes(row.outline);
  }
  return query.RunOnOne("enrollment");
}

absl::Status WriteTransaction::InsertEnrollment(const EnrollmentRow& row) {
  auto clinic = NumberToWrite(row.clinic);
  if (!clinic.ok()) return clinic.status();
  const StoredEnrollment stored(row);
  auto row_id = WriteEnrollment(
      "INSERT INTO enrollment (clinic, enrollment, patient, pathway, state, opted_out, data, history)"
      " VALUES ($1, $2, $3, '', $4, $5, $6, $7) RETURNING row_id",
      *clinic, row, stored);
  if (!row_id.ok()) return row_id.status();
  absl::Status status = WriteSchedule(
      "INSERT INTO enrollment_schedule (enrollment, clinic, clock, next_due, version, calendar, recorded_until, cohort,"
      " outline) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      *row_id, *clinic, row, stored);
  if (!status.ok()) return status;
  return InsertContacts(row, *clinic, *row_id);
}

absl::Status WriteTransaction::UpdateEnrollment(const EnrollmentRow& row) {
  auto clinic = NumberToWrite(row.clinic);
  if (!clinic.ok()) return clinic.status();
  const StoredEnrollment stored(row);
  auto row_id = WriteEnrollment(
      "UPDATE enrollment SET patient = $3, pathway = '', state = $4, opted_out = $5, data = $6, history = $7"
      " WHERE clinic = $1 AND enrollment = $2 RETURNING row_id",
      *clinic, row, stored);
  if (!row_id.ok()) return row_id.status();
  if (absl::Status status = MarkChangedEnrollment(*row_id, *clinic, row); !status.ok()) return status;
  return WriteSchedule(
      "UPDATE enrollment_schedule SET clinic = $2, clock = $3, next_due = $4, version = $5, calendar = $6,"
      " recorded_until = $7, cohort = $8, outline = $9 WHERE enrollment = $1",
      *row_id, *clinic, row, stored);
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
