// Many who watch one log: what they share, and that each sees it once and in order all the same.
#include "scheduler/engine/events/event_feed.h"

#include <random>
#include <thread>

#include "tests/engine/events/watching.h"
#include "tests/engine/store_gate.h"

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;

// The gates are the first base, so that they outlive the world.
class EventFeedTest : protected StoreGates, public Watching {
 protected:
  EventFeedTest() : Watching(StoreGates::Wrap()) {}

  // Asks for messages one after the other until `wanted` events have come or something goes wrong; keeps their texts.
  class Follower {
   public:
    Follower(std::shared_ptr<Watch> watch, size_t wanted) : watch_(std::move(watch)), wanted_(wanted) {}
    void Start() { Ask(); }
    absl::Status Wait() { return over_.Wait(); }
    const std::vector<v1::Event>& events() const { return events_; }
    Watch& watch() { return *watch_; }

   private:
    void Ask() {
      watch_->Next(&message_, [this](absl::Status status) {
        if (!status.ok()) return done_(status);
        const v1::WatchEventsResponse response = Parse(message_);
        events_.insert(events_.end(), response.events().begin(), response.events().end());
        if (events_.size() >= wanted_) return done_(absl::OkStatus());
        Ask();
      });
    }

    const std::shared_ptr<Watch> watch_;
    const size_t wanted_;
    WireMessage message_;
    std::vector<v1::Event> events_;
    Pending over_;
    Done done_ = over_.done();
  };
};

TEST_F(EventFeedTest, OneReadServesAllWhoWaitAtTheEndOfALog) {
  constexpr int kWatchers = 3000;
  std::vector<std::unique_ptr<Follower>> followers;
  const std::string token = world_.List("box").resume_token();
  for (int i = 0; i < kWatchers; ++i) {
    followers.push_back(std::make_unique<Follower>(Open(token), 1));
    followers.back()->Start();
  }
  world_.Drain();
  const int before = reads.passed();
  world_.Enrol("box", "e", KneePatient("box"));
  for (auto& follower : followers) {
    ASSERT_TRUE(follower->Wait().ok());
    ASSERT_EQ(follower->events().size(), 1u);
    EXPECT_EQ(follower->events()[0].enrollment(), "clinics/box/enrollments/e");
  }
  EXPECT_LT(reads.passed() - before, 20);
}

TEST_F(EventFeedTest, LagGrowsWhileAWaitingReaderIsNotReadWhatWasCommitted) {
  EventFeed& feed = world_.engine().event_feed;
  const std::shared_ptr<Watch> watch = Open(world_.List("box").resume_token());
  while (true) {  // until the commit finds the reader waiting
    WireMessage message;
    Pending pending;
    watch->Next(&message, pending.done());
    reads.Hold();
    world_.Write([](store::WriteTransaction& tx) { return tx.AppendEvent("box", v1::Event()); });
    const bool waits = feed.Lag() > absl::ZeroDuration();
    reads.Release();
    ASSERT_TRUE(pending.Wait().ok());
    EXPECT_EQ(feed.Lag(), absl::ZeroDuration());
    if (waits) break;
  }
}

TEST_F(EventFeedTest, ALogIsReadOnceForAllWhoReadItFromTheSamePlace) {
  MakeHistory(100);
  const size_t size = world_.WholeLog("box").size();
  const int before = reads.passed();
  std::vector<std::unique_ptr<Follower>> followers;
  for (int i = 0; i < 50; ++i) followers.push_back(std::make_unique<Follower>(Open(FromTheBeginning()), size));
  for (auto& follower : followers) follower->Start();
  for (auto& follower : followers) ASSERT_TRUE(follower->Wait().ok());
  EXPECT_LT(reads.passed() - before, static_cast<int>(size / 100) + 5);
}

