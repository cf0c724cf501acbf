// How the store commits, answers and ends, on every kind of database.
#include <deque>
#include <thread>

#include "tests/store/spy_driver.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;

class StoreTest : public StoreSuite {
 protected:
  void OpenSpied(StoreOptions options = {}) {
    Open(options, [this](std::unique_ptr<Driver> driver) { return WithSpy(std::move(driver), spy_); });
  }

  // Submits the insertion of a clinic together with an event that bears its id; then `status` is the mutation's own.
  Outcome& Submit(const std::string& clinic, absl::Status status = absl::OkStatus()) {
    Outcome& outcome = outcomes_.emplace_back();
    store().Submit(
        [clinic, status](WriteTransaction& tx) -> absl::Status {
          v1::Event event;
          event.set_patient(clinic);
          if (absl::Status inserted = tx.InsertClinic(MakeClinic(clinic)); !inserted.ok()) return inserted;
          if (absl::Status appended = tx.AppendEvent("log", event); !appended.ok()) return appended;
          return status;
        },
        outcome.Done());
    return outcome;
  }
  // Submits a mutation that appends so many events and then ends with `status`.
  Outcome& SubmitEvents(int count, absl::Status status = absl::OkStatus()) {
    Outcome& outcome = outcomes_.emplace_back();
    store().Submit(
        [count, status](WriteTransaction& tx) -> absl::Status {
          for (int i = 0; i < count; ++i) {
            if (absl::Status appended = tx.AppendEvent("log", v1::Event()); !appended.ok()) return appended;
          }
          return status;
        },
        outcome.Done());
    return outcome;
  }
  std::string Clinics() { return Ids(Ask(&ReadTransaction::ListClinics, "", 10000)); }
  std::vector<std::string> Logged() {
    std::vector<std::string> patients;
    const auto events = Ask(&ReadTransaction::ListEvents, "log", 0, 10000);
    for (const EventRow& event : events.value()) patients.push_back(event.data.patient());
    return patients;
  }

  Spy spy_;
  std::deque<Outcome> outcomes_;
};
INSTANTIATE_FOR_EVERY_DATABASE(StoreTest);

TEST_P(StoreTest, MutationsThatWaitShareOneCommit) {
  OpenSpied();
  {
    Gate gate(store());
    const int before = spy_.commits();
    for (int i = 0; i < 300; ++i) Submit("c" + std::to_string(i));
    EXPECT_EQ(store().QueueDepth(), 300);
    EXPECT_EQ(spy_.commits(), before);
    gate.Open();
    for (Outcome& outcome : outcomes_) EXPECT_THAT(outcome.Await(), IsOk());
    EXPECT_EQ(spy_.commits(), before + 2) << "the gate's and one for all that waited";
  }
  EXPECT_EQ(store().QueueDepth(), 0);
  EXPECT_EQ(Ask(&ReadTransaction::ListClinics, "", 10000)->size(), 300);
}

TEST_P(StoreTest, ACommitHoldsNoMoreMutationsThanItMay) {
  OpenSpied({.max_group = 10});
  Gate gate(store());
  const int before = spy_.commits();
  for (int i = 0; i < 35; ++i) Submit("c" + std::to_string(i));
  gate.Open();
  for (Outcome& outcome : outcomes_) EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_EQ(spy_.commits(), before + 1 + 4);
}

// 1,000 events fill a commit.
TEST_P(StoreTest, ACommitEndsWithTheMutationThatFillsItAndTheRestFollowsInOrder) {
  OpenSpied();
  Gate gate(store());
  const int before = spy_.commits();
  for (const int events : {600, 600, 1, 999, 1, 5000, 1}) SubmitEvents(events);
  EXPECT_EQ(store().QueueDepth(), 7);
  gate.Open();
  for (Outcome& outcome : outcomes_) EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_EQ(spy_.commits(), before + 1 + 4) << "600 and 600, 1 and 999, 1 and 5000, 1";
  EXPECT_EQ(store().QueueDepth(), 0);
  EXPECT_EQ(Logged().size(), 7202u);
}

