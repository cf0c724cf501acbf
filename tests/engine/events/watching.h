// The fixture of the tests of watches.
#ifndef AFTERCARE_TESTS_ENGINE_EVENTS_WATCHING_H_
#define AFTERCARE_TESTS_ENGINE_EVENTS_WATCHING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/events/event_log_cleaner.h"
#include "scheduler/engine/events/resume_token.h"
#include "scheduler/engine/events/watch.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {

// A sandbox `box` whose events are kept as long as by default, and helpers that open and read watches.
class Watching : public SandboxFixture {
 protected:
  explicit Watching(World::Wrap wrap = {})
      : SandboxFixture({.wrap = std::move(wrap), .event_retention = kDefaultEventRetention}) {
    world_.AwaitTopic(kEventLogCleanedTopic, 0);
  }

  absl::StatusOr<std::shared_ptr<Watch>> TryOpen(const std::string& token, const std::string& filter = "",
                                                 const std::string& parent = "clinics/box",
                                                 const Caller& caller = Operator()) {
    v1::WatchEventsRequest request;
    request.set_parent(parent);
    request.set_resume_token(token);
    *request.mutable_filter() = FromText<v1::ReminderFilter>(filter);
    return Watch::Open(world_.engine().context, world_.engine().event_feed, world_.CallOf(request, caller), request);
  }
  std::shared_ptr<Watch> Open(const std::string& token, const std::string& filter = "") {
    return Good(TryOpen(token, filter));
  }
  // Returns a resume token from before the first event.
  std::string FromTheBeginning() { return MakeResumeToken(world_.engine().context.tokens(), "box", 0); }

  static v1::WatchEventsResponse Parse(const WireMessage& message) {
    std::string wire;
    for (const SharedBytes& piece : message) wire.append(piece.bytes.data(), piece.bytes.size());
    v1::WatchEventsResponse response;
    EXPECT_TRUE(response.ParseFromString(wire));
    return response;
  }
  static absl::StatusOr<v1::WatchEventsResponse> Next(Watch& watch) {
    WireMessage message;
    Pending pending;
    watch.Next(&message, pending.done());
    absl::Status status = pending.Wait();
    if (!status.ok()) return status;
    return Parse(message);
  }

  // Reads messages until they hold `count` events or one is a bookmark. Fails the test unless there are exactly `count`
  // events.
  static std::vector<v1::Event> Take(Watch& watch, size_t count) {
    std::vector<v1::Event> events;
    while (events.size() < count) {
      const v1::WatchEventsResponse response = Good(Next(watch));
      if (response.events().empty()) break;  // a bookmark: there is nothing more
      events.insert(events.end(), response.events().begin(), response.events().end());
    }
    EXPECT_THAT(events, ::testing::SizeIs(count));
    return events;
  }

  // Returns the events as text, without their resume tokens.
  static std::vector<std::string> Texts(std::vector<v1::Event> events) {
    std::vector<std::string> texts;
    for (v1::Event& event : events) {
      event.clear_resume_token();
      texts.push_back(event.ShortDebugString());
    }
    return texts;
  }

  // Enrols patients and advances the clock, so that the log has ten events for each. With 30 patients it does not fit
  // into one message.
  void MakeHistory(int patients = 30) {
    for (int i = 0; i < patients; ++i) {
      world_.Enrol("box", absl::StrCat("e", i), KneePatient("box", absl::StrCat("p-", i)));
    }
    world_.Advance("box", At("2029-03-03T20:00"));
  }

  // Advances real time, and waits until the log cleaner has run.
  void PassTime(absl::Duration time) {
    const uint64_t seen = world_.engine().context.wakeups().Seen(kEventLogCleanedTopic);
    world_.clock().Advance(time);
    world_.AwaitTopic(kEventLogCleanedTopic, seen);
  }
  // Lets so much time pass that all events of the log are deleted.
  void TrimAll() {
    PassTime(absl::Hours(1));
    PassTime(kDefaultEventRetention);
  }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_EVENTS_WATCHING_H_
