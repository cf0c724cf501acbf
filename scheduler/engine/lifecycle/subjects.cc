#include "scheduler/engine/lifecycle/subjects.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/subject.h"

namespace aftercare::engine {
namespace {

std::string KeyOf(absl::string_view clinic, absl::string_view enrollment) {
  return absl::StrCat(clinic, "/", enrollment);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Subject>> Subjects::Require(Core& core, store::Facts& facts,
                                                                 absl::string_view clinic,
                                                                 absl::string_view enrollment) {
  if (auto kept = Find(KeyOf(clinic, enrollment))) {
    auto stamp = facts.StampOf(clinic, enrollment);
    if (!stamp.ok()) return stamp.status();
    if (*stamp == kept->row.stamp()) return kept;
  }
  auto subject = RequireSubject(core, facts, clinic, enrollment);
  if (!subject.ok()) return subject.status();
  return std::make_shared<const Subject>(*std::move(subject));
}

void Subjects::Keep(std::shared_ptr<const Subject> subject) {
  std::string key = KeyOf(subject->row.clinic, subject->row.enrollment);
  Kept gone;  // destroyed without the lock
  std::lock_guard<std::mutex> lock(mutex_);
  recent_[std::move(key)].swap(subject);
  if (recent_.size() < kKept) return;
  gone.swap(older_);
  older_.swap(recent_);
}

std::shared_ptr<const Subject> Subjects::Find(const std::string& key) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Kept* kept : {&recent_, &older_}) {
    if (const auto found = kept->find(key); found != kept->end()) return found->second;
  }
  return nullptr;
}

}  // namespace aftercare::engine
