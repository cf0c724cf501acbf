// Who may do what: tokens, and the roles of principals.
#include <string>
#include <utility>

#include "scheduler/store/access_rows.h"
#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {
namespace {

absl::Status ReadToken(const Statement& row, TokenRow& token) {
  token.principal = StringAt(row, 0);
  token.token = StringAt(row, 1);
  token.secret_hash = std::string(row.Bytes(2));
  token.create_time = InstantAt(row, 3);
  token.creator = StringAt(row, 4);
  token.expire_time = InstantAt(row, 5);
  token.last_use_time = OptionalInstantAt(row, 6);
  return absl::OkStatus();
}

absl::Status ReadBinding(const Statement& row, RoleBindingRow& binding) {
  binding.principal = StringAt(row, 0);
  binding.clinic = StringAt(row, 1);
  binding.role = static_cast<v1::Role>(row.Int(2));
  binding.create_time = InstantAt(row, 3);
  binding.creator = StringAt(row, 4);
  return absl::OkStatus();
}

// Says that tokens or roles have changed.
absl::Status CountChange(Connection& connection) {
  return Query(connection,
               "INSERT INTO meta (key, number) VALUES ('access_version', 1)"
               " ON CONFLICT (key) DO UPDATE SET number = meta.number + 1")
      .Run();
}

}  // namespace

absl::StatusOr<AccessRows> ReadTransaction::ReadAccess() {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  Query version(connection_, "SELECT number FROM meta WHERE key = 'access_version'");
  const absl::StatusOr<int64_t> number = FirstIntOrZero(version);
  if (!number.ok()) return number.status();
  Query tokens(connection_,
               "SELECT principal, token, secret_hash, create_time, creator, expire_time, last_use_time FROM token"
               " ORDER BY principal, token");
  auto token_rows = AllRows<TokenRow>(tokens, ReadToken);
  if (!token_rows.ok()) return token_rows.status();
  Query bindings(connection_,
                 "SELECT principal, clinic, role, create_time, creator FROM role_binding"
                 " ORDER BY principal, clinic, role");
  auto binding_rows = AllRows<RoleBindingRow>(bindings, ReadBinding);
  if (!binding_rows.ok()) return binding_rows.status();
  return AccessRows{*number, *std::move(token_rows), *std::move(binding_rows)};
}

absl::Status WriteTransaction::InsertToken(const TokenRow& row) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  wrote_ = true;
  Query query(connection_,
              "INSERT INTO token (principal, token, secret_hash, create_time, creator, expire_time)"
              " VALUES ($1, $2, $3, $4, $5, $6)");
  query.Text(row.principal).Text(row.token).Bytes(row.secret_hash);
  query.Instant(row.create_time).Text(row.creator).Instant(row.expire_time);
  if (absl::Status status = query.Run(); !status.ok()) return status;
  return CountChange(connection_);
}

absl::StatusOr<bool> WriteTransaction::DeleteToken(absl::string_view token) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  wrote_ = true;
  Query query(connection_, "DELETE FROM token WHERE token = $1");
  query.Text(token);
  if (absl::Status status = query.Run(); !status.ok()) return status;
  if (query.Changes() == 0) return false;
  if (absl::Status status = CountChange(connection_); !status.ok()) return status;
  return true;
}

absl::Status WriteTransaction::SetTokenUsed(absl::string_view token, absl::Time time) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  wrote_ = true;
  return Query(connection_, "UPDATE token SET last_use_time = $2 WHERE token = $1").Text(token).Instant(time).Run();
}

absl::StatusOr<bool> WriteTransaction::InsertRoleBinding(const RoleBindingRow& row) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  wrote_ = true;
  Query query(connection_,
              "INSERT INTO role_binding (principal, clinic, role, create_time, creator) VALUES ($1, $2, $3, $4, $5)"
              " ON CONFLICT (principal, clinic, role) DO NOTHING");
  query.Text(row.principal).Text(row.clinic).Int(row.role).Instant(row.create_time).Text(row.creator);
  if (absl::Status status = query.Run(); !status.ok()) return status;
  if (query.Changes() == 0) return false;
  if (absl::Status status = CountChange(connection_); !status.ok()) return status;
  return true;
}

absl::StatusOr<bool> WriteTransaction::DeleteRoleBinding(const RoleBindingRow& row) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  wrote_ = true;
  Query query(connection_, "DELETE FROM role_binding WHERE principal = $1 AND clinic = $2 AND role = $3");
  query.Text(row.principal).Text(row.clinic).Int(row.role);
  if (absl::Status status = query.Run(); !status.ok()) return status;
  if (query.Changes() == 0) return false;
  if (absl::Status status = CountChange(connection_); !status.ok()) return status;
  return true;
}

}  // namespace aftercare::store