TEST_P(StoreTest, AMutationThatFailsIsUndoneAloneInACommitThatIsFilled) {
  OpenSpied();
  Gate gate(store());
  Submit("a");
  Outcome& failed = SubmitEvents(900, absl::AbortedError("no"));
  SubmitEvents(600);
  SubmitEvents(600);
  Outcome& late = SubmitEvents(700, absl::AbortedError("no"));
  Submit("b");
  gate.Open();
  Submit("c").Await().IgnoreError();
  for (Outcome& outcome : outcomes_) {
    const bool fails = &outcome == &failed || &outcome == &late;
    EXPECT_EQ(outcome.Await().code(), fails ? absl::StatusCode::kAborted : absl::StatusCode::kOk);
  }
  EXPECT_EQ(Clinics(), "a b c");
  EXPECT_EQ(Logged().size(), 1203u);
}

TEST_P(StoreTest, AMutationThatFailsAfterWritingLeavesNoTraceAndHarmsNoOther) {
  std::vector<int64_t> heard;
  store().SetListeners(
      [&](const CommitNotes& notes) {
        for (const EventNote& event : notes.events) heard.push_back(event.seq);
      },
      nullptr);
  Gate gate(store());
  Submit("a");
  Outcome& aborted = Submit("b", absl::AbortedError("etag"));
  Submit("c");
  Outcome& taken = Submit("a");
  Outcome& last = Submit("d", absl::NotFoundError("nothing"));
  gate.Open();
  EXPECT_THAT(last.Await(), Fails(absl::StatusCode::kNotFound));
  EXPECT_THAT(aborted.Await(), Fails(absl::StatusCode::kAborted));
  EXPECT_THAT(taken.Await(), Fails(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(outcomes_[0].Await(), IsOk());
  EXPECT_THAT(outcomes_[2].Await(), IsOk());
  EXPECT_EQ(Clinics(), "a c");
  EXPECT_THAT(Logged(), ElementsAre("a", "c"));
  const std::vector<EventRow> events = Ask(&ReadTransaction::ListEvents, "log", 0, 10).value();
  EXPECT_THAT(heard, ElementsAre(events[0].seq, events[1].seq));
  EXPECT_GE(*Ask(&ReadTransaction::LastEventSeq), events.back().seq);
}

TEST_P(StoreTest, AMutationThatFailsAloneLeavesNoTrace) {
  int heard = 0;
  store().SetListeners([&](const CommitNotes&) { ++heard; }, nullptr);
  EXPECT_THAT(Submit("a", absl::AbortedError("etag")).Await(), Fails(absl::StatusCode::kAborted));
  EXPECT_EQ(Clinics(), "");
  EXPECT_THAT(Logged(), ElementsAre());
  EXPECT_EQ(heard, 0);
  EXPECT_THAT(Submit("a").Await(), IsOk());
}

TEST_P(StoreTest, AGroupInWhichEveryMutationFailsStoresNothing) {
  Gate gate(store());
  for (const char* id : {"a", "b", "c"}) Submit(id, absl::AbortedError("etag"));
  gate.Open();
  for (Outcome& outcome : outcomes_) EXPECT_THAT(outcome.Await(), Fails(absl::StatusCode::kAborted));
  EXPECT_EQ(Clinics(), "");
  EXPECT_THAT(Logged(), ElementsAre());
}

TEST_P(StoreTest, AMutationSeesWhatTheOnesBeforeItInItsGroupDid) {
  Gate gate(store());
  Submit("a");
  Submit("b", absl::AbortedError("etag"));
  std::string seen;
  Outcome outcome;
  store().Submit(
      [&](WriteTransaction& tx) {
        seen = Ids(tx.ListClinics("", 10));
        return absl::OkStatus();
      },
      outcome.Done());
  gate.Open();
  EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_EQ(seen, "a");
}

TEST_P(StoreTest, ListenersHearOfACommitAfterItAndBeforeItsCallers) {
  std::vector<std::string> order;  // on the writer's thread only, until the gate's second opening
  OpenSpied();
  spy_.on_commit = [&] { order.push_back("commit"); };
  store().SetListeners(
      [&](const CommitNotes& notes) {
        for (const EventNote& event : notes.events) order.push_back("heard of " + event.clinic);
      },
      nullptr);
  Gate gate(store());
  Signal ended;
  for (const std::string id : {"a", "b"}) {
    store().Submit([id](WriteTransaction& tx) { return tx.AppendEvent(id, v1::Event()); },
                   [&, id](absl::Status) {
                     order.push_back("done " + id);
                     if (id == "b") ended.Set();
                   });
  }
  gate.Open();
  ended.Await();
  EXPECT_THAT(order, ElementsAre("commit", "commit", "heard of a", "heard of b", "done a", "done b"));
}

TEST_P(StoreTest, ACommitWithoutNotesCallsNoListener) {
  int heard = 0;
  store().SetListeners([&](const CommitNotes&) { ++heard; }, nullptr);
  EXPECT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  EXPECT_EQ(heard, 0);
  EXPECT_THAT(Submit("b").Await(), IsOk());
  EXPECT_EQ(heard, 1);
}

TEST_P(StoreTest, WhatIsHeardIsWhatIsStored) {
  std::vector<EventNote> heard;
  store().SetListeners([&](const CommitNotes& notes) { heard = notes.events; }, nullptr);
  v1::Event event = MakeEvent("log", "e1");
  event.set_type(v1::EVENT_TYPE_REMINDER_CHANGED);
  event.mutable_reminder()->set_state(v1::REMINDER_STATE_LEASED);
  event.mutable_reminder()->set_attempts(2);
  event.set_resume_token("token");
  EXPECT_THAT(Do(&WriteTransaction::AppendEvent, "log", event), IsOk());
  const std::vector<EventRow> stored = Ask(&ReadTransaction::ListEvents, "log", 0, 10).value();
  ASSERT_EQ(heard.size(), 1u);
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(heard[0].seq, stored[0].seq);
  EXPECT_EQ(heard[0].clinic, stored[0].clinic);
  EXPECT_EQ(heard[0].reminder_state, stored[0].data.reminder().state());
  EXPECT_EQ(stored[0].data.resume_token(), "");
}

TEST_P(StoreTest, AReadSeesEverythingAcknowledgedBeforeItWasAsked) {
  constexpr int kWriters = 4, kEach = 60;
  std::vector<std::thread> writers;
  std::atomic<int> missed = 0;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer, &missed] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(writer) + "-" + std::to_string(i);
        if (!store::Do(store(), &WriteTransaction::InsertClinic, MakeClinic(id)).ok()) ++missed;
        if (!store::Ask(store(), &ReadTransaction::GetClinic, id).value().has_value()) ++missed;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(missed, 0);
}

TEST_P(StoreTest, ADoneMayReadWhatWasCommitted) {
  Signal ended;
  std::string seen;
  store().Submit([](WriteTransaction& tx) { return tx.InsertClinic(MakeClinic("a")); },
                 [&](absl::Status) {
                   store().Read([&](absl::StatusOr<ReadTransaction*> tx) {
                     seen = Ids((*tx)->ListClinics("", 10));
                     ended.Set();
                   });
                 });
  ended.Await();
  EXPECT_EQ(seen, "a");
}

TEST_P(StoreTest, ADoneMaySubmitFurtherWork) {
  Outcome second;
  store().Submit([](WriteTransaction& tx) { return tx.InsertClinic(MakeClinic("a")); },
                 [&](absl::Status) {
                   store().Submit([](WriteTransaction& tx) { return tx.InsertClinic(MakeClinic("b")); }, second.Done());
                 });
  EXPECT_THAT(second.Await(), IsOk());
  EXPECT_EQ(Clinics(), "a b");
}

TEST_P(StoreTest, ABackgroundReadDoesNotWaitForOtherReads) {
  Open({.reader_threads = 1});
  EXPECT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  Signal apart, over;
  store().Read([&](absl::StatusOr<ReadTransaction*>) { apart.Await(); });
  store().Read([&](absl::StatusOr<ReadTransaction*>) { over.Set(); });
  std::string seen;
  store().ReadInBackground([&](absl::StatusOr<ReadTransaction*> tx) {
    seen = Ids((*tx)->ListClinics("", 10));
    apart.Set();
  });
  over.Await();
  EXPECT_EQ(seen, "a");
}

TEST_P(StoreTest, AReadIsOfOneInstant) {
  EXPECT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  std::string before, after;
  EXPECT_THAT(Read(store(),
                   [&](ReadTransaction& tx) {
                     before = Ids(tx.ListClinics("", 10));
                     EXPECT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("b")), IsOk());
                     after = Ids(tx.ListClinics("", 10));
                   }),
              IsOk());
  EXPECT_EQ(before, "a");
  EXPECT_EQ(after, "a");
  EXPECT_EQ(Clinics(), "a b");
}

