// What is known of the addresses that patients wrote from.
#include <string>
#include <vector>

#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

#define ADDRESS_COLUMNS "SELECT address, stopped, held_by, stop_answered, start_answered, help_answered FROM address"

namespace aftercare::store {
namespace {

absl::Status ReadAddress(const Statement& row, AddressRow& address) {
  address.hash = std::string(row.Bytes(0));
  address.stopped = row.Int(1) != 0;
  address.held_by = StringAt(row, 2);
  address.stop_answered = OptionalInstantAt(row, 3);
  address.start_answered = OptionalInstantAt(row, 4);
  address.help_answered = OptionalInstantAt(row, 5);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AddressRow> ReadTransaction::GetAddress(absl::string_view clinic, absl::string_view hash) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, ADDRESS_COLUMNS " WHERE clinic = $1 AND address = $2");
  query.Int(*number).Bytes(hash);
  auto found = FirstRow<AddressRow>(query, ReadAddress);
  if (!found.ok()) return found.status();
  AddressRow row = found->has_value() ? **std::move(found) : AddressRow();
  row.clinic = std::string(clinic);
  row.hash = std::string(hash);
  return row;
}

absl::StatusOr<bool> ReadTransaction::HasAddresses(absl::string_view clinic) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, "SELECT 1 FROM address WHERE clinic = $1 LIMIT 1");
  auto found = FirstIntOrZero(query.Int(*number));
  if (!found.ok()) return found.status();
  return *found != 0;
}

absl::StatusOr<std::vector<AddressRow>> ReadTransaction::AddressesHeldBy(absl::string_view clinic,
                                                                         absl::string_view reply) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, ADDRESS_COLUMNS " WHERE clinic = $1 AND address IN"
              " (SELECT address FROM address WHERE clinic = $1 AND held_by = $2 AND held_by <> '')");
  query.Int(*number).Text(reply);
  auto rows = AllRows<AddressRow>(query, ReadAddress);
  if (!rows.ok()) return rows.status();
  for (AddressRow& row : *rows) row.clinic = std::string(clinic);
  return rows;
}

absl::Status WriteTransaction::PutAddress(const AddressRow& row) {
  auto number = NumberToWrite(row.clinic);
  if (!number.ok()) return number.status();
  return Query(connection_,
               "INSERT INTO address (clinic, address, stopped, held_by, stop_answered, start_answered, help_answered)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (clinic, address) DO UPDATE SET"
               " stopped = excluded.stopped, held_by = excluded.held_by, stop_answered = excluded.stop_answered,"
               " start_answered = excluded.start_answered, help_answered = excluded.help_answered")
      .Int(*number)
      .Bytes(row.hash)
      .Int(row.stopped ? 1 : 0)
      .Text(row.held_by)
      .Instant(row.stop_answered)
      .Instant(row.start_answered)
      .Instant(row.help_answered)
      .Run();
}

}  // namespace aftercare::store
