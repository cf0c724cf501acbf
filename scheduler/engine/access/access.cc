#include "scheduler/engine/access/access.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "scheduler/engine/access/token_secret.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMaxTokens = 10'000;
constexpr size_t kMaxBindings = 100'000;
constexpr absl::Duration kMinTtl = absl::Minutes(1);
constexpr absl::Duration kMaxTtl = absl::Hours(24 * 3660);
constexpr absl::Duration kDefaultTtl = absl::Hours(24 * 90);
constexpr size_t kMaxPrincipal = 100;

constexpr char kTokenQuery[] = "list-tokens";
constexpr char kBindingQuery[] = "list-role-bindings";
constexpr absl::string_view kTokenPrefix = "tokens/";
constexpr absl::string_view kAllClinicsName = "clinics/-";

bool IsPrincipal(absl::string_view name) {
  const auto is_good = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-_.@:/+", c);
  };
  return !name.empty() && name.size() <= kMaxPrincipal && absl::ascii_isalnum(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), is_good);
}

void CheckPrincipal(const std::string& principal, const std::string& field, plan::FieldErrors* errors) {
  if (!IsPrincipal(principal)) {
    errors->push_back({field, "must be 1 to 100 letters, digits or '-_.@:/+', beginning with a letter or a digit"});
  } else if (principal == kLocalOperator) {
    errors->push_back({field, absl::StrCat("must not be ", kLocalOperator, ", which may do everything")});
  }
}

// The id of a clinic, or store::kInAllClinics. Nothing if `name` is of neither.
std::optional<std::string> ParseScope(absl::string_view name) {
  if (name == kAllClinicsName) return std::string(store::kInAllClinics);
  return ParseClinicName(name);
}

// Reads the fields of a binding that say which it is.
store::RoleBindingRow ReadBinding(const v1::RoleBinding& binding, plan::FieldErrors* errors) {
  store::RoleBindingRow row;
  row.principal = binding.principal();
  row.role = binding.role();
  CheckPrincipal(row.principal, "binding.principal", errors);
  if (!v1::Role_IsValid(row.role) || row.role == v1::ROLE_UNSPECIFIED) {
    errors->push_back({"binding.role", "must be ROLE_ADMIN, ROLE_CLINIC, ROLE_GATEWAY or ROLE_READER"});
  }
  const std::optional<std::string> clinic = ParseScope(binding.clinic());
  if (!clinic) errors->push_back({"binding.clinic", "must be clinics/{clinic}, or clinics/- for all clinics"});
  row.clinic = clinic.value_or("");
  return row;
}

absl::Status CheckScopeExists(store::ReadTransaction& tx, const std::string& clinic) {
  if (clinic == store::kInAllClinics) return absl::OkStatus();
  return RequireClinic(tx, clinic).status();
}

v1::RoleBinding BindingOf(const store::RoleBindingRow& row) {
  v1::RoleBinding binding;
  binding.set_principal(row.principal);
  binding.set_role(row.role);
  binding.set_clinic(ClinicNameOf(row.clinic));
  plan::SetTimestamp(row.create_time, binding.mutable_create_time());
  binding.set_creator(row.creator);
  return binding;
}

v1::Token TokenOf(const store::TokenRow& row) {
  v1::Token token;
  token.set_name(absl::StrCat(kTokenPrefix, row.token));
  token.set_principal(row.principal);
  plan::SetTimestamp(row.create_time, token.mutable_create_time());
  token.set_creator(row.creator);
  plan::SetTimestamp(row.expire_time, token.mutable_expire_time());
  if (row.last_use_time) plan::SetTimestamp(*row.last_use_time, token.mutable_last_use_time());
  return token;
}

// Where a row stands in its list. Principals, ids and roles have no line breaks.
std::string PositionOf(const store::TokenRow& row) { return absl::StrCat(row.principal, "\n", row.token); }
std::string PositionOf(const store::RoleBindingRow& row) {
  return absl::StrCat(row.principal, "\n", row.clinic, "\n", row.role);
}

