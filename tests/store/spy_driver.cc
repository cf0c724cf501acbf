#include "tests/store/spy_driver.h"

#include <map>
#include <utility>

namespace aftercare::store {
namespace {

absl::Status InjectedFailure() { return absl::UnavailableError("injected failure"); }

}  // namespace

class SpyStatement : public Statement {
 public:
  SpyStatement(Statement* statement, Connection& connection, Spy* fails)
      : statement_(statement), connection_(connection), fails_(fails) {}

  void BindInt(int index, int64_t value) override { statement_->BindInt(index, value); }
  void BindText(int index, absl::string_view value) override { statement_->BindText(index, value); }
  void BindBytes(int index, absl::string_view value) override { statement_->BindBytes(index, value); }
  void BindNull(int index) override { statement_->BindNull(index); }
  absl::StatusOr<bool> Step() override {
    if (fails_ == nullptr || !fails_->IsTimeToFail()) return statement_->Step();
    // Committing nothing ends the transaction behind the connection's back, as SQLite does.
    if (fails_->loses_transaction_) connection_.Execute("ROLLBACK").IgnoreError();
    return InjectedFailure();
  }
  int64_t Int(int column) const override { return statement_->Int(column); }
  absl::string_view Text(int column) const override { return statement_->Text(column); }
  absl::string_view Bytes(int column) const override { return statement_->Bytes(column); }
  bool IsNull(int column) const override { return statement_->IsNull(column); }
  void Reset() override { statement_->Reset(); }
  int64_t Changes() const override { return statement_->Changes(); }

 private:
  Statement* statement_;
  Connection& connection_;
  Spy* fails_;
};

class SpyConnection : public Connection {
 public:
  SpyConnection(std::unique_ptr<Connection> connection, Spy& spy, bool writes)
      : connection_(std::move(connection)), spy_(spy), writes_(writes) {}

  absl::Status Execute(absl::string_view sql) override { return connection_->Execute(sql); }
  absl::Status Begin() override {
    if (writes_ && spy_.IsTimeToFail()) return InjectedFailure();
    return connection_->Begin();
  }
  absl::Status Commit() override {
    if (writes_ && (spy_.fail_commits_ || spy_.IsTimeToFail())) {
      connection_->Rollback();
      return InjectedFailure();
    }
    absl::Status status = connection_->Commit();
    if (writes_ && status.ok()) {
      ++spy_.commits_;
      if (spy_.on_commit) spy_.on_commit();
    }
    return status;
  }
  void Rollback() override { connection_->Rollback(); }
  bool InTransaction() const override { return connection_->InTransaction(); }
  absl::StatusOr<bool> HasTable(absl::string_view name) override { return connection_->HasTable(name); }
  absl::StatusOr<int64_t> SizeBytes() override { return connection_->SizeBytes(); }
  absl::StatusOr<Statement*> Prepare(const char* sql) override {
    absl::StatusOr<Statement*> statement = connection_->Prepare(sql);
    if (!statement.ok()) return statement;
    std::unique_ptr<SpyStatement>& spied = statements_[sql];
    if (spied == nullptr) {
      const std::lock_guard<std::mutex> lock(spy_.mutex_);
      spy_.statements_.insert(sql);
      spied = std::make_unique<SpyStatement>(*statement, *connection_, writes_ ? &spy_ : nullptr);
    }
    return spied.get();
  }

 private:
  std::unique_ptr<Connection> connection_;
  Spy& spy_;
  const bool writes_;
  std::map<const char*, std::unique_ptr<SpyStatement>> statements_;
};

namespace {

class SpyDriver : public Driver {
 public:
  SpyDriver(std::unique_ptr<Driver> driver, Spy& spy) : driver_(std::move(driver)), spy_(spy) {}

  const Dialect& dialect() const override { return driver_->dialect(); }
  absl::StatusOr<std::unique_ptr<Connection>> ConnectWriter() override { return Spied(driver_->ConnectWriter(), true); }
  absl::StatusOr<std::unique_ptr<Connection>> ConnectReader() override {
    return Spied(driver_->ConnectReader(), false);
  }

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Spied(absl::StatusOr<std::unique_ptr<Connection>> connection,
                                                    bool writes) {
    if (!connection.ok()) return connection.status();
    return WithSpy(*std::move(connection), spy_, writes);
  }

  std::unique_ptr<Driver> driver_;
  Spy& spy_;
};

}  // namespace

std::set<std::string> Spy::statements() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return statements_;
}

std::unique_ptr<Driver> WithSpy(std::unique_ptr<Driver> driver, Spy& spy) {
  return std::make_unique<SpyDriver>(std::move(driver), spy);
}

std::unique_ptr<Connection> WithSpy(std::unique_ptr<Connection> connection, Spy& spy, bool writes) {
  return std::make_unique<SpyConnection>(std::move(connection), spy, writes);
}

}  // namespace aftercare::store
