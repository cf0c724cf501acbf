// What the store's tests share: a database to test, calls of a store that can be waited for, rows, and rows as text.
#ifndef AFTERCARE_TESTS_STORE_TESTING_H_
#define AFTERCARE_TESTS_STORE_TESTING_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/store/driver.h"
#include "scheduler/store/store.h"
#include "scheduler/store/transaction.h"
#include "tests/support/temp_dir.h"

namespace aftercare::store {

// A database made for one test, and gone with it.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;

  // A driver for it. Each finds what the one before left; there is one at a time.
  virtual absl::StatusOr<std::unique_ptr<Driver>> Connect() = 0;
};

// What the suites that hold for every database are run over.
struct DatabaseKind {
  std::string name;
  std::function<std::unique_ptr<TestDatabase>()> make;
};
std::vector<DatabaseKind> DatabaseKinds();
inline void PrintTo(const DatabaseKind& kind, std::ostream* out) { *out << kind.name; }

// Opens a store on a SQLite file.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path, const StoreOptions& options = {});

// Runs a suite of TEST_P over every kind of database.
#define INSTANTIATE_FOR_EVERY_DATABASE(suite)                                    \
  INSTANTIATE_TEST_SUITE_P(Every, suite, testing::ValuesIn(DatabaseKinds()),     \
                           [](const auto& info) { return info.param.name; })

// Something that happens once, on whatever thread, and can be waited for.
class Signal {
 public:
  void Set();
  void Await();
  bool IsSet();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

// What becomes of one mutation.
class Outcome {
 public:
  // To be given to Submit; this must outlive the call.
  Store::Done Done();
  // Waits for it.
  absl::Status Await();
  bool IsKnown() { return known_.IsSet(); }

 private:
  absl::Status status_;
  Signal known_;
};

// Keeps the writer busy from here until Open, so that what is submitted meanwhile waits. The store outlives it.
class Gate {
 public:
  explicit Gate(Store& store);
  ~Gate() { Open(); }

  void Open();

 private:
  Signal entered_;
  Signal opened_;
  Outcome outcome_;
};

// Submits `mutation` and waits.
absl::Status Write(Store& store, absl::FunctionRef<absl::Status(WriteTransaction&)> mutation);

// Runs `job` with a snapshot and waits. The status is that of the snapshot.
absl::Status Read(Store& store, absl::FunctionRef<void(ReadTransaction&)> job);

// Calls one method of ReadTransaction on a snapshot: Ask(store, &ReadTransaction::GetClinic, "a").
template <typename Answer, typename... Parameters, typename... Arguments>
absl::StatusOr<Answer> Ask(Store& store, absl::StatusOr<Answer> (ReadTransaction::*method)(Parameters...),
                           const Arguments&... arguments) {
  absl::StatusOr<Answer> answer = absl::UnknownError("not asked");
  const absl::Status status = Read(store, [&](ReadTransaction& tx) { answer = (tx.*method)(arguments...); });
  if (!status.ok()) return status;
  return answer;
}

// Calls one method of WriteTransaction in a mutation of its own: Do(store, &WriteTransaction::InsertClinic, row).
template <typename... Parameters, typename... Arguments>
absl::Status Do(Store& store, absl::Status (WriteTransaction::*method)(Parameters...), const Arguments&... arguments) {
  return Write(store, [&](WriteTransaction& tx) { return (tx.*method)(arguments...); });
}

// An instant, `seconds` after one that is fixed.
absl::Time At(double seconds);

// Rows with every field set, so that one which is not stored is missed.
ClinicRow MakeClinic(absl::string_view clinic);
PathwayRow MakePathway(absl::string_view clinic, absl::string_view pathway, int32_t revision);
EnrollmentRow MakeEnrollment(absl::string_view clinic, absl::string_view enrollment);
// DUE at At(0), to expire at At(100), available at At(0).
ReminderRow MakeReminder(absl::string_view clinic, absl::string_view enrollment, absl::string_view rule,
                         int32_t number);
v1::Event MakeEvent(absl::string_view clinic, absl::string_view enrollment);
RequestRow MakeRequest(absl::string_view clinic, absl::string_view request_id);

// Everything in a row, for comparing.
std::string Show(const ClinicRow& row);
std::string Show(const PathwayRow& row);
std::string Show(const EnrollmentRow& row);
std::string Show(const ReminderRow& row);
std::string Show(const EventRow& row);
std::string Show(const RequestRow& row);
std::string Show(const std::optional<absl::Time>& time);
template <typename Row>
std::string Show(const std::optional<Row>& row) {
  return row.has_value() ? Show(*row) : "none";
}
template <typename Answer>
std::string Show(const absl::StatusOr<Answer>& answer) {
  return answer.ok() ? Show(*answer) : answer.status().ToString();
}
// One line each.
template <typename Row>
std::string Show(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) text += Show(row) + "\n";
  return text;
}

// The last part of each row's key, separated by spaces; reminders as `rule.number`.
std::string Ids(const absl::StatusOr<std::vector<ClinicRow>>& rows);
std::string Ids(const absl::StatusOr<std::vector<PathwayRow>>& rows);  // as `id.revision`
std::string Ids(const absl::StatusOr<std::vector<EnrollmentRow>>& rows);
std::string Ids(const absl::StatusOr<std::vector<ReminderRow>>& rows);  // as `enrollment/rule.number`

}  // namespace aftercare::store

#endif  // AFTERCARE_TESTS_STORE_TESTING_H_
