#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

// Literals, because a statement's text must be one literal.
#define ENROLLMENT_COLUMNS                                                                                          \
  "clinic, enrollment, clock, patient, pathway, version, state, next_due, data, calendar, recorded_until, history," \
  " opted_out"
// What is read of one: besides its columns what its clinic's calendar is now.
#define CLINIC_CALENDAR "(SELECT clinic.calendar FROM clinic WHERE clinic.clinic = enrollment.clinic)"
#define ENROLLMENT_READ ENROLLMENT_COLUMNS ", " CLINIC_CALENDAR
// The filters of EnrollmentQuery besides the patient, as $3 to $6, and its limit.
#define ENROLLMENT_FILTERS(order)                                                 \
  " AND enrollment > $2 AND ($3 = '' OR pathway = $3)"                            \
  " AND ($4 = 0 OR state = $4) AND ($5 = 0 OR next_due IS NOT NULL OR state = 2)" \
  " ORDER BY " order " LIMIT $6"

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

// The columns of ENROLLMENT_COLUMNS, as $1 to $13. The bytes are referenced until the query has run.
Query& Bind(const EnrollmentRow& row, const StoredEnrollment& stored, Query& query) {
  query.Text(row.clinic)
      .Text(row.enrollment)
      .Text(row.clock)
      .Text(stored.patient)
      .Text(stored.pathway)
      .Int(row.version)
      .Int(row.state)
      .Instant(row.next_due)
      .Bytes(stored.data)
      .Int(row.plan_fingerprint)
      .Instant(row.compare_rows_until);
  return (stored.history.empty() ? query.Null() : query.Bytes(stored.history)).Int(row.opted_out);
}

absl::Status ReadEnrollment(const Statement& row, EnrollmentRow& enrollment) {
  enrollment.clinic = StringAt(row, 0);
  enrollment.enrollment = StringAt(row, 1);
  enrollment.clock = StringAt(row, 2);
  enrollment.version = row.Int(5);
  enrollment.state = static_cast<v1::EnrollmentState>(row.Int(6));
  enrollment.next_due = OptionalInstantAt(row, 7);
  enrollment.plan_fingerprint = row.Int(9);
  enrollment.compare_rows_until = OptionalInstantAt(row, 10);
  if (!row.IsNull(11)) {
    if (absl::Status status = ParseAt(row, 11, enrollment.history); !status.ok()) return status;
  }
  enrollment.opted_out = row.Int(12);
  enrollment.calendar_fingerprint = row.IsNull(13) ? 0 : row.Int(13);
  if (absl::Status status = ParseAt(row, 8, enrollment.data); !status.ok()) return status;
  enrollment.data.set_patient(StringAt(row, 3));
  const absl::string_view pathway = row.Text(4);
  if (enrollment.data.pathway().empty() && !pathway.empty()) {
    enrollment.data.set_pathway(absl::StrCat("clinics/", enrollment.clinic, "/pathways/", pathway));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<EnrollmentRow>> ReadTransaction::GetEnrollment(absl::string_view clinic,
                                                                            absl::string_view enrollment) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT " ENROLLMENT_READ " FROM enrollment WHERE clinic = $1 AND enrollment = $2");
  query.Text(clinic).Text(enrollment);
  return FirstRow<EnrollmentRow>(query, ReadEnrollment);
}

absl::StatusOr<RowVersion> ReadTransaction::EnrollmentRowVersion(absl::string_view clinic,
                                                                 absl::string_view enrollment) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT version, next_due, recorded_until, calendar, " CLINIC_CALENDAR
                           " FROM enrollment WHERE clinic = $1 AND enrollment = $2");
  query.Text(clinic).Text(enrollment);
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return RowVersion();
  const Statement& row = query.row();
  return RowVersion{row.Int(0), OptionalInstantAt(row, 1), OptionalInstantAt(row, 2), row.Int(3),
                    row.IsNull(4) ? 0 : row.Int(4)};
}

absl::StatusOr<std::vector<EnrollmentRow>> ReadTransaction::ListEnrollments(const EnrollmentQuery& query) {
  if (absl::Status access = CheckAccess(query.clinic); !access.ok()) return access;
  static constexpr char kAll[] =
      "SELECT " ENROLLMENT_READ " FROM enrollment WHERE clinic = $1" ENROLLMENT_FILTERS("enrollment");
  // A patient has a handful. Said as a span, so that the index by patient is taken and not the whole clinic looked at.
  static constexpr char kOfPatient[] =
      "SELECT " ENROLLMENT_READ
      " FROM enrollment WHERE clinic = $1 AND patient >= $7 AND patient <= $7" ENROLLMENT_FILTERS(
          "patient, enrollment");
  Query rows(connection_, query.patient.empty() ? kAll : kOfPatient);
  rows.Text(query.clinic)
      .Text(query.after)
      .Text(query.pathway)
      .Int(query.state)
      .Int(query.pending_only ? 1 : 0)
      .Int(query.limit);
  if (!query.patient.empty()) rows.Text(query.patient);
  return AllRows<EnrollmentRow>(rows, ReadEnrollment);
}

