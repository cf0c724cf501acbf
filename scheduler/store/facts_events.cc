#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/store/facts.h"
#include "scheduler/store/query.h"

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

absl::StatusOr<std::vector<EventRow>> Facts::ListEvents(absl::string_view clinic, int64_t after, int limit) {
  Query query(connection_,
              "SELECT clinic, seq, enrollment, reminder, data FROM event WHERE clinic = $1 AND seq > $2"
              " ORDER BY seq LIMIT $3");
  query.Text(clinic).Int(after).Int(limit);
  return AllRows<EventRow>(query, ReadEvent);
}

absl::StatusOr<std::vector<std::string>> Facts::EnrollmentsInLog(absl::string_view clinic, int64_t after, int limit) {
  Query query(connection_,
              "SELECT enrollment FROM event WHERE clinic = $1 AND seq > $2 AND enrollment IS NOT NULL LIMIT $3");
  query.Text(clinic).Int(after).Int(limit);
  return AllRows<std::string>(query, [](const Statement& row, std::string& id) {
    id = StringAt(row, 0);
    return absl::OkStatus();
  });
}

absl::StatusOr<int64_t> Facts::LastEventSeq() {
  const absl::StatusOr<EventSequence> sequence = EventSequence::Load(connection_);
  if (!sequence.ok()) return sequence.status();
  return sequence->last();
}

absl::Status Transaction::AppendEvent(absl::string_view clinic, v1::Event event) {
  wrote_ = true;
  const absl::StatusOr<int64_t> seq = sequence_.Next();
  if (!seq.ok()) return seq.status();
  event.clear_resume_token();
  {
    const ShortNames names(clinic, event);
    const std::string data = event.SerializeAsString();
    Query query(connection_,
                "INSERT INTO event (clinic, seq, enrollment, reminder, data) VALUES ($1, $2, $3, $4, $5)");
    query.Text(clinic).Int(*seq);
    BindOptional(query, names.enrollment());
    BindOptional(query, names.reminder()).Bytes(data);
    if (absl::Status status = query.Run(); !status.ok()) return status;
  }
  events_.push_back(EventRow{*seq, std::string(clinic), std::move(event)});
  return absl::OkStatus();
}

}  // namespace aftercare::store
