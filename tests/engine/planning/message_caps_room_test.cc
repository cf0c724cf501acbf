// Which messages need room under a cap, and which get it.
#include "tests/engine/planning/message_caps_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

class MoreRulesTest : public MessageCapsFixture {
 protected:
  // Also, all for 2 March:
  //   twin   at 09:00
  //   trio   at 09:00
  //   long   at 11:30, until the end of the third day after
  MoreRulesTest()
      : MessageCapsFixture(R"pb(
          message_cap { per_day: 2 }
          rules { id: "twin" phase: "p" category: "cb" schedule { times: "09:00" } texts { key: "en" value: "Twin" } }
          rules { id: "trio" phase: "p" category: "cb" schedule { times: "09:00" } texts { key: "en" value: "Trio" } }
          rules { id: "long" phase: "p" category: "cb" schedule { times: "11:30" window { days: 3 } }
                  texts { key: "en" value: "Long" } }
        )pb") {}
};

TEST_F(MoreRulesTest, WhatWasCalledOffTakesNoRoomFromWhatComesDueWithIt) {
  ASSERT_TRUE(world_.Cancel(Name("a.2029-03-02")).ok());
  EXPECT_THAT(SendUntil("2029-03-02T09:00"), ElementsAre("twin.2029-03-02", "trio.2029-03-02"));
}

TEST_F(MoreRulesTest, WhatSomebodyMovedKeepsThatTimeOfDayHoweverOftenItIsPutOff) {
  ASSERT_TRUE(world_.Move(Name("long.2029-03-02"), At("2029-03-02T15:00")).ok());
  SetHours("openings { opens: '18:00' closes: '24:00' weekdays: WEEKDAY_SATURDAY } "
           "openings { opens: '00:00' closes: '24:00' weekdays: [WEEKDAY_FRIDAY, WEEKDAY_SUNDAY] }");
  SendUntil("2029-03-02T23:00");
  EXPECT_EQ(Of("long.2029-03-02"), "SCHEDULED/DAILY_CAP 2029-03-03T18:00");
  SendUntil("2029-03-03T23:00");
  EXPECT_EQ(Of("long.2029-03-02"), "SCHEDULED/DAILY_CAP 2029-03-04T15:00");
}

class CappedSeriesTest : public MessageCapsFixture {
 protected:
  // Also, of one series in which the newest counts: `old` on 2 March at 18:00, and `new` on 3 March at 09:00.
  CappedSeriesTest()
      : MessageCapsFixture(R"pb(
          message_cap { per_day: 2 } important_categories: "cn" important_categories: "ca" important_categories: "cb"
          rules { id: "old" series: "s" supersede: true phase: "p" category: "cs"
                  schedule { on { days: 1 } times: "18:00" window { days: 1 } } texts { key: "en" value: "Old" } }
          rules { id: "new" series: "s" supersede: true phase: "p" category: "cs"
                  schedule { on { days: 2 } times: "09:00" window { days: 1 } } texts { key: "en" value: "New" } }
          rules { id: "note" phase: "p" category: "cn" supersede: true
                  schedule { daily {} span { days { first: 1 last: 2 } } times: "09:30" window { days: 1 } }
                  texts { key: "en" value: "Note" } }
        )pb") {}
};

TEST_F(CappedSeriesTest, WhatWasPutOffSupersedesNothingThatWasPlannedAfterIt) {
  SendUntil("2029-03-02T23:00");
  ASSERT_EQ(Of("old.2029-03-02"), "SCHEDULED/DAILY_CAP 2029-03-03T18:00");
  for (const char* id : {"a", "b", "note"}) ASSERT_TRUE(world_.Cancel(Name(absl::StrCat(id, ".2029-03-03"))).ok());
  Until("2029-03-03T18:00");
  EXPECT_EQ(StateOf("new.2029-03-03"), "DUE");
  EXPECT_EQ(StateOf("old.2029-03-02"), "EXPIRED/SUPERSEDED");
}

TEST_F(CappedSeriesTest, WhatIsPutOffSupersedesWhatIsOlder) {
  for (const char* id : {"a", "b", "c", "brief", "note"}) {
    ASSERT_TRUE(world_.Cancel(Name(absl::StrCat(id, ".2029-03-02"))).ok());
  }
  Until("2029-03-02T18:00");
  ASSERT_EQ(StateOf("old.2029-03-02"), "DUE");
  Until("2029-03-03T09:00");
  EXPECT_EQ(Of("new.2029-03-03"), "SCHEDULED/DAILY_CAP 2029-03-04T09:00");
  EXPECT_EQ(StateOf("old.2029-03-02"), "EXPIRED/SUPERSEDED");
}

