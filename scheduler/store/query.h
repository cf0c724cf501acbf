// One use of a prepared statement: parameters are bound in order, and the statement is reset when this goes out of
// scope. An error in preparing comes out of the first Next or Run.
//
// Views handed to Text and Bytes must live as long as the query.
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

class Query {
 public:
  Query(Connection& connection, const char* sql) : statement_(connection.Prepare(sql)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() {
    if (statement_.ok()) (*statement_)->Reset();
  }

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

  // True: `row` is there to read. False: there are no more.
  absl::StatusOr<bool> Next() {
    if (!statement_.ok()) return statement_.status();
    return (*statement_)->Step();
  }

  // Runs a statement that returns no rows.
  absl::Status Run() { return Next().status(); }

  // Runs a statement that must change exactly one row, `what`; else INTERNAL.
  absl::Status RunOnOne(absl::string_view what) {
    if (absl::Status status = Run(); !status.ok()) return status;
    if (Changes() == 1) return absl::OkStatus();
    return absl::InternalError(std::string("there is no such ") + std::string(what));
  }

  // Rows that Run changed.
  int64_t Changes() const { return (*statement_)->Changes(); }

  const Statement& row() const { return **statement_; }

 private:
  absl::StatusOr<Statement*> statement_;
  int bound_ = 0;
};

inline absl::Time InstantAt(const Statement& row, int column) { return absl::FromUnixMicros(row.Int(column)); }

inline std::optional<absl::Time> OptionalInstantAt(const Statement& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return InstantAt(row, column);
}

inline std::string StringAt(const Statement& row, int column) { return std::string(row.Text(column)); }

// Reads a message that was stored whole. DATA_LOSS when it cannot be.
template <typename Message>
absl::Status ParseAt(const Statement& row, int column, Message& message) {
  const absl::string_view bytes = row.Bytes(column);
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  return absl::DataLossError("a stored message cannot be read");
}

// The rows of a query, each made by `read(row, out)`.
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

// The first row of a query, if there is one.
template <typename Row, typename Read>
absl::StatusOr<std::optional<Row>> FirstRow(Query& query, Read read) {
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<Row>();
  std::optional<Row> row(std::in_place);
  if (absl::Status status = read(query.row(), *row); !status.ok()) return status;
  return row;
}

// The first column of the first row as an instant; empty when there is no row, or no value in it.
inline absl::StatusOr<std::optional<absl::Time>> FirstInstant(Query& query) {
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<absl::Time>();
  return OptionalInstantAt(query.row(), 0);
}

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_QUERY_H_
