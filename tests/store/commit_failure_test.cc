// What becomes of mutations when the database fails them, on every kind of database.
#include <atomic>
#include <vector>

#include "tests/store/spy_driver.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;

class CommitFailure : public StoreSuite {
 protected:
  void SetUp() override { OpenSpied(); }
  void OpenSpied() {
    Open({}, [this](std::unique_ptr<Driver> driver) { return WithSpy(std::move(driver), spy_); });
    store().SetListeners([this](const CommitNotes& notes) { heard_ += notes.events.size(); },
                         [this](bool healthy) {
                           health_.push_back(healthy);
                           if (healthy) recovered_.Set();
                         });
  }
  // One row of each of two tables, and an event.
  static absl::Status Enroll(WriteTransaction& tx, const std::string& id) {
    if (absl::Status status = tx.InsertEnrollment(MakeEnrollment("a", id)); !status.ok()) return status;
    if (auto inserted = tx.InsertReminder(MakeReminder("a", id, "ice", 1)); !inserted.ok()) return inserted.status();
    return tx.AppendEvent("a", MakeEvent("a", id));
  }
  std::string Enrollments() { return Ids(Ask(&ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = "a"})); }
  std::string Reminders() { return Ids(Ask(&ReadTransaction::ListReminders, ReminderQuery{.clinic = "a"})); }
  size_t Events() { return Ask(&ReadTransaction::ListEvents, "a", 0, 1000).value().size(); }

  Spy spy_;
  size_t heard_ = 0;           // of the writer's thread, until a done
  std::vector<bool> health_;   // likewise
  Signal recovered_;
};
INSTANTIATE_FOR_EVERY_DATABASE(CommitFailure);

TEST_P(CommitFailure, AFailedCommitIsUnavailableForAllOfItsGroupAndStoresNothing) {
  std::vector<Outcome> outcomes(3);
  {
    Gate gate(store());
    store().Submit([](WriteTransaction& tx) { return Enroll(tx, "e1"); }, outcomes[0].Done());
    store().Submit([](WriteTransaction& tx) { return absl::NotFoundError("judged by what is undone"); },
                   outcomes[1].Done());
    store().Submit(
        [this](WriteTransaction& tx) {
          spy_.FailCommits(true);  // not before: the gate's own commit shall succeed
          return Enroll(tx, "e2");
        },
        outcomes[2].Done());
  }
  for (Outcome& outcome : outcomes) EXPECT_THAT(outcome.Await(), Fails(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Enrollments(), "");
  EXPECT_EQ(Reminders(), "");
  EXPECT_EQ(Events(), 0);
  EXPECT_EQ(heard_, 0);
}

TEST_P(CommitFailure, WhileCommitsFailMutationsAreRefusedAtOnceAndReadsAnswered) {
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e1"); }), IsOk());
  spy_.FailCommits(true);
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e2"); }),
              Fails(absl::StatusCode::kUnavailable));
  bool ran = false;
  Outcome refused;
  store().Submit(
      [&](WriteTransaction&) {
        ran = true;
        return absl::OkStatus();
      },
      refused.Done());
  ASSERT_TRUE(refused.IsKnown()) << "answered on this thread";
  EXPECT_THAT(refused.Await(), Fails(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(ran);
  EXPECT_EQ(Enrollments(), "e1");
}

TEST_P(CommitFailure, TheStoreSaysThatItStopsAndResumesByItself) {
  spy_.FailCommits(true);
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e1"); }),
              Fails(absl::StatusCode::kUnavailable));
  EXPECT_THAT(health_, ElementsAre(false));
  spy_.FailCommits(false);
  recovered_.Await();
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e1"); }), IsOk());
  EXPECT_THAT(health_, ElementsAre(false, true));
  EXPECT_EQ(Enrollments(), "e1");
  EXPECT_EQ(Events(), 1);
  EXPECT_EQ(heard_, 1);
}

TEST_P(CommitFailure, WhatWaitedWhileACommitFailedIsRefusedToo) {
  // The database is well again before the second group's turn comes, but only a probe may find that out.
  store().SetListeners(nullptr, [this](bool) { spy_.FailCommits(false); });
  std::vector<Outcome> outcomes(600);  // more than one group
  {
    Gate gate(store());
    for (size_t i = 0; i < outcomes.size(); ++i) {
      store().Submit(
          [this, i](WriteTransaction& tx) {
            if (i == 0) spy_.FailCommits(true);
            return Enroll(tx, "e" + std::to_string(i));
          },
          outcomes[i].Done());
    }
  }
  for (Outcome& outcome : outcomes) EXPECT_THAT(outcome.Await(), Fails(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Enrollments(), "");
}

TEST_P(CommitFailure, AStoreThatCannotCommitCloses) {
  spy_.FailCommits(true);
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e1"); }),
              Fails(absl::StatusCode::kUnavailable));
  store().Close();
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e1"); }),
              Fails(absl::StatusCode::kUnavailable));
}

