#include <algorithm>
#include <limits>

#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

// Literals, because a statement's text must be one literal.
#define REMINDER_COLUMNS                                                                                             \
  "row_id, enrollment_row_id, clinic, enrollment, rule, number, clock, revision, state, reason, due, expire,"       \
  " state_time, available, is_open, attempts, contact_point, failures, moved, channel, score, error_code,"          \
  " cover_rule, cover, facts_version, record"
#define SELECT_REMINDER "SELECT " REMINDER_COLUMNS " FROM reminder"
// The row_id of an enrollment by its key.
#define ENROLLMENT_ROW(clinic, enrollment) \
  "(SELECT row_id FROM enrollment WHERE clinic = " clinic " AND enrollment = " enrollment ")"
// The filters of ReminderQuery besides the enrollment, as $2 to $7, and its limit. States are the bits of a number.
// `due` is the column, or an expression for it.
#define REMINDER_FILTERS(due)                                                          \
  " AND (" due ", enrollment_row_id, rule, number) > ($2, $3, $4, $5) AND " due " < $6" \
  " AND (($7 >> state) & 1) = 1 ORDER BY " due ", enrollment_row_id, rule, number LIMIT $8"
// What an update leaves alone, because it was fixed at firing, and the row itself.
#define CHANGED_COLUMNS                                                                                         \
  "UPDATE reminder SET state = $2, reason = $3, state_time = $4, available = $5, attempts = $6,"                \
  " contact_point = $7, failures = $8, moved = $9, channel = $10, score = $11, error_code = $12,"               \
  " cover_rule = $13, cover = $14, facts_version = $15, record = $16"
#define UPDATED_ROW " WHERE row_id = $1"

