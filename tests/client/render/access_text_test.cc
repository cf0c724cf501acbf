#include "services/client/render/access_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

TEST(AccessTextTest, ATokenIsNamedWithItsPrincipalAndItsEnd) {
  EXPECT_EQ(TokenSentence(FromText<v1::Token>(
                R"pb(name: "tokens/0a1b" principal: "sms" expire_time { seconds: 1772442000 })pb")),
            "Token 0a1b of sms, valid until 2026-03-02 09:00 UTC.\n");
}

TEST(AccessTextTest, ABindingIsASentence) {
  auto binding = FromText<v1::RoleBinding>(R"pb(principal: "sms" role: ROLE_GATEWAY clinic: "clinics/-")pb");
  EXPECT_EQ(BindingSentence(binding, "has"), "sms has the role gateway in all clinics.");
  binding.set_clinic("clinics/riverside");
  EXPECT_EQ(BindingSentence(binding, "no longer has"), "sms no longer has the role gateway in riverside.");
}

TEST(AccessTextTest, ATokenThatWasNeverUsedSaysSo) {
  EXPECT_THAT(RenderTokens({FromText<v1::Token>(R"pb(name: "tokens/0a1b" principal: "sms")pb")}, {}),
              HasSubstr("never"));
}

}  // namespace
}  // namespace aftercare::client