TEST_F(CappedSeriesTest, WhatIsSupersededNeedsNoRoom) {
  Until("2029-03-02T08:00");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  Until("2029-03-03T10:00");
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_EQ(StateOf("note.2029-03-02"), "EXPIRED/SUPERSEDED");
  EXPECT_THAT(SendUntil("2029-03-03T10:00"), ElementsAre("a.2029-03-02", "note.2029-03-03"));
}

class CappedConditionsTest : public MessageCapsFixture {
 protected:
  // Also, on 2 March at 20:00: `maybe`, the most important, unless the patient has answered a question of 9 March.
  CappedConditionsTest()
      : MessageCapsFixture(R"pb(
          message_cap { per_day: 2 } important_categories: "cm"
          rules { id: "ask" phase: "p" category: "ca" answer: ANSWER_KIND_DONE
                  schedule { on { days: 8 } times: "09:00" } texts { key: "en" value: "Done?" } }
          rules { id: "maybe" phase: "p" category: "cm" schedule { times: "20:00" } texts { key: "en" value: "Maybe" }
                  observed { answers { rules: "ask" done: true } unless: true } }
        )pb") {}
};

TEST_F(CappedConditionsTest, WhatAnswersMayWithholdKeepsNoRoom) {
  EXPECT_THAT(SendUntil("2029-03-02T11:30"), ElementsAre("a.2029-03-02", "b.2029-03-02"));
}

TEST_F(CappedConditionsTest, WhatAnswersMayWithholdKeepsNoRoomWhereSomebodyMovedIt) {
  ASSERT_TRUE(world_.Move(Name("maybe.2029-03-02"), At("2029-03-02T21:00")).ok());
  EXPECT_THAT(SendUntil("2029-03-02T11:30"), ElementsAre("a.2029-03-02", "b.2029-03-02"));
}

TEST_F(CappedConditionsTest, WhatAnswersMayWithholdKeepsNoRoomAtItsOwnTime) {
  ASSERT_TRUE(world_.Move(Name("maybe.2029-03-02"), At("2029-03-02T10:00")).ok());
  EXPECT_THAT(SendUntil("2029-03-02T11:30"), ElementsAre("a.2029-03-02", "b.2029-03-02"));
}

class SafetyFirstTest : public MessageCapsFixture {
 protected:
  SafetyFirstTest() : MessageCapsFixture("message_cap { per_day: 2 } safety_categories: 'ca'") {}
};

TEST_F(SafetyFirstTest, ASafetyMessageOfTheSameInstantCountsOnce) {
  ASSERT_TRUE(world_.Move(Name("b.2029-03-02"), At("2029-03-02T09:00")).ok());
  EXPECT_EQ(SendUntil("2029-03-02T09:00").size(), 2u) << "both fit into a cap of two";
}

class ImportanceTest : public MessageCapsFixture {
 protected:
  ImportanceTest()
      : MessageCapsFixture("message_cap { per_day: 2 } important_categories: 'cc' important_categories: 'cb'") {}
};

TEST_F(ImportanceTest, WhatIsMoreImportantGetsTheRoom) {
  EXPECT_THAT(SendUntil("2029-03-02T11:30"), ElementsAre("b.2029-03-02", "c.2029-03-02"));
  EXPECT_EQ(StateOf("a.2029-03-02"), "SCHEDULED/DAILY_CAP");
}

TEST_F(ImportanceTest, WhatWasMovedToALaterTimeOfTheDayKeepsItsRoom) {
  ASSERT_TRUE(world_.Cancel(Name("warn.2029-03-02")).ok());
  ASSERT_TRUE(world_.Move(Name("c.2029-03-02"), At("2029-03-02T20:00")).ok());
  EXPECT_THAT(SendUntil("2029-03-02T21:00"), ElementsAre("b.2029-03-02", "c.2029-03-02"));
}

TEST_F(ImportanceTest, WhatWasCalledOffNeedsNoRoom) {
  ASSERT_TRUE(world_.Cancel(Name("c.2029-03-02")).ok());
  ASSERT_TRUE(world_.Cancel(Name("brief.2029-03-02")).ok());
  EXPECT_THAT(SendUntil("2029-03-02T11:30"), ElementsAre("a.2029-03-02", "b.2029-03-02"));
}

}  // namespace
}  // namespace aftercare::engine
