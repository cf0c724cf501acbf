// What the store tells operators, on every kind of database.
#include <deque>

#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;
using testing::Optional;

class StatisticsTest : public StoreSuite {
 protected:
  void Insert(const std::string& rule, v1::ReminderState state, std::optional<absl::Time> available,
              const std::string& clock = "") {
    ReminderRow row = MakeReminder("a", "e", rule, 1);
    row.clock = clock;
    row.state = state;
    row.available = available;
    ASSERT_THAT(InsertReminder(row), IsOk());
  }
};
INSTANTIATE_FOR_EVERY_DATABASE(StatisticsTest);

TEST_P(StatisticsTest, TheOldestMessageIsTheOneThatWasAvailableFirst) {
  EXPECT_EQ(*Ask(&ReadTransaction::OldestAvailable, ""), std::nullopt);
  Insert("sent", v1::REMINDER_STATE_SENT, std::nullopt);
  EXPECT_EQ(*Ask(&ReadTransaction::OldestAvailable, ""), std::nullopt);
  Insert("later", v1::REMINDER_STATE_DUE, At(7));
  Insert("first", v1::REMINDER_STATE_DUE, At(5));
  Insert("elsewhere", v1::REMINDER_STATE_DUE, At(1), "box");
  EXPECT_THAT(*Ask(&ReadTransaction::OldestAvailable, ""), Optional(At(5)));
  EXPECT_THAT(*Ask(&ReadTransaction::OldestAvailable, "box"), Optional(At(1)));
}

TEST_P(StatisticsTest, LeasesAreCountedUntilTheyExpire) {
  Insert("held", v1::REMINDER_STATE_LEASED, At(10));
  Insert("expired", v1::REMINDER_STATE_LEASED, At(5));
  Insert("waits", v1::REMINDER_STATE_DUE, At(10));
  Insert("elsewhere", v1::REMINDER_STATE_LEASED, At(10), "box");
  EXPECT_EQ(*Ask(&ReadTransaction::CountLeases, "", At(5)), 1);
  EXPECT_EQ(*Ask(&ReadTransaction::CountLeases, "", At(10)), 0);
}

TEST_P(StatisticsTest, TheSizeGrowsWithWhatIsStored) {
  const int64_t before = *Ask(&ReadTransaction::StoreBytes);
  EXPECT_GT(before, 0);
  EnrollmentRow row = MakeEnrollment("a", "e");
  row.data.set_last_name(std::string(1 << 20, 'x'));
  ASSERT_THAT(Do(&WriteTransaction::InsertEnrollment, row), IsOk());
  EXPECT_GE(*Ask(&ReadTransaction::StoreBytes), before + (1 << 20));
}

TEST_P(StatisticsTest, EachCommitIsMeasuredWithItsMutations) {
  std::vector<int> groups;
  store().SetGroupListener([&](absl::Duration duration, int mutations) {
    EXPECT_GE(duration, absl::ZeroDuration());
    groups.push_back(mutations);
  });
  std::deque<Outcome> outcomes;
  {
    Gate gate(store());
    for (int i = 0; i < 3; ++i) {
      store().Submit([i](WriteTransaction& tx) { return tx.InsertClinic(MakeClinic("c" + std::to_string(i))); },
                     outcomes.emplace_back().Done());
    }
  }
  for (Outcome& outcome : outcomes) EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_THAT(groups, ElementsAre(1, 3)) << "the gate's and one for all that waited";
}

TEST_P(StatisticsTest, ReadsThatWaitAreCounted) {
  Open({.reader_threads = 1});
  Signal entered;
  Signal opened;
  Signal done;
  store().Read([&](const absl::StatusOr<ReadTransaction*>&) {
    entered.Set();
    opened.Await();
  });
  entered.Await();
  store().Read([](const absl::StatusOr<ReadTransaction*>&) {});
  store().Read([&](const absl::StatusOr<ReadTransaction*>&) { done.Set(); });
  EXPECT_EQ(store().ReadQueueDepth(), 2);
  EXPECT_EQ(store().BackgroundReadQueueDepth(), 0);
  opened.Set();
  done.Await();
  EXPECT_EQ(store().ReadQueueDepth(), 0);
}

}  // namespace
}  // namespace aftercare::store
