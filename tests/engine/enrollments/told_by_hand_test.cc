// What becomes of what somebody has decided when facts change, and what a change ends at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "scheduler/plan/timestamps.h"
#include "tests/engine/enrollments/told_world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Rule OfCold(v1::Rule rule) { return With(std::move(rule), "series: 'cold'"); }

class ToldByHand : public ::testing::Test {
 protected:
  // Enrols a patient with a procedure on 2 March at 10:00 of that day.
  ToldWorld InMarch(const std::vector<v1::Rule>& rules) {
    return ToldWorld(world_, "c", {.procedure_date = "2026-03-02", .enrolled = "03-02 10:00", .rules = rules});
  }

  World world_{At("2026-01-01T00:00")};
};

TEST_F(ToldByHand, WhatWasCalledOffUnderARenamedRuleComesByTheNewRuleWhenRestored) {
  ToldWorld ana = InMarch({OfCold(Daily("ice", 1, 14, {"08:00"}))});
  ana.CallOff("ice.2026-03-05");
  ana.Revise({OfCold(Daily("cool", 1, 14, {"08:00"}))});
  EXPECT_THAT(ana.Play("03-06 00:00"), ElementsAre("cool 03-03 08:00", "cool 03-04 08:00"));
  ana.CallOff("cool.2026-03-07");
  ana.Revise({OfCold(Daily("ice", 1, 14, {"08:00"}))});
  ASSERT_TRUE(world_.Restore(ana.NameOf("cool.2026-03-07")).ok());
  EXPECT_EQ(ana.StateOf("cool.2026-03-07"), "CANCELLED/MOVED_BY_REANCHOR");
  EXPECT_THAT(ana.Play("03-08 00:00"), ElementsAre("ice 03-06 08:00", "ice 03-07 08:00"));
}

TEST_F(ToldByHand, WhatIsDoneStandsForTheDayThatItCoversThen) {
  ToldWorld ana = InMarch({On("one", {5}, {"08:00"})});
  ana.CallOff("one.2026-03-07");
  ASSERT_TRUE(world_.Restore(ana.NameOf("one.2026-03-07")).ok());
  ana.ChangeDate("2026-03-20");
  ana.Complete("one.2026-03-25");
  EXPECT_THAT(ana.Play("04-20 00:00"), IsEmpty());
}

TEST_F(ToldByHand, AMessageThatCameBackAndWasDeliveredAfterAllIsNotSentAgainAtItsNewTime) {
  ToldWorld ana = InMarch({With(On("one", {1}, {"08:00"}), "schedule { window { days: 1 } }")});
  ana.Skip("03-03 08:00");
  const std::vector<v1::Lease> held = ana.LeaseDue();
  ASSERT_EQ(held.size(), 1u);
  ana.ReportSent(held[0]);
  EXPECT_EQ(world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_BOUNCED).status().code(), 0);
  ana.ChangeZone("America/Los_Angeles");
  EXPECT_EQ(world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_DELIVERED).status().code(), 0);
  EXPECT_THAT(ana.Play("03-04 23:00"), IsEmpty());
}

// The time that was set has passed in the new zone too, so the message stays due.
TEST_F(ToldByHand, APauseEndsNoMessageThatCameDueInAnotherZoneAndWasLeasedSince) {
  ToldWorld ana = InMarch({With(On("one", {1}, {"08:00"}), "schedule { window { days: 1 } }")});
  ASSERT_TRUE(world_.Move(ana.NameOf("one.2026-03-03"), At("2026-03-03T15:00")).ok());
  ana.Skip("03-03 10:00");
  ana.ChangeZone("Europe/Berlin");
  ASSERT_EQ(ana.LeaseDue().size(), 1u);
  ASSERT_TRUE(world_.Pause(ana.enrollment()).ok());
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "DUE");
  ASSERT_TRUE(world_.Resume(ana.enrollment()).ok());
  EXPECT_EQ(ana.LeaseDue().size(), 1u);
}

