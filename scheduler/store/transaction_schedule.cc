// What is due when in a clinic, of all its enrollments at once.
#include <algorithm>
#include <string>

#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

// A literal, because a statement's text must be one.
#define SCHEDULE_READ \
  "SELECT enrollment, next_due, calendar, recorded_until, cohort, outline FROM enrollment_schedule"

namespace aftercare::store {

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

absl::StatusOr<std::vector<int64_t>> ReadTransaction::EnrollmentsDue(absl::string_view clock, absl::string_view clinic,
                                                                     absl::Time through) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  auto clock_number = NumberOf(clock);
  if (!clock_number.ok()) return clock_number.status();
  Query query(connection_,
              "SELECT enrollment FROM enrollment_schedule"
              " WHERE clock = $1 AND clinic = $3 AND next_due IS NOT NULL AND next_due <= $2");
  query.Int(*clock_number).Instant(through).Int(*number);
  return AllRows<int64_t>(query, [](const Statement& row, int64_t& row_id) {
    row_id = row.Int(0);
    return absl::OkStatus();
  });
}

absl::StatusOr<ReadTransaction::Sample> ReadTransaction::SampleSchedule(int64_t clinic) {
  static constexpr int kRows = 64;
  Sample sample;
  Query last(connection_, "SELECT COALESCE(max(enrollment), 0) FROM enrollment_schedule");
  auto last_row_id = FirstIntOrZero(last);
  if (!last_row_id.ok()) return last_row_id.status();
  sample.last_row_id = *last_row_id;
  for (int i = 0; i < kRows && sample.last_row_id > 0; ++i) {
    Query row(connection_, "SELECT clinic FROM enrollment_schedule WHERE enrollment >= $1 ORDER BY enrollment LIMIT 1");
    auto found = FirstIntOrZero(row.Int(sample.last_row_id * i / kRows));
    if (!found.ok()) return found.status();
    ++sample.rows;
    if (*found == clinic) ++sample.of_clinic;
  }
  return sample;
}

absl::StatusOr<int64_t> ReadTransaction::EstimateEnrollments(absl::string_view clinic) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  auto sample = SampleSchedule(*number);
  if (!sample.ok()) return sample.status();
  return sample->rows == 0 ? 0 : sample->last_row_id * sample->of_clinic / sample->rows;
}

absl::Status ReadTransaction::ForEachSchedule(absl::string_view clinic,
                                              absl::FunctionRef<absl::Status(const ScheduleRow& row)> use) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  // The rows lie among those of other clinics. Where they are many of them, all are read, which takes a fifth of the
  // time of looking up each of the clinic's own.
  static constexpr int kReadForOne = 5;
  static constexpr char kAll[] = SCHEDULE_READ " WHERE clinic = $1 ORDER BY enrollment";
  static constexpr char kEach[] =
      SCHEDULE_READ " WHERE enrollment IN (SELECT row_id FROM enrollment WHERE clinic = $1) ORDER BY enrollment";
  const auto sample = SampleSchedule(*number);
  if (!sample.ok()) return sample.status();
  Query query(connection_, sample->of_clinic * kReadForOne >= sample->rows ? kAll : kEach);
  query.Int(*number);
  while (true) {
    const absl::StatusOr<bool> more = query.Next();
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    const Statement& row = query.row();
    absl::Status status = use({row.Int(0), OptionalInstantAt(row, 1), row.Int(2), OptionalInstantAt(row, 3),
                               row.IsNull(4) ? 0 : row.Int(4), row.Bytes(5)});
    if (!status.ok()) return status;
  }
}

absl::Status ReadTransaction::ForEachEnrollmentId(
    absl::string_view clinic, absl::FunctionRef<void(int64_t row_id, absl::string_view enrollment)> use) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, "SELECT row_id, enrollment FROM enrollment WHERE clinic = $1 ORDER BY enrollment");
  query.Int(*number);
  while (true) {
    const absl::StatusOr<bool> more = query.Next();
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    use(query.row().Int(0), query.row().Text(1));
  }
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

}  // namespace aftercare::store
