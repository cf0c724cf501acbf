#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "scheduler/store/event_block.h"
#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {
namespace {

// Since schema 7 events are kept in blocks. Those of before have a row each, and are older than every block.
absl::Status ReadOldEvent(const Statement& row, EventRow& event) {
  record::v1::StoredEvent stored;
  stored.set_seq(row.Int(1));
  if (!row.IsNull(2)) stored.set_enrollment(StringAt(row, 2));
  if (!row.IsNull(3)) stored.set_reminder(StringAt(row, 3));
  stored.set_event(std::string(row.Bytes(4)));
  if (!row.IsNull(5)) stored.set_actor(StringAt(row, 5));
  auto unpacked = UnpackEvent(row.Text(0), stored);
  if (!unpacked.ok()) return unpacked.status();
  event = *std::move(unpacked);
  return absl::OkStatus();
}

// Calls `take` with the events of a clinic's blocks with seq > after, by seq, until it returns false.
absl::Status ForEachInBlocks(Connection& connection, absl::string_view clinic, int64_t after,
                             absl::FunctionRef<absl::StatusOr<bool>(const record::v1::StoredEvent&)> take) {
  Query query(connection, "SELECT data FROM event_block WHERE clinic = $1 AND last_seq > $2 ORDER BY last_seq");
  query.Text(clinic).Int(after);
  while (true) {
    const absl::StatusOr<bool> found = query.Next();
    if (!found.ok()) return found.status();
    if (!*found) return absl::OkStatus();
    record::v1::EventBlock block;
    if (absl::Status status = DecodeBlock(query.row().Bytes(0), block); !status.ok()) return status;
    for (const record::v1::StoredEvent& event : block.events()) {
      if (event.seq() <= after) continue;
      const absl::StatusOr<bool> more = take(event);
      if (!more.ok() || !*more) return more.status();
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<EventRow>> ReadTransaction::ListEvents(absl::string_view clinic, int64_t after, int limit) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query old(connection_,
            "SELECT clinic, seq, enrollment, reminder, data, actor FROM event WHERE clinic = $1 AND seq > $2"
            " ORDER BY seq LIMIT $3");
  old.Text(clinic).Int(after).Int(limit);
  auto rows = AllRows<EventRow>(old, ReadOldEvent);
  if (!rows.ok()) return rows;
  const auto is_full = [&] { return static_cast<int>(rows->size()) >= limit; };
  if (is_full()) return rows;
  absl::Status status = ForEachInBlocks(connection_, clinic, after, [&](const auto& stored) -> absl::StatusOr<bool> {
    auto event = UnpackEvent(clinic, stored);
    if (!event.ok()) return event.status();
    rows->push_back(*std::move(event));
    return !is_full();
  });
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<std::vector<std::string>> ReadTransaction::EnrollmentsInLog(absl::string_view clinic, int64_t after,
                                                                           int limit) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query old(connection_,
            "SELECT enrollment FROM event WHERE clinic = $1 AND seq > $2 AND enrollment IS NOT NULL LIMIT $3");
  old.Text(clinic).Int(after).Int(limit);
  auto ids = AllStrings(old);
  if (!ids.ok()) return ids;
  const auto is_full = [&] { return static_cast<int>(ids->size()) >= limit; };
  if (is_full()) return ids;
  absl::Status status = ForEachInBlocks(connection_, clinic, after, [&](const auto& stored) -> absl::StatusOr<bool> {
    if (stored.has_enrollment()) ids->push_back(stored.enrollment());
    return !is_full();
  });
  if (!status.ok()) return status;
  return ids;
}

absl::StatusOr<int64_t> ReadTransaction::LastEventSeq() {
  const absl::StatusOr<EventSequence> sequence = EventSequence::Load(connection_);
  if (!sequence.ok()) return sequence.status();
  return sequence->last();
}

absl::StatusOr<int64_t> ReadTransaction::TrimmedSeq() {
  Query query(connection_, "SELECT number FROM meta WHERE key = 'trimmed_seq'");
  return FirstIntOrZero(query);
}

absl::StatusOr<std::vector<EventRow>> WriteTransaction::ListEvents(absl::string_view clinic, int64_t after,
                                                                   int limit) {
  auto rows = ReadTransaction::ListEvents(clinic, after, limit);
  if (!rows.ok()) return rows;
  for (const AppendedEvent& event : appended()) {
    if (static_cast<int>(rows->size()) >= limit) break;
    if (event.clinic != clinic || event.stored.seq() <= after) continue;
    auto row = UnpackEvent(clinic, event.stored);
    if (!row.ok()) return row.status();
    rows->push_back(*std::move(row));
  }
  return rows;
}

absl::StatusOr<std::vector<std::string>> WriteTransaction::EnrollmentsInLog(absl::string_view clinic, int64_t after,
                                                                            int limit) {
  auto ids = ReadTransaction::EnrollmentsInLog(clinic, after, limit);
  if (!ids.ok()) return ids;
  for (const AppendedEvent& event : appended()) {
    if (static_cast<int>(ids->size()) >= limit) break;
    const bool is_asked_for = event.clinic == clinic && event.stored.seq() > after && event.stored.has_enrollment();
    if (is_asked_for) ids->push_back(event.stored.enrollment());
  }
  return ids;
}

absl::Status WriteTransaction::AppendEvent(absl::string_view clinic, v1::Event event) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  wrote_ = true;
  const absl::StatusOr<int64_t> seq = sequence_.Next();
  if (!seq.ok()) return seq.status();
  DropUndone();
  notes_.events.push_back({*seq, std::string(clinic), event.reminder().state()});
  appended_.push_back({std::string(clinic), PackEvent(clinic, *seq, actor_, std::move(event))});
  return absl::OkStatus();
}

absl::Status WriteTransaction::SaveEvents() {
  DropUndone();
  if (appended_.empty()) return absl::OkStatus();
  absl::Status status = ForEachBlock(
      absl::MakeSpan(appended_), [this](absl::string_view clinic, const record::v1::EventBlock& block) {
        const std::string data = EncodeBlock(block);
        return Query(connection_, "INSERT INTO event_block (clinic, last_seq, events, data) VALUES ($1, $2, $3, $4)")
            .Text(clinic)
            .Int(block.events(block.events_size() - 1).seq())
            .Int(block.events_size())
            .Bytes(data)
            .Run();
      });
  appended_.clear();
  if (!status.ok()) return status;
  return sequence_.Save(connection_);
}

// A mark that is later than now was set by a clock that has been set back since: what it stands for is counted as new.
// The end of the log is what snapshots see of it. The events of this commit wait for the next mark, and numbers that
// were rolled back do not count: a place behind the end would be one that no token can name.
absl::Status WriteTransaction::MarkLog(absl::Time now) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  const absl::StatusOr<int64_t> last = ReadTransaction::LastEventSeq();
  if (!last.ok()) return last.status();
  Query newest(connection_, "SELECT time, seq FROM log_mark ORDER BY time DESC LIMIT 1");
  const absl::StatusOr<bool> found = newest.Next();
  if (!found.ok()) return found.status();
  if (*found ? InstantAt(newest.row(), 0) <= now && newest.row().Int(1) == *last : *last == 0) return absl::OkStatus();
  wrote_ = true;
  absl::Status status = Query(connection_, "DELETE FROM log_mark WHERE time > $1").Instant(now).Run();
  if (!status.ok()) return status;
  return Query(connection_,
               "INSERT INTO log_mark (time, seq) VALUES ($1, $2) ON CONFLICT (time) DO UPDATE SET seq = excluded.seq")
      .Instant(now)
      .Int(*last)
      .Run();
}

absl::StatusOr<bool> WriteTransaction::GiveUpEventsOf(absl::Time before) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  Query mark(connection_, "SELECT time, seq FROM log_mark WHERE time <= $1 ORDER BY time DESC LIMIT 1");
  const absl::StatusOr<bool> found = mark.Instant(before).Next();
  if (!found.ok() || !*found) return found;
  const int64_t time = mark.row().Int(0);
  const int64_t seq = mark.row().Int(1);
  const absl::StatusOr<int64_t> trimmed = TrimmedSeq();
  if (!trimmed.ok()) return trimmed.status();
  wrote_ = true;
  absl::Status status = Query(connection_, "UPDATE meta SET number = $1 WHERE key = 'trimmed_seq'")
                            .Int(std::max(seq, *trimmed))
                            .RunOnOne("end of what is trimmed");
  if (!status.ok()) return status;
  status = Query(connection_, "DELETE FROM log_mark WHERE time <= $1").Int(time).Run();
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<std::string> WriteTransaction::NextClinicInLog(absl::string_view after) {
  std::string next;
  for (const char* const sql : {"SELECT clinic FROM event WHERE clinic > $1 ORDER BY clinic LIMIT 1",
                                "SELECT clinic FROM event_block WHERE clinic > $1 ORDER BY clinic LIMIT 1"}) {
    Query query(connection_, sql);
    const absl::StatusOr<bool> found = query.Text(after).Next();
    if (!found.ok()) return found.status();
    if (*found && (next.empty() || query.row().Text(0) < next)) next = StringAt(query.row(), 0);
  }
  return next;
}

absl::StatusOr<int> WriteTransaction::DeleteBlocks(absl::string_view clinic, int64_t through, int limit) {
  int64_t last = 0;
  int count = 0;
  {
    Query blocks(connection_,
                 "SELECT last_seq, events FROM event_block WHERE clinic = $1 AND last_seq <= $2 ORDER BY last_seq");
    blocks.Text(clinic).Int(through);
    while (count < limit) {
      const absl::StatusOr<bool> found = blocks.Next();
      if (!found.ok()) return found.status();
      if (!*found) break;
      last = blocks.row().Int(0);
      count += static_cast<int>(blocks.row().Int(1));
    }
  }
  if (count == 0) return 0;
  absl::Status status = Query(connection_, "DELETE FROM event_block WHERE clinic = $1 AND last_seq <= $2")
                            .Text(clinic)
                            .Int(last)
                            .Run();
  if (!status.ok()) return status;
  return count;
}

// From clinic to clinic, and in each from its first event on: no more than one row that stays is looked at.
absl::StatusOr<DeletedEvents> WriteTransaction::DeleteGivenUpEvents(absl::string_view after, int limit) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  const absl::StatusOr<int64_t> trimmed = TrimmedSeq();
  if (!trimmed.ok()) return trimmed.status();
  DeletedEvents deleted;
  auto clinic = NextClinicInLog(after);
  if (!clinic.ok() || clinic->empty()) return clinic.ok() ? deleted : absl::StatusOr<DeletedEvents>(clinic.status());
  deleted.clinic = *std::move(clinic);
  wrote_ = true;
  Query query(connection_,
              "DELETE FROM event WHERE clinic = $1 AND seq IN"
              " (SELECT seq FROM event WHERE clinic = $1 AND seq <= $2 ORDER BY seq LIMIT $3)");
  if (absl::Status status = query.Text(deleted.clinic).Int(*trimmed).Int(limit).Run(); !status.ok()) return status;
  deleted.count = static_cast<int>(query.Changes());
  if (deleted.count == limit) return deleted;
  const absl::StatusOr<int> in_blocks = DeleteBlocks(deleted.clinic, *trimmed, limit - deleted.count);
  if (!in_blocks.ok()) return in_blocks.status();
  deleted.count += *in_blocks;
  return deleted;
}

}  // namespace aftercare::store