TEST_F(EventFeedTest, AMessageHoldsTheSameBytesForAllWhoAreAtThatPlace) {
  MakeHistory(1);
  WireMessage messages[2];
  for (WireMessage& message : messages) {
    Pending pending;
    Open(FromTheBeginning())->Next(&message, pending.done());
    ASSERT_TRUE(pending.Wait().ok());
  }
  // The first watch is gone, and with it what was cached of the log.
  const auto kept = Open("");
  for (WireMessage& message : messages) {
    Pending pending;
    Open(FromTheBeginning())->Next(&message, pending.done());
    ASSERT_TRUE(pending.Wait().ok());
  }
  ASSERT_EQ(messages[0].size(), 1u);
  EXPECT_EQ(messages[0][0].bytes.data(), messages[1][0].bytes.data());
}

// Old events go while new ones come, and watchers stand anywhere in between.
TEST_F(EventFeedTest, WatchersAtDifferentPlacesSeeEachEventOnceWhileTheLogIsWrittenAndTrimmed) {
  MakeHistory(100);
  PassTime(absl::Hours(1));
  for (int i = 0; i < 300; ++i) world_.Enrol("box", absl::StrCat("mid", i), KneePatient("box"));
  const std::vector<v1::Event> log = world_.WholeLog("box");
  const std::vector<v1::Event> all = Take(*Open(FromTheBeginning()), log.size());
  const size_t old = log.size() - 300;
  constexpr size_t kNew = 200;
  std::mt19937 random(7);
  std::vector<std::pair<size_t, std::unique_ptr<Follower>>> followers;
  for (int i = 0; i < 60; ++i) {
    const size_t from = old + random() % 300;
    const std::string filter = i % 3 == 0 ? "patient: 'p-1'" : "";
    followers.emplace_back(from, std::make_unique<Follower>(Open(all[from - 1].resume_token(), filter),
                                                            log.size() - from + kNew));
  }
  std::thread writer([&] {
    for (size_t i = 0; i < kNew; ++i) world_.Enrol("box", absl::StrCat("new", i), KneePatient("box"));
  });
  std::thread trimmer([&] { PassTime(kDefaultEventRetention); });
  for (auto& [from, follower] : followers) follower->Start();
  for (auto& [from, follower] : followers) ASSERT_TRUE(follower->Wait().ok());
  writer.join();
  trimmer.join();
  std::vector<v1::Event> whole = all;
  for (const v1::Event& event : world_.WholeLog("box")) {
    if (event.enrollment().find("/new") != std::string::npos) whole.push_back(event);
  }
  for (const auto& [from, follower] : followers) {
    EXPECT_EQ(Texts(follower->events()), Texts({whole.begin() + from, whole.end()})) << "from event " << from;
  }
  EXPECT_EQ(ErrorOf(Next(*Open(FromTheBeginning())).status()), "OUT_OF_RANGE/RESUME_TOKEN_EXPIRED")
      << "the log was trimmed meanwhile";
}

// Reads on until it has seen so many events.
class Reader : public LogCursor {
 public:
  Reader(EventFeed& feed, size_t wanted) : LogCursor(feed, "box", 0), feed_(feed), wanted_(wanted) {
    set_bookmark_due(std::chrono::steady_clock::now() + std::chrono::hours(1));
  }
  void Resume() override {
    while (seen_.size() < wanted_) {
      const EventFeed::PollResult found = feed_.Poll(*this);
      if (found.pending) return;
      if (!found.status.ok()) return done_(found.status);
      for (const auto& [chunk, first] : found.events) {
        for (size_t i = first; i < chunk->size(); ++i) seen_.push_back(chunk->event(i));
      }
    }
    done_(absl::OkStatus());
  }
  absl::Status Wait() { return over_.Wait(); }
  const std::vector<v1::Event>& seen() const { return seen_; }

 private:
  EventFeed& feed_;
  const size_t wanted_;
  std::vector<v1::Event> seen_;
  Pending over_;
  Done done_ = over_.done();
};

