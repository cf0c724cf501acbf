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

  EnrollmentRow RandomEnrollment() {
    EnrollmentRow row = MakeEnrollment(Clinic(), absl::StrCat("e", Below(40)));
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

  const uint64_t seed_ = SeedOfRun(std::random_device()());
  std::mt19937_64 random_{seed_};
  std::map<std::tuple<std::string, std::string>, EnrollmentRow> enrollments_;
  std::map<std::tuple<std::string, std::string, std::string, int>, ReminderRow> reminders_;
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

void RandomConformance::ChangeSomething() {
  Apply([this](WriteTransaction& tx) -> absl::Status {
    for (int i = 0; i < 20; ++i) {
      const EnrollmentRow enrollment = RandomEnrollment();
      const bool known = enrollments_.count(KeyOf(enrollment)) > 0;
      absl::Status status = known ? tx.UpdateEnrollment(enrollment) : tx.InsertEnrollment(enrollment);
      if (!status.ok()) return status;
      enrollments_[KeyOf(enrollment)] = enrollment;

      const ReminderRow reminder = RandomReminder();
      const absl::StatusOr<bool> inserted = tx.InsertReminder(reminder);
      if (!inserted.ok()) return inserted.status();
      EXPECT_EQ(*inserted, reminders_.count(KeyOf(reminder)) == 0);
      ReminderRow changed = RandomReminder();
      changed.key = reminder.key;
      if (!*inserted && !(status = tx.UpdateReminder(changed)).ok()) return status;
      reminders_[KeyOf(reminder)] = *inserted ? reminder : changed;
    }
    return absl::OkStatus();
  });
}

void RandomConformance::CompareEnrollments() {
  const absl::Time now = Instant();
  const std::string clock = Clock();
  const int limit = Limit();
  EXPECT_EQ(Show(Ask(&ReadTransaction::DueEnrollments, clock, now, limit)),
            Show(Expected(
                enrollments_, limit,
                [&](const EnrollmentRow& row) { return row.clock == clock && row.next_due && *row.next_due <= now; },
                [](const EnrollmentRow& row) { return *row.next_due; })));

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
  if (Toss()) after = QueuePosition{Instant(), Enrollment(), Toss() ? "ice" : "rest", Below(12)};
  const auto behind = [&](const ReminderRow& row) {
    return !after || std::tie(*row.available, row.key.enrollment, row.key.rule, row.key.code) >
                         std::tie(after->available, after->enrollment, after->rule, after->code);
  };
  const auto leasable = [&](const ReminderRow& row) {
    return row.clock == queue.clock && row.channel == queue.channel && row.key.clinic == queue.clinic &&
           row.available && *row.available <= now && now < row.expire && behind(row);
  };
  EXPECT_EQ(Show(Ask(&ReadTransaction::LeasableReminders, queue, now, after, limit)),
            Show(Expected(reminders_, limit, leasable, [](const ReminderRow& row) { return *row.available; })));

  std::optional<std::string> next;
  const std::string before = Toss() ? "" : "a";
  for (const auto& [key, row] : reminders_) {
    if (row.clock != queue.clock || row.channel != queue.channel || !row.available || row.key.clinic <= before) continue;
    if (!next || row.key.clinic < *next) next = row.key.clinic;
  }
  EXPECT_EQ(*Ask(&ReadTransaction::NextLeaseClinic, queue.clock, queue.channel, before), next);
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
                [](const ReminderRow& row) { return *row.closes; })));
  const auto coming = Expected(
      reminders_, 1,
      [&](const ReminderRow& row) { return row.clock == clock && row.available && *row.available > now; },
      [](const ReminderRow& row) { return *row.available; });
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextAvailable, clock, now)),
            Show(coming.empty() ? std::nullopt : coming[0].available));

  ReminderQuery query{.clinic = Clinic(), .limit = limit};
  if (Toss()) query.enrollment = Enrollment();
  if (Toss()) query.after = DuePosition{Instant(), Enrollment(), Toss() ? "ice" : "rest", Below(12)};
  if (Toss()) query.due_from = Instant();
  if (Toss()) query.due_before = Instant();
  if (Toss()) query.states = {v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_FAILED};
  const auto position = [](const ReminderRow& row) {
    return std::make_tuple(row.due, row.key.enrollment, row.key.rule, row.key.code);
  };
  const auto holds = [&](const ReminderRow& row) {
    return row.key.clinic == query.clinic && (query.enrollment.empty() || row.key.enrollment == query.enrollment) &&
           (!query.after || position(row) > std::make_tuple(query.after->due, query.after->enrollment,
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
