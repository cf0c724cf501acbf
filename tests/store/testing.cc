#include "tests/store/testing.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "scheduler/store/sqlite_driver.h"

namespace aftercare::store {
namespace {

class SqliteDatabase : public TestDatabase {
 public:
  absl::StatusOr<std::unique_ptr<Driver>> Connect() override { return OpenSqlite(directory_.File("facts.db")); }

 private:
  TempDir directory_;
};

std::string Micros(absl::Time time) { return absl::StrCat(absl::ToUnixMicros(time) - absl::ToUnixMicros(At(0))); }

template <typename Row, typename Id>
std::string Join(const absl::StatusOr<std::vector<Row>>& rows, Id id) {
  if (!rows.ok()) return rows.status().ToString();
  std::string joined;
  for (const Row& row : *rows) absl::StrAppend(&joined, joined.empty() ? "" : " ", id(row));
  return joined;
}

}  // namespace

std::vector<DatabaseKind> DatabaseKinds() {
  return {{"Sqlite", [] { return std::make_unique<SqliteDatabase>(); }}};
}

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path, const StoreOptions& options) {
  absl::StatusOr<std::unique_ptr<Driver>> driver = OpenSqlite(path);
  if (!driver.ok()) return driver.status();
  return Store::Open(*std::move(driver), options);
}

void Signal::Set() {
  // Notified under the lock: who awaits this may destroy it right after.
  const std::lock_guard<std::mutex> lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

void Signal::Await() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return set_; });
}

bool Signal::IsSet() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return set_;
}

Store::Done Outcome::Done() {
  return [this](absl::Status status) {
    status_ = std::move(status);
    known_.Set();
  };
}

absl::Status Outcome::Await() {
  known_.Await();
  return status_;
}

Gate::Gate(Store& store) {
  store.Submit(
      [this](WriteTransaction&) {
        entered_.Set();
        opened_.Await();
        return absl::OkStatus();
      },
      outcome_.Done());
  entered_.Await();
}

void Gate::Open() {
  opened_.Set();
  outcome_.Await().IgnoreError();
}

absl::Status Write(Store& store, absl::FunctionRef<absl::Status(WriteTransaction&)> mutation) {
  Outcome outcome;
  store.Submit([&](WriteTransaction& tx) { return mutation(tx); }, outcome.Done());
  return outcome.Await();
}

absl::Status Read(Store& store, absl::FunctionRef<void(ReadTransaction&)> job) {
  Outcome outcome;
  store.Read([&, done = outcome.Done()](absl::StatusOr<ReadTransaction*> tx) mutable {
    if (tx.ok()) job(**tx);
    done(tx.status());
  });
  return outcome.Await();
}

