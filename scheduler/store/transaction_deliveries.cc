#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {

absl::StatusOr<absl::Time> ReadTransaction::NextSend(absl::string_view clinic) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT next_send FROM clinic WHERE clinic = $1");
  query.Text(clinic);
  const auto found = FirstInstant(query);
  if (!found.ok()) return found.status();
  return found->value_or(absl::UnixEpoch());
}

absl::Status WriteTransaction::SetNextSend(absl::string_view clinic, absl::Time next_send) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  wrote_ = true;
  return Query(connection_, "UPDATE clinic SET next_send = $2 WHERE clinic = $1")
      .Text(clinic)
      .Instant(next_send)
      .RunOnOne("clinic");
}

absl::StatusOr<std::optional<ReminderKey>> ReadTransaction::FindSentMessage(absl::string_view clinic,
                                                                            absl::string_view message_id) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_,
              "SELECT clinic, enrollment, rule, number FROM sent_message WHERE clinic = $1 AND message_id = $2");
  query.Text(clinic).Text(message_id);
  return FirstRow<ReminderKey>(query, [](const Statement& row, ReminderKey& key) {
    key = {StringAt(row, 0), StringAt(row, 1), StringAt(row, 2), row.Int(3)};
    return absl::OkStatus();
  });
}

absl::Status WriteTransaction::PutSentMessage(const ReminderKey& key, absl::string_view message_id, absl::Time time) {
  if (absl::Status access = CheckAccess(key.clinic); !access.ok()) return access;
  wrote_ = true;
  return Query(
             connection_,
             "INSERT INTO sent_message (clinic, message_id, enrollment, rule, number, time)"
             " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (clinic, message_id) DO UPDATE SET"
             " enrollment = excluded.enrollment, rule = excluded.rule, number = excluded.number, time = excluded.time")
      .Text(key.clinic)
      .Text(message_id)
      .Text(key.enrollment)
      .Text(key.rule)
      .Int(key.code)
      .Instant(time)
      .Run();
}

// By id, which counts upwards, so the first are the oldest, but for those whose name came again.
absl::StatusOr<int> WriteTransaction::DeleteSentMessagesBefore(absl::Time before, int limit) {
  wrote_ = true;
  Query query(connection_,
              "DELETE FROM sent_message WHERE time < $1 AND id IN (SELECT id FROM sent_message ORDER BY id LIMIT $2)");
  if (absl::Status status = query.Instant(before).Int(limit).Run(); !status.ok()) return status;
  return static_cast<int>(query.Changes());
}

}  // namespace aftercare::store
