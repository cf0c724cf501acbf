#include "scheduler/engine/events/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/events/watching.h"

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class WatchTest : public Watching {};

TEST_F(WatchTest, FromTheBeginningEveryEventComesOnceInOrder) {
  MakeHistory();
  const std::vector<v1::Event> log = world_.WholeLog("box");
  ASSERT_GT(log.size(), 200u);
  EXPECT_EQ(Texts(Take(*Open(FromTheBeginning()), log.size())), Texts(log));
}

TEST_F(WatchTest, AMessageEndsWhereItsTokenSays) {
  MakeHistory();
  const v1::WatchEventsResponse first = Good(Next(*Open(FromTheBeginning())));
  EXPECT_EQ(first.resume_token(), first.events().rbegin()->resume_token());
}

TEST_F(WatchTest, FromAnyEventOnTheRestComesOnceInOrder) {
  MakeHistory();
  const std::vector<v1::Event> all = Take(*Open(FromTheBeginning()), world_.WholeLog("box").size());
  for (size_t i = 0; i + 1 < all.size(); i += 7) {
    const std::vector<v1::Event> rest(all.begin() + i + 1, all.end());
    ASSERT_EQ(Texts(Take(*Open(all[i].resume_token()), rest.size())), Texts(rest)) << "after event " << i;
  }
}

TEST_F(WatchTest, AWatchFromNowSaysAtOnceWhereThatIs) {
  MakeHistory();
  const auto watch = Open("");
  const v1::WatchEventsResponse first = Good(Next(*watch));
  EXPECT_THAT(first.events(), IsEmpty());
  ASSERT_TRUE(world_.Complete("clinics/box/enrollments/e0/reminders/visit.2029-09-01").ok());
  for (const auto& from : {watch, Open(first.resume_token())}) {
    const std::vector<v1::Event> events = Take(*from, 1);
    EXPECT_EQ(events[0].reminder().state(), v1::REMINDER_STATE_COMPLETED);
  }
}

TEST_F(WatchTest, AWaitEndsWhenSomethingHappens) {
  const auto watch = Open("");
  Good(Next(*watch));
  WireMessage message;
  Pending pending;
  watch->Next(&message, pending.done());
  EXPECT_FALSE(pending.over());
  world_.CreateSandbox("other", At("2029-03-01T08:00"));
  world_.Enrol("box", "e", KneePatient("box"));
  EXPECT_TRUE(pending.Wait().ok());
  const v1::WatchEventsResponse response = Parse(message);
  ASSERT_THAT(response.events(), SizeIs(1));
  EXPECT_EQ(response.events(0).type(), v1::EVENT_TYPE_ENROLLMENT_CREATED);
}

TEST_F(WatchTest, EventsOfOtherClinicsAreNotSeen) {
  world_.CreateSandbox("other", At("2029-03-01T08:00"));
  world_.CreatePathway("other", "knee", KneePathway());
  world_.Enrol("other", "e", KneePatient("other"));
  world_.Enrol("box", "e", KneePatient("box"));
  const std::vector<v1::Event> events = Take(*Open(FromTheBeginning()), 2);
  EXPECT_EQ(events[0].pathway().name(), "clinics/box/pathways/knee");
  EXPECT_EQ(events[1].enrollment(), "clinics/box/enrollments/e");
}

TEST_F(WatchTest, AFilteredWatchSeesWhatMatchesAndMovesOnOverTheRest) {
  MakeHistory(60);
  const std::string filter = "patient: 'p-59' states: REMINDER_STATE_DUE categories: 'call'";
  const std::vector<v1::Event> events = Take(*Open(FromTheBeginning(), filter), 1);
  EXPECT_EQ(events[0].reminder().name(), "clinics/box/enrollments/e59/reminders/task.2029-03-03");
  const std::vector<v1::Event> everything = Take(*Open(FromTheBeginning(), "patient: 'p-59'"), 10);
  EXPECT_EQ(everything[0].type(), v1::EVENT_TYPE_ENROLLMENT_CREATED);
}

// Real time, since a bookmark is a promise about it: events that do not match keep coming, none is let through, and the
// token moves on all the same.
TEST_F(WatchTest, ABookmarkComesOnAStreamThatLetsNothingThrough) {
  const auto watch = Open("", "patient: 'nobody'");
  Good(Next(*watch));
  WireMessage message;
  Pending pending;
  watch->Next(&message, pending.done());
  int written = 0;
  for (; !pending.over(); ++written) world_.Enrol("box", absl::StrCat("e", written), KneePatient("box"));
  EXPECT_TRUE(pending.Wait().ok());
  const v1::WatchEventsResponse response = Parse(message);
  EXPECT_THAT(response.events(), IsEmpty());
  world_.Enrol("box", "last", KneePatient("box"));
  const v1::WatchEventsResponse rest = Good(Next(*Open(response.resume_token())));
  EXPECT_LT(rest.events_size(), written) << "the bookmark stands behind what was passed over";
}

