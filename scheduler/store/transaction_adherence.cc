// What is counted of how patients follow their care plans.
#include <limits>
#include <utility>

#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

// A literal, because a statement's text must be one.
#define ADHERENCE_READ \
  "SELECT enrollment, id, pathway, time_zone, state, last_day, asked, done, silent_since FROM adherence"

namespace aftercare::store {
namespace {

// Assigns every field, and uses the memory of the texts again.
absl::Status ReadAdherenceRow(const Statement& row, AdherenceRow& adherence) {
  const auto assign = [&row](int column, std::string& text) {
    const absl::string_view stored = row.Text(column);
    text.assign(stored.data(), stored.size());
  };
  adherence.enrollment_row_id = row.Int(0);
  assign(1, adherence.enrollment);
  assign(2, adherence.pathway);
  assign(3, adherence.time_zone);
  adherence.state = static_cast<v1::EnrollmentState>(row.Int(4));
  adherence.last_day = row.Int(5);
  adherence.asked = static_cast<uint32_t>(row.Int(6));
  adherence.done = static_cast<uint32_t>(row.Int(7));
  adherence.silent_since.reset();
  if (!row.IsNull(8)) adherence.silent_since = row.Int(8);
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadTransaction::ForEachAdherence(absl::string_view clinic,
                                               absl::FunctionRef<void(const AdherenceRow& row)> use) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, ADHERENCE_READ " WHERE clinic = $1");
  query.Int(*number);
  AdherenceRow row;
  while (true) {
    const absl::StatusOr<bool> more = query.Next();
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    if (absl::Status status = ReadAdherenceRow(query.row(), row); !status.ok()) return status;
    use(row);
  }
}

absl::StatusOr<std::optional<AdherenceRow>> ReadTransaction::GetAdherence(absl::string_view clinic,
                                                                          int64_t enrollment_row_id) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, ADHERENCE_READ " WHERE clinic = $1 AND enrollment = $2");
  return FirstRow<AdherenceRow>(query.Int(*number).Int(enrollment_row_id), ReadAdherenceRow);
}

