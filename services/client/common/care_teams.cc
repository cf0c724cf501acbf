#include "services/client/common/care_teams.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/client/common/failure.h"
#include "services/client/common/values.h"

namespace aftercare::client {
namespace {

absl::Status Malformed(const std::string& item) {
  return UsageError(absl::StrCat("--care-team must be TEAM=CHANNEL:ADDRESS, further addresses after a comma, such as "
                                 "on-call=sms:+15550177,email:team@example.org; not ",
                                 item));
}

}  // namespace

absl::StatusOr<std::vector<v1::CareTeam>> ParseCareTeams(const std::vector<std::string>& items) {
  std::vector<v1::CareTeam> teams;
  for (const std::string& item : items) {
    if (item == "none") continue;
    const std::pair<std::string, std::string> parts = absl::StrSplit(item, absl::MaxSplits('=', 1));
    if (parts.first.empty() || parts.second.empty()) return Malformed(item);
    v1::CareTeam team;
    team.set_id(parts.first);
    for (const std::string& point : std::vector<std::string>(absl::StrSplit(parts.second, ','))) {
      const std::pair<std::string, std::string> where = absl::StrSplit(point, absl::MaxSplits(':', 1));
      if (where.first.empty() || where.second.empty()) return Malformed(item);
      const absl::StatusOr<int> channel = ParseEnum(*v1::Channel_descriptor(), "the channel of a team", where.first);
      if (!channel.ok()) return channel.status();
      v1::ContactPoint& added = *team.add_contact_points();
      added.set_channel(static_cast<v1::Channel>(*channel));
      added.set_address(where.second);
    }
    teams.push_back(std::move(team));
  }
  return teams;
}

std::string CareTeamText(const v1::CareTeam& team) {
  const std::string points =
      absl::StrJoin(team.contact_points(), ",", [](std::string* out, const v1::ContactPoint& point) {
        absl::StrAppend(out, EnumLabel(*v1::Channel_descriptor(), point.channel()), ":", point.address());
      });
  const std::string name = team.display_name().empty() ? "" : absl::StrCat(" (", team.display_name(), ")");
  return absl::StrCat(team.id(), "=", points, name);
}

}  // namespace aftercare::client
