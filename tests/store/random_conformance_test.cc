// Random facts, against plain lists of the same rows that are filtered and sorted as facts.h says.
#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "tests/store/store_suite.h"
#include "tests/support/random.h"

namespace aftercare::store {
namespace {

class RandomConformance : public StoreSuite {
 protected:
  int Below(int end) { return static_cast<int>(random_() % end); }
  bool Toss() { return Below(2) == 0; }
  absl::Time Instant() { return At(Below(12)); }  // few, so that many are equal
  std::string Clinic() { return std::string(1, static_cast<char>('a' + Below(2))); }
  std::string Enrollment() { return absl::StrCat("e", Below(6)); }
  std::string Clock() { return Below(3) == 0 ? "a" : ""; }
  v1::Channel Channel() { return Toss() ? v1::CHANNEL_SMS : v1::CHANNEL_EMAIL; }
  int Limit() { return 1 + Below(12); }

  EnrollmentRow RandomEnrollment() { return RandomEnrollmentOf(Clinic(), absl::StrCat("e", Below(40))); }
  EnrollmentRow RandomEnrollmentOf(const std::string& clinic, const std::string& enrollment) {
    EnrollmentRow row = MakeEnrollment(clinic, enrollment);
    row.clock = Clock();
    row.version = Below(9);
    row.state = Toss() ? v1::ENROLLMENT_STATE_ACTIVE : v1::ENROLLMENT_STATE_ENDED;
    row.next_due = Toss() ? std::optional(Instant()) : std::nullopt;
    row.data.set_patient(absl::StrCat("p", Below(3)));
    row.data.set_pathway(absl::StrCat("clinics/", row.clinic, "/pathways/", Toss() ? "knee" : "hip"));
    return row;
  }
  ReminderRow RandomReminder() {
    ReminderRow row = MakeReminder(Clinic(), Enrollment(), Toss() ? "ice" : "rest", Below(12));
    row.clock = Clock();
    row.revision = Below(3);
    row.state = Toss() ? v1::REMINDER_STATE_DUE : v1::REMINDER_STATE_SENT;
    row.due = Instant();
    row.expire = Instant();
    row.available = Toss() ? std::optional(Instant()) : std::nullopt;
    row.closes = Toss() ? std::optional(row.expire) : std::nullopt;
    row.attempts = Below(3);
    row.channel = Channel();
    if (Toss()) row.score = Below(11);
    return row;
  }
  std::string PathwayIdOf(const EnrollmentRow& row) {
    return row.data.pathway().substr(row.data.pathway().rfind('/') + 1);
  }

  void ChangeSomething();
  void CompareEnrollments();
  void CompareReminders();
  void CompareQueue(const LeaseQueue& queue, absl::Time now, int limit);

  // Rows as the store should have numbered them.
  void NumberClinic(const std::string& clinic);
  absl::Status Enrol(WriteTransaction& tx, EnrollmentRow row);
  absl::Status Remind(WriteTransaction& tx, ReminderRow row);