TEST_F(ToldByHand, AMessageThatCameBackAfterAChangeOfZoneIsSentAtTheNewTime) {
  ToldWorld ana = InMarch({With(On("one", {1}, {"08:00"}), "schedule { window { days: 1 } }")});
  ana.Skip("03-03 08:00");
  const std::vector<v1::Lease> held = ana.LeaseDue();
  ASSERT_EQ(held.size(), 1u);
  ana.ReportSent(held[0]);
  EXPECT_EQ(ana.ChangeZone("America/Los_Angeles").already_sent_count(), 1);
  EXPECT_EQ(world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_BOUNCED).status().code(), 0);
  EXPECT_THAT(ana.Play("03-04 23:00"), ElementsAre("one 03-03 08:00"));
}

TEST_F(ToldByHand, AReminderThatFailedOnceComesAtTheVeryTimeToWhichItIsMoved) {
  ToldWorld ana = InMarch({On("one", {1}, {"08:00"})});
  ana.Skip("03-03 08:00");
  const std::vector<v1::Lease> held = ana.LeaseDue();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status().code(), 0);
  const absl::Time moved_to = ana.now() + absl::Milliseconds(50);
  ASSERT_TRUE(world_.Move(ana.NameOf("one.2026-03-03"), moved_to).ok());
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "SCHEDULED");
  EXPECT_EQ(plan::ToTime(ana.Reminders()[0].due_time()), moved_to);
  ana.ChangeFields("last_name: 'Lee'");
  ana.ChangeSeverity("severe");
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "SCHEDULED");
  EXPECT_EQ(plan::ToTime(ana.Reminders()[0].due_time()), moved_to);
  EXPECT_FALSE(world_.Restore(ana.NameOf("one.2026-03-03~7")).ok()) << "nothing has that name";
}

TEST_F(ToldByHand, TheDifferenceNamesWhatANewerOneSupersedesAtOnce) {
  ToldWorld ana = InMarch({With(OfCold(Daily("ice", 1, 14, {"08:00"})), "supersede: true")});
  ana.Skip("03-05 12:00");
  const v1::PlanDiff diff = ana.Revise({With(OfCold(Daily("ice", 1, 14, {"08:00"})), "supersede: true"),
                                        With(OfCold(Daily("cool", 1, 14, {"10:00"})), "supersede: true")});
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_DROPPED), ElementsAre("ice.2026-03-05"));
  EXPECT_EQ(ana.StateOf("ice.2026-03-05"), "EXPIRED/SUPERSEDED");
  EXPECT_THAT(ana.Play("03-06 00:00"), ElementsAre("cool 03-05 12:00"));
}

TEST_F(ToldByHand, WhatWasSentTakesThePlaceOfALeasedOneThatAChangeEnds) {
  ToldWorld ana = InMarch({With(Daily("ice", 1, 5, {"02:30"}), "schedule { window { days: 3 } }")});
  ASSERT_TRUE(world_.Move(ana.NameOf("ice.2026-03-04"), ana.Local("03-07 11:00")).ok());
  ana.Play("03-07 10:00");
  ana.Skip("03-07 11:00");
  ASSERT_EQ(ana.LeaseDue().size(), 1u);
  ana.ChangeZone("Asia/Tokyo");
  EXPECT_EQ(ana.StateOf("ice.2026-03-04"), "CANCELLED/MOVED_BY_REANCHOR");
  ana.Play("03-30 00:00");
  EXPECT_EQ(ana.sent().size(), 4u) << "days 1, 3, 4 and 5; what told day 3 stands for one day only";
}

TEST_F(ToldByHand, AReminderThatWasMovedAndFailedIsNotPlannedAgainWhenAnotherComesDue) {
  ToldWorld ana = InMarch({With(Daily("ice", 1, 14, {"08:00"}), "schedule { window { hours: 2 } }")});
  ASSERT_TRUE(world_.Move(ana.NameOf("ice.2026-03-07"), ana.Local("03-05 12:00")).ok());
  ana.Play("03-05 10:00");
  ana.Skip("03-05 12:00");
  const std::vector<v1::Lease> held = ana.LeaseDue();
  ASSERT_EQ(held.size(), 1u);
  ana.Revise({With(Daily("ice", 1, 14, {"08:00"}), "schedule { window { hours: 3 } }")});
  EXPECT_EQ(world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE).status().code(), 0);
  EXPECT_EQ(ana.StateOf("ice.2026-03-07"), "FAILED/REJECTED_BY_CHANNEL");
  EXPECT_THAT(ana.Play("03-09 00:00"), ElementsAre("ice 03-06 08:00", "ice 03-08 08:00"));
}

