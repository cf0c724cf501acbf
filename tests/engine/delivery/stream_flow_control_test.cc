#include "scheduler/engine/delivery/stream_flow_control.h"

#include <gtest/gtest.h>

namespace aftercare::engine {
namespace {

using Step = StreamFlowControl::Step;

class StreamFlowControlTest : public ::testing::Test {
 protected:
  // The next step; `held_`, `has_output_` and `needs_check_` are as the stream would say. Writing empties the output.
  Step Next() {
    const Step step = flow_.NextStep(has_output_, needs_check_, held_);
    if (step == Step::kWrite) has_output_ = false;
    if (step == Step::kCheckLeases) needs_check_ = false;
    return step;
  }

  // A stream whose gateway may hold ten leases, and reads.
  void Open() {
    flow_.Configure(10);
    flow_.OnWriterReady();
  }

  // A stream that looked for leases and found none.
  void OpenIdle() {
    Open();
    EXPECT_EQ(Next(), Step::kLease);
    flow_.OnWorkDone();
    EXPECT_EQ(Next(), Step::kNone);
  }

  StreamFlowControl flow_;
  bool has_output_ = false;
  bool needs_check_ = false;
  int held_ = 0;
};

TEST_F(StreamFlowControlTest, NothingIsLeasedOrCheckedBeforeTheStreamIsConfigured) {
  flow_.OnWriterReady();
  flow_.OnMoreToLease();
  needs_check_ = true;
  EXPECT_EQ(flow_.LeaseLimit(0), 0);
  EXPECT_EQ(Next(), Step::kNone);
}

TEST_F(StreamFlowControlTest, AConfiguredStreamLooksForLeasesAtOnce) {
  Open();
  EXPECT_EQ(Next(), Step::kLease);
  EXPECT_TRUE(flow_.is_leasing());
  EXPECT_EQ(Next(), Step::kNone) << "one look at a time";
}

TEST_F(StreamFlowControlTest, ALookMayLeaseWhatTheGatewayHasRoomForUpToAThousand) {
  flow_.Configure(10'000);
  EXPECT_EQ(flow_.LeaseLimit(0), 1000);
  EXPECT_EQ(flow_.LeaseLimit(9'001), 999);
  EXPECT_EQ(flow_.LeaseLimit(10'000), 0);
  EXPECT_EQ(flow_.LeaseLimit(10'001), 0);
}

TEST_F(StreamFlowControlTest, NothingIsLeasedWhileTheGatewayHoldsAllItMay) {
  Open();
  held_ = 10;
  EXPECT_EQ(Next(), Step::kNone);
  held_ = 9;
  EXPECT_EQ(Next(), Step::kLease);
}

TEST_F(StreamFlowControlTest, NothingIsLeasedForAGatewayThatDoesNotRead) {
  flow_.Configure(10);
  EXPECT_EQ(Next(), Step::kNone);
  flow_.OnWriterReady();
  EXPECT_EQ(Next(), Step::kLease);
}

TEST_F(StreamFlowControlTest, AfterALookNothingMoreIsLookedForUntilThereMayBeMore) {
  OpenIdle();
  flow_.OnMoreToLease();
  EXPECT_EQ(Next(), Step::kLease);
}

TEST_F(StreamFlowControlTest, WhatIsNotifiedDuringALookLeadsToAnother) {
  Open();
  EXPECT_EQ(Next(), Step::kLease);
  flow_.OnMoreToLease();
  EXPECT_EQ(Next(), Step::kNone);
  flow_.OnWorkDone();
  EXPECT_EQ(Next(), Step::kLease);
}

TEST_F(StreamFlowControlTest, OutputIsWrittenOnceForEachTimeTheWriterIsReady) {
  OpenIdle();
  has_output_ = true;
  EXPECT_EQ(Next(), Step::kWrite);
  has_output_ = true;
  EXPECT_EQ(Next(), Step::kNone);
  flow_.OnWriterReady();
  EXPECT_EQ(Next(), Step::kWrite);
}

TEST_F(StreamFlowControlTest, OutputIsWrittenBeforeMoreIsLeased) {
  Open();
  has_output_ = true;
  EXPECT_EQ(Next(), Step::kWrite);
  EXPECT_EQ(Next(), Step::kNone);
}

TEST_F(StreamFlowControlTest, OutputIsWrittenWhileALookIsUnderWay) {
  Open();
  EXPECT_EQ(Next(), Step::kLease);
  has_output_ = true;
  EXPECT_EQ(Next(), Step::kWrite);
}

TEST_F(StreamFlowControlTest, HeldLeasesAreCheckedBeforeMoreIsLeased) {
  Open();
  needs_check_ = true;
  EXPECT_EQ(Next(), Step::kCheckLeases);
  EXPECT_FALSE(flow_.is_leasing());
  EXPECT_EQ(Next(), Step::kNone) << "no look during a check";
  flow_.OnWorkDone();
  EXPECT_EQ(Next(), Step::kLease);
  needs_check_ = true;
  EXPECT_EQ(Next(), Step::kNone) << "no check during a look";
  flow_.OnWorkDone();
  EXPECT_EQ(Next(), Step::kCheckLeases);
}

TEST_F(StreamFlowControlTest, HeldLeasesAreCheckedThoughTheGatewayDoesNotRead) {
  flow_.Configure(10);
  needs_check_ = true;
  EXPECT_EQ(Next(), Step::kCheckLeases);
}

TEST_F(StreamFlowControlTest, TheNextMessageIsReadWhenTheResponsesToTheLastAreWritten) {
  OpenIdle();
  EXPECT_TRUE(flow_.OnMessage());
  EXPECT_EQ(Next(), Step::kNone) << "the message is being handled";
  has_output_ = true;
  flow_.OnMessageHandled();
  EXPECT_EQ(Next(), Step::kWrite);
  EXPECT_EQ(Next(), Step::kReadMessage);
  flow_.OnReadRequested();
  EXPECT_EQ(Next(), Step::kNone) << "asked for once";
}

TEST_F(StreamFlowControlTest, NothingMoreIsReadFromAGatewayThatDoesNotRead) {
  flow_.Configure(10);
  flow_.OnMessage();
  flow_.OnMessageHandled();
  has_output_ = true;
  EXPECT_EQ(Next(), Step::kNone);
}

TEST_F(StreamFlowControlTest, AMessageThatComesWhileItIsAskedForIsHandledAndTheNextWaits) {
  OpenIdle();
  flow_.OnMessage();
  flow_.OnMessageHandled();
  EXPECT_EQ(Next(), Step::kReadMessage);
  EXPECT_TRUE(flow_.OnMessage());
  flow_.OnMessageHandled();
  EXPECT_EQ(Next(), Step::kNone);
  flow_.OnReadRequested();
  EXPECT_EQ(Next(), Step::kReadMessage);
}

TEST_F(StreamFlowControlTest, LeasesAreLookedForWhileAMessageIsHandled) {
  Open();
  flow_.OnMessage();
  EXPECT_EQ(Next(), Step::kLease);
}

TEST_F(StreamFlowControlTest, AClosedStreamLeasesNothingAndEndsWhenItsOutputIsWritten) {
  Open();
  flow_.OnMessage();
  flow_.Close();
  EXPECT_EQ(Next(), Step::kNone) << "the message is being handled";
  flow_.OnMessageHandled();
  has_output_ = true;
  EXPECT_EQ(Next(), Step::kWrite);
  EXPECT_EQ(Next(), Step::kReadMessage) << "which finds that the gateway sends no more";
  flow_.OnWriterReady();
  EXPECT_EQ(Next(), Step::kNone) << "the read is being asked for";
  flow_.OnReadRequested();
  EXPECT_FALSE(flow_.is_over());
  EXPECT_EQ(Next(), Step::kEnd);
  EXPECT_TRUE(flow_.is_over());
  EXPECT_EQ(Next(), Step::kNone);
}

TEST_F(StreamFlowControlTest, AClosedStreamWaitsForTheLookUnderWayAndWritesWhatItBrings) {
  Open();
  EXPECT_EQ(Next(), Step::kLease);
  flow_.Close();
  EXPECT_EQ(Next(), Step::kNone);
  flow_.OnMoreToLease();
  flow_.OnWorkDone();
  has_output_ = true;
  EXPECT_EQ(Next(), Step::kWrite);
  EXPECT_EQ(Next(), Step::kNone) << "the writer is not ready";
  flow_.OnWriterReady();
  EXPECT_EQ(Next(), Step::kEnd);
}

TEST_F(StreamFlowControlTest, AnAbortedStreamEndsWithoutWritingWhenNothingIsUnderWay) {
  Open();
  EXPECT_EQ(Next(), Step::kLease);
  flow_.OnMessage();
  EXPECT_FALSE(flow_.is_ending());
  EXPECT_TRUE(flow_.Abort());
  EXPECT_TRUE(flow_.is_ending());
  has_output_ = true;
  EXPECT_EQ(Next(), Step::kNone);
  flow_.OnWorkDone();
  EXPECT_EQ(Next(), Step::kNone) << "the message is being handled";
  flow_.OnMessageHandled();
  EXPECT_EQ(Next(), Step::kEnd);
}

TEST_F(StreamFlowControlTest, AnAbortedStreamEndsOnlyWhenTheWriterIsReady) {
  EXPECT_TRUE(flow_.Abort());
  EXPECT_EQ(Next(), Step::kNone);
  flow_.OnWriterReady();
  EXPECT_EQ(Next(), Step::kEnd);
}

TEST_F(StreamFlowControlTest, AnAbortedStreamIgnoresMessagesAndIsAbortedOnce) {
  Open();
  EXPECT_TRUE(flow_.Abort());
  EXPECT_FALSE(flow_.Abort());
  EXPECT_FALSE(flow_.OnMessage());
  flow_.Close();
  EXPECT_EQ(Next(), Step::kEnd);
  EXPECT_FALSE(flow_.Abort());
  EXPECT_FALSE(flow_.OnMessage());
}

TEST_F(StreamFlowControlTest, AClosedStreamMayStillBeAborted) {
  OpenIdle();
  flow_.Close();
  has_output_ = true;
  EXPECT_TRUE(flow_.Abort());
  EXPECT_EQ(Next(), Step::kEnd);
}

}  // namespace
}  // namespace aftercare::engine
