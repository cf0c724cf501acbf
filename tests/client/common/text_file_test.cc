#include "services/client/common/text_file.h"

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/failure.h"
#include "tests/support/temp_dir.h"

namespace aftercare::client {
namespace {

namespace fs = std::filesystem;

class TextFileTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return directory_.File(name); }

  int Files() const { return static_cast<int>(std::distance(fs::directory_iterator(directory_.path()), {})); }

  TempDir directory_;
};

TEST_F(TextFileTest, WhatIsWrittenReplacesWhatWasThereAndLeavesNothingElse) {
  for (const std::string content : {"first", "", "a third, longer one\n"}) {
    ASSERT_TRUE(WriteFileAtomically(Path("f"), content).ok());
    std::ifstream stream(Path("f"));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), content);
    EXPECT_EQ(Files(), 1);
  }
  EXPECT_EQ(*ReadTextFile(Path("f")), "a third, longer one\n");
}

TEST_F(TextFileTest, AFileThatCannotBeWrittenIsAUsageErrorAndLeavesNothing) {
  fs::create_directory(Path("d"));
  for (const std::string& path : {Path("no/f"), Path("d")}) {
    EXPECT_EQ(ExitCodeOf(WriteFileAtomically(path, "x")), kExitUsage) << path;
  }
  EXPECT_EQ(Files(), 1);
}

TEST_F(TextFileTest, APrivateFileIsForItsOwnerOnlyAndReplacesNothing) {
  ASSERT_TRUE(CreatePrivateFile(Path("f")).ok());
  ASSERT_TRUE(WriteTextFile(Path("f"), "secret").ok());
  EXPECT_EQ(fs::status(Path("f")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(ExitCodeOf(CreatePrivateFile(Path("f"))), kExitUsage);
  EXPECT_EQ(*ReadTextFile(Path("f")), "secret");
  EXPECT_EQ(ExitCodeOf(CreatePrivateFile(Path("no/f"))), kExitUsage);
}

TEST_F(TextFileTest, AFileIsRemovedIfThereIsOne) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "x").ok());
  EXPECT_TRUE(RemoveFile(Path("f")).ok());
  EXPECT_EQ(Files(), 0);
  EXPECT_TRUE(RemoveFile(Path("f")).ok());
}

TEST_F(TextFileTest, ADeviceIsWrittenToAndNeitherReplacedNorRemoved) {
  fs::create_symlink("/dev/null", Path("null"));
  EXPECT_TRUE(WriteFileAtomically(Path("null"), "x").ok());
  EXPECT_TRUE(RemoveFile(Path("null")).ok());
  EXPECT_TRUE(fs::is_character_file(Path("null")));
  EXPECT_EQ(Files(), 1);
}

TEST_F(TextFileTest, AFileThatIsTooLargeIsRefused) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "12345").ok());
  EXPECT_TRUE(ReadTextFile(Path("f"), 5).ok());
  EXPECT_EQ(ExitCodeOf(ReadTextFile("/dev/zero", 5).status()), kExitUsage) << "a device that never ends";
  EXPECT_EQ(ExitCodeOf(ReadTextFile(Path("f"), 4).status()), kExitUsage);
}

}  // namespace
}  // namespace aftercare::client