absl::StatusOr<std::vector<std::string>> ReadTransaction::EnrollmentsOf(absl::string_view clinic,
                                                                        absl::string_view patient) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT enrollment FROM enrollment WHERE clinic = $1 AND patient = $2 ORDER BY enrollment");
  query.Text(clinic).Text(patient);
  return AllStrings(query);
}

absl::StatusOr<std::vector<EnrollmentOutline>> ReadTransaction::EnrollmentOutlinesOf(absl::string_view clinic,
                                                                                     absl::string_view patient) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_,
              "SELECT enrollment, pathway, state, data FROM enrollment WHERE clinic = $1 AND enrollment IN"
              " (SELECT enrollment FROM enrollment WHERE clinic = $1 AND patient = $2) ORDER BY enrollment");
  query.Text(clinic).Text(patient);
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
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT count(*) FROM enrollment WHERE clinic = $1 AND pathway = $2 AND state <> $3");
  query.Text(clinic).Text(pathway).Int(v1::ENROLLMENT_STATE_ENDED);
  return FirstIntOrZero(query);
}

absl::StatusOr<std::vector<EnrollmentRow>> ReadTransaction::DueEnrollments(absl::string_view clock, absl::Time through,
                                                                           int limit) {
  if (absl::Status access = CheckAccess(clock); !access.ok()) return access;
  Query query(connection_, "SELECT " ENROLLMENT_READ
                           " FROM enrollment WHERE clock = $1 AND next_due IS NOT NULL AND next_due <= $2"
                           " ORDER BY next_due, clinic, enrollment LIMIT $3");
  query.Text(clock).Instant(through).Int(limit);
  return AllRows<EnrollmentRow>(query, ReadEnrollment);
}

absl::StatusOr<std::vector<std::string>> ReadTransaction::EnrollmentsDue(absl::string_view clock,
                                                                         absl::string_view clinic, absl::Time through) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_,
              "SELECT enrollment FROM enrollment WHERE clock = $1 AND next_due IS NOT NULL AND next_due <= $2"
              " AND clinic = $3");
  query.Text(clock).Instant(through).Text(clinic);
  return AllStrings(query);
}

absl::StatusOr<std::optional<absl::Time>> ReadTransaction::NextWake(absl::string_view clock) {
  Query next_due(connection_,
                 "SELECT next_due FROM enrollment WHERE clock = $1 AND next_due IS NOT NULL ORDER BY next_due LIMIT 1");
  next_due.Text(clock);
  absl::StatusOr<std::optional<absl::Time>> due = FirstInstant(next_due);
  if (!due.ok()) return due;
  Query next_close(connection_, "SELECT expire FROM reminder WHERE clock = $1 AND is_open = 1 ORDER BY expire LIMIT 1");
  next_close.Text(clock);
  absl::StatusOr<std::optional<absl::Time>> close = FirstInstant(next_close);
  if (!close.ok() || !due->has_value()) return close;
  return close->has_value() && **close < **due ? close : due;
}

absl::Status WriteTransaction::InsertEnrollment(const EnrollmentRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  NoteWakeOf(row.clock, row.next_due);
  const StoredEnrollment stored(row);
  Query query(connection_, "INSERT INTO enrollment (" ENROLLMENT_COLUMNS
                           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
                           " $12, $13)");
  if (absl::Status status = Bind(row, stored, query).Run(); !status.ok()) return status;
  return InsertContacts(row);
}

absl::Status WriteTransaction::UpdateEnrollment(const EnrollmentRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  NoteWakeOf(row.clock, row.next_due);
  const StoredEnrollment stored(row);
  Query query(connection_,
              "UPDATE enrollment SET clock = $3, patient = $4, pathway = $5, version = $6, state = $7, next_due = $8,"
              " data = $9, calendar = $10, recorded_until = $11, history = $12, opted_out = $13"
              " WHERE clinic = $1 AND enrollment = $2");
  return Bind(row, stored, query).RunOnOne("enrollment");
}

absl::Status WriteTransaction::SetNextDue(const EnrollmentRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  NoteWakeOf(row.clock, row.next_due);
  return Query(connection_, "UPDATE enrollment SET next_due = $3 WHERE clinic = $1 AND enrollment = $2")
      .Text(row.clinic)
      .Text(row.enrollment)
      .Instant(row.next_due)
      .RunOnOne("enrollment");
}

absl::StatusOr<bool> WriteTransaction::MoveNextDue(const EnrollmentRow& row, const RowVersion& was) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  NoteWakeOf(row.clock, row.next_due);
  Query query(connection_,
              "UPDATE enrollment SET next_due = $3 WHERE clinic = $1 AND enrollment = $2 AND version = $4"
              " AND next_due IS NOT DISTINCT FROM $5 AND recorded_until IS NOT DISTINCT FROM $6 AND calendar = $7"
              " AND COALESCE(" CLINIC_CALENDAR ", 0) = $8");
  query.Text(row.clinic).Text(row.enrollment).Instant(row.next_due).Int(was.version);
  query.Instant(was.next_due).Instant(was.compare_rows_until).Int(was.plan_fingerprint).Int(was.calendar_fingerprint);
  if (absl::Status status = query.Run(); !status.ok()) return status;
  return query.Changes() == 1;
}

}  // namespace aftercare::store