  const uint64_t seed_ = SeedOfRun(std::random_device()());
  std::mt19937_64 random_{seed_};
  std::map<std::tuple<std::string, std::string>, EnrollmentRow> enrollments_;
  std::map<std::tuple<std::string, std::string, std::string, int>, ReminderRow> reminders_;
  std::vector<std::string> clinics_;  // in the order in which they, or the clocks with their ids, came up
  int64_t last_enrollment_ = 0;
  int64_t last_reminder_ = 0;
};
INSTANTIATE_FOR_EVERY_DATABASE(RandomConformance);

auto KeyOf(const EnrollmentRow& row) { return std::make_tuple(row.clinic, row.enrollment); }
auto KeyOf(const ReminderRow& row) {
  return std::make_tuple(row.key.clinic, row.key.enrollment, row.key.rule, static_cast<int>(row.key.code));
}

// The rows that `holds`, in the order of `order` and then of their keys, cut to `limit`.
template <typename Rows, typename Holds, typename Order>
auto Expected(const Rows& rows, int limit, Holds holds, Order order) {
  std::vector<typename Rows::mapped_type> expected;
  for (const auto& [key, row] : rows) {
    if (holds(row)) expected.push_back(row);
  }
  std::stable_sort(expected.begin(), expected.end(),
                   [&](const auto& a, const auto& b) { return order(a) < order(b); });
  if (expected.size() > static_cast<size_t>(limit)) expected.resize(limit);
  return expected;
}

void RandomConformance::NumberClinic(const std::string& clinic) {
  const bool is_known = std::find(clinics_.begin(), clinics_.end(), clinic) != clinics_.end();
  if (!clinic.empty() && !is_known) clinics_.push_back(clinic);
}

absl::Status RandomConformance::Enrol(WriteTransaction& tx, EnrollmentRow row) {
  NumberClinic(row.clinic);
  NumberClinic(row.clock);
  const auto known = enrollments_.find(KeyOf(row));
  const bool is_new = known == enrollments_.end();
  row.row_id = is_new ? ++last_enrollment_ : known->second.row_id;
  enrollments_[KeyOf(row)] = row;
  return is_new ? tx.InsertEnrollment(row) : tx.UpdateEnrollment(row);
}

absl::Status RandomConformance::Remind(WriteTransaction& tx, ReminderRow row) {
  const auto enrollment = enrollments_.find(std::make_tuple(row.key.clinic, row.key.enrollment));
  if (enrollment == enrollments_.end()) {
    absl::Status status = Enrol(tx, RandomEnrollmentOf(row.key.clinic, row.key.enrollment));
    if (!status.ok()) return status;
    return Remind(tx, row);
  }
  NumberClinic(row.clock);
  if (Toss()) row.enrollment_row_id = enrollment->second.row_id;
  const absl::StatusOr<bool> inserted = tx.InsertReminder(row);
  if (!inserted.ok()) return inserted.status();
  const auto known = reminders_.find(KeyOf(row));
  EXPECT_EQ(*inserted, known == reminders_.end());
  const int64_t row_id = *inserted ? ++last_reminder_ : known->second.row_id;
  const store::ReminderKey key = row.key;
  if (!*inserted) {
    row = RandomReminder();
    NumberClinic(row.clock);
    row.key = key;
    if (Toss()) row.row_id = row_id;
    if (absl::Status status = tx.UpdateReminder(row); !status.ok()) return status;
  }
  row.row_id = row_id;
  row.enrollment_row_id = enrollment->second.row_id;
  reminders_[KeyOf(row)] = row;
  return absl::OkStatus();
}

void RandomConformance::ChangeSomething() {
  Apply([this](WriteTransaction& tx) -> absl::Status {
    for (int i = 0; i < 20; ++i) {
      if (absl::Status status = Enrol(tx, RandomEnrollment()); !status.ok()) return status;
      if (absl::Status status = Remind(tx, RandomReminder()); !status.ok()) return status;
    }
    return absl::OkStatus();
  });
}

void RandomConformance::CompareEnrollments() {
  const absl::Time now = Instant();
  const std::string clock = Clock();
  const int limit = Limit();
  const auto place = [](const EnrollmentRow& row) { return std::make_tuple(*row.next_due, row.row_id); };
  std::optional<SchedulePosition> due_after;
  if (Toss()) due_after = SchedulePosition{Instant(), Below(40)};
  const std::string clinic = Clinic();
  const auto is_due = [&](const EnrollmentRow& row) {
    return row.clock == clock && row.clinic == clinic && row.next_due && *row.next_due <= now &&
           (!due_after || place(row) > std::make_tuple(due_after->next_due, due_after->row_id));
  };
  EXPECT_EQ(Show(Ask(&ReadTransaction::DueEnrollments, clock, clinic, now, due_after, limit)),
            Show(Expected(enrollments_, limit, is_due, place)));
  std::vector<std::string> clinics_due;
  for (const std::string& some : clinics_) {
    const bool is_one = std::any_of(enrollments_.begin(), enrollments_.end(), [&](const auto& entry) {
      const EnrollmentRow& row = entry.second;
      return row.clock == clock && row.clinic == some && row.next_due && *row.next_due <= now;
    });
    if (is_one) clinics_due.push_back(some);
  }
  EXPECT_EQ(*Ask(&ReadTransaction::ClinicsDue, clock, now), clinics_due);

  EnrollmentQuery query{.clinic = Clinic(), .limit = limit};
  if (Toss()) query.patient = absl::StrCat("p", Below(3));
  if (Toss()) query.pathway = Toss() ? "knee" : "hip";
  if (Toss()) query.state = v1::ENROLLMENT_STATE_ACTIVE;
  query.pending_only = Toss();
  if (Toss()) query.after = absl::StrCat("e", Below(40));
  const auto holds = [&](const EnrollmentRow& row) {
    return row.clinic == query.clinic && row.enrollment > query.after && (!query.pending_only || row.next_due) &&
           (query.patient.empty() || row.data.patient() == query.patient) &&
           (query.pathway.empty() || PathwayIdOf(row) == query.pathway) &&
           (query.state == v1::ENROLLMENT_STATE_UNSPECIFIED || row.state == query.state);
  };
  EXPECT_EQ(Show(Ask(&ReadTransaction::ListEnrollments, query)),
            Show(Expected(enrollments_, limit, holds, [](const EnrollmentRow& row) { return row.enrollment; })));

  std::optional<absl::Time> wake;
  const auto consider = [&](const std::optional<absl::Time>& time) {
    if (time && (!wake || *time < *wake)) wake = time;
  };
  for (const auto& [key, row] : enrollments_) consider(row.clock == clock ? row.next_due : std::nullopt);
  for (const auto& [key, row] : reminders_) consider(row.clock == clock ? row.closes : std::nullopt);
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextWake, clock)), Show(wake));
}