// Three mutations in a group, of which the second fails by itself after writing, meet a database that fails at its
// n-th step, for every n. What is acknowledged is stored whole, and what is not, not at all.
TEST_P(CommitFailure, WhicheverStepFailsAMutationIsStoredWholeAndAcknowledgedOrNotAtAll) {
  for (const bool loses_transaction : {false, true}) {
    bool failed = true;
    for (int step = 1; failed; ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step << (loses_transaction ? ", transaction lost" : ""));
      const std::string run = std::to_string(step) + (loses_transaction ? "L" : "K");
      OpenSpied();
      const size_t events_before = Events();
      const size_t heard_before = heard_;
      std::vector<Outcome> outcomes(3);
      const auto enroll = [&](int i) {
        store().Submit(
            [run, i](WriteTransaction& tx) {
              absl::Status status = Enroll(tx, run + std::to_string(i));
              if (i == 1 && status.ok()) return absl::AbortedError("its own failure");
              return status;
            },
            outcomes[i].Done());
      };
      {
        Gate gate(store());
        for (int i = 0; i < 3; ++i) enroll(i);
        // The gate's commit comes first, and is a step.
        spy_.FailStep(step + 1, loses_transaction);
      }
      size_t stored = 0;
      for (int i = 0; i < 3; ++i) {
        const absl::Status status = outcomes[i].Await();
        const std::string id = run + std::to_string(i);
        EXPECT_EQ(Ask(&ReadTransaction::GetEnrollment, "a", id)->has_value(), status.ok()) << id;
        EXPECT_EQ(Ask(&ReadTransaction::GetReminder, ReminderKey{"a", id, "ice", 1})->has_value(), status.ok()) << id;
        if (i != 1 && !status.ok()) {
          EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable));
        }
        if (status.ok()) ++stored;
      }
      EXPECT_EQ(Events() - events_before, stored);
      EXPECT_EQ(heard_ - heard_before, stored);
      failed = !spy_.CallOffFailure();
      EXPECT_TRUE(failed || stored == 2);
      ASSERT_LT(step, 200);
    }
  }
}

TEST_P(CommitFailure, NoEventNumberComesTwiceAfterAFailedCommit) {
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e1"); }), IsOk());
  spy_.FailCommits(true);
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e2"); }),
              Fails(absl::StatusCode::kUnavailable));
  spy_.FailCommits(false);
  recovered_.Await();
  EXPECT_THAT(Write(store(), [](WriteTransaction& tx) { return Enroll(tx, "e2"); }), IsOk());
  const std::vector<EventRow> events = Ask(&ReadTransaction::ListEvents, "a", 0, 10).value();
  ASSERT_EQ(events.size(), 2);
  EXPECT_LT(events[0].seq, events[1].seq);
  EXPECT_EQ(*Ask(&ReadTransaction::LastEventSeq), events[1].seq);
}

}  // namespace
}  // namespace aftercare::store
