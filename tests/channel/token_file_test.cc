#include "services/channel/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <vector>

#include "absl/strings/match.h"
#include "tests/support/temp_dir.h"

namespace aftercare {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TokenFileTest : public ::testing::Test {
 protected:
  // Writes the file as its owner would.
  void Write(const std::string& content) {
    WriteFile(path, content);
    chmod(path.c_str(), 0600);
  }

  // Replaces the file by another one, with the same size and time.
  void Replace(const std::string& content) {
    const auto time = std::filesystem::last_write_time(path);
    const std::string next = directory.Write("next", content);
    chmod(next.c_str(), 0600);
    std::filesystem::last_write_time(next, time);
    std::filesystem::rename(next, path);
  }

  std::string Refusal() {
    const auto token = ReadToken(path);
    EXPECT_FALSE(token.ok()) << *token;
    EXPECT_TRUE(absl::StartsWith(token.status().message(), path)) << token.status();
    return std::string(token.status().message());
  }

  TempDir directory;
  const std::string path = directory.File("token");
  std::vector<std::string> warnings;
  TokenFile file{path, [this](absl::string_view what) { warnings.emplace_back(what); }};
};

TEST_F(TokenFileTest, BlanksAndLineEndsAroundATokenDoNotBelongToIt) {
  Write(" secret-1\r\n\n");
  EXPECT_EQ(*ReadToken(path), "secret-1");
}

TEST_F(TokenFileTest, WhatIsNoTokenIsRefusedWithItsReason) {
  EXPECT_THAT(Refusal(), HasSubstr("cannot be read: No such file"));
  Write("\n");
  EXPECT_THAT(Refusal(), HasSubstr("is empty"));
  Write("two words");
  EXPECT_THAT(Refusal(), HasSubstr("one word of ASCII"));
  Write("t\xc3\xb6ken");
  EXPECT_THAT(Refusal(), HasSubstr("one word of ASCII"));
  Write(std::string(4097, 'x'));
  EXPECT_THAT(Refusal(), HasSubstr("too long"));
  Write(std::string(4096, 'x'));
  EXPECT_TRUE(ReadToken(path).ok());
}

TEST_F(TokenFileTest, AFileThatAnybodyMayReadOrWriteIsRefused) {
  Write("secret");
  for (const mode_t mode : {0644, 0602}) {
    chmod(path.c_str(), mode);
    EXPECT_THAT(Refusal(), HasSubstr("by anybody: chmod o-rwx"));
  }
  chmod(path.c_str(), 0640);
  EXPECT_EQ(*ReadToken(path), "secret");
}

TEST_F(TokenFileTest, AFolderIsNoTokenFile) {
  std::filesystem::create_directory(path);
  EXPECT_THAT(Refusal(), HasSubstr("cannot be read"));
}

TEST_F(TokenFileTest, AFileThatIsReplacedIsReadAgain) {
  Write("secret-1");
  EXPECT_EQ(*file.Secret(), "secret-1");
  Replace("secret-2");
  EXPECT_EQ(*file.Secret(), "secret-2");
  Write("a-longer-one");
  EXPECT_EQ(*file.Secret(), "a-longer-one");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(TokenFileTest, TheLastGoodTokenIsUsedOnWithOneWarningForEachVersionOfTheFile) {
  Write("secret-1");
  EXPECT_TRUE(file.Secret().ok());
  Write("");
  EXPECT_EQ(*file.Secret(), "secret-1");
  EXPECT_EQ(*file.Secret(), "secret-1");
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("is empty")));
  Write("secret-2");
  EXPECT_EQ(*file.Secret(), "secret-2");
}

TEST_F(TokenFileTest, ATokenThatWasNeverReadIsAnErrorUntilItIsThere) {
  EXPECT_THAT(file.Secret().status().ToString(), HasSubstr(path));
  Write("secret-1");
  EXPECT_EQ(*file.Secret(), "secret-1");
}

}  // namespace
}  // namespace aftercare
