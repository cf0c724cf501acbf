#include "services/client/session.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

TEST(SessionTest, FlagsLeadToTheSameServerAgain) {
  EXPECT_EQ(AccessFlags(GlobalOptions().server), "");
  EXPECT_EQ(AccessFlags({"clinic.example:1", "ca.pem", "cert.pem", "key.pem", "token"}),
            " --server clinic.example:1 --ca-file ca.pem --cert-file cert.pem --key-file key.pem --token-file token");
}

TEST(SessionTest, SettingsAtFaultMatterOnlyToWhoCalls) {
  GlobalOptions options;
  options.server.address = "clinic.example:1";
  options.server.token_file = "/no/token";
  Session session(options);
  ASSERT_TRUE(session.Open().ok());
  for (int i = 0; i < 2; ++i) {
    const absl::Status refused = session.Call(v1::ListClinicsRequest()).status();
    EXPECT_EQ(ExitCodeOf(refused), kExitUsage);
    EXPECT_THAT(refused.ToString(), HasSubstr("--server: "));
    EXPECT_THAT(refused.ToString(), HasSubstr("--token-file: /no/token"));
  }
  const auto stream = session.connection().Watch(v1::WatchEventsRequest());
  v1::WatchEventsResponse response;
  EXPECT_FALSE(stream->Next(&response));
  EXPECT_EQ(ExitCodeOf(stream->Finish()), kExitUsage);
}

}  // namespace
}  // namespace aftercare::client