absl::Time At(double seconds) { return absl::FromUnixSeconds(1'800'000'000) + absl::Seconds(seconds); }

ClinicRow MakeClinic(absl::string_view clinic) {
  ClinicRow row;
  row.clinic = std::string(clinic);
  row.version = 7;
  row.data.set_display_name(absl::StrCat("Clinic ", clinic));
  row.data.set_time_zone("Europe/Madrid");
  row.data.mutable_create_time()->set_seconds(1'700'000'000);
  row.calendar_fingerprint = -5;
  return row;
}

PathwayRow MakePathway(absl::string_view clinic, absl::string_view pathway, int32_t revision) {
  PathwayRow row;
  row.clinic = std::string(clinic);
  row.pathway = std::string(pathway);
  row.revision = revision;
  row.create_time = At(revision);
  row.data.set_display_name(absl::StrCat(pathway, " of ", clinic, ", take ", revision));
  row.data.add_rules()->set_id("ice");
  return row;
}

EnrollmentRow MakeEnrollment(absl::string_view clinic, absl::string_view enrollment) {
  EnrollmentRow row;
  row.clinic = std::string(clinic);
  row.enrollment = std::string(enrollment);
  row.clock = "";
  row.version = 3;
  row.state = v1::ENROLLMENT_STATE_ACTIVE;
  row.next_due = At(0);
  row.plan_fingerprint = -6;
  row.data.set_patient(absl::StrCat("patient-", enrollment));
  row.data.set_first_name("Zoë");
  row.data.set_pathway(absl::StrCat("clinics/", clinic, "/pathways/knee"));
  row.data.set_pathway_revision(2);
  row.data.set_procedure_date("2026-06-01");
  row.data.set_time_zone("America/New_York");
  (*row.data.mutable_factors())["severity"] = "severe";
  row.data.add_contact_points()->set_address("+15550100");
  return row;
}

ReminderRow MakeReminder(absl::string_view clinic, absl::string_view enrollment, absl::string_view rule,
                         int64_t code) {
  ReminderRow row;
  row.key = {std::string(clinic), std::string(enrollment), std::string(rule), code};
  row.revision = 2;
  row.state = v1::REMINDER_STATE_DUE;
  row.reason = v1::REMINDER_REASON_UNSPECIFIED;
  row.due = At(0);
  row.expire = At(100);
  row.state_time = At(1);
  row.available = At(0);
  row.closes = row.expire;
  row.attempts = 4;
  row.failures = 5;
  row.contact_point = 6;
  row.channel = v1::CHANNEL_SMS;
  return row;
}

absl::Status EnrolFor(WriteTransaction& tx, const ReminderRow& row) {
  const auto known = tx.GetEnrollment(row.key.clinic, row.key.enrollment);
  if (!known.ok() || known->has_value()) return known.status();
  EnrollmentRow enrollment = MakeEnrollment(row.key.clinic, row.key.enrollment);
  enrollment.next_due.reset();
  return tx.InsertEnrollment(enrollment);
}

v1::Event MakeEvent(absl::string_view clinic, absl::string_view enrollment) {
  v1::Event event;
  event.mutable_event_time()->set_seconds(1'700'000'000);
  event.set_type(v1::EVENT_TYPE_REMINDER_CHANGED);
  event.set_enrollment(absl::StrCat("clinics/", clinic, "/enrollments/", enrollment));
  event.set_patient("p");
  event.mutable_reminder()->set_name(absl::StrCat(event.enrollment(), "/reminders/ice.1"));
  event.mutable_reminder()->set_state(v1::REMINDER_STATE_SENT);
  return event;
}

RequestRow MakeRequest(absl::string_view clinic, absl::string_view request_id) {
  RequestRow row;
  row.clinic = std::string(clinic);
  row.request_id = std::string(request_id);
  row.body_hash = 0xfedcba9876543210;  // greater than any signed number
  row.time = At(0);
  row.response = std::string("\0\xff answer", 9);
  return row;
}

std::string Show(const ClinicRow& row) {
  return absl::StrCat(row.clinic, " v", row.version, " calendar ", row.calendar_fingerprint, " replan after ",
                      row.replan_after.has_value() ? absl::StrCat("'", *row.replan_after, "'") : "none", " {",
                      row.data.ShortDebugString(), "}");
}

std::string Show(const PathwayRow& row) {
  return absl::StrCat(row.clinic, " ", row.pathway, ".", row.revision, " ", Micros(row.create_time), " {",
                      row.data.ShortDebugString(), "}");
}

std::string Show(const EnrollmentRow& row) {
  return absl::StrCat(row.clinic, " ", row.enrollment, " clock '", row.clock, "' v", row.version, " state ", row.state,
                      " next ", Show(row.next_due), " calendar ", row.plan_fingerprint, " recorded until ",
                      Show(row.compare_rows_until), " history {", row.history.ShortDebugString(), "} {",
                      row.data.ShortDebugString(), "}");
}

std::string Show(const ReminderRow& row) {
  return absl::StrCat(row.key.clinic, " ", row.key.enrollment, " ", row.key.rule, ".", row.key.code, " clock '",
                      row.clock, "' revision ", row.revision, " state ", row.state, " reason ", row.reason, " due ",
                      Micros(row.due), " expire ", Micros(row.expire), " since ", Micros(row.state_time),
                      " available ", Show(row.available), " closes ", Show(row.closes), " attempts ", row.attempts,
                      " failures ", row.failures, " contact ", row.contact_point, row.moved ? " moved" : "", " by ",
                      row.channel, row.score ? absl::StrCat(" score ", *row.score) : "",
                      row.error_code.empty() ? "" : absl::StrCat(" error ", row.error_code),
                      row.cover ? absl::StrCat(" covers ", row.cover->rule, ".", row.cover->code) : "", " facts ",
                      row.facts_version, row.record.empty() ? "" : absl::StrCat(" record ", row.record));
}

std::string Show(const EventRow& row) {
  return absl::StrCat(row.clinic, " #", row.seq, " {", row.data.ShortDebugString(), "}");
}

std::string Show(const RequestRow& row) {
  return absl::StrCat(row.clinic, " ", row.request_id, " ", row.body_hash, " ", Micros(row.time), " ", row.response);
}

std::string Show(const std::optional<absl::Time>& time) { return time.has_value() ? Micros(*time) : "none"; }

std::string Ids(const absl::StatusOr<std::vector<ClinicRow>>& rows) {
  return Join(rows, [](const ClinicRow& row) { return row.clinic; });
}

std::string Ids(const absl::StatusOr<std::vector<PathwayRow>>& rows) {
  return Join(rows, [](const PathwayRow& row) { return absl::StrCat(row.pathway, ".", row.revision); });
}

std::string Ids(const absl::StatusOr<std::vector<EnrollmentRow>>& rows) {
  return Join(rows, [](const EnrollmentRow& row) { return row.enrollment; });
}

std::string Ids(const absl::StatusOr<std::vector<ReminderRow>>& rows) {
  return Join(rows, [](const ReminderRow& row) {
    return absl::StrCat(row.key.enrollment, "/", row.key.rule, ".", row.key.code);
  });
}

}  // namespace aftercare::store