// Fills a page of a list with the rows behind the position `after`, which may be empty. `rows` are in their order, in
// which positions ascend too: a line break comes before every character of an id.
template <typename Row, typename Item>
void FillPage(const std::vector<Row>& rows, const std::string& after, int page_size, const Tokens& tokens,
              absl::string_view query, Item (*item_of)(const Row&), google::protobuf::RepeatedPtrField<Item>* items,
              std::string* next_page_token) {
  PageBudget budget(page_size);
  std::string last;
  for (const Row& row : rows) {
    std::string position = PositionOf(row);
    if (!after.empty() && position <= after) continue;
    Item item = item_of(row);
    if (!budget.Take(item)) {
      *next_page_token = SealPageToken(tokens, query, last);
      return;
    }
    *items->Add() = std::move(item);
    last = std::move(position);
  }
}

// Returns for how long a token is to be valid.
absl::Duration TtlOf(const v1::CreateTokenRequest& request, plan::FieldErrors* errors) {
  if (!request.has_ttl()) return kDefaultTtl;
  const absl::Duration ttl = absl::Seconds(request.ttl().seconds()) + absl::Nanoseconds(request.ttl().nanos());
  if (ttl < kMinTtl || ttl > kMaxTtl) errors->push_back({"ttl", "must be from one minute to 3,660 days"});
  return ttl;
}

// Seconds are enough, and do not look more exact than they are.
absl::Time WholeSeconds(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

std::string NewTokenId(absl::Time now) {
  thread_local absl::BitGen generator;
  return MakeTimeOrderedId(now, absl::Uniform<uint64_t>(generator));
}

absl::Status TooMany(absl::string_view reason, const std::string& message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message);
}

}  // namespace

absl::StatusOr<Caller> Access::CallerOfCertificate(absl::string_view name) {
  if (!IsPrincipal(name) || name == kLocalOperator) return NotAuthenticated();
  return Caller{.principal = std::string(name), .bound = true};
}

void Access::Change(const CallPtr& call, google::protobuf::Message* response, Call::WriteWork work, Done done) {
  call->Write(kNoClinic, response, std::move(work),
              [this, done = std::move(done)](absl::Status status) mutable {
                if (!status.ok()) return done(std::move(status));
                table_.Reload(std::move(done));
              });
}

void Access::CreateToken(const CallPtr& call, const v1::CreateTokenRequest& request,
                         v1::CreateTokenResponse* response, Done done) {
  plan::FieldErrors errors;
  CheckPrincipal(request.principal(), "principal", &errors);
  const absl::Duration ttl = TtlOf(request, &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  store::TokenRow row;
  row.principal = request.principal();
  row.creator = call->caller().principal;
  row.create_time = WholeSeconds(engine_.RealNow());
  row.expire_time = row.create_time + ttl;
  row.token = NewTokenId(row.create_time);
  auto secret = MakeTokenSecret(row.token);
  if (!secret.ok()) return done(secret.status());
  row.secret_hash = HashOfSecret(*secret);
  Change(
      call, response,
      [this, row = std::move(row), secret = *std::move(secret), response](store::WriteTransaction& tx) -> absl::Status {
        if (table_.token_count() >= kMaxTokens) {
          return TooMany("TOO_MANY_TOKENS", "there are 10,000 tokens; revoke some");
        }
        if (absl::Status status = tx.InsertToken(row); !status.ok()) return status;
        *response->mutable_token() = TokenOf(row);
        response->set_secret(secret);
        return absl::OkStatus();
      },
      std::move(done));
}

void Access::ListTokens(const CallPtr& call, const v1::ListTokensRequest& request, v1::ListTokensResponse* response,
                        Done done) {
  plan::FieldErrors errors;
  const int page_size = PageSize(request.page_size(), &errors);
  std::string after = OpenPageToken(engine_.tokens(), kTokenQuery, request.page_token(), &errors).value_or("");
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      kNoClinic,
      [this, page_size, after = std::move(after), response](store::ReadTransaction& tx) -> absl::Status {
        auto rows = tx.ReadAccess();
        if (!rows.ok()) return rows.status();
        FillPage(rows->tokens, after, page_size, engine_.tokens(), kTokenQuery, TokenOf, response->mutable_tokens(),
                 response->mutable_next_page_token());
        return absl::OkStatus();
      },
      std::move(done));
}

