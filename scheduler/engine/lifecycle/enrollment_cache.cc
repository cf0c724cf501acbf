#include "scheduler/engine/lifecycle/enrollment_cache.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"

namespace aftercare::engine {
namespace {

std::string KeyOf(absl::string_view clinic, absl::string_view enrollment) {
  return absl::StrCat(clinic, "/", enrollment);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const EnrollmentContext>> EnrollmentCache::Require(EngineContext& engine,
                                                                                  store::ReadTransaction& tx,
                                                                                  absl::string_view clinic,
                                                                                  absl::string_view enrollment) {
  if (auto kept = Find(KeyOf(clinic, enrollment))) {
    auto row_version = tx.EnrollmentRowVersion(clinic, enrollment);
    if (!row_version.ok()) return row_version.status();
    if (*row_version == kept->row.row_version()) return kept;
  }
  auto context = RequireEnrollmentContext(engine, tx, clinic, enrollment);
  if (!context.ok()) return context.status();
  return std::make_shared<const EnrollmentContext>(*std::move(context));
}

void EnrollmentCache::Keep(std::shared_ptr<const EnrollmentContext> context) {
  std::string key = KeyOf(context->row.clinic, context->row.enrollment);
  Kept gone;  // destroyed without the lock
  std::lock_guard<std::mutex> lock(mutex_);
  recent_[std::move(key)].swap(context);
  if (recent_.size() < kKept) return;
  gone.swap(older_);
  older_.swap(recent_);
}

std::shared_ptr<const EnrollmentContext> EnrollmentCache::Find(const std::string& key) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Kept* kept : {&recent_, &older_}) {
    if (const auto found = kept->find(key); found != kept->end()) return found->second;
  }
  return nullptr;
}

}  // namespace aftercare::engine