namespace aftercare::store {
namespace {

// The state of a reminder and what changes with it, in the order of CHANGED_COLUMNS and of the last columns of
// REMINDER_COLUMNS. The bytes are referenced until the query has run.
Query& BindChanging(Query& query, const ReminderRow& row) {
  query.Int(row.state)
      .Int(row.reason)
      .Instant(row.state_time)
      .Instant(row.available)
      .Int(row.attempts)
      .Int(row.contact_point)
      .Int(row.failures)
      .Int(row.moved ? 1 : 0)
      .Int(row.channel);
  (row.score ? query.Int(*row.score) : query.Null()).Text(row.error_code);
  if (row.cover) {
    (row.cover->rule.empty() ? query.Null() : query.Text(row.cover->rule)).Int(row.cover->code);
  } else {
    query.Null().Null();
  }
  query.Int(row.facts_version);
  return row.record.empty() ? query.Null() : query.Bytes(row.record);
}

// Where the listing begins: behind the page before, or at the beginning of the due window, whichever is later.
DuePosition StartOf(const ReminderQuery& query) {
  DuePosition window;  // its row id is before that of any enrollment
  window.due = query.due_from.value_or(absl::FromUnixMicros(std::numeric_limits<int64_t>::min()));
  if (!query.after.has_value() || query.after->due < window.due) return window;
  return *query.after;
}

int64_t BitsOf(const std::vector<v1::ReminderState>& states) {
  if (states.empty()) return std::numeric_limits<int64_t>::max();
  int64_t bits = 0;
  for (const v1::ReminderState state : states) bits |= int64_t{1} << state;
  return bits;
}

static_assert(v1::REMINDER_STATE_SCHEDULED <= 3 && v1::REMINDER_STATE_DUE <= 3 && v1::REMINDER_STATE_LEASED <= 3 &&
              v1::REMINDER_STATE_SENT > 3);
bool AreUnended(const std::vector<v1::ReminderState>& states) {
  const auto is_unended = [](v1::ReminderState state) { return state <= 3; };
  return !states.empty() && std::all_of(states.begin(), states.end(), is_unended);
}

}  // namespace

absl::Status ReadTransaction::ReadReminder(const Statement& row, ReminderRow& reminder) {
  auto clinic = ClinicOf(row.Int(2));
  if (!clinic.ok()) return clinic.status();
  auto clock = ClinicOf(row.Int(6));
  if (!clock.ok()) return clock.status();
  reminder.row_id = row.Int(0);
  reminder.enrollment_row_id = row.Int(1);
  reminder.key = {*std::move(clinic), StringAt(row, 3), StringAt(row, 4), row.Int(5)};
  reminder.clock = *std::move(clock);
  reminder.revision = static_cast<int32_t>(row.Int(7));
  reminder.state = static_cast<v1::ReminderState>(row.Int(8));
  reminder.reason = static_cast<v1::ReminderReason>(row.Int(9));
  reminder.due = InstantAt(row, 10);
  reminder.expire = InstantAt(row, 11);
  reminder.state_time = InstantAt(row, 12);
  reminder.available = OptionalInstantAt(row, 13);
  // `closes` is `expire` wherever it is set, so a flag is all that is stored of it.
  if (row.Int(14) != 0) reminder.closes = reminder.expire;
  reminder.attempts = static_cast<int32_t>(row.Int(15));
  reminder.contact_point = static_cast<int32_t>(row.Int(16));
  reminder.failures = static_cast<int32_t>(row.Int(17));
  reminder.moved = row.Int(18) != 0;
  reminder.channel = static_cast<v1::Channel>(row.Int(19));
  if (!row.IsNull(20)) reminder.score = static_cast<int32_t>(row.Int(20));
  reminder.error_code = StringAt(row, 21);
  if (!row.IsNull(23)) reminder.cover = Cover{row.IsNull(22) ? "" : StringAt(row, 22), row.Int(23)};
  reminder.facts_version = static_cast<int32_t>(row.Int(24));
  if (!row.IsNull(25)) reminder.record = std::string(row.Bytes(25));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ReminderRow>> ReadTransaction::AllReminders(Query& query) {
  return AllRows<ReminderRow>(
      query, [this](const Statement& row, ReminderRow& reminder) { return ReadReminder(row, reminder); });
}

absl::StatusOr<std::optional<ReminderRow>> ReadTransaction::GetReminder(const ReminderKey& key,
                                                                        int64_t enrollment_row_id) {
  auto clinic = NumberToRead(key.clinic);
  if (!clinic.ok()) return clinic.status();
  Query query(connection_, SELECT_REMINDER " WHERE enrollment_row_id = COALESCE(NULLIF($5, 0), " ENROLLMENT_ROW("$1", "$2")
              ") AND rule = $3 AND number = $4");
  query.Int(*clinic).Text(key.enrollment).Text(key.rule).Int(key.code).Int(enrollment_row_id);
  return FirstRow<ReminderRow>(
      query, [this](const Statement& row, ReminderRow& reminder) { return ReadReminder(row, reminder); });
}

absl::StatusOr<std::vector<ReminderRow>> ReadTransaction::ListReminders(const ReminderQuery& query) {
  auto clinic = NumberToRead(query.clinic);
  if (!clinic.ok()) return clinic.status();
  static constexpr char kAll[] = SELECT_REMINDER " WHERE clinic = $1" REMINDER_FILTERS("due");
  // The rows of one enrollment are few: sorting them costs less than a further index on every row. The sign hides the
  // column from the index by due time, which would lead through all the rows of the clinic.
  static constexpr char kOfEnrollment[] =
      SELECT_REMINDER " WHERE enrollment_row_id = " ENROLLMENT_ROW("$1", "$9") REMINDER_FILTERS("+due");
  // What has not ended is little beside all that was ever sent, so it has an index of its own; so has what failed.
  static constexpr char kUnended[] = SELECT_REMINDER " WHERE clinic = $1 AND state <= 3" REMINDER_FILTERS("due");
  static constexpr char kFailed[] = SELECT_REMINDER " WHERE clinic = $1 AND state = 7" REMINDER_FILTERS("due");
  static_assert(v1::REMINDER_STATE_FAILED == 7);
  const DuePosition start = StartOf(query);
  const bool are_failed = query.states == std::vector{v1::REMINDER_STATE_FAILED};
  const char* const of_clinic = are_failed ? kFailed : AreUnended(query.states) ? kUnended : kAll;
  Query rows(connection_, query.enrollment.empty() ? of_clinic : kOfEnrollment);
  rows.Int(*clinic)
      .Instant(start.due)
      .Int(start.enrollment_row_id)
      .Text(start.rule)
      .Int(start.code)
      .Int(query.due_before.has_value() ? absl::ToUnixMicros(*query.due_before) : std::numeric_limits<int64_t>::max())
      .Int(BitsOf(query.states))
      .Int(query.limit);
  if (!query.enrollment.empty()) rows.Text(query.enrollment);
  return AllReminders(rows);
}

absl::StatusOr<std::optional<std::string>> ReadTransaction::NextLeaseClinic(absl::string_view clock,
                                                                            absl::Span<const v1::Channel> channels,
                                                                            absl::string_view after) {
  auto clock_number = NumberOf(clock);
  if (!clock_number.ok()) return clock_number.status();
  auto last = NumberOf(after);
  if (!last.ok()) return last.status();
  while (true) {
    std::optional<int64_t> next;
    for (const v1::Channel channel : channels) {
      Query query(connection_,
                  "SELECT clinic FROM reminder WHERE clock = $1 AND channel = $2 AND available IS NOT NULL"
                  " AND clinic > $3 ORDER BY clinic LIMIT 1");
      auto of_channel = FirstIntOrZero(query.Int(*clock_number).Int(channel).Int(*last));
      if (!of_channel.ok()) return of_channel.status();
      if (*of_channel != 0) next = std::min(*of_channel, next.value_or(*of_channel));
    }
    if (!next) return std::optional<std::string>();
    auto clinic = ClinicOf(*next);
    if (!clinic.ok()) return clinic.status();
    if (MayAccess(*clinic)) return *std::move(clinic);
    last = *next;
  }
}

absl::StatusOr<std::vector<ReminderRow>> ReadTransaction::LeasableReminders(const LeaseQueue& queue, absl::Time now,
                                                                            const std::optional<QueuePosition>& after,
                                                                            int limit) {
  auto clinic = NumberToRead(queue.clinic);
  if (!clinic.ok()) return clinic.status();
  auto clock = NumberOf(queue.clock);
  if (!clock.ok()) return clock.status();
  Query query(connection_, SELECT_REMINDER
              " WHERE clock = $1 AND channel = $2 AND clinic = $3 AND available IS NOT NULL"
              " AND (available, row_id) > ($4, $5) AND available <= $6"
              " AND (expire > $6 OR is_open = 0) ORDER BY available, row_id LIMIT $7");
  static const QueuePosition kStart{absl::FromUnixMicros(std::numeric_limits<int64_t>::min()), 0};
  const QueuePosition& start = after ? *after : kStart;
  query.Int(*clock).Int(queue.channel).Int(*clinic).Instant(start.available).Int(start.row_id).Instant(now).Int(limit);
  return AllReminders(query);
}

absl::StatusOr<std::vector<ReadTransaction::WaitingQueue>> ReadTransaction::WaitingQueues(int64_t clock) {
  std::vector<WaitingQueue> queues;
  WaitingQueue last{.channel = -1};
  while (true) {
    // From queue to queue in the index, without looking at what is in them.
    Query query(connection_,
                "SELECT channel, clinic, available FROM reminder WHERE clock = $1 AND available IS NOT NULL"
                " AND (channel, clinic) > ($2, $3) ORDER BY channel, clinic, available LIMIT 1");
    query.Int(clock).Int(last.channel).Int(last.clinic);
    const absl::StatusOr<bool> found = query.Next();
    if (!found.ok()) return found.status();
    if (!*found) return queues;
    last = {query.row().Int(0), query.row().Int(1), InstantAt(query.row(), 2)};
    queues.push_back(last);
  }
}

absl::StatusOr<std::optional<absl::Time>> ReadTransaction::NextAvailable(absl::string_view clock, absl::Time now) {
  auto number = NumberOf(clock);
  if (!number.ok()) return number.status();
  auto queues = WaitingQueues(*number);
  if (!queues.ok()) return queues.status();
  std::optional<absl::Time> next;
  for (const WaitingQueue& queue : *queues) {
    std::optional<absl::Time> first = queue.available;
    if (*first <= now) {
      Query query(connection_,
                  "SELECT available FROM reminder WHERE clock = $1 AND channel = $2 AND clinic = $3 AND available > $4"
                  " ORDER BY available LIMIT 1");
      auto later = FirstInstant(query.Int(*number).Int(queue.channel).Int(queue.clinic).Instant(now));
      if (!later.ok()) return later;
      first = *later;
    }
    if (first && (!next || *first < *next)) next = first;
  }
  return next;
}

absl::StatusOr<std::vector<ReminderRow>> ReadTransaction::ExpiredReminders(absl::string_view clock, absl::Time now,
                                                                           int limit) {
  auto number = NumberToRead(clock);
  if (!number.ok()) return number.status();
  Query query(connection_, SELECT_REMINDER
              " WHERE clock = $1 AND is_open = 1 AND expire <= $2 ORDER BY expire, row_id LIMIT $3");
  query.Int(*number).Instant(now).Int(limit);
  return AllReminders(query);
}

absl::StatusOr<bool> WriteTransaction::InsertReminder(const ReminderRow& row) {
  auto clinic = NumberToWrite(row.key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto clock = MakeNumberOf(row.clock);
  if (!clock.ok()) return clock.status();
  NoteWakeOf(row.clock, row.closes);
  // A reminder that is available from its due time on needs no wake for it: its event tells those who wait to lease.
  if (row.available != row.due) NoteWakeOf(row.clock, row.available);
  Query query(connection_,
              "INSERT INTO reminder (enrollment_row_id, clinic, enrollment, rule, number, clock, revision, due, expire,"
              " is_open, state, reason, state_time, available, attempts, contact_point, failures, moved, channel,"
              " score, error_code, cover_rule, cover, facts_version, record)"
              " VALUES (COALESCE(NULLIF($1, 0), " ENROLLMENT_ROW("$2", "$3") "), $2, $3, $4, $5, $6, $7, $8, $9, $10,"
              " $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"
              " ON CONFLICT (enrollment_row_id, rule, number) DO NOTHING");
  query.Int(row.enrollment_row_id).Int(*clinic).Text(row.key.enrollment).Text(row.key.rule).Int(row.key.code);
  query.Int(*clock).Int(row.revision).Instant(row.due).Instant(row.expire).Int(row.closes.has_value() ? 1 : 0);
  if (absl::Status status = BindChanging(query, row).Run(); !status.ok()) return status;
  return query.Changes() == 1;
}

absl::Status WriteTransaction::UpdateReminder(const ReminderRow& row) {
  if (row.row_id == 0) return UpdateByKey(row);
  auto clinic = NumberToWrite(row.key.clinic);
  if (!clinic.ok()) return clinic.status();
  NoteWakeOf(row.clock, row.closes);
  NoteWakeOf(row.clock, row.available);
  // Almost every update leaves alone what was fixed at firing, and most leave the reminder open or closed. Said to the
  // database as a condition rather than as a value, this spares the indexes that hang on it.
  static constexpr char kStaysOpen[] =
      CHANGED_COLUMNS UPDATED_ROW " AND clock = $17 AND revision = $18 AND due = $19 AND expire = $20 AND is_open = 1";
  static constexpr char kIsClosed[] =
      CHANGED_COLUMNS ", is_open = 0" UPDATED_ROW " AND clock = $17 AND revision = $18 AND due = $19 AND expire = $20";
  static constexpr char kAll[] =
      CHANGED_COLUMNS ", clock = $17, revision = $18, due = $19, expire = $20, is_open = $21" UPDATED_ROW;
  auto clock = MakeNumberOf(row.clock);
  if (!clock.ok()) return clock.status();
  const auto bind = [&](Query& query) -> Query& {
    return BindChanging(query.Int(row.row_id), row)
        .Int(*clock)
        .Int(row.revision)
        .Instant(row.due)
        .Instant(row.expire);
  };
  {
    Query query(connection_, row.closes.has_value() ? kStaysOpen : kIsClosed);
    if (absl::Status status = bind(query).Run(); !status.ok()) return status;
    if (query.Changes() == 1) return absl::OkStatus();
  }
  Query query(connection_, kAll);
  return bind(query).Int(row.closes.has_value() ? 1 : 0).RunOnOne("reminder");
}

absl::Status WriteTransaction::UpdateByKey(const ReminderRow& row) {
  auto stored = GetReminder(row.key);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return absl::InternalError("there is no such reminder");
  ReminderRow found = row;
  found.row_id = (*stored)->row_id;
  return UpdateReminder(found);
}

}  // namespace aftercare::store