void Access::RevokeToken(const CallPtr& call, const v1::RevokeTokenRequest& request,
                         v1::RevokeTokenResponse* response, Done done) {
  absl::string_view id = request.name();
  if (!absl::ConsumePrefix(&id, kTokenPrefix) || !IsEnrollmentId(id)) {
    return done(InvalidField("name", "must be tokens/{token}"));
  }
  Change(
      call, response,
      [id = std::string(id)](store::WriteTransaction& tx) -> absl::Status {
        auto deleted = tx.DeleteToken(id);
        if (!deleted.ok()) return deleted.status();
        if (!*deleted) return ResourceNotFound("TOKEN_NOT_FOUND", absl::StrCat(kTokenPrefix, id));
        return absl::OkStatus();
      },
      std::move(done));
}

void Access::BindRole(const CallPtr& call, const v1::BindRoleRequest& request, v1::BindRoleResponse* response,
                      Done done) {
  plan::FieldErrors errors;
  store::RoleBindingRow row = ReadBinding(request.binding(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  row.create_time = WholeSeconds(engine_.RealNow());
  row.creator = call->caller().principal;
  Change(
      call, response,
      [this, row = std::move(row), response](store::WriteTransaction& tx) -> absl::Status {
        if (absl::Status status = CheckScopeExists(tx, row.clinic); !status.ok()) return status;
        if (table_.binding_count() >= kMaxBindings) {
          return TooMany("TOO_MANY_ROLE_BINDINGS", "there are 100,000 role bindings; take some away");
        }
        auto inserted = tx.InsertRoleBinding(row);
        if (!inserted.ok()) return inserted.status();
        *response->mutable_binding() = BindingOf(row);
        if (*inserted) return absl::OkStatus();
        auto rows = tx.ReadAccess();  // For who bound it, and when.
        if (!rows.ok()) return rows.status();
        for (const store::RoleBindingRow& bound : rows->bindings) {
          if (PositionOf(bound) == PositionOf(row)) *response->mutable_binding() = BindingOf(bound);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void Access::UnbindRole(const CallPtr& call, const v1::UnbindRoleRequest& request, v1::UnbindRoleResponse* response,
                        Done done) {
  plan::FieldErrors errors;
  store::RoleBindingRow row = ReadBinding(request.binding(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  Change(
      call, response,
      [row = std::move(row)](store::WriteTransaction& tx) -> absl::Status {
        auto deleted = tx.DeleteRoleBinding(row);
        if (!deleted.ok()) return deleted.status();
        if (*deleted) return absl::OkStatus();
        return ResourceNotFound("ROLE_NOT_BOUND", absl::StrCat(v1::Role_Name(row.role), " of ", row.principal, " in ",
                                                               ClinicNameOf(row.clinic)));
      },
      std::move(done));
}

void Access::ListRoleBindings(const CallPtr& call, const v1::ListRoleBindingsRequest& request,
                              v1::ListRoleBindingsResponse* response, Done done) {
  plan::FieldErrors errors;
  const int page_size = PageSize(request.page_size(), &errors);
  std::string after = OpenPageToken(engine_.tokens(), kBindingQuery, request.page_token(), &errors).value_or("");
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      kNoClinic,
      [this, page_size, after = std::move(after), response](store::ReadTransaction& tx) -> absl::Status {
        auto rows = tx.ReadAccess();
        if (!rows.ok()) return rows.status();
        FillPage(rows->bindings, after, page_size, engine_.tokens(), kBindingQuery, BindingOf,
                 response->mutable_bindings(), response->mutable_next_page_token());
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
