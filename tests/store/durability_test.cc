// Processes that are killed in the middle of their work, and what the next one finds.
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "scheduler/store/sqlite_driver.h"
#include "tests/store/store_suite.h"
#include "tests/support/process.h"
#include "tests/support/random.h"

namespace aftercare::store {
namespace {

class Durability : public testing::Test {
 protected:
  std::unique_ptr<Store> Open() {
    auto store = OpenSqliteStore(path_);
    EXPECT_THAT(store, IsOk()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  // Runs a writer, kills it after `lines` acknowledgements, and notes all that it acknowledged. What it had said
  // before it died still stands in the pipe.
  void WriteAndKill(const std::string& prefix, int lines) {
    ChildProcess writer({AFTERCARE_STORE_TEST_WRITER, "write", path_, prefix});
    for (int i = 0; i < lines; ++i) {
      const std::optional<std::string> id = writer.ReadLine();
      ASSERT_TRUE(id.has_value());
      ASSERT_EQ(id->rfind(prefix, 0), 0) << *id;
      acknowledged_.insert(*id);
    }
    writer.Kill();
    while (const std::optional<std::string> id = writer.ReadLine()) acknowledged_.insert(*id);
  }

  void ExpectWholeMutationsOnly(Store& store) {
    std::set<std::string> stored;
    const auto enrollments =
        Ask(store, &ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = "a", .limit = 1'000'000});
    for (const EnrollmentRow& row : enrollments.value()) stored.insert(row.enrollment);
    std::map<std::string, int> reminders, events;
    const auto rows = Ask(store, &ReadTransaction::ListReminders, ReminderQuery{.clinic = "a", .limit = 1'000'000});
    for (const ReminderRow& row : rows.value()) ++reminders[row.key.enrollment];
    const auto log = Ask(store, &ReadTransaction::ListEvents, "a", 0, 1'000'000);
    for (const EventRow& event : log.value()) ++events[event.data.enrollment().substr(22)];
    for (const std::string& id : acknowledged_) EXPECT_TRUE(stored.count(id)) << id << " was acknowledged and is lost";
    for (const std::string& id : stored) {
      EXPECT_EQ(reminders[id], 3) << id;
      EXPECT_EQ(events[id], 1) << id;
    }
    EXPECT_EQ(reminders.size(), stored.size());
    EXPECT_EQ(events.size(), stored.size());
    const int64_t last = Ask(store, &ReadTransaction::LastEventSeq).value();
    EXPECT_GE(last, log->empty() ? 0 : log->back().seq);
  }

  TempDir directory_;
  const std::string path_ = directory_.File("facts.db");
  std::set<std::string> acknowledged_;
};

TEST_F(Durability, AKilledProcessLosesNothingAcknowledgedAndLeavesNoHalfOfAMutation) {
  const uint64_t seed = SeedOfRun(std::random_device()());
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20 && !HasFailure(); ++round) {
    // Often while it opens or begins; sometimes so late that the log has been written back meanwhile.
    const int lines = random() % 4 == 0 ? 0 : random() % (random() % 4 == 0 ? 3000 : 200);
    SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed, ", round ", round, ", killed after ", lines));
    WriteAndKill(absl::StrCat("r", round, "-"), lines);
    if (random() % 3 == 0) continue;  // killed again before anybody looked
    const std::unique_ptr<Store> store = Open();
    ASSERT_NE(store, nullptr);
    ExpectWholeMutationsOnly(*store);
  }
  const std::unique_ptr<Store> store = Open();
  ASSERT_NE(store, nullptr);
  ExpectWholeMutationsOnly(*store);
  EXPECT_GT(acknowledged_.size(), 0);
}

TEST_F(Durability, AProcessIsRefusedADatabaseThatAnotherHas) {
  std::unique_ptr<Store> store = Open();
  ASSERT_NE(store, nullptr);
  const auto open_elsewhere = [this] {
    return ChildProcess({AFTERCARE_STORE_TEST_WRITER, "open", path_}).ReadLine().value_or("nothing");
  };
  EXPECT_THAT(open_elsewhere(), testing::AllOf(testing::HasSubstr("FAILED_PRECONDITION"),
                                               testing::HasSubstr(path_ + " is in use by another process")));
  EXPECT_THAT(Do(*store, &WriteTransaction::InsertClinic, MakeClinic("a")), IsOk()) << "and this one is not disturbed";
  store.reset();
  EXPECT_EQ(open_elsewhere(), "OK");
}

TEST_F(Durability, AProcessThatHoldsTheDatabaseKeepsThisOneOutUntilItDies) {
  ChildProcess writer({AFTERCARE_STORE_TEST_WRITER, "write", path_, "w"});
  ASSERT_TRUE(writer.ReadLine().has_value());
  EXPECT_THAT(OpenSqlite(path_), Fails(absl::StatusCode::kFailedPrecondition));
  writer.Kill();
  while (writer.ReadLine().has_value()) {
  }
  EXPECT_NE(Open(), nullptr);
}

}  // namespace
}  // namespace aftercare::store
