// What the store needs of a database: connections and prepared statements. One implementation per database; the SQL
// above it is the same for all (parameters are $1, $2 ...; INSERT ... ON CONFLICT, RETURNING and partial indexes are
// common ground).
#ifndef AFTERCARE_SCHEDULER_STORE_DRIVER_H_
#define AFTERCARE_SCHEDULER_STORE_DRIVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aftercare::store {

// A prepared statement, bound and stepped. Belongs to its connection, and must not outlive it. Not thread safe.
class Statement {
 public:
  virtual ~Statement() = default;

  // Binds parameter `index`, counted from 1. The bytes are referenced, not copied, until Reset.
  virtual void BindInt(int index, int64_t value) = 0;
  virtual void BindText(int index, absl::string_view value) = 0;
  virtual void BindBytes(int index, absl::string_view value) = 0;
  virtual void BindNull(int index) = 0;

  // True: a row is there to read. False: done.
  virtual absl::StatusOr<bool> Step() = 0;

  // Columns of the current row, counted from 0. Views live until the next Step or Reset.
  virtual int64_t Int(int column) const = 0;
  virtual absl::string_view Text(int column) const = 0;
  virtual absl::string_view Bytes(int column) const = 0;
  virtual bool IsNull(int column) const = 0;

  // Ends the query and unbinds the parameters, so that the statement can be used again.
  virtual void Reset() = 0;

  // Rows the last completed INSERT, UPDATE or DELETE changed.
  virtual int64_t Changes() const = 0;
};

// One session with a database. Not thread safe; each thread has its own.
class Connection {
 public:
  virtual ~Connection() = default;

  // Runs statements that return nothing (schema, mostly). Not for what runs often: it is parsed each time.
  virtual absl::Status Execute(absl::string_view sql) = 0;

  // Begins a transaction. A writer's holds the write lock from here on; a reader's snapshot is taken no earlier than
  // here, and no later than at its first read.
  virtual absl::Status Begin() = 0;

  // Makes the transaction durable and ends it. After an error nothing of it is stored, and it has ended too.
  virtual absl::Status Commit() = 0;

  // Ends the transaction, if there is one, and with it everything it wrote.
  virtual void Rollback() = 0;

  // False too when the database itself gave the transaction up, as it may when the disk is full. Every statement run
  // between that and the next Begin fails with UNAVAILABLE, so that nothing is written outside a transaction.
  virtual bool InTransaction() const = 0;

  // Whether the database has this table.
  virtual absl::StatusOr<bool> HasTable(absl::string_view name) = 0;

  // The statement for this text, prepared at first use and kept with the connection, reset. `sql` must have static
  // storage: the cache goes by its address. The same text must not be in use twice at a time.
  virtual absl::StatusOr<Statement*> Prepare(const char* sql) = 0;
};

// What a database calls things that have no common name. Schema text is written with the names in braces.
struct Dialect {
  absl::string_view key;        // {key}: text that sorts by its bytes
  absl::string_view bytes;      // {bytes}: a string of bytes
  absl::string_view serial;     // {serial}: a primary key counted upwards by the database
  absl::string_view clustered;  // {clustered}: behind a table: keep the rows in the order of the primary key
};

// Hands out connections to one database.
class Driver {
 public:
  virtual ~Driver() = default;

  virtual const Dialect& dialect() const = 0;

  // May write. There is one at a time.
  virtual absl::StatusOr<std::unique_ptr<Connection>> ConnectWriter() = 0;

  // Reads only.
  virtual absl::StatusOr<std::unique_ptr<Connection>> ConnectReader() = 0;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_DRIVER_H_
