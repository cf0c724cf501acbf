// The SQLite store on a disk that is full, fails, or must be waited for.
#include <sys/resource.h>

#include <csignal>
#include <deque>
#include <filesystem>

#include "scheduler/store/sqlite_driver.h"
#include "tests/store/faulty_disk.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;

// Limits the size of every file this process writes, as if the disk ended there.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_;
  void (*old_handler_)(int);
};

class DiskTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    auto store = OpenSqliteStore(path_);
    ASSERT_THAT(store, IsOk()) << store.status();
    store_ = *std::move(store);
    store_->SetListeners(nullptr, [this](bool healthy) {
      health_.push_back(healthy);
      if (healthy) recovered_.Set();
    });
  }
  absl::Status Enroll(const std::string& id, size_t bytes) {
    EnrollmentRow row = MakeEnrollment("a", id);
    row.data.set_last_name(std::string(bytes, 'x'));
    return Write(*store_, [&](WriteTransaction& tx) {
      if (absl::Status status = tx.InsertEnrollment(row); !status.ok()) return status;
      return tx.AppendEvent("a", MakeEvent("a", id));
    });
  }
  // Enrolls until that fails, and expects this to be told as it should; answers how many it took.
  int FillUp(const std::string& prefix, size_t bytes) {
    for (int taken = 0; taken < 10'000; ++taken) {
      const absl::Status status = Enroll(prefix + std::to_string(taken), bytes);
      if (status.ok()) continue;
      EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable)) << status;
      return taken;
    }
    ADD_FAILURE() << "the disk never filled";
    return 0;
  }
  void ExpectStored(const std::string& prefix, int count) {
    for (int i = 0; i < count; ++i) {
      EXPECT_TRUE(Ask(*store_, &ReadTransaction::GetEnrollment, "a", prefix + std::to_string(i))->has_value())
          << prefix << i;
    }
    EXPECT_FALSE(Ask(*store_, &ReadTransaction::GetEnrollment, "a", prefix + std::to_string(count))->has_value());
    EXPECT_EQ(
        Ask(*store_, &ReadTransaction::ListEvents, "a", 0, 100'000)->size(),
        Ask(*store_, &ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = "a", .limit = 100'000})->size());
  }

  TempDir directory_;
  const std::string path_ = directory_.File("facts.db");
  std::vector<bool> health_;  // on the writer's thread, until a done or `recovered_`
  Signal recovered_;
  std::unique_ptr<Store> store_;
};

TEST_F(DiskTest, AtTheEndOfTheDiskNothingAcknowledgedIsLostAndServiceResumesByItself) {
  int taken;
  {
    const FileSizeLimit limit(2 << 20);
    taken = FillUp("e", 20'000);
    EXPECT_GT(taken, 20);
    EXPECT_THAT(health_, ElementsAre(false));
    ExpectStored("e", taken);
    EXPECT_THAT(Enroll("refused", 10), Fails(absl::StatusCode::kUnavailable));
  }
  recovered_.Await();
  EXPECT_THAT(health_, ElementsAre(false, true));
  EXPECT_THAT(Enroll("f0", 20'000), IsOk());
  ExpectStored("e", taken);
  Open();
  ExpectStored("e", taken);
  ExpectStored("f", 1);
}

TEST_F(DiskTest, AFullDiskIsOvercomeOnceThereIsSpace) {
  ASSERT_THAT(Enroll("first0", 20'000), IsOk());
  FaultyDisk disk(path_);
  disk.SetFull(true);
  const int taken = FillUp("e", 20'000);
  EXPECT_THAT(health_, ElementsAre(false));
  ExpectStored("first", 1);
  disk.SetFull(false);
  recovered_.Await();
  EXPECT_THAT(Enroll("f0", 20'000), IsOk());
  Open();
  ExpectStored("first", 1);
  ExpectStored("e", taken);
  ExpectStored("f", 1);
}

// What is larger than the cache reaches the disk before the commit does, and it is SQLite that gives up.
TEST_F(DiskTest, AMutationLargerThanTheCacheFailsWholeOnAFullDisk) {
  ASSERT_THAT(Enroll("first0", 20'000), IsOk());
  FaultyDisk disk(path_);
  std::deque<Outcome> outcomes;
  {
    Gate gate(*store_);
    disk.SetFull(true);
    for (int i = 0; i < 3; ++i) {
      EnrollmentRow small = MakeEnrollment("a", "small" + std::to_string(i));
      store_->Submit([small](WriteTransaction& tx) { return tx.InsertEnrollment(small); },
                     outcomes.emplace_back().Done());
      store_->Submit(
          [i](WriteTransaction& tx) {
            for (int row = 0; row < 600; ++row) {
              EnrollmentRow large = MakeEnrollment("a", std::to_string(i) + "large" + std::to_string(row));
              large.data.set_last_name(std::string(50'000, 'x'));
              if (absl::Status status = tx.InsertEnrollment(large); !status.ok()) return status;
            }
            return absl::OkStatus();
          },
          outcomes.emplace_back().Done());
    }
  }
  for (Outcome& outcome : outcomes) EXPECT_THAT(outcome.Await(), Fails(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Ids(Ask(*store_, &ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = "a"})), "first0");
  EXPECT_THAT(health_, ElementsAre(false));
  disk.SetFull(false);
  recovered_.Await();
  EXPECT_THAT(Enroll("f0", 20'000), IsOk());
}

TEST_F(DiskTest, ALargeMutationAloneOnAFullDiskTurnsHealthFalseToo) {
  FaultyDisk disk(path_);
  disk.SetFull(true);
  const absl::Status status = Write(*store_, [](WriteTransaction& tx) {
    for (int row = 0; row < 600; ++row) {
      EnrollmentRow large = MakeEnrollment("a", "large" + std::to_string(row));
      large.data.set_last_name(std::string(50'000, 'x'));
      if (absl::Status status = tx.InsertEnrollment(large); !status.ok()) return status;
    }
    return absl::OkStatus();
  });
  EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable));
  EXPECT_THAT(health_, ElementsAre(false));
  disk.SetFull(false);
  recovered_.Await();
  EXPECT_THAT(Enroll("f0", 20'000), IsOk());
}

TEST_F(DiskTest, AMutationIsSyncedBeforeItIsAcknowledgedAndAGroupOnce) {
  FaultyDisk disk(path_);
  ASSERT_THAT(Enroll("first", 10), IsOk());  // the log may be new, and is synced once more for that
  for (int i = 0; i < 20; ++i) {
    const int before = disk.syncs();
    ASSERT_THAT(Enroll("e" + std::to_string(i), 10), IsOk());
    EXPECT_EQ(disk.syncs(), before + 1);
  }
  std::deque<Outcome> outcomes;
  int before;
  {
    Gate gate(*store_);
    before = disk.syncs();
    for (int i = 0; i < 100; ++i) {
      store_->Submit([i](WriteTransaction& tx) { return tx.InsertClinic(MakeClinic("c" + std::to_string(i))); },
                     outcomes.emplace_back().Done());
    }
  }
  for (Outcome& outcome : outcomes) EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_EQ(disk.syncs(), before + 1);
}

TEST_F(DiskTest, ADiskThatCannotSyncAcknowledgesNothing) {
  ASSERT_THAT(Enroll("e0", 10), IsOk());
  FaultyDisk disk(path_);
  disk.FailSyncs(true);
  EXPECT_THAT(Enroll("e1", 10), Fails(absl::StatusCode::kUnavailable));
  EXPECT_THAT(health_, ElementsAre(false));
  ExpectStored("e", 1);
  disk.FailSyncs(false);
  recovered_.Await();
  EXPECT_THAT(Enroll("f0", 10), IsOk());
  Open();
  ExpectStored("e", 1);
  ExpectStored("f", 1);
}

}  // namespace
}  // namespace aftercare::store
