#include "scheduler/engine/runtime/tokens.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace aftercare::engine {
namespace {

const Tokens kTokens("0123456789abcdef");

TEST(TokensTest, OpenAnswersWhatWasSealed) {
  for (const std::string& payload :
       {std::string(), std::string("17"), std::string("\0\xff/", 3), std::string(700, 'x')}) {
    EXPECT_EQ(kTokens.Open("page", kTokens.Seal("page", payload)), payload);
  }
}

TEST(TokensTest, TokensAreTextThatFitsIntoAnAddress) {
  const std::string token = kTokens.Seal("page", std::string("\xfb\xff\xfe", 3));
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}

TEST(TokensTest, ATokenIsGoodOnlyForWhatItWasMadeFor) {
  EXPECT_EQ(kTokens.Open("watch/a", kTokens.Seal("watch/b", "17")), std::nullopt);
  EXPECT_EQ(kTokens.Open("ab", kTokens.Seal("a", "b17")), std::nullopt);
  EXPECT_EQ(kTokens.Open("a", kTokens.Seal("ab", "17")), std::nullopt);
}

TEST(TokensTest, ATokenOfAnotherDatabaseIsRefused) {
  EXPECT_EQ(Tokens("another secret..").Open("page", kTokens.Seal("page", "17")), std::nullopt);
}

TEST(TokensTest, ATokenWithAnyBitChangedIsRefused) {
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(kTokens.Seal("page", "1234567"), &bytes));
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    EXPECT_EQ(kTokens.Open("page", absl::WebSafeBase64Escape(changed)), std::nullopt) << "bit " << bit;
  }
}

TEST(TokensTest, WhatIsNoTokenIsRefused) {
  for (const std::string& text : {std::string(), std::string("x"), std::string("!"), std::string("AAAAAAAAAAA"),
                                  std::string(5000, 'A')}) {
    EXPECT_EQ(kTokens.Open("page", text), std::nullopt);
  }
  const std::string token = kTokens.Seal("page", "17");
  EXPECT_EQ(kTokens.Open("page", token.substr(1)), std::nullopt);
  EXPECT_EQ(kTokens.Open("page", token.substr(0, token.size() - 2)), std::nullopt);
}

TEST(TokensTest, APseudonymIsStableAndSaysNothing) {
  const std::string pseudonym = kTokens.Pseudonym("clinics/a/enrollments/ana");
  EXPECT_EQ(pseudonym.size(), 32u);
  EXPECT_EQ(pseudonym.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(pseudonym, kTokens.Pseudonym("clinics/a/enrollments/ana"));
  EXPECT_NE(pseudonym, kTokens.Pseudonym("clinics/a/enrollments/anb"));
  EXPECT_NE(pseudonym, Tokens("another secret..").Pseudonym("clinics/a/enrollments/ana"));
}

}  // namespace
}  // namespace aftercare::engine
