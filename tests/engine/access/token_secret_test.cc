#include "scheduler/engine/access/token_secret.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace aftercare::engine {
namespace {

TEST(TokenSecretTest, ASecretNamesItsTokenAndIsNeverTheSame) {
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) {
    const auto secret = MakeTokenSecret("0123abc");
    ASSERT_TRUE(secret.ok());
    EXPECT_EQ(TokenIdIn(*secret), "0123abc");
    EXPECT_EQ(secret->size(), std::string("aftercare_0123abc_").size() + 43);
    secrets.insert(*secret);
  }
  EXPECT_EQ(secrets.size(), 100u);
}

TEST(TokenSecretTest, WhatIsNoSecretNamesNoToken) {
  const std::string random(43, 'x');
  EXPECT_EQ(TokenIdIn(absl::StrCat("aftercare_a_", random)), "a");
  for (const std::string& bad :
       {std::string(), std::string("aftercare_"), "aftercare__" + random, "aftercare_a" + random,
        "Aftercare_a_" + random, " aftercare_a_" + random, "aftercare_a_" + random + "x",
        "aftercare_a_" + random.substr(1), std::string(1 << 20, 'a'), std::string("\0\xFF", 2)}) {
    EXPECT_FALSE(TokenIdIn(bad).has_value()) << bad.substr(0, 80);
  }
}

// FIPS 180-2, appendix B.1.
TEST(TokenSecretTest, TheHashIsSha256) {
  EXPECT_EQ(absl::BytesToHexString(HashOfSecret("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(TokenSecretTest, HashesAreComparedWhole) {
  EXPECT_TRUE(AreSameHashes(HashOfSecret("a"), HashOfSecret("a")));
  EXPECT_FALSE(AreSameHashes(HashOfSecret("a"), HashOfSecret("b")));
  EXPECT_FALSE(AreSameHashes(HashOfSecret("a"), HashOfSecret("a").substr(1)));
  EXPECT_FALSE(AreSameHashes(HashOfSecret("a"), ""));
}

}  // namespace
}  // namespace aftercare::engine
