// What `aftercare token` asks a server, and what it prints.
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/client/fake_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TokenTest : public FakeServerFixture {
 protected:
  TokenTest() {
    server_.Answer(FromText<v1::CreateTokenResponse>(R"pb(
      token {
        name: "tokens/0a1b" principal: "gateway" creator: "admin"
        create_time { seconds: 1772442000 } expire_time { seconds: 1780218000 }
      }
      secret: "act_hush")pb"));
  }

  TempDir directory_;
};

TEST_F(TokenTest, TheSecretAloneIsStandardOutput) {
  const ProcessResult made = Aftercare({"token", "create", "gateway", "--ttl", "12h"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out, "act_hush\n");
  EXPECT_EQ(made.err,
            "Token 0a1b of gateway, valid until 2026-05-31 09:00 UTC.\n"
            "Its secret is not shown again.\n");
  const auto request = server_.Last<v1::CreateTokenRequest>();
  EXPECT_EQ(request.principal(), "gateway");
  EXPECT_EQ(request.ttl().seconds(), 12 * 3600);
}

TEST_F(TokenTest, HowLongItIsValidIsLeftToTheServerIfNobodySays) {
  Must({"token", "create", "gateway"});
  EXPECT_FALSE(server_.Last<v1::CreateTokenRequest>().has_ttl());
  EXPECT_EQ(Aftercare({"token", "create", "gateway", "--ttl", "soon"}).exit_code, 2);
  EXPECT_EQ(server_.All<v1::CreateTokenRequest>().size(), 1u);
}

TEST_F(TokenTest, AFileIsMadeForItsOwnerOnlyAndTheSecretIsNotShown) {
  const std::string path = directory_.File("token");
  const ProcessResult made = Aftercare({"token", "create", "gateway", "--out", path});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(ReadFile(path), "act_hush\n");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(made.out, "");
  EXPECT_THAT(made.err, AllOf(HasSubstr("Its secret is in " + path), Not(HasSubstr("hush"))));
  const ProcessResult json = Aftercare({"token", "create", "gateway", "--json", "--out", directory_.File("second")});
  EXPECT_THAT(json.out, AllOf(HasSubstr("tokens/0a1b"), Not(HasSubstr("hush"))));
}

TEST_F(TokenTest, AFileThatIsThereIsKeptAndNoTokenIsMade) {
  const std::string path = directory_.Write("token", "precious");
  const ProcessResult refused = Aftercare({"token", "create", "gateway", "--out", path});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err, "aftercare: " + path + " exists already\n");
  EXPECT_EQ(ReadFile(path), "precious");
  EXPECT_TRUE(server_.All<v1::CreateTokenRequest>().empty());
}

TEST_F(TokenTest, WhereNoTokenIsMadeNoFileIsLeft) {
  server_.Refuse<v1::CreateTokenResponse>(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_TOKENS");
  const std::string path = directory_.File("token");
  EXPECT_EQ(Aftercare({"token", "create", "gateway", "--out", path}).exit_code, 1);
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TokenTest, TokensAreListedWithoutSecrets) {
  EXPECT_THAT(Must({"token", "list"}), HasSubstr("No tokens yet."));
  server_.Answer(FromText<v1::ListTokensResponse>(R"pb(
    tokens {
      name: "tokens/0a1b" principal: "gateway" creator: "admin"
      create_time { seconds: 1772442000 } expire_time { seconds: 1780218000 } last_use_time { seconds: 1772445600 }
    }
    tokens { name: "tokens/2c" principal: "backend" creator: "admin" expire_time { seconds: 1780218000 } })pb"));
  EXPECT_EQ(Must({"token", "list"}),
            "TOKEN  PRINCIPAL  MADE (UTC)        BY     EXPIRES (UTC)     LAST USED (UTC)\n"
            "0a1b   gateway    2026-03-02 09:00  admin  2026-05-31 09:00  2026-03-02 10:00\n"
            "2c     backend                      admin  2026-05-31 09:00  never\n");
  EXPECT_EQ(ObjectsOf(Must({"token", "list", "--json"})).size(), 2u);
}

TEST_F(TokenTest, ATokenIsRevokedByItsIdOrItsName) {
  EXPECT_EQ(Must({"token", "revoke", "0a1b"}), "Token 0a1b is revoked for good.\n");
  EXPECT_EQ(server_.Last<v1::RevokeTokenRequest>().name(), "tokens/0a1b");
  Must({"token", "revoke", "tokens/2c"});
  EXPECT_EQ(server_.Last<v1::RevokeTokenRequest>().name(), "tokens/2c");
}

}  // namespace
}  // namespace aftercare::client
