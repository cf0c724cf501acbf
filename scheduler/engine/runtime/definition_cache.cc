#include "scheduler/engine/runtime/definition_cache.h"

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/message_caps.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMaxEntries = 1000;  // of each kind; then all of it are dropped

}  // namespace

absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> DefinitionCache::Pathway(store::ReadTransaction& tx,
                                                                                      absl::string_view clinic,
                                                                                      absl::string_view pathway,
                                                                                      int32_t revision) {
  const std::string key = absl::StrCat(clinic, "/", pathway, "/", revision);
  {
    MutexLock lock(mutex_);
    const auto found = pathways_.find(key);
    if (found != pathways_.end()) return found->second;
  }
  auto row = tx.GetPathway(clinic, pathway, revision);
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return ResourceNotFound("PATHWAY_NOT_FOUND", absl::StrCat(PathwayNameOf(clinic, pathway), " revision ", revision));
  }
  plan::FieldErrors errors;
  auto compiled = plan::CompiledPathway::Compile((*row)->data, &errors);
  if (compiled == nullptr) {
    return absl::DataLossError(absl::StrCat("stored pathway ", PathwayNameOf(clinic, pathway), " revision ", revision,
                                            " is not valid: ", errors[0].field, " ", errors[0].description));
  }
  MutexLock lock(mutex_);
  if (pathways_.size() >= kMaxEntries) pathways_.clear();
  pathways_.emplace(key, compiled);
  return compiled;
}

absl::StatusOr<std::shared_ptr<const plan::ClinicCalendar>> DefinitionCache::Calendar(store::ReadTransaction& tx,
                                                                                      absl::string_view clinic,
                                                                                      int64_t fingerprint) {
  if (fingerprint == 0) return nullptr;
  const std::string key = absl::StrCat(clinic, "/", fingerprint);
  {
    MutexLock lock(mutex_);
    const auto found = calendars_.find(key);
    if (found != calendars_.end()) return found->second;
  }
  auto row = tx.GetClinic(clinic);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return ResourceNotFound("CLINIC_NOT_FOUND", ClinicNameOf(clinic));
  plan::FieldErrors ignored;  // the calendar was checked when it was stored
  auto calendar = std::make_shared<const plan::ClinicCalendar>(plan::ReadCalendar((*row)->data, &ignored));
  MutexLock lock(mutex_);
  if (calendars_.size() >= kMaxEntries) calendars_.clear();
  calendars_.emplace(key, calendar);
  return calendar;
}

absl::StatusOr<std::shared_ptr<const store::ClinicRow>> DefinitionCache::Clinic(store::ReadTransaction& tx,
                                                                                absl::string_view clinic) {
  auto version = tx.ClinicVersion(clinic);
  if (!version.ok()) return version.status();
  if (*version == 0) return nullptr;
  {
    MutexLock lock(mutex_);
    const auto found = clinics_.find(clinic);
    if (found != clinics_.end() && found->second->version == *version) return found->second;
  }
  auto row = tx.GetClinic(clinic);
  if (!row.ok()) return row.status();
  auto clinic_row = std::make_shared<const store::ClinicRow>(**std::move(row));
  MutexLock lock(mutex_);
  if (clinics_.size() >= kMaxEntries) clinics_.clear();
  clinics_[clinic] = clinic_row;
  return clinic_row;
}

void DefinitionCache::Clear() {
  MutexLock lock(mutex_);
  pathways_.clear();
  calendars_.clear();
  clinics_.clear();
}

int64_t CalendarFingerprint(const v1::Clinic& clinic) {
  v1::Clinic calendar;
  if (clinic.contact_hours().openings_size() > 0) *calendar.mutable_contact_hours() = clinic.contact_hours();
  *calendar.mutable_closed_weekdays() = clinic.closed_weekdays();
  *calendar.mutable_holidays() = clinic.holidays();
  if (plan::TrustedMessageCaps(clinic.message_cap()).any()) *calendar.mutable_message_cap() = clinic.message_cap();
  if (calendar.ByteSizeLong() == 0) return 0;
  calendar.set_time_zone(clinic.time_zone());  // the calendar's days begin and end there
  const auto hash = static_cast<int64_t>(StableHash(calendar.SerializeAsString()));
  return hash == 0 ? 1 : hash;
}

}  // namespace aftercare::engine
