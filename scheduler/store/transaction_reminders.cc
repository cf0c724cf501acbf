#include <algorithm>
#include <limits>

#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

// Literals, because a statement's text must be one literal.
#define REMINDER_COLUMNS                                                                                           \
  "clinic, enrollment, rule, number, clock, revision, state, reason, due, expire, state_time, available, is_open," \
  " attempts, contact_point, failures, moved, channel, score, error_code,"    \
  " cover_rule, cover, facts_version, record"
#define REMINDER_KEY " WHERE clinic = $1 AND enrollment = $2 AND rule = $3 AND number = $4"
// The filters of ReminderQuery besides the enrollment, as $2 to $7, and its limit. States are the bits of a number.
// `due` is the column, or an expression for it.
#define REMINDER_FILTERS(due)                                            \
  " AND (" due ", enrollment, rule, number) > ($2, $3, $4, $5) AND " due \
  " < $6"                                                                \
  " AND (($7 >> state) & 1) = 1 ORDER BY " due ", enrollment, rule, number LIMIT $8"

namespace aftercare::store {
namespace {

absl::Status ReadReminder(const Statement& row, ReminderRow& reminder) {
  reminder.key.clinic = StringAt(row, 0);
  reminder.key.enrollment = StringAt(row, 1);
  reminder.key.rule = StringAt(row, 2);
  reminder.key.code = row.Int(3);
  reminder.clock = StringAt(row, 4);
  reminder.revision = static_cast<int32_t>(row.Int(5));
  reminder.state = static_cast<v1::ReminderState>(row.Int(6));
  reminder.reason = static_cast<v1::ReminderReason>(row.Int(7));
  reminder.due = InstantAt(row, 8);
  reminder.expire = InstantAt(row, 9);
  reminder.state_time = InstantAt(row, 10);
  reminder.available = OptionalInstantAt(row, 11);
  // `closes` is `expire` wherever it is set, so a flag is all that is stored of it.
  if (row.Int(12) != 0) reminder.closes = reminder.expire;
  reminder.attempts = static_cast<int32_t>(row.Int(13));
  reminder.contact_point = static_cast<int32_t>(row.Int(14));
  reminder.failures = static_cast<int32_t>(row.Int(15));
  reminder.moved = row.Int(16) != 0;
  reminder.channel = static_cast<v1::Channel>(row.Int(17));
  if (!row.IsNull(18)) reminder.score = static_cast<int32_t>(row.Int(18));
  reminder.error_code = StringAt(row, 19);
  if (!row.IsNull(21)) reminder.cover = Cover{row.IsNull(20) ? "" : StringAt(row, 20), row.Int(21)};
  reminder.facts_version = static_cast<int32_t>(row.Int(22));
  if (!row.IsNull(23)) reminder.record = std::string(row.Bytes(23));
  return absl::OkStatus();
}

Query& BindKey(Query& query, const ReminderKey& key) {
  return query.Text(key.clinic).Text(key.enrollment).Text(key.rule).Int(key.code);
}

// $5 to $23 of the statements that write. The bytes are referenced until the query has run.
Query& BindValues(Query& query, const ReminderRow& row) {
  query.Text(row.clock)
      .Int(row.revision)
      .Int(row.state)
      .Int(row.reason)
      .Instant(row.due)
      .Instant(row.expire)
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

// Where the listing begins: behind the page before, or at the beginning of the due window, whichever is later. No
// enrollment has the empty id, so a position without one is before everything that is due at that instant.
DuePosition StartOf(const ReminderQuery& query) {
  DuePosition window;
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

absl::StatusOr<std::optional<ReminderRow>> ReadTransaction::GetReminder(const ReminderKey& key) {
  if (absl::Status access = CheckAccess(key.clinic); !access.ok()) return access;
  Query query(connection_, "SELECT " REMINDER_COLUMNS " FROM reminder" REMINDER_KEY);
  BindKey(query, key);
  return FirstRow<ReminderRow>(query, ReadReminder);
}

absl::StatusOr<std::vector<ReminderRow>> ReadTransaction::ListReminders(const ReminderQuery& query) {
  if (absl::Status access = CheckAccess(query.clinic); !access.ok()) return access;
  static constexpr char kAll[] = "SELECT " REMINDER_COLUMNS " FROM reminder WHERE clinic = $1" REMINDER_FILTERS("due");
  // The rows of one enrollment are few and lie together: sorting them costs less than a further index on every row. The
  // sign hides the column from the index by due time, which would lead through all the rows of the clinic.
  static constexpr char kOfEnrollment[] =
      "SELECT " REMINDER_COLUMNS " FROM reminder WHERE clinic = $1 AND enrollment = $9" REMINDER_FILTERS("+due");
  // What has not ended is little beside all that was ever sent, so it has an index of its own; so has what failed.
  static constexpr char kUnended[] =
      "SELECT " REMINDER_COLUMNS " FROM reminder WHERE clinic = $1 AND state <= 3" REMINDER_FILTERS("due");
  static constexpr char kFailed[] =
      "SELECT " REMINDER_COLUMNS " FROM reminder WHERE clinic = $1 AND state = 7" REMINDER_FILTERS("due");
  static_assert(v1::REMINDER_STATE_FAILED == 7);
  const DuePosition start = StartOf(query);
  const bool are_failed = query.states == std::vector{v1::REMINDER_STATE_FAILED};
  const char* const of_clinic = are_failed ? kFailed : AreUnended(query.states) ? kUnended : kAll;
  Query rows(connection_, query.enrollment.empty() ? of_clinic : kOfEnrollment);
  rows.Text(query.clinic)
      .Instant(start.due)
      .Text(start.enrollment)
      .Text(start.rule)
      .Int(start.code)
      .Int(query.due_before.has_value() ? absl::ToUnixMicros(*query.due_before) : std::numeric_limits<int64_t>::max())
      .Int(BitsOf(query.states))
      .Int(query.limit);
  if (!query.enrollment.empty()) rows.Text(query.enrollment);
  return AllRows<ReminderRow>(rows, ReadReminder);
}

absl::StatusOr<std::optional<std::string>> ReadTransaction::NextLeaseClinic(absl::string_view clock,
                                                                            v1::Channel channel,
                                                                            absl::string_view after) {
  std::string last(after);
  while (true) {
    Query query(connection_,
                "SELECT clinic FROM reminder WHERE clock = $1 AND channel = $2 AND available IS NOT NULL"
                " AND clinic > $3 ORDER BY clinic LIMIT 1");
    query.Text(clock).Int(channel).Text(last);
    auto next = FirstRow<std::string>(query, [](const Statement& row, std::string& clinic) {
      clinic = StringAt(row, 0);
      return absl::OkStatus();
    });
    if (!next.ok() || !next->has_value() || MayAccess(**next)) return next;
    last = **std::move(next);
  }
}

absl::StatusOr<std::vector<ReminderRow>> ReadTransaction::LeasableReminders(const LeaseQueue& queue, absl::Time now,
                                                                            const std::optional<QueuePosition>& after,
                                                                            int limit) {
  if (absl::Status access = CheckAccess(queue.clinic); !access.ok()) return access;
  Query query(connection_, "SELECT " REMINDER_COLUMNS
                           " FROM reminder WHERE clock = $1 AND channel = $2 AND clinic = $3 AND available IS NOT NULL"
                           " AND (available, enrollment, rule, number) > ($4, $5, $6, $7) AND available <= $8"
                           " AND expire > $8 ORDER BY available, enrollment, rule, number LIMIT $9");
  // No enrollment has the empty id, so this is before everything.
  static const QueuePosition kStart{absl::FromUnixMicros(std::numeric_limits<int64_t>::min()), "", "", 0};
  const QueuePosition& start = after ? *after : kStart;
  query.Text(queue.clock).Int(queue.channel).Text(queue.clinic);
  query.Instant(start.available).Text(start.enrollment).Text(start.rule).Int(start.code).Instant(now).Int(limit);
  return AllRows<ReminderRow>(query, ReadReminder);
}

absl::StatusOr<std::optional<absl::Time>> ReadTransaction::NextAvailable(absl::string_view clock, absl::Time now) {
  Query query(connection_,
              "SELECT available FROM reminder WHERE clock = $1 AND available IS NOT NULL AND available > $2"
              " ORDER BY available LIMIT 1");
  query.Text(clock).Instant(now);
  return FirstInstant(query);
}

absl::StatusOr<std::vector<ReminderRow>> ReadTransaction::ExpiredReminders(absl::string_view clock, absl::Time now,
                                                                           int limit) {
  if (absl::Status access = CheckAccess(clock); !access.ok()) return access;
  Query query(connection_, "SELECT " REMINDER_COLUMNS
                           " FROM reminder WHERE clock = $1 AND is_open = 1 AND expire <= $2"
                           " ORDER BY expire, clinic, enrollment, rule, number LIMIT $3");
  query.Text(clock).Instant(now).Int(limit);
  return AllRows<ReminderRow>(query, ReadReminder);
}

absl::StatusOr<bool> WriteTransaction::InsertReminder(const ReminderRow& row) {
  if (absl::Status access = CheckAccess(row.key.clinic); !access.ok()) return access;
  wrote_ = true;
  NoteWakeOf(row.clock, row.closes);
  // A reminder that is available from its due time on needs no wake for it: its event tells those who wait to lease.
  if (row.available != row.due) NoteWakeOf(row.clock, row.available);
  Query query(connection_,
              "INSERT INTO reminder (clinic, enrollment, rule, number, clock, revision, state, reason, due, expire,"
              " state_time, available, attempts, contact_point, failures, moved, channel, score, error_code,"
              " cover_rule, cover, facts_version, record, is_open)"
              " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,"
              " $22, $23, $24)"
              " ON CONFLICT (clinic, enrollment, rule, number) DO NOTHING");
  BindKey(query, row.key);
  BindValues(query, row).Int(row.closes.has_value() ? 1 : 0);
  if (absl::Status status = query.Run(); !status.ok()) return status;
  return query.Changes() == 1;
}

// Almost every update leaves alone what was fixed at firing, and most leave the reminder open or closed. Said to the
// database as a condition rather than as a value, this spares the indexes that hang on it.
absl::Status WriteTransaction::UpdateReminder(const ReminderRow& row) {
  if (absl::Status access = CheckAccess(row.key.clinic); !access.ok()) return access;
  static constexpr char kStaysOpen[] =
      "UPDATE reminder SET state = $7, reason = $8, state_time = $11, available = $12, attempts = $13,"
      " contact_point = $14, failures = $15, moved = $16, channel = $17, score = $18, error_code = $19,"
      " cover_rule = $20, cover = $21, facts_version = $22, record = $23" REMINDER_KEY
      " AND clock = $5 AND revision = $6 AND due = $9 AND expire = $10 AND is_open = 1";
  static constexpr char kIsClosed[] =
      "UPDATE reminder SET state = $7, reason = $8, state_time = $11, available = $12, attempts = $13,"
      " contact_point = $14, failures = $15, moved = $16, channel = $17, score = $18, error_code = $19,"
      " cover_rule = $20, cover = $21, facts_version = $22, record = $23, is_open = 0" REMINDER_KEY
      " AND clock = $5 AND revision = $6 AND due = $9 AND expire = $10";
  wrote_ = true;
  NoteWakeOf(row.clock, row.closes);
  NoteWakeOf(row.clock, row.available);
  {
    Query query(connection_, row.closes.has_value() ? kStaysOpen : kIsClosed);
    BindKey(query, row.key);
    BindValues(query, row);
    if (absl::Status status = query.Run(); !status.ok()) return status;
    if (query.Changes() == 1) return absl::OkStatus();
  }
  return ReplaceReminder(row);
}

absl::Status WriteTransaction::ReplaceReminder(const ReminderRow& row) {
  Query query(connection_,
              "UPDATE reminder SET clock = $5, revision = $6, state = $7, reason = $8, due = $9, expire = $10,"
              " state_time = $11, available = $12, attempts = $13, contact_point = $14, failures = $15,"
              " moved = $16, channel = $17, score = $18, error_code = $19, cover_rule = $20, cover = $21,"
              " facts_version = $22, record = $23, is_open = $24" REMINDER_KEY);
  BindKey(query, row.key);
  return BindValues(query, row).Int(row.closes.has_value() ? 1 : 0).RunOnOne("reminder");
}

}  // namespace aftercare::store
