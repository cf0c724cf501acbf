// Mutations that are submitted by the listener of a coming commit, on every kind of database.
#include <vector>

#include "tests/store/spy_driver.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;

// Submits a mutation when it hears of a commit with an event of clinic "a".
class BeforeCommit : public StoreSuite {
 protected:
  void SetUp() override { Listen({}); }
  void Listen(StoreOptions options) {
    Open(options, [this](std::unique_ptr<Driver> driver) { return WithSpy(std::move(driver), spy_); });
    store().SetGroupListener([this](absl::Duration, int mutations) { groups_.push_back(mutations); });
    store().SetBeforeCommitListener([this](const CommitNotes& notes) {
      ++heard_;
      if (notes.events.empty() || notes.events[0].clinic != "a") return false;
      store().Submit(
          [this](WriteTransaction& tx) {
            seen_ = tx.ListEvents("a", 0, 9).value().size();
            absl::Status status = tx.AppendEvent("b", MakeEvent("b", "e2"));
            return status.ok() ? verdict_ : status;
          },
          follower_.Done());
      return tells_;
    });
    store().SetListeners([this](const CommitNotes& notes) { told_events_ = notes.told_events; }, nullptr);
  }
  static absl::Status Append(WriteTransaction& tx) { return tx.AppendEvent("a", MakeEvent("a", "e1")); }
  size_t EventsOf(const char* clinic) { return Ask(&ReadTransaction::ListEvents, clinic, 0, 99).value().size(); }

  Spy spy_;
  absl::Status verdict_;     // of the follower
  Outcome follower_;
  bool tells_ = true;
  size_t told_events_ = 0;   // as the listener of commits heard it last, until a done
  int heard_ = 0;            // of the writer's thread, until a done; so are the next two
  size_t seen_ = 0;          // events that the follower saw
  std::vector<int> groups_;
};
INSTANTIATE_FOR_EVERY_DATABASE(BeforeCommit);

TEST_P(BeforeCommit, WhatIsSubmittedThenIsAppliedAndCommittedWithTheGroup) {
  ASSERT_THAT(Write(store(), Append), IsOk());
  EXPECT_THAT(follower_.Await(), IsOk());
  EXPECT_EQ(seen_, 1u) << "it sees what its group has done";
  EXPECT_THAT(groups_, ElementsAre(2));
  EXPECT_EQ(heard_, 1) << "not of what the follower does";
  EXPECT_EQ(EventsOf("a"), 1u);
  EXPECT_EQ(EventsOf("b"), 1u);
  EXPECT_EQ(told_events_, 1u) << "of the two events one was there when the group was announced";
}

TEST_P(BeforeCommit, AListenerThatToldNobodyLeavesAllEventsToTheListenerOfCommits) {
  tells_ = false;
  told_events_ = 9;
  ASSERT_THAT(Write(store(), Append), IsOk());
  EXPECT_THAT(follower_.Await(), IsOk());
  EXPECT_EQ(told_events_, 0u);
}

TEST_P(BeforeCommit, AFollowerThatFailsIsUndoneAlone) {
  verdict_ = absl::NotFoundError("no");
  ASSERT_THAT(Write(store(), Append), IsOk());
  EXPECT_THAT(follower_.Await(), Fails(absl::StatusCode::kNotFound));
  EXPECT_EQ(heard_, 1) << "the group was applied twice, and the listener had called its follower before";
  EXPECT_EQ(EventsOf("a"), 1u);
  EXPECT_EQ(EventsOf("b"), 0u);
}

TEST_P(BeforeCommit, AFollowerIsRefusedWithItsGroupIfTheCommitFails) {
  spy_.FailCommits(true);
  EXPECT_THAT(Write(store(), Append), Fails(absl::StatusCode::kUnavailable));
  EXPECT_THAT(follower_.Await(), Fails(absl::StatusCode::kUnavailable));
  EXPECT_EQ(EventsOf("a"), 0u);
  EXPECT_EQ(EventsOf("b"), 0u);
}

TEST_P(BeforeCommit, WhatWaitsAlreadyGoesBeforeWhatIsSubmittedThen) {
  Listen({.max_group = 1});
  std::vector<Outcome> outcomes(2);
  std::vector<size_t> seen_by_second;
  {
    Gate gate(store());
    store().Submit(Append, outcomes[0].Done());
    store().Submit(
        [&](WriteTransaction& tx) {
          seen_by_second.push_back(tx.ListEvents("b", 0, 9).value().size());
          return absl::OkStatus();
        },
        outcomes[1].Done());
  }
  for (Outcome& outcome : outcomes) EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_THAT(follower_.Await(), IsOk());
  EXPECT_THAT(seen_by_second, ElementsAre(0));
  EXPECT_EQ(EventsOf("b"), 1u);
}

TEST_P(BeforeCommit, ACommitWithoutNotesIsNotAnnounced) {
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  EXPECT_EQ(heard_, 0);
}

}  // namespace
}  // namespace aftercare::store
