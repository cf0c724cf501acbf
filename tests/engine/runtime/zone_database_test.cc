#include "scheduler/engine/runtime/zone_database.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "scheduler/plan/civil.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

namespace fs = std::filesystem;

// A directory of zones whose rules are any bytes.
class ZoneDatabaseTest : public ::testing::Test {
 protected:
  ZoneDatabaseTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    // The same test may run twice at a time, over two kinds of store.
    root_ = fs::path(::testing::TempDir()) / (std::string("zones-") + test->name() + "-" + std::to_string(getpid()));
    fs::remove_all(root_);
    Put("Europe/Madrid", "TZif2 madrid");
    Put("America/New_York", "TZif2 new york");
    Put("America/Argentina/Ushuaia", "TZif2 ushuaia");
  }
  ~ZoneDatabaseTest() override { fs::remove_all(root_); }

  void Put(const std::string& name, const std::string& content) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << content;
  }
  absl::StatusOr<int64_t> Fingerprint() { return ZoneDatabaseFingerprint(root_.string()); }

  fs::path root_;
};

TEST_F(ZoneDatabaseTest, TheSameZonesAreTheSameWhereverTheyLie) {
  const int64_t before = Good(Fingerprint());
  EXPECT_NE(before, 0);
  const fs::path moved = root_.string() + "-moved";
  fs::remove_all(moved);
  fs::rename(root_, moved);
  fs::create_directories(root_);
  for (const char* name : {"Europe", "America"}) fs::copy(moved / name, root_ / name, fs::copy_options::recursive);
  EXPECT_EQ(Good(Fingerprint()), before);
  fs::remove_all(moved);
}

TEST_F(ZoneDatabaseTest, OtherRulesAreTold) {
  const int64_t before = Good(Fingerprint());
  Put("America/Argentina/Ushuaia", "TZif2 ushuaja");
  const int64_t changed = Good(Fingerprint());
  EXPECT_NE(changed, before);
  Put("America/Argentina/Ushuaia", "TZif2 ushuaia");
  EXPECT_EQ(Good(Fingerprint()), before);
}

TEST_F(ZoneDatabaseTest, AZoneMoreOrLessAndAnotherNameAreTold) {
  const int64_t before = Good(Fingerprint());
  fs::rename(root_ / "Europe/Madrid", root_ / "Europe/Lisbon");
  const int64_t renamed = Good(Fingerprint());
  fs::remove(root_ / "Europe/Lisbon");
  const int64_t fewer = Good(Fingerprint());
  EXPECT_NE(renamed, before);
  EXPECT_NE(fewer, before);
  EXPECT_NE(fewer, renamed);
}

TEST_F(ZoneDatabaseTest, WhatIsNoZoneMakesNoDifference) {
  const int64_t before = Good(Fingerprint());
  Put("tzdata.zi", "# version 2026z");
  Put("posix/Europe/Madrid", "TZif2 other");
  Put("Europe/README", "no rules");
  Put("Europe/Madrid.old", "TZif2 other");
  fs::create_symlink(root_ / "nowhere", root_ / "Europe/Atlantis");
  EXPECT_EQ(Good(Fingerprint()), before);
}

TEST_F(ZoneDatabaseTest, ALinkIsAZone) {
  const int64_t before = Good(Fingerprint());
  fs::create_symlink("../Europe/Madrid", root_ / "America/Madrid");
  const int64_t linked = Good(Fingerprint());
  EXPECT_NE(linked, before);
  fs::remove(root_ / "America/Madrid");
  Put("America/Madrid", "TZif2 madrid");
  EXPECT_EQ(Good(Fingerprint()), linked);
}

TEST_F(ZoneDatabaseTest, WithoutZonesItSaysWhatIsMissing) {
  for (const fs::path& path : {root_ / "none", root_ / "Empty"}) {
    if (path.filename() == "Empty") fs::create_directories(path);
    const absl::Status status = ZoneDatabaseFingerprint(path.string()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()),
                ::testing::AllOf(::testing::HasSubstr(path.string()), ::testing::HasSubstr("install tzdata")));
  }
}

TEST(ThisMachinesZones, AreFound) { EXPECT_NE(Good(ZoneDatabaseFingerprint(plan::ZoneDirectory())), 0); }

}  // namespace
}  // namespace aftercare::engine
