// How an import is bounded, refused and ended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/events/event_log_cleaner.h"
#include "tests/engine/clinic_fixture.h"
#include "tests/engine/enrollments/importing.h"
#include "tests/engine/store_gate.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// The gates are the first base, so that they outlive the world.
class ImportLimitsTest : protected StoreGates, public RealTimeFixture {
 protected:
  ImportLimitsTest() : RealTimeFixture({.wrap = StoreGates::Wrap()}) {
    // The log is looked after at the start; that is no line of an import.
    world_.AwaitTopic(kEventLogCleanedTopic, 0);
  }

  // Lines of different patients, numbered from `first`.
  static std::vector<v1::ImportLine> Lines(int first, int count) {
    std::vector<v1::ImportLine> lines;
    for (int i = first; i < first + count; ++i) lines.push_back(Line(i, KneePatient("north", absl::StrCat("p-", i))));
    return lines;
  }
};

TEST_F(ImportLimitsTest, OnlySoManyLinesAreWithTheStoreAndNoMessageIsAskedForMeanwhile) {
  Importing importing(world_);
  importing.Send(Message({}));
  importing.AwaitAsked();
  mutations.Hold();
  importing.Send(Message(Lines(0, 511)));
  importing.AwaitAsked();
  EXPECT_EQ(mutations.held(), 511u);
  importing.Send(Message(Lines(511, 1000)));
  EXPECT_EQ(mutations.held(), 512u);
  EXPECT_FALSE(importing.asked());
  mutations.Release();
  importing.Send(Message(Lines(1511, 1)));
  EXPECT_EQ(CountsOf(importing.Finish()), "1512 created, 0 unchanged, 0 failed");
}

TEST_F(ImportLimitsTest, AFullQueueOnlyMakesItSlower) {
  reads.Refuse(2);
  Importing importing(world_);
  importing.Send(Message(Lines(0, 1)));
  importing.AwaitAsked();
  mutations.Refuse(1500, absl::ResourceExhaustedError("too many mutations are waiting"));
  importing.Send(Message(Lines(1, 1000)));
  EXPECT_EQ(CountsOf(importing.Finish()), "1001 created, 0 unchanged, 0 failed");
  EXPECT_EQ(reads.refusals_left() + mutations.refusals_left(), 0);
}

TEST_F(ImportLimitsTest, AStoreThatCannotCommitEndsItAndItCanBeSentAgain) {
  Importing importing(world_);
  importing.Send(Message(Lines(0, 3)));
  while (world_.Events("north").size() < 3) std::this_thread::yield();
  mutations.Refuse(1, absl::UnavailableError("the disk is full"));
  importing.Send(Message(Lines(3, 3)));
  EXPECT_EQ(importing.Wait().status().code(), absl::StatusCode::kUnavailable);
  Importing again(world_);
  again.Send(Message(Lines(0, 6)));
  const auto response = Good(again.Finish());
  EXPECT_EQ(response.created_count() + response.unchanged_count(), 6);
  EXPECT_GE(response.unchanged_count(), 3);
}

TEST_F(ImportLimitsTest, TheFirstFailuresAreListedAndAllAreCounted) {
  // Every other line is refused at once, the rest only by the store, later.
  std::vector<v1::ImportLine> lines = Lines(0, 1000);
  for (int i = 0; i < 1000; ++i) {
    lines[i].mutable_enrollment()->set_pathway(i % 2 == 0 ? "nonsense" : "clinics/north/pathways/hip");
  }
  Importing importing(world_);
  importing.Send(Message(lines));
  const auto response = importing.Finish();
  EXPECT_EQ(CountsOf(response), "0 created, 0 unchanged, 1000 failed");
  ASSERT_EQ(response->failures_size(), 500);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(response->failures(i).line_number(), i);
}

TEST_F(ImportLimitsTest, TheLongestAnswerFitsIntoWhatClientsAccept) {
  std::vector<v1::ImportLine> lines = Lines(0, 500);
  for (v1::ImportLine& line : lines) {
    line.set_enrollment_id("/");
    for (int i = 0; i < 49; ++i) {
      (*line.mutable_enrollment()->mutable_factors())[absl::StrCat(i, std::string(200, 'f'))] = "x";
    }
  }
  Importing importing(world_);
  importing.Send(Message(lines));
  const auto response = Good(importing.Finish());
  EXPECT_EQ(response.failures_size(), 500);
  EXPECT_LT(response.ByteSizeLong(), 4u << 20);
}