TEST_P(StoreTest, WhatAMutationWroteNobodyReadsBeforeItsCommit) {
  Signal wrote, checked;
  Outcome outcome;
  store().Submit(
      [&](WriteTransaction& tx) {
        absl::Status status = tx.InsertClinic(MakeClinic("a"));
        wrote.Set();
        checked.Await();
        return status;
      },
      outcome.Done());
  wrote.Await();
  EXPECT_EQ(Clinics(), "");
  checked.Set();
  EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_EQ(Clinics(), "a");
}

TEST_P(StoreTest, AFullQueueRefusesMutationsAtOnce) {
  Open({.max_queued_mutations = 3});
  Gate gate(store());
  for (const char* id : {"a", "b", "c"}) Submit(id);
  Outcome& refused = Submit("d");
  ASSERT_TRUE(refused.IsKnown()) << "answered on this thread";
  EXPECT_THAT(refused.Await(), Fails(absl::StatusCode::kResourceExhausted));
  gate.Open();
  for (int i = 0; i < 3; ++i) EXPECT_THAT(outcomes_[i].Await(), IsOk());
  EXPECT_EQ(Clinics(), "a b c");
  EXPECT_THAT(Submit("d").Await(), IsOk()) << "there is room again";
}

TEST_P(StoreTest, AFullQueueRefusesReadsAtOnce) {
  Open({.reader_threads = 1, .max_queued_reads = 1});
  Signal reading, release;
  store().Read([&](absl::StatusOr<ReadTransaction*>) {
    reading.Set();
    release.Await();
  });
  reading.Await();
  Outcome queued;
  store().Read([done = queued.Done()](absl::StatusOr<ReadTransaction*> tx) mutable { done(tx.status()); });
  Outcome refused;
  store().Read([done = refused.Done()](absl::StatusOr<ReadTransaction*> tx) mutable { done(tx.status()); });
  ASSERT_TRUE(refused.IsKnown()) << "answered on this thread";
  EXPECT_THAT(refused.Await(), Fails(absl::StatusCode::kResourceExhausted));
  release.Set();
  EXPECT_THAT(queued.Await(), IsOk());
}

