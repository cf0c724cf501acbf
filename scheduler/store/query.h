// Helpers that run prepared statements and read their rows.
//
//   Query query(connection, "SELECT version FROM clinic WHERE clinic = $1");
//   query.Text(clinic);
//   const absl::StatusOr<bool> found = query.Next();
//   if (found.ok() && *found) Use(query.row().Int(0));
//
// Thread safety: none; a query belongs to the thread of its connection.
#ifndef AFTERCARE_SCHEDULER_STORE_QUERY_H_
#define AFTERCARE_SCHEDULER_STORE_QUERY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// One use of a prepared statement. Parameters are bound in order, starting with $1. The statement is reset when the
// query is destroyed. If the statement cannot be prepared, the first Next or Run returns the error.
class Query {
 public:
  // `sql` must have static storage (see Connection::Prepare).
  Query(Connection& connection, const char* sql) : statement_(connection.Prepare(sql)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() {
    if (statement_.ok()) (*statement_)->Reset();
  }

  // Bind the next parameter. The bytes behind `value` must live as long as the query.
  Query& Int(int64_t value) {
    if (statement_.ok()) (*statement_)->BindInt(++bound_, value);
    return *this;
  }
  Query& Text(absl::string_view value) {
    if (statement_.ok()) (*statement_)->BindText(++bound_, value);
    return *this;
  }
  Query& Bytes(absl::string_view value) {
    if (statement_.ok()) (*statement_)->BindBytes(++bound_, value);
    return *this;
  }
  Query& Null() {
    if (statement_.ok()) (*statement_)->BindNull(++bound_);
    return *this;
  }
  Query& Instant(absl::Time value) { return Int(absl::ToUnixMicros(value)); }
  Query& Instant(const std::optional<absl::Time>& value) { return value.has_value() ? Instant(*value) : Null(); }

  // Steps to the next row. Returns true if row() can be read, false if there are no more rows.
  absl::StatusOr<bool> Next() {
    if (!statement_.ok()) return statement_.status();
    return (*statement_)->Step();
  }

  // Runs a statement that returns no rows.
  absl::Status Run() { return Next().status(); }

  // Runs a statement that must change exactly one row. Returns INTERNAL otherwise; the message says that there is no
  // such `what`.
  absl::Status RunOnOne(absl::string_view what) {
    if (absl::Status status = Run(); !status.ok()) return status;
    if (Changes() == 1) return absl::OkStatus();
    return absl::InternalError(std::string("there is no such ") + std::string(what));
  }

  // The number of rows that Run changed. Valid after Run returned OK, until another statement of the connection runs.
  int64_t Changes() const { return (*statement_)->Changes(); }

  // The current row. Valid after Next has returned true, until the next call of Next.
  const Statement& row() const { return **statement_; }

 private:
  absl::StatusOr<Statement*> statement_;
  int bound_ = 0;
};

// Read a column of a row. Instants are stored in microseconds since 1970.
inline absl::Time InstantAt(const Statement& row, int column) { return absl::FromUnixMicros(row.Int(column)); }

inline std::optional<absl::Time> OptionalInstantAt(const Statement& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return InstantAt(row, column);
}

inline std::string StringAt(const Statement& row, int column) { return std::string(row.Text(column)); }

// Parses a message from a column. Returns DATA_LOSS if the bytes cannot be parsed.
template <typename Message>
absl::Status ParseAt(const Statement& row, int column, Message& message) {
  const absl::string_view bytes = row.Bytes(column);
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  return absl::DataLossError("a stored message cannot be read");
}

// Returns all rows of a query. `read(row, out)` reads one row and returns a status.
template <typename Row, typename Read>
absl::StatusOr<std::vector<Row>> AllRows(Query& query, Read read) {
  std::vector<Row> rows;
  while (true) {
    const absl::StatusOr<bool> more = query.Next();
    if (!more.ok()) return more.status();
    if (!*more) return rows;
    if (absl::Status status = read(query.row(), rows.emplace_back()); !status.ok()) return status;
  }
}

// Returns the first column of all rows, as texts.
inline absl::StatusOr<std::vector<std::string>> AllStrings(Query& query) {
  return AllRows<std::string>(query, [](const Statement& row, std::string& text) {
    text = StringAt(row, 0);
    return absl::OkStatus();
  });
}

// Returns the first row of a query, if there is one. `read(row, out)` reads it and returns a status.
template <typename Row, typename Read>
absl::StatusOr<std::optional<Row>> FirstRow(Query& query, Read read) {
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<Row>();
  std::optional<Row> row(std::in_place);
  if (absl::Status status = read(query.row(), *row); !status.ok()) return status;
  return row;
}

// Returns the first column of the first row as a number, or 0 if there is no row.
inline absl::StatusOr<int64_t> FirstIntOrZero(Query& query) {
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  return *found ? query.row().Int(0) : 0;
}

// Returns the first column of the first row as an instant. Empty if there is no row, or if the column is NULL.
inline absl::StatusOr<std::optional<absl::Time>> FirstInstant(Query& query) {
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<absl::Time>();
  return OptionalInstantAt(query.row(), 0);
}

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_QUERY_H_
