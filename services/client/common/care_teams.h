#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_CARE_TEAMS_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_CARE_TEAMS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aftercare/v1/clinic.pb.h"

// Care teams as users type and read them. Only their form is checked here; the server checks the addresses. Failures
// are usage errors. All functions are pure and thread safe.
namespace aftercare::client {

// Describes what ParseCareTeams takes, for help texts.
inline constexpr char kCareTeamHelp[] =
    "Where a team is told of tasks, in the order in which it is tried: on-call=sms:+15550177,email:team@example.org; "
    "may be repeated; none for no team";

// Parses items such as `on-call=sms:+15550177,email:team@example.org`. The item `none` is skipped.
absl::StatusOr<std::vector<v1::CareTeam>> ParseCareTeams(const std::vector<std::string>& items);

// Returns a team as ParseCareTeams takes it, with its display name if it has one.
std::string CareTeamText(const v1::CareTeam& team);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_CARE_TEAMS_H_
