#include "scheduler/store/sqlite_driver.h"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "scheduler/store/migrations.h"
#include "scheduler/store/sqlite_file.h"
#include "scheduler/sync.h"

namespace aftercare::store {
namespace {

// How long another connection's lock is waited for. Ours never wait for each other; an operator's shell might be there.
constexpr int kBusyMilliseconds = 1000;
// How much of the start may be spent on looking for damage.
constexpr std::chrono::milliseconds kCheckTime(100);
// What a large mutation touches is kept aside in memory up to this size, for the case that it fails.
constexpr int kSavepointMemory = 4 << 20;

// Errors of SQLite as ours. Says what SQLite calls the error and no more: its own message may quote the statement.
absl::Status StatusOf(int code) {
  const std::string message = absl::StrCat("SQLite: ", sqlite3_errstr(code), " (", code, ")");
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return absl::OkStatus();
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(message);
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE) {
        return absl::AlreadyExistsError("the key is taken");
      }
      return absl::InternalError(message);
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_PROTOCOL:
      return absl::UnavailableError(message);
    default:
      return absl::InternalError(message);
  }
}

struct CloseHandle {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, CloseHandle>;

class SqliteStatement : public Statement {
 public:
  // `expects_transaction` outlives this.
  SqliteStatement(sqlite3* database, StatementHandle handle, const bool* expects_transaction)
      : database_(database), handle_(std::move(handle)), expects_transaction_(expects_transaction) {
    // SQLite takes $n for a name, and numbers parameters as it meets them.
    for (int number = 1; number <= sqlite3_bind_parameter_count(handle_.get()); ++number) {
      positions_.push_back(sqlite3_bind_parameter_index(handle_.get(), absl::StrCat("$", number).c_str()));
    }
  }

