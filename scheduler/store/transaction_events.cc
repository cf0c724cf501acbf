#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {
namespace {

// Resource names are most of an event's bytes and say again what its key says. They are stored as ids: `enrollment` is
// what follows `clinics/{clinic}/enrollments/`, `reminder` what follows the enrollment's name and `/reminders/`. A name
// of another form stays in the message, and its column is NULL.
class ShortNames {
 public:
  // Takes the names out of `event` until this is destroyed.
  ShortNames(absl::string_view clinic, v1::Event& event) : event_(event) {
    absl::string_view rest = event.enrollment();
    if (!absl::ConsumePrefix(&rest, "clinics/") || !absl::ConsumePrefix(&rest, clinic) ||
        !absl::ConsumePrefix(&rest, "/enrollments/")) {
      return;
    }
    event.mutable_enrollment()->swap(enrollment_name_);
    enrollment_ = absl::string_view(enrollment_name_).substr(enrollment_name_.size() - rest.size());
    rest = event.reminder().name();
    if (!absl::ConsumePrefix(&rest, enrollment_name_) || !absl::ConsumePrefix(&rest, "/reminders/")) return;
    event.mutable_reminder()->mutable_name()->swap(reminder_name_);
    reminder_ = absl::string_view(reminder_name_).substr(reminder_name_.size() - rest.size());
  }
  ShortNames(const ShortNames&) = delete;
  ShortNames& operator=(const ShortNames&) = delete;
  ~ShortNames() {
    if (enrollment_.has_value()) event_.mutable_enrollment()->swap(enrollment_name_);
    if (reminder_.has_value()) event_.mutable_reminder()->mutable_name()->swap(reminder_name_);
  }

  const std::optional<absl::string_view>& enrollment() const { return enrollment_; }
  const std::optional<absl::string_view>& reminder() const { return reminder_; }

 private:
  v1::Event& event_;
  std::string enrollment_name_;
  std::string reminder_name_;
  std::optional<absl::string_view> enrollment_;
  std::optional<absl::string_view> reminder_;
};

absl::Status ReadEvent(const Statement& row, EventRow& event) {
  event.clinic = StringAt(row, 0);
  event.seq = row.Int(1);
  if (absl::Status status = ParseAt(row, 4, event.data); !status.ok()) return status;
  if (!row.IsNull(5)) event.data.set_actor(StringAt(row, 5));
  if (row.IsNull(2)) return absl::OkStatus();
  event.data.set_enrollment(absl::StrCat("clinics/", event.clinic, "/enrollments/", row.Text(2)));
  if (row.IsNull(3)) return absl::OkStatus();
  event.data.mutable_reminder()->set_name(absl::StrCat(event.data.enrollment(), "/reminders/", row.Text(3)));
  return absl::OkStatus();
}

Query& BindOptional(Query& query, const std::optional<absl::string_view>& text) {
  return text.has_value() ? query.Text(*text) : query.Null();
}

}  // namespace

absl::StatusOr<std::vector<EventRow>> ReadTransaction::ListEvents(absl::string_view clinic, int64_t after, int limit) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_,
              "SELECT clinic, seq, enrollment, reminder, data, actor FROM event WHERE clinic = $1 AND seq > $2"
              " ORDER BY seq LIMIT $3");
  query.Text(clinic).Int(after).Int(limit);
  return AllRows<EventRow>(query, ReadEvent);
}

absl::StatusOr<std::vector<std::string>> ReadTransaction::EnrollmentsInLog(absl::string_view clinic, int64_t after,
                                                                           int limit) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_,
              "SELECT enrollment FROM event WHERE clinic = $1 AND seq > $2 AND enrollment IS NOT NULL LIMIT $3");
  query.Text(clinic).Int(after).Int(limit);
  return AllStrings(query);
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

absl::Status WriteTransaction::AppendEvent(absl::string_view clinic, v1::Event event) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  wrote_ = true;
  const absl::StatusOr<int64_t> seq = sequence_.Next();
  if (!seq.ok()) return seq.status();
  event.clear_resume_token();
  event.clear_actor();
  {
    const ShortNames names(clinic, event);
    const std::string data = event.SerializeAsString();
    Query query(connection_,
                "INSERT INTO event (clinic, seq, enrollment, reminder, data, actor) VALUES ($1, $2, $3, $4, $5, $6)");
    query.Text(clinic).Int(*seq);
    BindOptional(query, names.enrollment());
    BindOptional(query, names.reminder()).Bytes(data);
    (actor_.empty() ? query.Null() : query.Text(actor_));
    if (absl::Status status = query.Run(); !status.ok()) return status;
  }
  notes_.events.push_back({*seq, std::string(clinic), event.reminder().state()});
  return absl::OkStatus();
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

// From clinic to clinic, and in each from its first event on: no more than one row that stays is looked at.
absl::StatusOr<DeletedEvents> WriteTransaction::DeleteGivenUpEvents(absl::string_view after, int limit) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  const absl::StatusOr<int64_t> trimmed = TrimmedSeq();
  if (!trimmed.ok()) return trimmed.status();
  DeletedEvents deleted;
  {
    Query next(connection_, "SELECT clinic FROM event WHERE clinic > $1 ORDER BY clinic LIMIT 1");
    const absl::StatusOr<bool> found = next.Text(after).Next();
    if (!found.ok()) return found.status();
    if (!*found) return deleted;
    deleted.clinic = StringAt(next.row(), 0);
  }
  wrote_ = true;
  Query query(connection_,
              "DELETE FROM event WHERE clinic = $1 AND seq IN"
              " (SELECT seq FROM event WHERE clinic = $1 AND seq <= $2 ORDER BY seq LIMIT $3)");
  if (absl::Status status = query.Text(deleted.clinic).Int(*trimmed).Int(limit).Run(); !status.ok()) return status;
  deleted.count = static_cast<int>(query.Changes());
  return deleted;
}

}  // namespace aftercare::store
