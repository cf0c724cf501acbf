#include "services/gateway/signature.h"

#include <gtest/gtest.h>

namespace aftercare::gateway {
namespace {

// As `printf '1800000000.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef` has it.
TEST(SignatureTest, ItIsTheMacOfTimeAndBody) {
  EXPECT_EQ(Signature("0123456789abcdef", 1800000000, "{\"a\":1}"),
            "t=1800000000,v1=d3e17924cac4a72ca2ee9e5700df170fdb5733eaf69ecd909fb0c18a962b03a5");
}

TEST(SignatureTest, TimeBodyAndSecretAllCount) {
  const std::string signature = Signature("secret", 1, "body");
  EXPECT_NE(Signature("secret", 2, "body").substr(3), signature.substr(3));
  EXPECT_NE(Signature("secret", 1, "bodz"), signature);
  EXPECT_NE(Signature("secres", 1, "body"), signature);
}

}  // namespace
}  // namespace aftercare::gateway