TEST_F(ImportLimitsTest, TheFirstMessageMustNameTheClinic) {
  for (const std::string parent : {"", "north", "clinics/", "clinics/north/pathways/knee"}) {
    Importing importing(world_);
    auto message = Message(Lines(0, 1));
    message.set_parent(parent);
    importing.Send(message);
    EXPECT_THAT(BadFields(importing.Wait().status()), ElementsAre("parent"));
  }
  Importing empty(world_);
  EXPECT_THAT(BadFields(empty.Finish().status()), ElementsAre("parent"));
}

TEST_F(ImportLimitsTest, LaterMessagesMayRepeatTheClinicOrLeaveItOutButNotNameAnother) {
  Importing importing(world_);
  importing.Send(Message(Lines(0, 1)));
  importing.Send(Message(Lines(1, 1)));
  auto message = Message(Lines(2, 1));
  message.clear_parent();
  importing.Send(message);
  message.set_parent("clinics/south");
  importing.Send(message);
  EXPECT_THAT(BadFields(importing.Wait().status()), ElementsAre("parent"));
}

TEST_F(ImportLimitsTest, AClinicThatIsNotThereOrNotTheCallersIsRefusedWhole) {
  Importing unknown(world_);
  auto message = Message({});
  message.set_parent("clinics/south");
  unknown.Send(message);
  EXPECT_EQ(ErrorOf(unknown.Finish().status()), "NOT_FOUND/CLINIC_NOT_FOUND");
  Importing foreign(world_, Caller{.principal = "south", .role = Role::kClinic, .clinics = {"south"}});
  foreign.Send(Message(Lines(0, 1)));
  EXPECT_EQ(ErrorOf(foreign.Wait().status()), "PERMISSION_DENIED/CLINIC_NOT_YOURS");
}

TEST_F(ImportLimitsTest, AMessageHasSoManyLinesAtMost) {
  Importing importing(world_);
  importing.Send(Message(Lines(0, 1000)));
  importing.Send(Message(Lines(0, 1001)));
  EXPECT_THAT(BadFields(importing.Wait().status()), ElementsAre("lines"));
}

TEST_F(ImportLimitsTest, AnImportOfNothingIsAnswered) {
  Importing importing(world_);
  importing.Send(Message({}));
  EXPECT_EQ(CountsOf(importing.Finish()), "0 created, 0 unchanged, 0 failed");
}

TEST_F(ImportLimitsTest, ShutdownEndsAnImportThatWaitsForItsClient) {
  Importing importing(world_);
  importing.Send(Message(Lines(0, 1)));
  importing.AwaitAsked();
  world_.engine().Shutdown();
  EXPECT_EQ(ErrorOf(importing.Wait().status()), "UNAVAILABLE/SHUTTING_DOWN");
  importing.import().Add(Message(Lines(1, 1)));  // what was under way already
  importing.import().Close();
  Importing late(world_);
  EXPECT_EQ(ErrorOf(late.Wait().status()), "UNAVAILABLE/SHUTTING_DOWN");
  EXPECT_FALSE(late.asked());
}

TEST_F(ImportLimitsTest, AClientThatHasGoneEndsItOnceAndWhatIsWithTheStoreIsStored) {
  Importing importing(world_);
  importing.Send(Message({}));
  importing.AwaitAsked();
  mutations.Hold();
  importing.Send(Message(Lines(0, 700)));
  importing.import().Abort(absl::CancelledError("the client has gone"));
  EXPECT_EQ(importing.Wait().status().code(), absl::StatusCode::kCancelled);
  importing.import().Close();
  importing.import().Abort(absl::CancelledError("the client has gone"));
  mutations.Release();
  world_.Drain();
  v1::ListEnrollmentsRequest list;
  list.set_parent("clinics/north");
  list.set_page_size(1000);
  EXPECT_THAT(Good(world_.Call(&Engine::enrollments, &Enrollments::List, list)).enrollments(), SizeIs(512));
}

}  // namespace
}  // namespace aftercare::engine