absl::StatusOr<std::vector<AdherenceMark>> ReadTransaction::AdherenceMarks(absl::string_view clock,
                                                                           absl::string_view clinic,
                                                                           absl::Time through, int limit) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  auto clock_number = NumberOf(clock);
  if (!clock_number.ok()) return clock_number.status();
  Query query(connection_,
              "SELECT count_after, enrollment, stamp FROM adherence_mark"
              " WHERE clock = $1 AND clinic = $2 AND count_after <= $3 ORDER BY count_after, enrollment LIMIT $4");
  query.Int(*clock_number).Int(*number).Instant(through).Int(limit);
  return AllRows<AdherenceMark>(query, [&](const Statement& row, AdherenceMark& mark) {
    mark = {std::string(clinic), std::string(clock), row.Int(1), InstantAt(row, 0), row.Int(2)};
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<AdherenceMark>> ReadTransaction::FirstAdherenceMarks() {
  std::vector<AdherenceMark> marks;
  int64_t clock = std::numeric_limits<int64_t>::min();
  int64_t clinic = 0;
  while (true) {
    // From clinic to clinic in the index, without looking at the marks of each.
    Query query(connection_,
                "SELECT clock, clinic, count_after, enrollment, stamp FROM adherence_mark"
                " WHERE (clock, clinic) > ($1, $2) ORDER BY clock, clinic, count_after LIMIT 1");
    query.Int(clock).Int(clinic);
    const absl::StatusOr<bool> found = query.Next();
    if (!found.ok()) return found.status();
    if (!*found) return marks;
    const Statement& row = query.row();
    clock = row.Int(0);
    clinic = row.Int(1);
    auto clock_id = ClinicOf(clock);
    if (!clock_id.ok()) return clock_id.status();
    auto clinic_id = ClinicOf(clinic);
    if (!clinic_id.ok()) return clinic_id.status();
    if (!MayAccess(*clinic_id)) continue;
    marks.push_back({*std::move(clinic_id), *std::move(clock_id), row.Int(3), InstantAt(row, 2), row.Int(4)});
  }
}

absl::Status WriteTransaction::MarkAdherence(absl::string_view clinic, const ClockId& clock,
                                             int64_t enrollment_row_id, absl::Time count_after) {
  auto number = NumberToWrite(clinic);
  if (!number.ok()) return number.status();
  auto clock_number = MakeNumberOf(clock);
  if (!clock_number.ok()) return clock_number.status();
  // What is marked for later is not being counted yet, so the mark that is there is enough.
  static constexpr char kLater[] =
      "INSERT INTO adherence_mark (clock, clinic, count_after, enrollment, stamp) VALUES ($1, $2, $3, $4, $5)"
      " ON CONFLICT (clock, clinic, count_after, enrollment) DO NOTHING";
  static constexpr char kAtOnce[] =
      "INSERT INTO adherence_mark (clock, clinic, count_after, enrollment, stamp) VALUES ($1, $2, $3, $4, $5)"
      " ON CONFLICT (clock, clinic, count_after, enrollment) DO UPDATE SET stamp = adherence_mark.stamp + 1";
  const bool at_once = count_after == kCountAtOnce;
  Query query(connection_, at_once ? kAtOnce : kLater);
  // A stamp that no earlier mark of the enrollment had, if anything has happened since.
  query.Int(*clock_number).Int(*number).Instant(count_after).Int(enrollment_row_id).Int(sequence_.last());
  if (absl::Status status = query.Run(); !status.ok()) return status;
  // A test clock says itself when it has moved.
  if (query.Changes() > 0 && (at_once || clock.empty())) NoteCount(count_after);
  return absl::OkStatus();
}

absl::Status WriteTransaction::MarkChangedEnrollment(int64_t row_id, int64_t clinic, const EnrollmentRow& row) {
  Query mark(connection_,
             "INSERT INTO adherence_mark (clock, clinic, count_after, enrollment, stamp)"
             " SELECT clock, clinic, 0, enrollment, $3 FROM enrollment_schedule WHERE enrollment = $1 AND version <> $2"
             " ON CONFLICT (clock, clinic, count_after, enrollment) DO UPDATE SET stamp = adherence_mark.stamp + 1");
  if (absl::Status status = mark.Int(row_id).Int(row.version).Int(sequence_.last()).Run(); !status.ok()) return status;
  if (mark.Changes() > 0) NoteCount(kCountAtOnce);
  Query state(connection_, "UPDATE adherence SET state = $3 WHERE clinic = $1 AND enrollment = $2 AND state <> $3");
  return state.Int(clinic).Int(row_id).Int(row.state).Run();
}

absl::StatusOr<bool> WriteTransaction::StoreAdherence(const AdherenceMark& mark,
                                                      const std::optional<AdherenceRow>& counted) {
  auto number = NumberToWrite(mark.clinic);
  if (!number.ok()) return number.status();
  auto clock = NumberOf(mark.clock);
  if (!clock.ok()) return clock.status();
  Query take(connection_,
             "DELETE FROM adherence_mark WHERE clock = $1 AND clinic = $2 AND count_after = $3 AND enrollment = $4"
             " AND stamp = $5");
  take.Int(*clock).Int(*number).Instant(mark.count_after).Int(mark.enrollment_row_id).Int(mark.stamp);
  if (absl::Status status = take.Run(); !status.ok()) return status;
  if (take.Changes() == 0) return false;
  if (!counted) {
    Query remove(connection_, "DELETE FROM adherence WHERE clinic = $1 AND enrollment = $2");
    absl::Status status = remove.Int(*number).Int(mark.enrollment_row_id).Run();
    return status.ok() ? absl::StatusOr<bool>(true) : status;
  }
  Query put(connection_,
            "INSERT INTO adherence (clinic, enrollment, id, pathway, time_zone, state, last_day, asked, done,"
            " silent_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            " ON CONFLICT (clinic, enrollment) DO UPDATE SET id = excluded.id, pathway = excluded.pathway,"
            " time_zone = excluded.time_zone, state = excluded.state, last_day = excluded.last_day,"
            " asked = excluded.asked, done = excluded.done, silent_since = excluded.silent_since");
  put.Int(*number).Int(mark.enrollment_row_id).Text(counted->enrollment).Text(counted->pathway);
  put.Text(counted->time_zone).Int(counted->state).Int(counted->last_day).Int(counted->asked).Int(counted->done);
  absl::Status status = (counted->silent_since ? put.Int(*counted->silent_since) : put.Null()).Run();
  return status.ok() ? absl::StatusOr<bool>(true) : status;
}

}  // namespace aftercare::store
