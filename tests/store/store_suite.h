// The fixture of tests that run on every kind of database: a store on a new, empty database.
#ifndef AFTERCARE_TESTS_STORE_STORE_SUITE_H_
#define AFTERCARE_TESTS_STORE_STORE_SUITE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "tests/store/testing.h"

namespace aftercare::store {

// Match a Status or a StatusOr: one that is OK, or one that has the error `code`.
MATCHER(IsOk, "is OK") { return arg.ok(); }
MATCHER_P(Fails, code, std::string("fails with ") + absl::StatusCodeToString(code)) {
  const absl::Status status = [&] {
    if constexpr (std::is_convertible_v<decltype(arg), absl::Status>) {
      return absl::Status(arg);
    } else {
      return arg.status();
    }
  }();
  return status.code() == code;
}

// Opens a store on a SQLite file. Fails the test and returns null if it cannot be opened.
inline std::unique_ptr<Store> OpenFile(const std::string& path) {
  auto store = OpenSqliteStore(path);
  EXPECT_THAT(store, IsOk()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

class StoreSuite : public testing::TestWithParam<DatabaseKind> {
 protected:
  using Decorator = std::function<std::unique_ptr<Driver>(std::unique_ptr<Driver>)>;

  void SetUp() override { Open(); }

  // Opens the store. If it is open, closes it first and opens it on the same database. `decorate` wraps the driver.
  void Open(StoreOptions options = {}, const Decorator& decorate = nullptr) {
    store_.reset();
    absl::StatusOr<std::unique_ptr<Driver>> driver = database_->Connect();
    ASSERT_THAT(driver, IsOk()) << driver.status();
    absl::StatusOr<std::unique_ptr<Store>> store =
        Store::Open(decorate ? decorate(*std::move(driver)) : *std::move(driver), options);
    ASSERT_THAT(store, IsOk()) << store.status();
    store_ = *std::move(store);
  }

  Store& store() { return *store_; }
  TestDatabase& database() { return *database_; }
  void CloseStore() { store_.reset(); }

  // As the functions of testing.h with these names, on this store.
  template <typename Method, typename... Arguments>
  auto Ask(Method method, const Arguments&... arguments) {
    return store::Ask(store(), method, arguments...);
  }
  template <typename... Parameters, typename... Arguments>
  absl::Status Do(absl::Status (WriteTransaction::*method)(Parameters...), const Arguments&... arguments) {
    return store::Do(store(), method, arguments...);
  }
  // Runs one mutation. Fails the test if the mutation fails.
  void Apply(absl::FunctionRef<absl::Status(WriteTransaction&)> mutation) {
    const absl::Status status = Write(store(), mutation);
    ASSERT_THAT(status, IsOk()) << status;
  }
  // Inserts the row in a mutation of its own, and enrols its patient if need be. Returns false if its key is taken.
  absl::StatusOr<bool> InsertReminder(const ReminderRow& row) {
    absl::StatusOr<bool> inserted = false;
    const absl::Status status = Write(store(), [&](WriteTransaction& tx) {
      if (absl::Status enrolled = EnrolFor(tx, row); !enrolled.ok()) return enrolled;
      inserted = tx.InsertReminder(row);
      return inserted.status();
    });
    if (!status.ok()) return status;
    return inserted;
  }

 private:
  std::unique_ptr<TestDatabase> database_ = GetParam().make();
  std::unique_ptr<Store> store_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_TESTS_STORE_STORE_SUITE_H_
