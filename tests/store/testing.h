// Helpers of the store's tests: databases to test, calls of a store that wait for their end, example rows, and rows as
// text.
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

// A new database for one test. The destructor removes it. Not thread safe.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;

  // Returns a driver for the database. There may be one driver at a time. It finds the data of the one before.
  virtual absl::StatusOr<std::unique_ptr<Driver>> Connect() = 0;
};

// A kind of database. Conformance suites run over all kinds.
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

// A flag that is set once and can be waited for. Await has no time limit. Thread safe.
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

// The outcome of one mutation. Waits for it without a time limit. Thread safe.
class Outcome {
 public:
  // Returns the callback to give to Submit. This object must outlive the call of it.
  Store::Done Done();
  // Waits for the end of the mutation and returns its status.
  absl::Status Await();
  bool IsKnown() { return known_.IsSet(); }

 private:
  absl::Status status_;
  Signal known_;
};

// Blocks the writer of a store until Open, so that mutations that are submitted meanwhile wait. The constructor waits
// until the writer is blocked. The store must outlive the object.
class Gate {
 public:
  explicit Gate(Store& store);
  ~Gate() { Open(); }

  // Lets the writer go on.
  void Open();

 private:
  Signal entered_;
  Signal opened_;
  Outcome outcome_;
};

// Submits `mutation`, waits for its end and returns its status.
absl::Status Write(Store& store, absl::FunctionRef<absl::Status(WriteTransaction&)> mutation);

// Runs `job` with a snapshot and waits for its end. Returns an error if there was no snapshot. Then `job` did not run.
absl::Status Read(Store& store, absl::FunctionRef<void(ReadTransaction&)> job);

// Calls one method of ReadTransaction on a snapshot: Ask(store, &ReadTransaction::GetClinic, "a"). A last argument that
// is left out is zero.
template <typename Answer, typename... Parameters, typename... Arguments>
absl::StatusOr<Answer> Ask(Store& store, absl::StatusOr<Answer> (ReadTransaction::*method)(Parameters...),
                           const Arguments&... arguments) {
  absl::StatusOr<Answer> answer = absl::UnknownError("not asked");
  const absl::Status status = Read(store, [&](ReadTransaction& tx) {
    if constexpr (sizeof...(Arguments) < sizeof...(Parameters)) {
      answer = (tx.*method)(arguments..., {});
    } else {
      answer = (tx.*method)(arguments...);
    }
  });
  if (!status.ok()) return status;
  return answer;
}

// Calls one method of WriteTransaction in a mutation of its own: Do(store, &WriteTransaction::InsertClinic, row).
template <typename... Parameters, typename... Arguments>
absl::Status Do(Store& store, absl::Status (WriteTransaction::*method)(Parameters...), const Arguments&... arguments) {
  return Write(store, [&](WriteTransaction& tx) { return (tx.*method)(arguments...); });
}

// Returns the instant `seconds` after a fixed one.
absl::Time At(double seconds);

// Return example rows. Their fields are set, so that a test notices a field that is not stored.
ClinicRow MakeClinic(absl::string_view clinic);
PathwayRow MakePathway(absl::string_view clinic, absl::string_view pathway, int32_t revision);
EnrollmentRow MakeEnrollment(absl::string_view clinic, absl::string_view enrollment);
// Returns a row in state DUE, which came due at At(0), expires at At(100) and is available from At(0).
ReminderRow MakeReminder(absl::string_view clinic, absl::string_view enrollment, absl::string_view rule,
                         int64_t code);
// Enrols the patient of a reminder, if that has not been done: without an enrollment no reminder can be stored. Nothing
// comes due of the enrollment.
absl::Status EnrolFor(WriteTransaction& tx, const ReminderRow& row);
v1::Event MakeEvent(absl::string_view clinic, absl::string_view enrollment);
RequestRow MakeRequest(absl::string_view clinic, absl::string_view request_id);

// Return all fields of a row as text, for comparisons.
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
// Returns one line for each row.
template <typename Row>
std::string Show(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) text += Show(row) + "\n";
  return text;
}

// Return the last part of each row's key, separated by spaces, or the error.
std::string Ids(const absl::StatusOr<std::vector<ClinicRow>>& rows);
std::string Ids(const absl::StatusOr<std::vector<PathwayRow>>& rows);  // as `id.revision`
std::string Ids(const absl::StatusOr<std::vector<EnrollmentRow>>& rows);
std::string Ids(const absl::StatusOr<std::vector<ReminderRow>>& rows);  // as `enrollment/rule.code`

}  // namespace aftercare::store

#endif  // AFTERCARE_TESTS_STORE_TESTING_H_