TEST_F(ToldByHand, WhatIsRestoredAfterTheQuestionWasAnsweredIsNotSent) {
  ToldWorld ana = InMarch({With(On("ask", {1}, {"09:00"}), "group: 'group' answer: ANSWER_KIND_DONE"),
                           With(On("nudge", {2}, {"09:00"}), "group: 'group'")});
  ana.CallOff("nudge.2026-03-04");
  ana.Complete("ask.2026-03-03");
  ASSERT_TRUE(world_.Restore(ana.NameOf("nudge.2026-03-04")).ok());
  EXPECT_EQ(ana.StateOf("nudge.2026-03-04"), "CANCELLED/ANSWERED");
}

TEST_F(ToldByHand, AnAnswerEndsAMovedReminderUnderItsOwnNameOnly) {
  ToldWorld ana = InMarch({With(On("ask", {1}, {"09:00"}), "group: 'group' answer: ANSWER_KIND_DONE"),
                           With(On("nudge", {2}, {"09:00"}), "group: 'group'")});
  ASSERT_TRUE(world_.Move(ana.NameOf("nudge.2026-03-04"), ana.Local("03-05 10:00")).ok());
  ana.ChangeZone("America/Los_Angeles");
  ana.Complete("ask.2026-03-03");
  EXPECT_EQ(ana.StateOf("nudge.2026-03-04"), "CANCELLED/ANSWERED");
  EXPECT_EQ(ana.Reminders().size(), 2u);
}

TEST_F(ToldByHand, WhatWasDoneBeforeItsDueTimeSupersedesNothingInAnotherZone) {
  const std::string newest_only = "supersede: true schedule { window { days: 1 } }";
  ToldWorld ana = InMarch({With(On("ice", {1}, {"10:00", "18:00"}), newest_only)});
  ana.ChangeFields("contact_hours { openings { opens: '09:00' closes: '17:30' } }");
  ana.Skip("03-03 20:00");
  ana.Complete("ice.2026-03-03-1800");  // Contact hours have put it off to the next morning.
  ana.ChangeZone("America/Los_Angeles");
  EXPECT_THAT(ana.Play("03-05 00:00"), ElementsAre("ice 03-03 17:00"));
}

TEST_F(ToldByHand, AnotherAddressLeavesAReminderAtTheDayToWhichItWasMovedAfterItsLease) {
  ToldWorld ana = InMarch({With(On("one", {1}, {"08:00"}), "texts { key: 'en' value: 'Today is {date}' }")});
  ana.Skip("03-03 08:00");
  const std::vector<v1::Lease> held = ana.LeaseDue();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status().code(), 0);
  ASSERT_TRUE(world_.Move(ana.NameOf("one.2026-03-03"), ana.Local("03-04 09:00")).ok());
  ana.ChangeFields("contact_points { channel: CHANNEL_EMAIL address: 'ana@example.com' }");
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "SCHEDULED");
  EXPECT_THAT(ana.Play("03-05 00:00"), ElementsAre("one 03-04 09:00"));
}

TEST_F(ToldByHand, WhatIsDueStaysDueThroughADecisionAfterItsRuleGotAnotherTime) {
  ToldWorld ana = InMarch({Daily("ice", 0, 3, {"08:00"})});
  EXPECT_EQ(ana.StateOf("ice.2026-03-02"), "DUE") << "enrolled two hours late";
  ana.Revise({Daily("ice", 0, 3, {"08:00", "18:00"})});
  ana.CallOff("ice.2026-03-03-0800");
  EXPECT_EQ(ana.StateOf("ice.2026-03-02"), "DUE");
  EXPECT_THAT(ana.Play("03-03 00:00"), ElementsAre("ice 03-02 10:00", "ice 03-02 18:00"));
}