  void BindInt(int index, int64_t value) override { Keep(sqlite3_bind_int64(handle_.get(), At(index), value)); }
  void BindText(int index, absl::string_view value) override {
    Keep(sqlite3_bind_text64(handle_.get(), At(index), NotNull(value), value.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  void BindBytes(int index, absl::string_view value) override {
    Keep(sqlite3_bind_blob64(handle_.get(), At(index), NotNull(value), value.size(), SQLITE_STATIC));
  }
  void BindNull(int index) override { Keep(sqlite3_bind_null(handle_.get(), At(index))); }

  absl::StatusOr<bool> Step() override {
    if (bind_result_ != SQLITE_OK) return StatusOf(bind_result_);
    if (*expects_transaction_ && sqlite3_get_autocommit(database_) != 0) {
      return absl::UnavailableError("SQLite has given the transaction up");
    }
    const int result = sqlite3_step(handle_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    return StatusOf(sqlite3_extended_errcode(database_));
  }

  int64_t Int(int column) const override { return sqlite3_column_int64(handle_.get(), column); }
  absl::string_view Text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    return absl::string_view(text, sqlite3_column_bytes(handle_.get(), column));
  }
  absl::string_view Bytes(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
    return absl::string_view(bytes, sqlite3_column_bytes(handle_.get(), column));
  }
  bool IsNull(int column) const override { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

  void Reset() override {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
    bind_result_ = SQLITE_OK;
  }

  int64_t Changes() const override { return sqlite3_changes64(database_); }

 private:
  // 0, which SQLite refuses, where the statement has no such parameter.
  int At(int index) const {
    return index >= 1 && index <= static_cast<int>(positions_.size()) ? positions_[index - 1] : 0;
  }
  // SQLite takes a null pointer for NULL, and an empty view may have one.
  static const char* NotNull(absl::string_view value) { return value.data() == nullptr ? "" : value.data(); }
  // Binding fails only by a mistake in here; Step reports it.
  void Keep(int result) {
    if (result != SQLITE_OK) bind_result_ = result;
  }

  sqlite3* database_;
  StatementHandle handle_;
  const bool* expects_transaction_;
  std::vector<int> positions_;
  int bind_result_ = SQLITE_OK;
};

class SqliteConnection : public Connection {
 public:
  // `begin`: the statement that begins a transaction.
  SqliteConnection(Handle handle, const char* begin) : handle_(std::move(handle)), begin_(begin) {}

  absl::Status Execute(absl::string_view sql) override {
    return StatusOf(sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr));
  }

  absl::Status Begin() override {
    absl::Status status = Run(begin_);
    expects_transaction_ = status.ok();
    return status;
  }

  absl::Status Commit() override {
    absl::Status status = Run("COMMIT");
    if (!status.ok()) Rollback();
    expects_transaction_ = false;
    return status;
  }

  void Rollback() override {
    expects_transaction_ = false;
    if (sqlite3_get_autocommit(handle_.get()) == 0) Run("ROLLBACK").IgnoreError();
  }

  bool InTransaction() const override {
    return expects_transaction_ && sqlite3_get_autocommit(handle_.get()) == 0;
  }

  absl::StatusOr<bool> HasTable(absl::string_view name) override {
    const absl::StatusOr<Statement*> query =
        Prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1");
    if (!query.ok()) return query.status();
    (*query)->BindText(1, name);
    const absl::StatusOr<bool> found = (*query)->Step();
    (*query)->Reset();
    return found;
  }

  absl::StatusOr<int64_t> SizeBytes() override {
    const char* file = sqlite3_db_filename(handle_.get(), "main");
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (error) return absl::UnavailableError("the size of the database cannot be read");
    const auto log_bytes = std::filesystem::file_size(sqlite3_filename_wal(file), error);
    return static_cast<int64_t>(error ? bytes : bytes + log_bytes);
  }

  absl::StatusOr<Statement*> Prepare(const char* sql) override {
    std::unique_ptr<SqliteStatement>& statement = statements_[sql];
    if (statement != nullptr) return statement.get();
    sqlite3_stmt* prepared = nullptr;
    const int result = sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    if (result != SQLITE_OK) {
      statements_.erase(sql);
      return StatusOf(result);
    }
    statement = std::make_unique<SqliteStatement>(handle_.get(), StatementHandle(prepared), &expects_transaction_);
    return statement.get();
  }

  // The first column of the first row, as text; for pragmas.
  absl::StatusOr<std::string> Ask(const char* sql) {
    const absl::StatusOr<Statement*> query = Prepare(sql);
    if (!query.ok()) return query.status();
    const absl::StatusOr<bool> found = (*query)->Step();
    std::string answer = found.ok() && *found ? std::string((*query)->Text(0)) : "";
    (*query)->Reset();
    if (!found.ok()) return found.status();
    return answer;
  }

  // Leaves the log as it is when this closes.
  void KeepLog() { sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

  // From any thread: ends the statement that is running, with UNAVAILABLE.
  void Interrupt() { sqlite3_interrupt(handle_.get()); }

 private:
  absl::Status Run(const char* sql) { return Ask(sql).status(); }

  Handle handle_;
  const char* begin_;
  bool expects_transaction_ = false;
  absl::flat_hash_map<const char*, std::unique_ptr<SqliteStatement>> statements_;  // before the handle closes
};

// A path as a URI filename, in which some characters mean something. Two slashes at its beginning would name a host, so
// an absolute path is given an empty one.
std::string UriOf(const std::string& path, absl::string_view parameters) {
  std::string uri = path[0] == '/' ? "file://" : "file:";
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      absl::StrAppend(&uri, "%", absl::Hex(c, absl::kZeroPad2));
    } else {
      uri.push_back(c);
    }
  }
  return absl::StrCat(uri, "?", parameters);
}

// Statistics of SQLite's memory, which nobody reads, take a lock of the whole process at each allocation.
void TurnOffMemoryStatistics() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)done;  // it is refused, and costs only time, if somebody else has used SQLite before
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> Connect(const std::string& name, int flags, const char* begin,
                                                          const char* settings) {
  TurnOffMemoryStatistics();
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(name.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(opened);
  if (result != SQLITE_OK) return StatusOf(result);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  auto connection = std::make_unique<SqliteConnection>(std::move(handle), begin);
  if (absl::Status status = connection->Execute(settings); !status.ok()) return status;
  return connection;
}

// Interrupts the statement that a connection runs, unless this is destroyed before `deadline`.
class StatementTimeout {
 public:
  StatementTimeout(SqliteConnection& connection, std::chrono::steady_clock::time_point deadline)
      : thread_([this, &connection, deadline] {
          if (!AwaitEnd(deadline)) connection.Interrupt();
        }) {}
  StatementTimeout(const StatementTimeout&) = delete;
  StatementTimeout& operator=(const StatementTimeout&) = delete;
  ~StatementTimeout() {
    {
      MutexLock lock(mutex_);
      ended_ = true;
    }
    wake_.NotifyOne();
    thread_.join();
  }

 private:
  // False: the deadline has passed.
  bool AwaitEnd(std::chrono::steady_clock::time_point deadline) {
    MutexLock lock(mutex_);
    while (!ended_ && wake_.WaitUntil(mutex_, deadline)) continue;
    return ended_;
  }

  Mutex mutex_;
  CondVar wake_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the others
};

// Walks through the pages, for kCheckTime at most.
absl::Status CheckForDamage(SqliteConnection& connection) {
  absl::StatusOr<std::string> verdict;
  {
    const StatementTimeout timeout(connection, std::chrono::steady_clock::now() + kCheckTime);
    verdict = connection.Ask("PRAGMA quick_check(1)");
  }
  if (absl::IsUnavailable(verdict.status())) return absl::OkStatus();  // no more time
  if (!verdict.ok()) return verdict.status();
  if (*verdict == "ok" || *verdict == "interrupted") return absl::OkStatus();
  return absl::DataLossError("the database is damaged");
}

// Looks into a database that nobody else has open, in a way that changes no file. Without a log the file alone is read,
// as if it were on a read-only disk. With one, SQLite must be let write, but exclusive mode keeps the log's index in
// memory, and the log itself is left as it is.
absl::Status InspectContent(const std::string& path, bool has_log) {
  absl::StatusOr<std::unique_ptr<SqliteConnection>> connection =
      has_log ? Connect(path, SQLITE_OPEN_READWRITE, "BEGIN", "PRAGMA locking_mode = EXCLUSIVE")
              : Connect(UriOf(path, "immutable=1"), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, "BEGIN", "");
  if (!connection.ok()) return connection.status();
  (*connection)->KeepLog();
  if (absl::Status status = CheckSchema(**connection); !status.ok()) return status;
  return CheckForDamage(**connection);
}

class SqliteDriver : public Driver {
 public:
  SqliteDriver(std::string path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  const Dialect& dialect() const override {
    static constexpr Dialect kDialect = {"TEXT", "BLOB", "INTEGER PRIMARY KEY", "WITHOUT ROWID"};
    return kDialect;
  }

  absl::StatusOr<std::unique_ptr<Connection>> ConnectWriter() override {
    if (absl::Status status = CreatePrivateFile(path_); !status.ok()) return status;
    // A checkpoint each 16 MB: often enough to be short, seldom enough that most pages are written back once for many
    // changes. A log that once grew larger is cut back.
    static constexpr char kSettings[] =
        "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;"
        "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 33554432";
    absl::StatusOr<std::unique_ptr<SqliteConnection>> connection =
        Connect(path_, SQLITE_OPEN_READWRITE, "BEGIN IMMEDIATE", kSettings);
    if (!connection.ok()) return connection.status();
    if (absl::Status status = MarkAsOurs(**connection); !status.ok()) return status;
    const absl::StatusOr<std::string> mode = (*connection)->Ask("PRAGMA journal_mode = WAL");
    if (!mode.ok()) return mode.status();
    if (*mode != "wal") return absl::UnavailableError("this file system cannot hold a write-ahead log");
    return *std::move(connection);
  }

  absl::StatusOr<std::unique_ptr<Connection>> ConnectReader() override {
    absl::StatusOr<std::unique_ptr<SqliteConnection>> connection =
        Connect(path_, SQLITE_OPEN_READONLY, "BEGIN", "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -6144");
    if (!connection.ok()) return connection.status();
    return *std::move(connection);
  }

 private:
  // Before the change to WAL, so that the mark is in the file itself from its first page on: a process that dies right
  // after must not leave a file that the next one takes for somebody else's.
  static absl::Status MarkAsOurs(SqliteConnection& connection) {
    const absl::StatusOr<std::string> pages = connection.Ask("PRAGMA page_count");
    if (!pages.ok()) return pages.status();
    if (*pages != "0") return absl::OkStatus();
    return connection.Execute(absl::StrCat("PRAGMA application_id = ", kSqliteApplicationId));
  }

  const std::string path_;
  FileLock lock_;
};

// Settings of the whole process. They fail, and may, when SQLite is in use already.
void Configure() {
  static const bool done = [] {
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, kSavepointMemory);
    return true;
  }();
  (void)done;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Driver>> OpenSqlite(const std::string& name) {
  Configure();
  const std::string path = FollowLink(name);
  // A file that is refused must find its directory unchanged, so the lock file is made last. Where there is none, no
  // process has the database open. One that is held keeps this from so much as reading the file: were it this process
  // that has the database open, closing the file once more would take SQLite's own locks from it.
  absl::StatusOr<FileLock> lock = FileLock::Take(path, /*create=*/false);
  if (!lock.ok()) return lock.status();
  const absl::StatusOr<SqliteFileState> state = InspectSqliteFile(path);
  if (!state.ok()) return state.status();
  if (state->has_content) {
    if (absl::Status status = InspectContent(path, state->has_log); !status.ok()) return status;
  }
  if (!lock->held()) lock = FileLock::Take(path, /*create=*/true);
  if (!lock.ok()) return lock.status();
  return std::make_unique<SqliteDriver>(path, *std::move(lock));
}

}  // namespace aftercare::store
