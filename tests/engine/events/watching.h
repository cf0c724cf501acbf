// What the tests of watches share.
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

  // The next `count` events, and no more in the message that brings the last.
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

  static std::vector<std::string> Texts(std::vector<v1::Event> events) {
    std::vector<std::string> texts;
    for (v1::Event& event : events) {
      event.clear_resume_token();
      texts.push_back(event.ShortDebugString());
    }
    return texts;
  }

  // A log of more than one message's worth: ten events of each patient.
  void MakeHistory(int patients = 30) {
    for (int i = 0; i < patients; ++i) {
      world_.Enrol("box", absl::StrCat("e", i), KneePatient("box", absl::StrCat("p-", i)));
    }
    world_.Advance("box", At("2029-03-03T20:00"));
  }

  // Real time goes on, and the log is looked after.
  void PassTime(absl::Duration time) {
    const uint64_t seen = world_.engine().context.wakeups().Seen(kEventLogCleanedTopic);
    world_.clock().Advance(time);
    world_.AwaitTopic(kEventLogCleanedTopic, seen);
  }
  // Gives up all events that are in the log.
  void TrimAll() {
    PassTime(absl::Hours(1));
    PassTime(kDefaultEventRetention);
  }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_EVENTS_WATCHING_H_