TEST_P(StoreTest, AStoreThatIsAllowedNoReadersReadsAllTheSame) {
  Open({.reader_threads = 0});
  EXPECT_EQ(Clinics(), "");
}

TEST_P(StoreTest, CloseRunsWhatIsQueuedAndRefusesWhatComesLater) {
  Open({.reader_threads = 1});
  Signal reading, release;
  store().Read([&](absl::StatusOr<ReadTransaction*>) {
    reading.Set();
    release.Await();
  });
  reading.Await();
  Outcome read;
  store().Read([done = read.Done()](absl::StatusOr<ReadTransaction*> tx) mutable { done(tx.status()); });
  Gate gate(store());
  for (int i = 0; i < 50; ++i) Submit("c" + std::to_string(i));

  // What is queued must find the store closing already, which shows in what it refuses.
  std::atomic<bool> reads_refused = false, mutations_refused = false;
  std::thread closing([this] { store().Close(); });
  while (!reads_refused) {
    store().Read([&](absl::StatusOr<ReadTransaction*> tx) {
      if (absl::IsUnavailable(tx.status())) reads_refused = true;
    });
  }
  release.Set();
  while (!mutations_refused) {
    store().Submit([](WriteTransaction&) { return absl::OkStatus(); },
                   [&](absl::Status status) {
                     if (absl::IsUnavailable(status)) mutations_refused = true;
                   });
  }
  gate.Open();
  closing.join();
  EXPECT_THAT(read.Await(), IsOk());
  for (Outcome& outcome : outcomes_) EXPECT_THAT(outcome.Await(), IsOk());
  Open();
  EXPECT_EQ(Ask(&ReadTransaction::ListClinics, "", 100)->size(), 50);
}

TEST_P(StoreTest, AClosedStoreRefusesAtOnceAndMayBeClosedAgain) {
  store().Close();
  Outcome& late = Submit("late");
  ASSERT_TRUE(late.IsKnown());
  EXPECT_THAT(late.Await(), Fails(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Read(store(), [](ReadTransaction&) {}), Fails(absl::StatusCode::kUnavailable));
  store().Close();
}

TEST_P(StoreTest, MutationsAreAppliedInTheOrderOfTheirSubmission) {
  Open({.max_group = 7});
  std::vector<int> order;  // of the writer's thread; a mutation may run twice, so only what is new is noted
  std::vector<Outcome> outcomes(100);
  Gate gate(store());
  for (int i = 0; i < 100; ++i) {
    store().Submit(
        [&order, i](WriteTransaction&) {
          order.push_back(i);
          return absl::OkStatus();
        },
        outcomes[i].Done());
  }
  gate.Open();
  for (Outcome& outcome : outcomes) EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order.size(), 100);
}

}  // namespace
}  // namespace aftercare::store
