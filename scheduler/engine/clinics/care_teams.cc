#include "scheduler/engine/clinics/care_teams.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/input/contact_points.h"
#include "scheduler/plan/input/phone_numbers.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxTeams = 50;
constexpr size_t kMaxName = 100;

void CheckTeam(const std::string& path, const v1::CareTeam& team, plan::FieldErrors* errors) {
  if (!plan::IsPathwayId(team.id())) errors->push_back({path + ".id", plan::kPathwayIdShape});
  const std::string& name = team.display_name();
  if (!plan::IsCleanText(name, /*allow_newline=*/false) || plan::CountCharacters(name) > kMaxName) {
    errors->push_back({path + ".display_name",
                       absl::StrCat("must be at most ", kMaxName, " characters without control characters")});
  }
  const int points = team.contact_points_size();
  if (points == 0 || points > plan::kMaxContactPoints) {
    errors->push_back({path + ".contact_points", absl::StrCat("must have 1 to ", plan::kMaxContactPoints, " entries")});
    return;
  }
  for (int i = 0; i < points; ++i) {
    plan::CheckContactPoint(absl::StrCat(path, ".contact_points[", i, "]"), team.contact_points(i), errors);
  }
}

}  // namespace

void NormalizeCareTeams(v1::Clinic* clinic) {
  for (v1::CareTeam& team : *clinic->mutable_care_teams()) {
    for (v1::ContactPoint& point : *team.mutable_contact_points()) plan::NormalizeContactPoint(*clinic, &point);
  }
}

void CheckCareTeams(const v1::Clinic& clinic, plan::FieldErrors* errors) {
  if (clinic.care_teams_size() > kMaxTeams) {
    errors->push_back({"care_teams", absl::StrCat("must have at most ", kMaxTeams, " entries")});
    return;
  }
  absl::flat_hash_set<std::string> ids;
  for (int i = 0; i < clinic.care_teams_size(); ++i) {
    const std::string path = absl::StrCat("care_teams[", i, "]");
    CheckTeam(path, clinic.care_teams(i), errors);
    if (!ids.insert(clinic.care_teams(i).id()).second) errors->push_back({path + ".id", "must not be named twice"});
  }
}

}  // namespace aftercare::engine
