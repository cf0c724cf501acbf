// Files that the SQLite driver refuses, and leaves as they are.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "scheduler/store/sqlite_driver.h"
#include "scheduler/store/sqlite_file.h"
#include "tests/store/store_suite.h"
#include "tests/support/process.h"

namespace aftercare::store {
namespace {

using testing::HasSubstr;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteAll(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  ASSERT_TRUE(file.flush().good());
}

// Acts as a user who may not do everything, while it lives.
class AsNobody {
 public:
  AsNobody() : was_(geteuid()) {
    if (was_ == 0 && seteuid(65534) != 0) std::abort();
  }
  ~AsNobody() {
    if (seteuid(was_) != 0) std::abort();
  }

 private:
  const uid_t was_;
};

class RefusedFile : public testing::Test {
 protected:
  absl::Status Open() { return OpenSqliteStore(path_).status(); }

  // Makes a good database with `enrollments` in it, closed.
  void Make(int enrollments = 50) {
    auto store = OpenSqliteStore(path_);
    ASSERT_THAT(store, IsOk());
    ASSERT_THAT(Write(**store,
                      [&](WriteTransaction& tx) {
                        for (int i = 0; i < enrollments; ++i) {
                          const std::string id = absl::StrCat("e", i);
                          EXPECT_THAT(tx.InsertEnrollment(MakeEnrollment("a", id)), IsOk());
                          EXPECT_THAT(tx.InsertReminder(MakeReminder("a", id, "ice", 1)), IsOk());
                          EXPECT_THAT(tx.AppendEvent("a", MakeEvent("a", id)), IsOk());
                        }
                        return absl::OkStatus();
                      }),
                IsOk());
    store->reset();
    RemoveLock();
  }
  // So that a refused opening is seen to make none.
  void RemoveLock() { std::filesystem::remove(path_ + "-lock"); }

  std::map<std::string, std::string> Files() {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      files[entry.path().filename()] = entry.is_regular_file() ? ReadAll(entry.path()) : "";
    }
    return files;
  }

  // Opens in vain, and expects every file to be as before, and no other there.
  void ExpectRefused(absl::StatusCode code, const std::string& message) {
    const std::map<std::string, std::string> before = Files();
    const absl::Status status = Open();
    EXPECT_THAT(status, Fails(code)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_TRUE(Files() == before) << "the files have changed";
  }

  // Leaves the database as a killed process does: with a log that has not been written back.
  void LeaveLog() {
    ChildProcess writer({AFTERCARE_STORE_TEST_WRITER, "write", path_, "w"});
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(writer.ReadLine().has_value());
    writer.Kill();
    while (writer.ReadLine().has_value()) {
    }
    RemoveLock();
    ASSERT_GT(std::filesystem::file_size(path_ + "-wal"), 0);
  }

  // Makes the schema newer than this program's, and calls `before_close` while that stands in the log only.
  void MakeNewer(absl::FunctionRef<void()> before_close = [] {}) {
    auto driver = OpenSqlite(path_);
    ASSERT_THAT(driver, IsOk());
    auto connection = (*driver)->ConnectWriter();
    ASSERT_THAT(connection, IsOk());
    ASSERT_THAT((*connection)->Execute("UPDATE meta SET number = number + 1 WHERE key = 'schema_version'"), IsOk());
    before_close();
  }

  TempDir directory_;
  const std::string path_ = directory_.File("facts.db");
};

TEST_F(RefusedFile, ATextFileIsNotOurs) {
  for (const std::string& text : {std::string("x"), std::string("Dear reader,\n"), std::string(5000, 'y')}) {
    WriteAll(path_, text);
    ExpectRefused(absl::StatusCode::kFailedPrecondition, path_ + " is not an Aftercare database");
  }
}

TEST_F(RefusedFile, ADatabaseOfAnotherApplicationIsNotOurs) {
  Make();
  std::string bytes = ReadAll(path_);
  std::memset(bytes.data() + 68, 0, 4);  // application_id
  WriteAll(path_, bytes);
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "is not an Aftercare database");
}

TEST_F(RefusedFile, AGarbledHeaderIsNotOurs) {
  Make();
  std::string bytes = ReadAll(path_);
  std::memset(bytes.data(), 0xa5, 100);
  WriteAll(path_, bytes);
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "is not an Aftercare database");
  std::memcpy(bytes.data(), "SQLite format 3", 16);
  WriteAll(path_, bytes);
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "is not an Aftercare database");
}

TEST_F(RefusedFile, ADirectoryIsNotOurs) {
  std::filesystem::create_directory(path_);
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "is not an Aftercare database");
}

