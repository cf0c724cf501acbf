#include "scheduler/engine/runtime/zone_check.h"

#include <future>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/civil.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {
namespace {

constexpr int kRowsPerRead = 1000;
constexpr size_t kMaxShown = 10;

// Zones that this machine does not know, each with an example of who lives in it.
using Unknown = std::map<std::string, std::string>;

void CheckZone(const std::string& zone, const std::string& whose, Unknown* unknown) {
  if (!plan::FindZone(zone)) unknown->try_emplace(zone, whose);
}

absl::Status CheckZonesOfClinic(store::ReadTransaction& tx, const store::ClinicRow& clinic, Unknown* unknown) {
  CheckZone(clinic.data.time_zone(), clinic.clinic, unknown);
  store::EnrollmentQuery query;
  query.clinic = clinic.clinic;
  query.limit = kRowsPerRead;
  while (true) {
    auto rows = tx.ListEnrollments(query);
    if (!rows.ok()) return rows.status();
    for (const store::EnrollmentRow& row : *rows) {
      if (row.state == v1::ENROLLMENT_STATE_ENDED) continue;
      CheckZone(row.data.time_zone(), absl::StrCat(row.clinic, "/", row.enrollment), unknown);
    }
    if (static_cast<int>(rows->size()) < kRowsPerRead) return absl::OkStatus();
    query.after = rows->back().enrollment;
  }
}

absl::Status CheckAllClinics(store::ReadTransaction& tx, Unknown* unknown) {
  std::string after;
  while (true) {
    auto clinics = tx.ListClinics(after, kRowsPerRead);
    if (!clinics.ok()) return clinics.status();
    for (const store::ClinicRow& clinic : *clinics) {
      if (absl::Status status = CheckZonesOfClinic(tx, clinic, unknown); !status.ok()) return status;
    }
    if (static_cast<int>(clinics->size()) < kRowsPerRead) return absl::OkStatus();
    after = clinics->back().clinic;
  }
}

absl::Status Check(store::ReadTransaction& tx, int64_t zone_database) {
  auto last = tx.ZoneDatabase();
  if (!last.ok() || *last == zone_database) return last.status();
  Unknown unknown;
  if (absl::Status status = CheckAllClinics(tx, &unknown); !status.ok()) return status;
  if (unknown.empty()) return absl::OkStatus();
  std::vector<std::string> shown;
  for (const auto& [zone, whose] : unknown) {
    if (shown.size() < kMaxShown) shown.push_back(absl::StrCat(zone, " (", whose, ")"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the time zone database lacks ", unknown.size(), unknown.size() == 1 ? " zone" : " zones",
                   " that patients or clinics live in: ", absl::StrJoin(shown, ", "),
                   unknown.size() > shown.size() ? " ..." : "",
                   "; install what has them (Debian: tzdata, tzdata-legacy)"));
}

}  // namespace

absl::Status CheckZonesAreKnown(store::Store& store, int64_t zone_database) {
  std::promise<absl::Status> checked;
  store.Read([&](absl::StatusOr<store::ReadTransaction*> tx) {
    checked.set_value(tx.ok() ? Check(**tx, zone_database) : tx.status());
  });
  return checked.get_future().get();
}

}  // namespace aftercare::engine
