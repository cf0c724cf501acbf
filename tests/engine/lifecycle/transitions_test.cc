#include "scheduler/engine/lifecycle/transitions.h"

#include <gtest/gtest.h>

#include <iterator>

namespace aftercare::engine {
namespace {

constexpr v1::ReminderState No = v1::REMINDER_STATE_UNSPECIFIED;
constexpr v1::ReminderState Schd = v1::REMINDER_STATE_SCHEDULED;
constexpr v1::ReminderState Due = v1::REMINDER_STATE_DUE;
constexpr v1::ReminderState Leas = v1::REMINDER_STATE_LEASED;
constexpr v1::ReminderState Sent = v1::REMINDER_STATE_SENT;
constexpr v1::ReminderState Deli = v1::REMINDER_STATE_DELIVERED;
constexpr v1::ReminderState Comp = v1::REMINDER_STATE_COMPLETED;
constexpr v1::ReminderState Fail = v1::REMINDER_STATE_FAILED;
constexpr v1::ReminderState Expi = v1::REMINDER_STATE_EXPIRED;
constexpr v1::ReminderState Canc = v1::REMINDER_STATE_CANCELLED;
constexpr v1::ReminderState Supp = v1::REMINDER_STATE_SUPPRESSED;

constexpr ReminderEvent kReminderEvents[] = {
    ReminderEvent::kReschedule, ReminderEvent::kFire,     ReminderEvent::kSuppress,  ReminderEvent::kExpire,
    ReminderEvent::kSupersede,  ReminderEvent::kLease,    ReminderEvent::kRetry,     ReminderEvent::kRelease,
    ReminderEvent::kFail,       ReminderEvent::kSent,     ReminderEvent::kDelivered, ReminderEvent::kBounced,
    ReminderEvent::kRedrive,    ReminderEvent::kComplete, ReminderEvent::kCancel,    ReminderEvent::kEnd};

struct Row {
  v1::ReminderState from;
  v1::ReminderState to[std::size(kReminderEvents)];  // No: cannot happen
};

constexpr Row kRows[] = {
    // from   resc  fire  supp  expi  supe  lease retry rele  fail  sent  deli  boun  redr  comp  canc  end
    {No,   {No,   No,   No,   No,   No,   No,   No,   No,   No,   No,   No,   No,   No,   No,   No,   No}},
    {Schd, {Schd, Due,  Supp, Expi, Expi, No,   No,   No,   No,   Sent, No,   No,   No,   Comp, Canc, Canc}},
    {Due,  {Schd, No,   Supp, Expi, Expi, Leas, No,   No,   No,   Sent, No,   No,   No,   Comp, Canc, Canc}},
    {Leas, {Schd, No,   Supp, Expi, Expi, Leas, Due,  Due,  Fail, Sent, No,   No,   No,   Comp, Canc, Canc}},
    {Sent, {No,   No,   No,   No,   No,   No,   No,   No,   No,   Sent, Deli, Fail, No,   Comp, No,   No}},
    {Deli, {No,   No,   No,   No,   No,   No,   No,   No,   No,   Deli, Deli, Deli, No,   Comp, No,   No}},
    {Comp, {No,   No,   No,   No,   No,   No,   No,   No,   No,   Comp, Comp, Comp, No,   Comp, No,   No}},
    {Fail, {Schd, No,   No,   No,   No,   No,   No,   No,   No,   Sent, Deli, Fail, Due,  No,   No,   No}},
    {Expi, {Schd, No,   No,   No,   No,   No,   No,   No,   No,   Sent, No,   No,   No,   No,   No,   No}},
    {Canc, {Schd, No,   No,   No,   No,   No,   No,   No,   No,   Sent, No,   No,   No,   No,   Canc, No}},
    {Supp, {Schd, No,   No,   No,   No,   No,   No,   No,   No,   Sent, No,   No,   No,   No,   No,   No}},
};

TEST(TransitionsTest, EveryInputInEveryStateLeadsWhereTheTableSaysAndNowhereElse) {
  for (const Row& row : kRows) {
    for (size_t i = 0; i < std::size(kReminderEvents); ++i) {
      EXPECT_EQ(NextState(row.from, kReminderEvents[i]).value_or(No), row.to[i])
          << v1::ReminderState_Name(row.from) << ", event " << i;
    }
  }
}

TEST(TransitionsTest, TheTableHereKnowsEveryStateAndEveryInputThereIs) {
  EXPECT_EQ(static_cast<int>(std::size(kRows)), v1::ReminderState_descriptor()->value_count());
  EXPECT_TRUE(
      std::equal(std::begin(kReminderEvents), std::end(kReminderEvents), std::begin(kAllReminderEvents), std::end(kAllReminderEvents)));
}

TEST(TransitionsTest, TerminalStatesAreLeftOnlyByReportsOrCompletionOrWhereSomebodyAsksForIt) {
  for (const Row& row : kRows) {
    if (!IsTerminal(row.from)) continue;
    for (size_t i = 0; i < std::size(kReminderEvents); ++i) {
      const v1::ReminderState to = row.to[i];
      EXPECT_TRUE(to == No || IsTerminal(to) || kReminderEvents[i] == ReminderEvent::kReschedule ||
                  kReminderEvents[i] == ReminderEvent::kRedrive)
          << v1::ReminderState_Name(row.from);
    }
  }
}

TEST(TransitionsTest, WhatWasSentOrDoneNeverComesAgain) {
  for (const Row& row : kRows) {
    if (row.from != Sent && row.from != Deli && row.from != Comp) continue;
    for (const v1::ReminderState to : row.to) EXPECT_TRUE(to == No || IsTerminal(to));
  }
}

TEST(TransitionsTest, PendingStatesAreNotTerminal) {
  for (const v1::ReminderState state : {No, Schd, Due, Leas}) EXPECT_FALSE(IsTerminal(state));
  for (const v1::ReminderState state : {Sent, Deli, Comp, Fail, Expi, Canc, Supp}) EXPECT_TRUE(IsTerminal(state));
}

TEST(TransitionsTest, OnlyWhatIsDueOrLeasedIsOpenAndWhatIsScheduledIsPendingToo) {
  for (const Row& row : kRows) {
    EXPECT_EQ(IsOpen(row.from), row.from == Due || row.from == Leas) << v1::ReminderState_Name(row.from);
    EXPECT_EQ(IsPending(row.from), row.from == Schd || IsOpen(row.from)) << v1::ReminderState_Name(row.from);
  }
}

TEST(TransitionsTest, WhatBouncedWasSent) {
  for (const v1::ReminderState state : {Sent, Deli, Comp}) {
    EXPECT_TRUE(WasSentOrCompleted(state, v1::REMINDER_REASON_UNSPECIFIED));
  }
  EXPECT_TRUE(WasSentOrCompleted(Fail, v1::REMINDER_REASON_BOUNCED));
  EXPECT_FALSE(WasSentOrCompleted(Fail, v1::REMINDER_REASON_ATTEMPTS_EXHAUSTED));
  EXPECT_FALSE(WasSentOrCompleted(Leas, v1::REMINDER_REASON_UNSPECIFIED));
}

}  // namespace
}  // namespace aftercare::engine
