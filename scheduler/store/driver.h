// The interface between the store and a database: connections and prepared statements. There is one implementation per
// database. All of them run the same SQL: parameters are $1, $2 ..., and INSERT ... ON CONFLICT, RETURNING and partial
// indexes are available.
//
// Errors: UNAVAILABLE if the database cannot answer (I/O error, disk full, busy), DATA_LOSS if it is corrupt,
// ALREADY_EXISTS if a statement would store a key twice, INTERNAL for all other errors.
#ifndef AFTERCARE_SCHEDULER_STORE_DRIVER_H_
#define AFTERCARE_SCHEDULER_STORE_DRIVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aftercare::store {

// A prepared statement: bind parameters, step through the rows, reset. Owned by its connection. Not thread safe.
class Statement {
 public:
  virtual ~Statement() = default;

  // Bind parameter `index`, counted from 1. The bytes are not copied; they must stay valid until Reset. If a parameter
  // cannot be bound, the next Step returns the error.
  virtual void BindInt(int index, int64_t value) = 0;
  virtual void BindText(int index, absl::string_view value) = 0;
  virtual void BindBytes(int index, absl::string_view value) = 0;
  virtual void BindNull(int index) = 0;

  // Steps to the next row. Returns true if there is one to read, false if the statement is done.
  virtual absl::StatusOr<bool> Step() = 0;

  // Read a column of the current row, counted from 0. Views are valid until the next Step or Reset.
  virtual int64_t Int(int column) const = 0;
  virtual absl::string_view Text(int column) const = 0;
  virtual absl::string_view Bytes(int column) const = 0;
  virtual bool IsNull(int column) const = 0;

  // Ends the query and unbinds the parameters, so that the statement can be used again.
  virtual void Reset() = 0;

  // The number of rows that the last completed INSERT, UPDATE or DELETE of the connection changed. So call it before
  // another statement runs.
  virtual int64_t Changes() const = 0;
};

// A session with a database. Not thread safe: each thread has its own.
class Connection {
 public:
  virtual ~Connection() = default;

  // Runs statements that return no rows, separated by semicolons. They are parsed each time, so use this for schema
  // changes and settings only.
  virtual absl::Status Execute(absl::string_view sql) = 0;

  // Begins a transaction. A writer's transaction holds the write lock from then on. A reader's transaction takes its
  // snapshot at some time between Begin and its first read.
  virtual absl::Status Begin() = 0;

  // Makes the transaction durable and ends it. If this fails, nothing of the transaction is stored, and it has ended.
  virtual absl::Status Commit() = 0;

  // Ends the transaction, if there is one, and undoes everything it wrote.
  virtual void Rollback() = 0;

  // Returns true between Begin and Commit or Rollback. Returns false earlier if the database itself has ended the
  // transaction and undone it, as it may when the disk is full. Prepared statements and Commit then fail with
  // UNAVAILABLE, so that nothing is written outside a transaction. Call Rollback before the next Begin.
  virtual bool InTransaction() const = 0;

  // Returns true if the database has a table of this name.
  virtual absl::StatusOr<bool> HasTable(absl::string_view name) = 0;

  // Returns the bytes that the database takes on the disk, with its log.
  virtual absl::StatusOr<int64_t> SizeBytes() = 0;

  // Returns the prepared statement for `sql`. It is prepared at the first call and then cached, by the address of the
  // text; so `sql` must have static storage. The caller must reset it after use, and must not use it twice at a time.
  virtual absl::StatusOr<Statement*> Prepare(const char* sql) = 0;
};

// The words that differ between SQL databases. The text of the schema contains the names in braces; the migration
// replaces them by the words of the database.
struct Dialect {
  absl::string_view key;        // {key}: the type of a text that is ordered by its bytes
  absl::string_view bytes;      // {bytes}: the type of a byte string
  absl::string_view serial;     // {serial}: the type of a primary key that the database counts upwards
  absl::string_view clustered;  // {clustered}: follows a table whose rows are stored in the order of the primary key
};

// Opens connections to one database. Not thread safe. Must outlive its connections.
class Driver {
 public:
  virtual ~Driver() = default;

  virtual const Dialect& dialect() const = 0;

  // Opens a connection that may write. There must be at most one at a time.
  virtual absl::StatusOr<std::unique_ptr<Connection>> ConnectWriter() = 0;

  // Opens a connection that can only read.
  virtual absl::StatusOr<std::unique_ptr<Connection>> ConnectReader() = 0;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_DRIVER_H_
