// SQLite files that are made, closed and opened again.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "scheduler/store/migrations.h"
#include "scheduler/store/sqlite_driver.h"
#include "tests/store/store_suite.h"
#include "tests/support/process.h"

namespace aftercare::store {
namespace {

class Reopen : public testing::Test {
 protected:
  std::vector<std::string> Files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TempDir directory_;
  const std::string path_ = directory_.File("facts.db");
};

TEST_F(Reopen, AFreshDatabaseIsForItsOwnerOnly) {
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  ASSERT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  for (const std::string& name : Files()) {
    struct stat info;
    ASSERT_EQ(stat(directory_.File(name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600) << name;
  }
}

TEST_F(Reopen, AClosedDatabaseIsOneFileBesidesItsLock) {
  OpenFile(path_);
  EXPECT_THAT(Files(), testing::ElementsAre("facts.db", "facts.db-lock"));
}

TEST_F(Reopen, AReopenedDatabaseHoldsWhatItHeld) {
  std::unique_ptr<Store> store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  ASSERT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  for (int i = 0; i < 3; ++i) {
    store.reset();
    store = OpenFile(path_);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(Show(Ask(*store, &ReadTransaction::GetClinic, "a")), Show(MakeClinic("a")));
  }
}

TEST_F(Reopen, AnEmptyFileBecomesADatabase) {
  std::ofstream(path_).flush();
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  EXPECT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
}

TEST_F(Reopen, ADatabaseThatWasMarkedAndNotYetFilledIsFilled) {
  ASSERT_THAT((*OpenSqlite(path_))->ConnectWriter(), IsOk());
  const auto store = OpenFile(path_);
  ASSERT_NE(store, nullptr);
  EXPECT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
}

TEST_F(Reopen, AMigrationOfTheNewestSchemaChangesNothing) {
  OpenFile(path_);
  const auto driver = OpenSqlite(path_);
  ASSERT_THAT(driver, IsOk());
  const auto connection = (*driver)->ConnectWriter();
  ASSERT_THAT(connection, IsOk());
  ClinicNumbers numbers;
  const std::string secret = ReadTransaction(**connection, numbers).Secret().value();
  EXPECT_THAT(Migrate(**connection, (*driver)->dialect()), IsOk());
  EXPECT_EQ(ReadTransaction(**connection, numbers).Secret().value(), secret);
  EXPECT_THAT(CheckSchema(**connection), IsOk());
}

TEST_F(Reopen, ALinkToADatabaseIsThatDatabaseWithItsLogAndItsLock) {
  const std::string link = directory_.File("link.db");
  OpenFile(path_);
  std::filesystem::create_symlink("facts.db", link);
  {
    ChildProcess writer({AFTERCARE_STORE_TEST_WRITER, "write", path_, "w"});
    ASSERT_TRUE(writer.ReadLine().has_value());
    EXPECT_THAT(OpenSqlite(link), Fails(absl::StatusCode::kFailedPrecondition));
    writer.Kill();
    while (writer.ReadLine().has_value()) {
    }
  }
  const auto store = OpenFile(link);
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(Ask(*store, &ReadTransaction::GetEnrollment, "a", "w0")->has_value());
  EXPECT_THAT(OpenSqlite(path_), Fails(absl::StatusCode::kFailedPrecondition));
}

TEST_F(Reopen, ALinkThatLeadsNowhereIsUnavailable) {
  std::filesystem::create_symlink("missing/facts.db", path_);
  EXPECT_THAT(OpenSqlite(path_)->get()->ConnectWriter(), Fails(absl::StatusCode::kUnavailable));
}

TEST_F(Reopen, APathMayHoldAnyCharacter) {
  for (const char* name : {"what?is#this%20.db", "a b'c\"d.db", "zoë.db", "file:x.db", "-x.db"}) {
    for (int i = 0; i < 2; ++i) EXPECT_NE(OpenFile(directory_.File(name)), nullptr) << name;
    EXPECT_TRUE(std::filesystem::exists(directory_.File(name))) << name;
  }
  for (int i = 0; i < 2; ++i) EXPECT_NE(OpenFile("/" + path_), nullptr) << "as /" << path_;
}

}  // namespace
}  // namespace aftercare::store