TEST_F(WatchTest, AListingAndAWatchFromItsTokenMissNothingBetweenThem) {
  MakeHistory();
  const v1::ListRemindersResponse listing = world_.List("box");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e3").ok());
  const std::vector<v1::Event> events = Take(*Open(listing.resume_token()), 2);
  EXPECT_EQ(events[0].reminder().name(), "clinics/box/enrollments/e3/reminders/task.2029-03-03");
  EXPECT_EQ(events[1].type(), v1::EVENT_TYPE_ENROLLMENT_ENDED);
}

// Lists show the clinic's name in the texts of its reminders, and times by its contact hours.
TEST_F(WatchTest, AListingAndAWatchFromItsTokenDoNotMissAChangeOfTheClinic) {
  MakeHistory(1);
  for (const char* filter : {"", "patient: 'p-0'", "enrollment: 'clinics/box/enrollments/e0'"}) {
    const std::string token = world_.List("box", FromText<v1::ReminderFilter>(filter)).resume_token();
    v1::UpdateClinicRequest update;
    update.mutable_clinic()->set_name("clinics/box");
    update.mutable_clinic()->set_phone(absl::StrCat("+1 555 01", std::string(filter).size()));
    const std::string etag = Good(world_.Call(&Engine::clinics, &Clinics::Update, update)).clinic().etag();
    const std::vector<v1::Event> events = Take(*Open(token, filter), 1);
    EXPECT_EQ(events[0].type(), v1::EVENT_TYPE_CLINIC_UPDATED) << filter;
    EXPECT_EQ(events[0].clinic().etag(), etag) << filter;
  }
}

TEST_F(WatchTest, WritersAndReadersAtOnceLoseAndRepeatNothing) {
  constexpr int kWriters = 3;
  constexpr int kEach = 60;
  const auto watch = Open(world_.List("box").resume_token());
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer] {
      for (int i = 0; i < kEach; ++i) world_.Enrol("box", absl::StrCat("w", writer, "-", i), KneePatient("box"));
    });
  }
  const std::vector<v1::Event> seen = Take(*watch, kWriters * kEach);
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Texts(seen), Texts(world_.Events("box")));
}

TEST_F(WatchTest, TokensOfOtherClinicsOrServersAreRefused) {
  world_.CreateSandbox("other", At("2029-03-01T08:00"));
  World elsewhere(At("2029-03-01T08:00"));
  elsewhere.CreateSandbox("box", At("2029-03-01T08:00"));
  for (const std::string& token :
       {world_.List("other").resume_token(), elsewhere.List("box").resume_token(), std::string("nonsense")}) {
    EXPECT_EQ(ErrorOf(TryOpen(token).status()), "INVALID_ARGUMENT/INVALID_RESUME_TOKEN");
  }
}

TEST_F(WatchTest, TokensOutliveTheServer) {
  world_.Enrol("box", "e", KneePatient("box"));
  const std::string token = world_.List("box").resume_token();
  world_.Stop();
  world_.Start();
  world_.Enrol("box", "f", KneePatient("box"));
  EXPECT_EQ(Take(*Open(token), 1)[0].enrollment(), "clinics/box/enrollments/f");
}

TEST_F(WatchTest, BadRequestsAreRefused) {
  EXPECT_THAT(BadFields(TryOpen("", "patient: '!'", "box").status()),
              ::testing::ElementsAre("parent", "filter.patient"));
  const Caller stranger{.principal = "reader", .role = Role::kReader, .clinics = {"other"}};
  EXPECT_EQ(ErrorOf(TryOpen("", "", "clinics/box", stranger).status()),
            "PERMISSION_DENIED/CLINIC_NOT_YOURS");
  EXPECT_EQ(ErrorOf(Next(*Good(TryOpen("", "", "clinics/west"))).status()), "NOT_FOUND/CLINIC_NOT_FOUND");
}

TEST_F(WatchTest, CancelEndsTheWaitAndEveryLaterOne) {
  const auto watch = Open("");
  Good(Next(*watch));
  WireMessage message;
  Pending pending;
  watch->Next(&message, pending.done());
  watch->Abort(absl::CancelledError("cancelled"));
  EXPECT_EQ(pending.Wait().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(Next(*watch).status().code(), absl::StatusCode::kCancelled);
}

TEST_F(WatchTest, CancelAtAnyMomentEndsTheWaitOnce) {
  for (int i = 0; i < 300; ++i) {
    const auto watch = Open("");
    Good(Next(*watch));
    WireMessage message;
    Pending pending;
    std::thread canceller([&] { watch->Abort(absl::CancelledError("cancelled")); });
    watch->Next(&message, pending.done());
    canceller.join();
    EXPECT_EQ(pending.Wait().code(), absl::StatusCode::kCancelled);
  }
}

TEST_F(WatchTest, ShutdownEndsTheWait) {
  const auto watch = Open("");
  Good(Next(*watch));
  WireMessage message;
  Pending pending;
  watch->Next(&message, pending.done());
  world_.engine().Shutdown();
  EXPECT_EQ(ErrorOf(pending.Wait()), "UNAVAILABLE/SHUTTING_DOWN");
}

}  // namespace
}  // namespace aftercare::engine