TEST_F(EventFeedTest, WhatIsNoLongerCachedIsReadAgain) {
  MakeHistory(100);
  const std::vector<v1::Event> log = world_.WholeLog("box");
  EventFeed small(world_.engine().context, /*cache_bytes=*/1);
  std::vector<std::shared_ptr<Reader>> readers;
  for (int i = 0; i < 10; ++i) readers.push_back(std::make_shared<Reader>(small, log.size()));
  const int before = reads.passed();
  for (const auto& reader : readers) reader->Resume();
  for (const auto& reader : readers) {
    ASSERT_TRUE(reader->Wait().ok());
    EXPECT_EQ(Texts(reader->seen()), Texts(log));
  }
  EXPECT_GE(reads.passed() - before, static_cast<int>(log.size() / 128));
}

TEST_F(EventFeedTest, CancelDuringAReadEndsTheWaitWhenItIsDone) {
  reads.Hold();
  Follower follower(Open(FromTheBeginning()), 1);
  follower.Start();
  reads.AwaitHeld(1);
  follower.watch().Abort(absl::CancelledError("cancelled"));
  reads.Release();
  EXPECT_EQ(follower.Wait().code(), absl::StatusCode::kCancelled);
}

TEST_F(EventFeedTest, ShutdownDuringAReadEndsTheWaitWhenItIsDone) {
  reads.Hold();
  Follower follower(Open(FromTheBeginning()), 1);
  follower.Start();
  reads.AwaitHeld(1);
  world_.engine().Shutdown();
  reads.Release();
  EXPECT_EQ(ErrorOf(follower.Wait()), "UNAVAILABLE/SHUTTING_DOWN");
}

// A commit that comes while the end of the log is being read is not taken to be in what was read.
TEST_F(EventFeedTest, WhatIsCommittedDuringAReadIsNotMissed) {
  const auto watch = Open("");
  Good(Next(*watch));
  Follower follower(watch, 2);
  follower.Start();
  reads.Hold();
  world_.Enrol("box", "e", KneePatient("box"));
  reads.AwaitHeld(1);
  world_.Enrol("box", "f", KneePatient("box"));
  reads.Release();
  ASSERT_TRUE(follower.Wait().ok());
  EXPECT_EQ(follower.events()[1].enrollment(), "clinics/box/enrollments/f");
}

TEST_F(EventFeedTest, AWatchFromNowSeesWhatIsAcknowledgedAfterItBegan) {
  reads.Hold();
  Follower first(Open(""), 1);
  first.Start();
  reads.AwaitHeld(1);
  world_.Enrol("box", "e", KneePatient("box"));
  const auto late = Open("");
  WireMessage message;
  Pending pending;
  late->Next(&message, pending.done());  // after e, while the end is being read for the first
  reads.Release();
  ASSERT_TRUE(pending.Wait().ok());
  EXPECT_THAT(Parse(message).events(), IsEmpty());
  world_.Enrol("box", "f", KneePatient("box"));
  EXPECT_EQ(Take(*late, 1)[0].enrollment(), "clinics/box/enrollments/f");
  first.watch().Abort(absl::CancelledError("cancelled"));
  first.Wait().IgnoreError();
}

TEST_F(EventFeedTest, AStoreThatIsBusyIsAskedAgain) {
  MakeHistory(1);
  reads.Refuse(3);
  EXPECT_GT(Good(Next(*Open(FromTheBeginning()))).events_size(), 0);
}

TEST_F(EventFeedTest, ThousandsWhoBeginAtOnceAreNotTooManyForTheStore) {
  MakeHistory(100);
  const std::vector<v1::Event> log = Take(*Open(FromTheBeginning()), world_.WholeLog("box").size());
  std::vector<std::unique_ptr<Follower>> followers;
  for (int i = 0; i < 10000; ++i) {
    const size_t from = i % (log.size() - 1);
    followers.push_back(std::make_unique<Follower>(Open(log[from].resume_token()), 1));
  }
  for (auto& follower : followers) follower->Start();
  for (auto& follower : followers) {
    follower->watch().Abort(absl::CancelledError("cancelled"));
    const absl::Status status = follower->Wait();
    EXPECT_TRUE(status.ok() || absl::IsCancelled(status)) << status;
  }
}

}  // namespace
}  // namespace aftercare::engine