TEST_F(ToldByHand, AReminderThatIsStillToComeStaysThoughALaterOneWasDoneAhead) {
  ToldWorld ana = InMarch({With(Daily("ice", 1, 14, {"08:00"}), "schedule { } spread { seconds: 3600 }")});
  const absl::Time due = plan::ToTime(ana.Reminders()[1].due_time());
  ASSERT_GT(due, ana.Local("03-04 08:00") + absl::Seconds(1)) << "the spread puts it off";
  ana.Play("03-04 07:59");
  ana.PlayUntil(due - absl::Seconds(1), [] {});
  ana.Complete("ice.2026-03-05");
  EXPECT_EQ(ana.ChangeSeverity("severe").changes_size(), 0) << "the change is not about ice";
  EXPECT_EQ(ana.StateOf("ice.2026-03-04"), "SCHEDULED");
}

TEST_F(ToldByHand, WhatAnEarlierAttemptSentCountsFromTheLeaseOfThatAttempt) {
  ToldWorld ana(world_, "c", {.procedure_date = "2026-03-09",
                              .enrolled = "03-09 10:00",
                              .rules = {With(Daily("ice", 1, 5, {"00:30"}),
                                             "supersede: true schedule { window { days: 2 } }")},
                              .zone = "Pacific/Apia"});
  ana.Skip("03-14 00:30");
  const std::vector<v1::Lease> first = ana.LeaseDue();
  ASSERT_EQ(first.size(), 1u);
  ana.Skip("03-16 23:59");
  ASSERT_EQ(ana.LeaseDue().size(), 1u);
  ana.ReportSent(first[0]);
  ana.ChangeZone("UTC");
  EXPECT_EQ(ana.StateOf("ice.2026-03-14"), "SENT") << "it told 13 March, by the clocks of today";
  EXPECT_EQ(ana.StateOf("ice.2026-03-14~2"), "DUE") << "and nothing was told since then";
}

TEST_F(ToldByHand, WhatAPauseMadeMissIsNotPlannedAgainAfterAChangeOfZone) {
  ToldWorld ana(world_, "c", {.procedure_date = "2026-03-05",
                              .enrolled = "03-05 10:00",
                              .rules = {On("one", {3}, {"08:00"})},
                              .zone = "Europe/Madrid"});
  ASSERT_TRUE(world_.Pause(ana.enrollment()).ok());
  ASSERT_TRUE(world_.Move(ana.NameOf("one.2026-03-08"), ana.Local("03-09 00:00")).ok());
  ana.ChangeZone("Pacific/Apia");
  ana.Skip("03-10 00:00");
  EXPECT_EQ(ana.StateOf("one.2026-03-08"), "SUPPRESSED/PAUSED");
  ana.ChangeFields("contact_hours { openings { opens: '07:00' closes: '21:00' } }");
  EXPECT_EQ(ana.Reminders().size(), 1u);
}

TEST_F(ToldByHand, WhatWaitsDuringAPauseGoesOnWaitingWhenAnEarlierMessageBounces) {
  ToldWorld ana =
      InMarch({On("one", {0}, {"12:00"}), With(Daily("ice", 1, 9, {"08:00"}), "schedule { window { days: 3 } }")});
  ana.Skip("03-02 12:00");
  const std::vector<v1::Lease> held = ana.LeaseDue();
  ASSERT_EQ(held.size(), 1u);
  ana.ReportSent(held[0]);
  ana.Book("05-31 10:00");  // so that the message is one of earlier facts
  ASSERT_TRUE(world_.Pause(ana.enrollment()).ok());
  ana.Skip("03-05 09:00");
  EXPECT_EQ(world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_BOUNCED).status().code(), 0);
  ASSERT_TRUE(world_.Resume(ana.enrollment()).ok());
  EXPECT_THAT(ana.Play("03-05 09:00"), ElementsAre("ice 03-05 09:00", "ice 03-05 09:00", "ice 03-05 09:00"));
}

