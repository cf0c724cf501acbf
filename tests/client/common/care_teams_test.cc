#include "services/client/common/care_teams.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(CareTeamsTest, ATeamHasItsAddressesInTheirOrder) {
  const auto teams = ParseCareTeams({"on-call=sms:+15550177,email:team@example.org", "nurses=webhook:ward:7=b"});
  ASSERT_TRUE(teams.ok()) << teams.status();
  ASSERT_THAT(*teams, SizeIs(2));
  EXPECT_EQ(CareTeamText((*teams)[0]), "on-call=sms:+15550177,email:team@example.org");
  EXPECT_EQ(CareTeamText((*teams)[1]), "nurses=webhook:ward:7=b");
  EXPECT_EQ((*teams)[1].contact_points(0).channel(), v1::CHANNEL_WEBHOOK);
}

TEST(CareTeamsTest, NoneStandsForNoTeam) { EXPECT_THAT(*ParseCareTeams({"none"}), IsEmpty()); }

TEST(CareTeamsTest, WhatIsNoTeamIsRefused) {
  for (const char* item : {"on-call", "=sms:1", "on-call=", "on-call=+15550177", "on-call=sms:", "on-call=sms:1,,"}) {
    EXPECT_THAT(ParseCareTeams({item}).status().message(), HasSubstr("--care-team must be")) << item;
  }
  EXPECT_THAT(ParseCareTeams({"on-call=fax:1"}).status().message(), HasSubstr("sms")) << "the channels are named";
}

TEST(CareTeamsTest, TheNameOfATeamIsShown) {
  v1::CareTeam team = (*ParseCareTeams({"on-call=sms:+15550177"}))[0];
  team.set_display_name("Doctors on call");
  EXPECT_EQ(CareTeamText(team), "on-call=sms:+15550177 (Doctors on call)");
}

}  // namespace
}  // namespace aftercare::client
