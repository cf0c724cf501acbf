#include "services/client/input/resume_file.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/failure.h"
#include "tests/support/temp_dir.h"

namespace aftercare::client {
namespace {

namespace fs = std::filesystem;

class ResumeFileTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return directory_.File(name); }
  void Write(const std::string& text) const { WriteFile(Path("f"), text); }

  TempDir directory_;
};

TEST_F(ResumeFileTest, WhatWasKeptLastIsWhereItGoesOn) {
  ResumeFile file(Path("f"));
  EXPECT_EQ(*file.Load(), std::nullopt);
  ASSERT_TRUE(file.Save("one").ok());
  ASSERT_TRUE(file.Save("two-_=").ok());
  EXPECT_EQ(*ResumeFile(Path("f")).Load(), "two-_=");
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()), 1);
}

TEST_F(ResumeFileTest, WithoutAPathNothingIsKept) {
  ResumeFile file("");
  EXPECT_EQ(*file.Load(), std::nullopt);
  EXPECT_TRUE(file.Save("one").ok());
}

TEST_F(ResumeFileTest, AFileThatHoldsAnythingElseIsAUsageErrorAndIsLeftAsItWas) {
  for (const std::string text : {"", "\n", "two words", "patient,first_name\n", "tok\nen"}) {
    Write(text);
    const auto loaded = ResumeFile(Path("f")).Load();
    EXPECT_EQ(ExitCodeOf(loaded.status()), kExitUsage) << text;
    EXPECT_EQ(fs::file_size(Path("f")), text.size());
  }
  Write(std::string(5000, 'a'));
  EXPECT_EQ(ExitCodeOf(ResumeFile(Path("f")).Load().status()), kExitUsage);
  EXPECT_EQ(ExitCodeOf(ResumeFile(directory_.path()).Load().status()), kExitUsage);
}

TEST_F(ResumeFileTest, AFileThatCannotBeWrittenIsAUsageError) {
  EXPECT_EQ(ExitCodeOf(ResumeFile(Path("no/f")).Save("one")), kExitUsage);
}

}  // namespace
}  // namespace aftercare::client