TEST_F(ToldByHand, WhatARevisionPutsPastItsWindowIsNeverTold) {
  ToldWorld ana = InMarch({With(On("one", {1}, {"08:00"}), "schedule { window { hours: 4 } }")});
  ana.Skip("03-03 09:30");
  const v1::PlanDiff diff = ana.Revise({With(On("one", {1}, {"08:00"}), "schedule { window { hours: 1 } }")});
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_NEVER_TOLD), ElementsAre("one.2026-03-03 03-03 08:00"));
  EXPECT_THAT(ana.Play("03-05 00:00"), IsEmpty());
}

TEST_F(ToldByHand, AReminderThatWasNeverLeasedKeepsItsNameWhenItsRuleMoves) {
  ToldWorld ana = InMarch({On("one", {1}, {"08:00"})});
  ana.Skip("03-03 08:05");
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "DUE");
  const v1::PlanDiff diff = ana.Revise({On("one", {1}, {"08:15"})});
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_MOVED), ElementsAre("one.2026-03-03 03-03 08:15"));
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "SCHEDULED");
  EXPECT_THAT(ana.Play("03-05 00:00"), ElementsAre("one 03-03 08:15"));
  EXPECT_EQ(ana.Reminders().size(), 1u);
}

TEST_F(ToldByHand, WhatWasSentIsNotSaidToHaveBeenNeverDueAfterAChange) {
  ToldWorld ana = InMarch({On("one", {1}, {"08:00"})});
  ana.Play("03-04 09:00");
  ana.ChangeSeverity("severe");
  const auto shown = world_.Get(ana.NameOf("one.2026-03-03"));
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(shown->state(), v1::REMINDER_STATE_SENT);
  for (const v1::TimeStep& step : shown->steps()) {
    EXPECT_EQ(step.description().find("never due"), std::string::npos) << step.description();
  }
}

TEST_F(ToldByHand, WhatWasMovedByHandAndIsNeverToldIsSaidToBeNeverTold) {
  ToldWorld ana = InMarch({On("one", {3}, {"08:00"})});
  ASSERT_TRUE(world_.Move(ana.NameOf("one.2026-03-05"), ana.Local("03-05 15:00")).ok());
  ana.Skip("03-02 12:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-02-20");
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_NEVER_TOLD), ElementsAre("one.2026-03-05 02-23 08:00"));
}

TEST_F(ToldByHand, WhatIsNeverToldIsSaidSoThoughItsRuleChangesWithTheDate) {
  ToldWorld ana = InMarch({On("one", {3}, {"08:00"})});
  ana.Skip("03-02 12:00");
  v1::UpdateEnrollmentRequest request;
  request.mutable_enrollment()->set_procedure_date("2026-02-20");
  request.mutable_enrollment()->set_pathway_revision(ana.NewRevision({On("one", {3}, {"08:30"})}));
  request.mutable_update_mask()->add_paths("procedure_date");
  request.mutable_update_mask()->add_paths("pathway_revision");
  const v1::PlanDiff diff = ana.Update(std::move(request));
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_NEVER_TOLD), ElementsAre("one.2026-02-23 02-23 08:30"));
}

TEST_F(ToldByHand, WhatIsDueAndNeverLetOutByNewContactHoursIsSuppressedInTheDifference) {
  ToldWorld ana = InMarch({On("one", {1}, {"08:00"})});
  ana.Skip("03-03 09:00");
  const v1::PlanDiff diff = ana.ChangeFields("contact_hours { openings { opens: '07:00' closes: '08:00' } }");
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_SUPPRESSED), ElementsAre("one.2026-03-03 03-03 08:00"));
  EXPECT_THAT(ana.Play("03-05 00:00"), IsEmpty());
}

TEST_F(ToldByHand, WhatWasMovedByHandAndMayNotBeSentIsSuppressedInTheDifference) {
  ToldWorld ana = InMarch({On("one", {3}, {"08:00"})});
  ASSERT_TRUE(world_.Move(ana.NameOf("one.2026-03-05"), ana.Local("03-05 15:00")).ok());
  const v1::PlanDiff diff = ana.ChangeFields("procedure_date: '2026-03-04' consent: CONSENT_REFUSED");
  EXPECT_EQ(diff.suppressed_count(), 1);
  EXPECT_EQ(diff.not_moved_by_hand_count(), 0);
}

}  // namespace
}  // namespace aftercare::engine
