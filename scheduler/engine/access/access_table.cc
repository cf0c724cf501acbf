#include "scheduler/engine/access/access_table.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/access/token_secret.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/system_access.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kRetry = absl::Seconds(1);
constexpr absl::Duration kUseIsStoredEvery = absl::Hours(1);

Role RoleOf(v1::Role role) {
  switch (role) {
    case v1::ROLE_ADMIN:
      return Role::kAdmin;
    case v1::ROLE_CLINIC:
      return Role::kClinic;
    case v1::ROLE_GATEWAY:
      return Role::kGateway;
    default:
      return Role::kReader;
  }
}

absl::Status Denied(absl::string_view reason, const std::string& message) {
  return MakeError(absl::StatusCode::kPermissionDenied, reason, message);
}

}  // namespace

absl::Status NotAuthenticated() {
  return MakeError(absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED", "no valid credentials");
}

void AccessTable::Start(EngineContext& engine) {
  engine_ = &engine;
  Reload([this](const absl::Status& status) {
    if (status.ok()) return;
    engine_->timers().Start(kRetry, [this] { Start(*engine_); });
  });
}

void AccessTable::Reload(Done done) {
  SystemAccess::Read(
      *engine_,
      [this](store::ReadTransaction& tx) -> absl::Status {
        auto rows = tx.ReadAccess();
        if (!rows.ok()) return rows.status();
        Install(SnapshotOf(*std::move(rows)));
        return absl::OkStatus();
      },
      std::move(done));
}

std::shared_ptr<const AccessTable::Snapshot> AccessTable::SnapshotOf(store::AccessRows rows) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->version = rows.version;
  snapshot->binding_count = rows.bindings.size();
  for (store::RoleBindingRow& row : rows.bindings) {
    snapshot->bindings[row.principal].push_back({std::move(row.clinic), RoleOf(row.role)});
  }
  for (store::TokenRow& row : rows.tokens) {
    snapshot->expire_times.push_back(row.expire_time);
    std::string id = row.token;
    snapshot->tokens.emplace(std::move(id), std::move(row));
  }
  std::sort(snapshot->expire_times.begin(), snapshot->expire_times.end(), std::greater<>());
  return snapshot;
}

void AccessTable::Install(std::shared_ptr<const Snapshot> snapshot) {
  const MutexLock lock(mutex_);
  if (current_ != nullptr && current_->version >= snapshot->version) return;
  current_ = std::move(snapshot);
  unexpired_ = current_->expire_times.size();
  ++generation_;
}

std::shared_ptr<const AccessTable::Snapshot> AccessTable::Current() const {
  const MutexLock lock(mutex_);
  return current_;
}

size_t AccessTable::token_count() const {
  const auto current = Current();
  return current == nullptr ? 0 : current->tokens.size();
}

size_t AccessTable::binding_count() const {
  const auto current = Current();
  return current == nullptr ? 0 : current->binding_count;
}

absl::StatusOr<Caller> AccessTable::CallerOfToken(absl::string_view secret) {
  const std::optional<absl::string_view> id = TokenIdIn(secret);
  if (!id) return NotAuthenticated();
  const auto current = Current();
  if (current == nullptr) return absl::UnavailableError("the tokens were not read yet");
  const auto found = current->tokens.find(*id);
  if (found == current->tokens.end()) return NotAuthenticated();
  const store::TokenRow& token = found->second;
  const absl::Time now = clock_.Now();
  if (!AreSameHashes(HashOfSecret(secret), token.secret_hash) || token.expire_time <= now) return NotAuthenticated();
  NoteUse(token, now);
  return Caller{.principal = token.principal, .bound = true, .token = token.token};
}

void AccessTable::NoteUse(const store::TokenRow& token, absl::Time now) {
  {
    const MutexLock lock(mutex_);
    absl::Time& used = used_.try_emplace(token.token, token.last_use_time.value_or(absl::InfinitePast())).first->second;
    if (now - used < kUseIsStoredEvery) return;
    used = now;
  }
  // If it cannot be stored, the next hour's use is.
  SystemAccess::Write(
      *engine_, [id = token.token, now](store::WriteTransaction& tx) { return tx.SetTokenUsed(id, now); },
      [](const absl::Status&) {});
}

absl::Status AccessTable::Authorize(const Caller& caller, Permission permission, absl::string_view clinic) const {
  if (!caller.bound) return RoleAuthorizer().Authorize(caller, permission, clinic);
  const auto current = Current();
  if (current == nullptr) return absl::UnavailableError("who may do what was not read yet");
  if (!caller.token.empty()) {
    const auto token = current->tokens.find(caller.token);
    const bool is_valid = token != current->tokens.end() && token->second.expire_time > clock_.Now();
    if (!is_valid) return NotAuthenticated();
  }
  const auto found = current->bindings.find(caller.principal);
  bool touches = clinic.empty();
  static const std::vector<Binding>& none = *new std::vector<Binding>();
  for (const Binding& binding : found == current->bindings.end() ? none : found->second) {
    const bool is_for_clinic = binding.IsForAll() || clinic.empty() || binding.clinic == clinic;
    touches = touches || is_for_clinic;
    const bool is_wide_enough = binding.IsForAll() || !NeedsAllClinics(permission);
    if (is_for_clinic && is_wide_enough && RoleHas(binding.role, permission)) return absl::OkStatus();
  }
  if (!touches) return Denied("CLINIC_NOT_YOURS", absl::StrCat("no access to ", ClinicNameOf(clinic)));
  return Denied("ROLE_NOT_ALLOWED", absl::StrCat("this takes the permission ", PermissionName(permission)));
}

uint64_t AccessTable::Generation() const {
  const absl::Time now = clock_.Now();
  const MutexLock lock(mutex_);
  while (unexpired_ > 0 && current_->expire_times[unexpired_ - 1] <= now) {
    --unexpired_;
    ++generation_;
  }
  return generation_;
}

}  // namespace aftercare::engine