void RandomConformance::CompareQueue(const LeaseQueue& queue, absl::Time now, int limit) {
  std::optional<QueuePosition> after;
  if (Toss()) after = QueuePosition{Instant(), Below(100)};
  const auto place = [](const ReminderRow& row) { return std::make_tuple(*row.available, row.row_id); };
  const auto behind = [&](const ReminderRow& row) {
    return !after || place(row) > std::make_tuple(after->available, after->row_id);
  };
  const auto leasable = [&](const ReminderRow& row) {
    return row.clock == queue.clock && row.channel == queue.channel && row.key.clinic == queue.clinic &&
           row.available && *row.available <= now && (!row.closes || now < row.expire) && behind(row);
  };
  EXPECT_EQ(Show(Ask(&ReadTransaction::LeasableReminders, queue, now, after, limit)),
            Show(Expected(reminders_, limit, leasable, place)));

  std::optional<std::string> next;
  const std::string before = Toss() ? "" : Clinic();
  std::vector<v1::Channel> channels = {queue.channel};
  if (Toss()) channels = {v1::CHANNEL_EMAIL, v1::CHANNEL_SMS};
  const auto has_messages = [&](const std::string& clinic) {
    return std::any_of(reminders_.begin(), reminders_.end(), [&](const auto& entry) {
      const ReminderRow& row = entry.second;
      return row.key.clinic == clinic && row.clock == queue.clock && row.available &&
             std::find(channels.begin(), channels.end(), row.channel) != channels.end();
    });
  };
  auto clinic = std::find(clinics_.begin(), clinics_.end(), before);
  for (clinic = clinic == clinics_.end() ? clinics_.begin() : clinic + 1; !next && clinic != clinics_.end(); ++clinic) {
    if (has_messages(*clinic)) next = *clinic;
  }
  EXPECT_EQ(*Ask(&ReadTransaction::NextLeaseClinic, queue.clock, channels, before), next);
}

void RandomConformance::CompareReminders() {
  const absl::Time now = Instant();
  const std::string clock = Clock();
  const int limit = Limit();
  CompareQueue({clock, Channel(), Clinic()}, now, limit);
  EXPECT_EQ(Show(Ask(&ReadTransaction::ExpiredReminders, clock, now, limit)),
            Show(Expected(
                reminders_, limit,
                [&](const ReminderRow& row) { return row.clock == clock && row.closes && *row.closes <= now; },
                [](const ReminderRow& row) { return std::make_tuple(*row.closes, row.row_id); })));
  const auto coming = Expected(
      reminders_, 1,
      [&](const ReminderRow& row) { return row.clock == clock && row.available && *row.available > now; },
      [](const ReminderRow& row) { return *row.available; });
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextAvailable, clock, now)),
            Show(coming.empty() ? std::nullopt : coming[0].available));

  ReminderQuery query{.clinic = Clinic(), .limit = limit};
  if (Toss()) query.enrollment = Enrollment();
  if (Toss()) query.after = DuePosition{Instant(), Below(40), Toss() ? "ice" : "rest", Below(12)};
  if (Toss()) query.due_from = Instant();
  if (Toss()) query.due_before = Instant();
  if (Toss()) query.states = {v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_FAILED};
  const auto position = [](const ReminderRow& row) {
    return std::make_tuple(row.due, row.enrollment_row_id, row.key.rule, row.key.code);
  };
  const auto holds = [&](const ReminderRow& row) {
    return row.key.clinic == query.clinic && (query.enrollment.empty() || row.key.enrollment == query.enrollment) &&
           (!query.after || position(row) > std::make_tuple(query.after->due, query.after->enrollment_row_id,
                                                            query.after->rule, query.after->code)) &&
           (!query.due_from || row.due >= *query.due_from) && (!query.due_before || row.due < *query.due_before) &&
           (query.states.empty() || row.state == v1::REMINDER_STATE_SENT);
  };
  EXPECT_EQ(Show(Ask(&ReadTransaction::ListReminders, query)), Show(Expected(reminders_, limit, holds, position)));
}

TEST_P(RandomConformance, EveryQueryAnswersAsPlainListsDo) {
  for (int round = 0; round < 40 && !HasFailure(); ++round) {
    SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed_, ", round ", round));
    ChangeSomething();
    for (int i = 0; i < 20; ++i) {
      CompareEnrollments();
      CompareReminders();
    }
    if (round == 20) Open();
  }
}

}  // namespace
}  // namespace aftercare::store