TEST_F(RefusedFile, AFileThatWasCutShortIsDamagedWhereverItWasCut) {
  Make();
  const std::string bytes = ReadAll(path_);
  for (const size_t size : {size_t{16}, size_t{99}, size_t{100}, size_t{4096}, bytes.size() / 2, bytes.size() - 4096,
                            bytes.size() - 1}) {
    SCOPED_TRACE(size);
    WriteAll(path_, bytes.substr(0, size));
    ExpectRefused(absl::StatusCode::kDataLoss, path_ + " is damaged");
  }
}

TEST_F(RefusedFile, ACorruptPageIsDamageWhicheverItIs) {
  Make();
  const std::string bytes = ReadAll(path_);
  ASSERT_GT(bytes.size(), 15 * 4096);
  for (size_t page = 0; page < bytes.size(); page += 4096) {
    SCOPED_TRACE(page / 4096 + 1);
    std::string damaged = bytes;
    const size_t header = page == 0 ? 100 : 0;
    std::memset(damaged.data() + page + header, 0xa5, 4096 - header);
    WriteAll(path_, damaged);
    ExpectRefused(absl::StatusCode::kDataLoss, "");
  }
}

TEST_F(RefusedFile, ACorruptPageUnderALogIsDamageAndTheLogIsKept) {
  Make(500);
  LeaveLog();
  std::string bytes = ReadAll(path_);
  std::memset(bytes.data() + 4096 * 10, 0xa5, bytes.size() - 4096 * 10);
  WriteAll(path_, bytes);
  ExpectRefused(absl::StatusCode::kDataLoss, "");
}

TEST_F(RefusedFile, ALogWithoutItsDatabaseIsNotThrownAway) {
  Make();
  LeaveLog();
  std::filesystem::remove(path_);
  ExpectRefused(absl::StatusCode::kDataLoss, path_ + " is gone, but its write-ahead log is there");
  WriteAll(path_, "");
  ExpectRefused(absl::StatusCode::kDataLoss, "write-ahead log");
}

TEST_F(RefusedFile, ANewerSchemaIsRefused) {
  Make();
  MakeNewer();
  RemoveLock();
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "run a newer version of Aftercare");
}

TEST_F(RefusedFile, ANewerSchemaThatIsStillInTheLogIsRefusedAndTheLogKept) {
  Make();
  std::map<std::string, std::string> running;
  MakeNewer([&] { running = Files(); });
  for (const char* name : {"facts.db", "facts.db-wal"}) WriteAll(directory_.File(name), running[name]);
  RemoveLock();
  ASSERT_GT(std::filesystem::file_size(path_ + "-wal"), 0);
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "run a newer version of Aftercare");
}

TEST_F(RefusedFile, AnUnreadableFileIsUnavailable) {
  Make();
  std::filesystem::permissions(directory_.path(), std::filesystem::perms::all);
  const std::string bytes = ReadAll(path_);
  std::filesystem::permissions(path_, std::filesystem::perms::none);
  absl::Status status;
  {
    const AsNobody nobody;
    status = Open();
  }
  EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable));
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_ + ": Permission denied"));
  std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  EXPECT_TRUE(ReadAll(path_) == bytes);
  EXPECT_EQ(Files().size(), 1);
}

TEST_F(RefusedFile, ADatabaseInAReadOnlyDirectoryIsUnavailable) {
  Make();
  std::filesystem::permissions(path_, std::filesystem::perms::all);
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0555));
  absl::Status status;
  {
    const AsNobody nobody;
    status = Open();
  }
  std::filesystem::permissions(directory_.path(), std::filesystem::perms::owner_all);
  EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable)) << status;
  EXPECT_EQ(Files().size(), 1);
}

TEST_F(RefusedFile, APathWithoutItsDirectoryIsUnavailable) {
  const absl::Status status = OpenSqlite(directory_.File("missing/facts.db")).status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable));
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot find the directory " + directory_.File("missing/")));
  EXPECT_EQ(Files().size(), 0);
}

TEST_F(RefusedFile, ADatabaseThatThisProcessHasOpenIsRefusedAndItsLocksStay) {
  const auto store = OpenSqliteStore(path_);
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT(Open(), Fails(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Do(**store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  // A process that closes any descriptor of a file gives up all its locks on it, and a shell could then take the
  // database for one that nobody has open. Another process asks, because one is not told of its own.
  const pid_t asking = fork();
  if (asking == 0) {
    const int descriptor = open(path_.c_str(), O_RDWR);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const bool asked = fcntl(descriptor, F_GETLK, &lock) == 0;
    _exit(asked && lock.l_type != F_UNLCK ? 0 : 1);
  }
  int answer = -1;
  ASSERT_EQ(waitpid(asking, &answer, 0), asking);
  EXPECT_EQ(answer, 0) << "nothing of the database is locked any more";
}

}  // namespace
}  // namespace aftercare::store
