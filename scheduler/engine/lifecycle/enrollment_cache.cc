#include "scheduler/engine/lifecycle/enrollment_cache.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace aftercare::engine {
namespace {

std::string KeyOf(absl::string_view clinic, absl::string_view enrollment) {
  return absl::StrCat(clinic, "/", enrollment);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const EnrollmentContext>> EnrollmentCache::Require(EngineContext& engine,
                                                                                  store::ReadTransaction& tx,
                                                                                  absl::string_view clinic,
                                                                                  absl::string_view enrollment,
                                                                                  int64_t row_id) {
  if (auto cached = Find(KeyOf(clinic, enrollment))) {
    auto row_version = tx.EnrollmentRowVersion(clinic, enrollment, cached->row.row_id);
    if (!row_version.ok()) return row_version.status();
    if (*row_version == cached->row.row_version()) return cached;
  }
  auto context = RequireEnrollmentContext(engine, tx, clinic, enrollment, row_id);
  if (!context.ok()) return context.status();
  return std::make_shared<const EnrollmentContext>(*std::move(context));
}

absl::Status EnrollmentCache::Prefetch(EngineContext& engine, store::ReadTransaction& tx,
                                       const store::ReminderRow& row) {
  const store::ReminderKey& key = row.key;
  if (Find(KeyOf(key.clinic, key.enrollment)) != nullptr) return absl::OkStatus();
  auto context = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment, row.enrollment_row_id);
  if (!context.ok()) return context.status();
  Put(std::make_shared<const EnrollmentContext>(*std::move(context)));
  return absl::OkStatus();
}

void EnrollmentCache::Put(std::shared_ptr<const EnrollmentContext> context) {
  std::string key = KeyOf(context->row.clinic, context->row.enrollment);
  Contexts dropped;  // destroyed after the lock is released
  MutexLock lock(mutex_);
  recent_[std::move(key)].swap(context);
  if (recent_.size() < kCapacity) return;
  dropped.swap(older_);
  older_.swap(recent_);
}

std::shared_ptr<const EnrollmentContext> EnrollmentCache::Find(const std::string& key) {
  MutexLock lock(mutex_);
  if (const auto found = recent_.find(key); found != recent_.end()) return found->second;
  if (const auto found = older_.find(key); found != older_.end()) return found->second;
  return nullptr;
}

}  // namespace aftercare::engine
