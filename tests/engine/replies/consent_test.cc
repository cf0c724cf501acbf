// Consent by channel: what opting out of one does to what is due, with a gateway, or still to come. And the record of
// every decision.
#include "scheduler/engine/replies/consent.h"

#include "tests/engine/enrollments/importing.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ConsentTest : public Replying {};

TEST_F(ConsentTest, WhatComesDueGoesByTheFirstChannelThatIsWanted) {
  world_.Enrol("box", "e", Patient());
  EXPECT_EQ(ChannelOf("ask.2029-03-02"), "sms");
  EXPECT_EQ(Consent("SMS", "REFUSED"), "1");
  EXPECT_EQ(OptedOut("e"), "1");
  EXPECT_EQ(ChannelOf("ask.2029-03-02"), "email");
  EXPECT_THAT(SendUntil("2029-03-02T12:00"), ElementsAre("ask.2029-03-02 by email", "walk.2029-03-02 by email"));
  EXPECT_EQ(Consent("SMS", "GRANTED"), "");
  EXPECT_THAT(SendUntil("2029-03-02T15:00"), ElementsAre("tip.2029-03-02 by sms"));
  world_.ExpectListsAgree("box");
}

TEST_F(ConsentTest, WhatIsDueGoesToTheNextContactPointAtOnce) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  EXPECT_EQ(Consent("SMS", "REFUSED"), "1");
  EXPECT_EQ(Of("ask.2029-03-02"), "DUE");
  EXPECT_EQ(ChannelOf("ask.2029-03-02"), "email");
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by email"));
}

TEST_F(ConsentTest, APauseAfterAFailureWasForTheChannelThatIsOptedOutOf) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  world_.Report(world_.Lease("box").at(0).lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  Consent("SMS", "REFUSED");
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by email"));
}

TEST_F(ConsentTest, OptingOutEndsLeasesOnThatChannel) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  const std::string lease = world_.Lease("box").at(0).lease_id();
  Consent("SMS", "REFUSED");
  EXPECT_EQ(Of("ask.2029-03-02"), "DUE");
  EXPECT_EQ(ErrorOf(world_.Report(lease, v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status()),
            "FAILED_PRECONDITION/LEASE_LOST");
  const auto again = world_.Lease("box");
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].contact_point().address(), "ana@example.com");
  EXPECT_EQ(again[0].attempt(), 2);
  // A sent message cannot be unsent.
  EXPECT_EQ(world_.Report(lease, v1::DELIVERY_OUTCOME_SENT).state(), v1::REMINDER_STATE_SENT);
}

TEST_F(ConsentTest, WithNoChannelLeftMessagesEndOptedOut) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  const std::string lease = world_.Lease("box").at(0).lease_id();
  Until("2029-03-02T12:00");
  Consent("EMAIL", "REFUSED");
  EXPECT_EQ(Of("ask.2029-03-02"), "LEASED") << "it goes by sms";
  EXPECT_EQ(Consent("SMS", "REFUSED"), "1,2");
  EXPECT_EQ(Of("ask.2029-03-02"), "SUPPRESSED/OPTED_OUT");
  EXPECT_EQ(Of("walk.2029-03-02"), "SUPPRESSED/OPTED_OUT");
  EXPECT_EQ(Of("tip.2029-03-02"), "SCHEDULED");
  EXPECT_EQ(ChannelOf("tip.2029-03-02"), "");
  Until("2029-03-05T10:00");
  EXPECT_EQ(Of("tip.2029-03-02"), "SUPPRESSED/OPTED_OUT");
  EXPECT_EQ(Of("task.2029-03-05"), "DUE") << "what the care team has to do is no message";
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  EXPECT_EQ(ErrorOf(world_.Report(lease, v1::DELIVERY_OUTCOME_RELEASED).status()), "FAILED_PRECONDITION/LEASE_LOST");
  world_.ExpectListsAgree("box");
}

TEST_F(ConsentTest, AnotherChannelIsLeftAlone) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  const auto leases = world_.Lease("box");
  Consent("EMAIL", "REFUSED");
  EXPECT_EQ(Of("ask.2029-03-02"), "LEASED");
  EXPECT_EQ(world_.Report(leases.at(0).lease_id(), v1::DELIVERY_OUTCOME_SENT).state(), v1::REMINDER_STATE_SENT);
  EXPECT_THAT(SendUntil("2029-03-02T12:00"), ElementsAre("walk.2029-03-02 by sms"));
}

TEST_F(ConsentTest, ContactPointsOfTheSameChannelAreAllPassedOver) {
  v1::Enrollment patient = Patient();
  *patient.mutable_contact_points(1) = FromText<v1::ContactPoint>("channel: CHANNEL_SMS address: '+15550199'");
  *patient.add_contact_points() = FromText<v1::ContactPoint>("channel: CHANNEL_WEBHOOK address: 'app-1'");
  world_.Enrol("box", "e", patient);
  Until("2029-03-02T09:00");
  Consent("SMS", "REFUSED");
  EXPECT_EQ(world_.Lease("box").at(0).contact_point().address(), "app-1");
}

TEST_F(ConsentTest, OptingInIsForWhatComesDueFromThenOn) {
  world_.Enrol("box", "e", Patient());
  Consent("SMS", "REFUSED");
  Consent("EMAIL", "REFUSED");
  Until("2029-03-02T09:00");
  EXPECT_EQ(Consent("SMS", "GRANTED"), "2");
  EXPECT_EQ(Of("ask.2029-03-02"), "SUPPRESSED/OPTED_OUT");
  EXPECT_THAT(SendUntil("2029-03-02T12:00"), ElementsAre("walk.2029-03-02 by sms"));
}

TEST_F(ConsentTest, WhatWasDecidedBeforeIsRecordedOnceMoreAndChangesNothingElse) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  size_t events = world_.Events("box").size();
  EXPECT_EQ(Consent("SMS", "GRANTED"), "");
  EXPECT_THAT(EventsSince(events), ElementsAre("ENROLLMENT_UPDATED"));
  events = world_.Events("box").size();
  Consent("SMS", "REFUSED");
  EXPECT_THAT(EventsSince(events), ElementsAre("CONSENT_CHANGED", "ENROLLMENT_UPDATED", "REMINDER_CHANGED"));
  Until("2029-03-02T09:01");
  events = world_.Events("box").size();
  EXPECT_EQ(Consent("SMS", "REFUSED"), "1");
  EXPECT_THAT(EventsSince(events), ElementsAre("ENROLLMENT_UPDATED"));
  EXPECT_THAT(Decisions(), ElementsAre("channel 1 REFUSED 09:01", "channel 1 REFUSED 09:00", "channel 1 GRANTED 09:00",
                                       "all GRANTED 08:00"));
}

TEST_F(ConsentTest, TheLogNamesPatientAndChannelAndNoAddress) {
  world_.Enrol("box", "e", Patient());
  Consent("SMS", "REFUSED");
  const auto events = world_.Events("box");
  const v1::Event& event = events.at(events.size() - 2);
  EXPECT_EQ(event.type(), v1::EVENT_TYPE_CONSENT_CHANGED);
  EXPECT_EQ(event.patient(), "p-1");
  EXPECT_EQ(event.enrollment(), "");
  EXPECT_EQ(event.consent().channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(event.consent().consent(), v1::CONSENT_REFUSED);
  for (const v1::Event& logged : events) EXPECT_EQ(logged.DebugString().find("5550100"), std::string::npos);
}

TEST_F(ConsentTest, AllEnrollmentsOfThePatientAreConcernedAndNobodyElse) {
  world_.Enrol("box", "left", Patient());
  world_.Enrol("box", "right", Patient());
  world_.Enrol("box", "other", Patient("p-2"));
  Until("2029-03-02T09:00");
  Consent("SMS", "REFUSED");
  EXPECT_EQ(
      ChannelOf("ask.2029-03-02", "left") + ChannelOf("ask.2029-03-02", "right") + ChannelOf("ask.2029-03-02", "other"),
      "emailemailsms");
  EXPECT_EQ(OptedOut("left") + OptedOut("right") + OptedOut("other"), "11");
  world_.ExpectListsAgree("box");
}

TEST_F(ConsentTest, NewEnrollmentsInheritTheOptOut) {
  world_.Enrol("box", "e", Patient());
  Consent("SMS", "REFUSED");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  world_.Enrol("box", "next", Patient());
  EXPECT_EQ(OptedOut("next"), "1");

  v1::ImportEnrollmentsRequest lines;
  lines.set_parent("clinics/box");
  lines.set_allow_concurrent(true);
  *lines.add_lines()->mutable_enrollment() = Patient();
  lines.mutable_lines(0)->set_enrollment_id("imported");
  Importing importing(world_);
  importing.Send(lines);
  EXPECT_EQ(CountsOf(importing.Finish()), "1 created, 0 unchanged, 0 failed");
  EXPECT_EQ(OptedOut("imported"), "1");
  Importing again(world_);
  again.Send(lines);
  EXPECT_EQ(CountsOf(again.Finish()), "0 created, 1 unchanged, 0 failed");
  EXPECT_THAT(SendUntil("2029-03-02T09:00"), ElementsAre("ask.2029-03-02 by email", "ask.2029-03-02 by email"));
}

TEST_F(ConsentTest, AnOptOutHoldsForAnEndedEnrollment) {
  world_.Enrol("box", "e", Patient());
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Consent("SMS", "REFUSED"), "1");
  EXPECT_EQ(OptedOut("e"), "1");
}

TEST_F(ConsentTest, WhileAnEnrollmentIsPausedNothingIsLeasedBecauseOfIt) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  Consent("SMS", "REFUSED");
  EXPECT_THAT(Send(), IsEmpty());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by email"));
}

TEST_F(ConsentTest, ChangedContactPointsAreChosenFromByItToo) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  Consent("SMS", "REFUSED");
  world_.Update("clinics/box/enrollments/e", R"pb(
    contact_points { channel: CHANNEL_SMS address: "+15550111" }
    contact_points { channel: CHANNEL_EMAIL address: "new@example.com" }
  )pb");
  EXPECT_EQ(world_.Lease("box").at(0).contact_point().address(), "new@example.com");
  world_.Update("clinics/box/enrollments/e", "contact_points { channel: CHANNEL_SMS address: '+15550111' }");
  EXPECT_EQ(Of("ask.2029-03-02"), "SUPPRESSED/OPTED_OUT");
  EXPECT_EQ(OptedOut("e"), "1");
}

TEST_F(ConsentTest, RefusalOfAllMessagesAndWantOfAContactPointAreToldAsBefore) {
  v1::Enrollment refused = Patient();
  refused.set_consent(v1::CONSENT_REFUSED);
  v1::Enrollment unreachable = Patient();
  unreachable.clear_contact_points();
  world_.Enrol("box", "refused", refused);
  world_.Enrol("box", "unreachable", unreachable);
  Consent("SMS", "REFUSED");
  Until("2029-03-02T09:00");
  EXPECT_EQ(Of("ask.2029-03-02", "refused"), "SUPPRESSED/NO_CONSENT");
  EXPECT_EQ(Of("ask.2029-03-02", "unreachable"), "SUPPRESSED/NO_CONTACT_POINT");
}

TEST_F(ConsentTest, ListsByChannelFollowTheOptOut) {
  world_.Enrol("box", "e", Patient());
  const auto count = [&](v1::Channel channel) {
    v1::ReminderFilter filter;
    filter.set_channel(channel);
    return world_.ListAll("box", filter, 1000).size();
  };
  const size_t all = count(v1::CHANNEL_SMS);
  EXPECT_EQ(count(v1::CHANNEL_EMAIL), 0u);
  Consent("SMS", "REFUSED");
  EXPECT_EQ(count(v1::CHANNEL_SMS), 0u);
  EXPECT_EQ(count(v1::CHANNEL_EMAIL), all);
}

TEST_F(ConsentTest, AGatewayThatWaitsForTheOtherChannelIsWoken) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  LongPoll poll(world_, FromText<v1::LeaseRemindersRequest>(
                            "parent: 'clinics/box' wait { seconds: 50 } filter { channel: CHANNEL_EMAIL }"));
  world_.Drain();
  EXPECT_FALSE(poll.pending.over());
  Consent("SMS", "REFUSED");
  ASSERT_TRUE(poll.pending.Wait().ok());
  EXPECT_EQ(poll.response.leases_size(), 1);
}

TEST_F(ConsentTest, AMovedReminderGoesByTheFirstChannelThatIsWantedWhenItComesDue) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  world_.Report(world_.Lease("box").at(0).lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  EXPECT_EQ(ChannelOf("ask.2029-03-02"), "email");
  ASSERT_TRUE(world_.Move(Name("ask.2029-03-02"), At("2029-03-02T10:00")).ok());
  world_.Update("clinics/box/enrollments/e", "contact_points { channel: CHANNEL_SMS address: '+15550111' }");
  EXPECT_EQ(ChannelOf("ask.2029-03-02"), "sms");
  EXPECT_THAT(SendUntil("2029-03-02T10:00"), ElementsAre("ask.2029-03-02 by sms"));
}

TEST_F(ConsentTest, EveryBadFieldIsNamed) {
  world_.Enrol("box", "e", Patient());
  const absl::Status status = TryConsent("request_id: '/'").status();
  EXPECT_EQ(ErrorOf(status), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_THAT(BadFields(status), ElementsAre("parent", "patient", "decision.scope", "decision.consent", "request_id"));
  const std::string known = "parent: 'clinics/box' patient: 'p-1' ";
  const auto faults = [&](const std::string& decision) {
    return BadFields(TryConsent(absl::StrCat(known, "decision { ", decision, " }")).status());
  };
  EXPECT_THAT(faults("channel: CHANNEL_UNSPECIFIED"), ElementsAre("decision.channel", "decision.consent"));
  EXPECT_THAT(faults("category: 'Ice!' consent: CONSENT_REFUSED"), ElementsAre("decision.category"));
  EXPECT_THAT(faults("health_information: false consent: CONSENT_GRANTED"), ElementsAre("decision.health_information"));
  EXPECT_THAT(faults(absl::StrCat("category: 'ice' source { method: 9 wording: '", std::string(2001, 'a'), "' }")),
              ElementsAre("decision.consent", "decision.source.method", "decision.source.wording"));
  EXPECT_EQ(Consent("SMS", "REFUSED", "p-9"), "NOT_FOUND/PATIENT_NOT_FOUND");
  EXPECT_EQ(OptedOut("e"), "");
  const std::string request = "patient: 'p-1' decision { channel: CHANNEL_SMS consent: CONSENT_REFUSED }";
  EXPECT_EQ(ErrorOf(TryConsent("parent: 'clinics/none' " + request).status()), "NOT_FOUND/CLINIC_NOT_FOUND");
  const Caller northern{.principal = "north", .role = Role::kClinic, .clinics = {"north"}};
  EXPECT_EQ(ErrorOf(TryConsent("parent: 'clinics/box' " + request, northern).status()),
            "PERMISSION_DENIED/CLINIC_NOT_YOURS");
}

TEST_F(ConsentTest, ARequestSentTwiceIsDoneOnce) {
  world_.Enrol("box", "e", Patient());
  const std::string request =
      "parent: 'clinics/box' patient: 'p-1' request_id: 'r' decision { channel: CHANNEL_SMS consent: CONSENT_REFUSED }";
  EXPECT_EQ(Joined(Good(TryConsent(request)).opted_out_channels()), "1");
  Consent("SMS", "GRANTED");
  EXPECT_EQ(Joined(Good(TryConsent(request)).opted_out_channels()), "1");
  EXPECT_EQ(OptedOut("e"), "") << "the second one did nothing";
}

TEST_F(ConsentTest, EveryDecisionIsKeptWithWhoRecordedItWhenAndHow) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  const auto response = Good(TryConsent(R"pb(
    parent: "clinics/box" patient: "p-1"
    decision {
      category: "tip" consent: CONSENT_REFUSED
      source { method: CONSENT_METHOD_VERBAL wording: "No tips, please." actor: "somebody" record_time { seconds: 1 } }
    })pb", {.principal = "north", .role = Role::kClinic, .clinics = {"box"}}));
  ASSERT_EQ(response.decisions_size(), 1);
  const v1::ConsentDecision& decision = response.decisions(0);
  EXPECT_EQ(decision.category(), "tip");
  EXPECT_EQ(decision.source().method(), v1::CONSENT_METHOD_VERBAL);
  EXPECT_EQ(decision.source().wording(), "No tips, please.");
  EXPECT_EQ(decision.source().actor(), "north") << "it is the server that says so";
  EXPECT_EQ(plan::ToTime(decision.source().record_time()), At("2029-03-02T09:00"));
  ASSERT_EQ(Enrollment("e").consent_decisions_size(), 1);
  EXPECT_EQ(Enrollment("e").consent_decisions(0).DebugString(), decision.DebugString());
  EXPECT_EQ(Listed().decisions(0).DebugString(), decision.DebugString());
}

TEST_F(ConsentTest, AConsentToAllMessagesIsADecisionTooAndSaysHowItWasObtained) {
  constexpr char kByWord[] = "consent: CONSENT_REFUSED consent_source { method: CONSENT_METHOD_VERBAL }";
  v1::Enrollment patient = Patient();
  patient.mutable_consent_source()->set_method(v1::CONSENT_METHOD_WRITTEN);
  patient.mutable_consent_source()->set_wording("form 3");
  world_.Enrol("box", "e", patient);
  EXPECT_EQ(Enrollment("e").consent_source().wording(), "form 3");
  EXPECT_EQ(Enrollment("e").consent_source().actor(), Operator().principal);
  Until("2029-03-01T09:00");
  world_.Update("clinics/box/enrollments/e", "consent: CONSENT_REFUSED");
  EXPECT_EQ(Enrollment("e").consent_source().wording(), "") << "the form was for the consent before";
  Until("2029-03-01T10:00");
  world_.Update("clinics/box/enrollments/e", kByWord);
  EXPECT_THAT(Decisions(), ElementsAre("all REFUSED 10:00", "all REFUSED 09:00", "all GRANTED 08:00"));
  EXPECT_EQ(Listed().decisions(0).source().method(), v1::CONSENT_METHOD_VERBAL);
  EXPECT_EQ(Listed().decisions(2).source().wording(), "form 3");
  const size_t events = world_.Events("box").size();
  world_.Update("clinics/box/enrollments/e", kByWord);
  EXPECT_THAT(EventsSince(events), IsEmpty()) << "nothing was decided anew";
}

TEST_F(ConsentTest, NewEnrollmentsShowWhatWasDecidedBeforeAndAddTheirOwnConsent) {
  world_.Enrol("box", "e", Patient());
  EXPECT_EQ(DecideAbout("category: 'tip'", "REFUSED"), "OK");
  Until("2029-03-01T09:00");
  world_.Enrol("box", "next", Patient());
  ASSERT_EQ(Enrollment("next").consent_decisions_size(), 1);
  EXPECT_EQ(Enrollment("next").consent_decisions(0).category(), "tip");
  EXPECT_THAT(Decisions(), ElementsAre("all GRANTED 09:00", "tip REFUSED 08:00", "all GRANTED 08:00"));
}

TEST_F(ConsentTest, StopAndStartWordsAreDecisionsByMessage) {
  world_.Enrol("box", "e", Patient());
  world_.Enrol("box", "left", Patient());
  Reply("STOP");
  EXPECT_EQ(Listed().decisions(0).source().method(), v1::CONSENT_METHOD_MESSAGE);
  EXPECT_EQ(Listed().decisions(0).source().wording(), Newest());
  EXPECT_EQ(Enrollment("e").consent_decisions(0).consent(), v1::CONSENT_REFUSED);
  EXPECT_EQ(Enrollment("left").consent_decisions(0).consent(), v1::CONSENT_REFUSED);
  Until("2029-03-01T09:00");
  Reply("START");
  EXPECT_EQ(Enrollment("e").consent_decisions(0).consent(), v1::CONSENT_GRANTED);
  Until("2029-03-01T10:00");
  Consent("SMS", "GRANTED");
  EXPECT_THAT(Decisions(), ElementsAre("channel 1 GRANTED 10:00", "channel 1 GRANTED 09:00", "channel 1 REFUSED 08:00",
                                       "all GRANTED 08:00", "all GRANTED 08:00"));
}

TEST_F(ConsentTest, ARecordedConsentEndsAStopWordAndIsKeptOnce) {
  world_.Enrol("box", "e", Patient());
  world_.Enrol("box", "f", Patient("p-2"));
  Reply("STOP");
  Until("2029-03-01T09:00");
  Consent("SMS", "GRANTED");
  EXPECT_EQ(Points("f"), "- -");
  EXPECT_THAT(Decisions(), ElementsAre("channel 1 GRANTED 09:00", "channel 1 REFUSED 08:00", "all GRANTED 08:00"));
  EXPECT_THAT(Decisions("p-2"), ElementsAre("channel 1 GRANTED 09:00", "channel 1 REFUSED 08:00", "all GRANTED 08:00"))
      << "the address is that of both";
}

TEST_F(ConsentTest, OfManyDecisionsTheNewestAreKeptAndWhatStandsIsNeverForgotten) {
  world_.Enrol("box", "e", Patient());
  EXPECT_EQ(DecideAbout("category: 'tip'", "REFUSED"), "OK");
  world_.Write([](store::WriteTransaction& tx) {
    absl::Status status;
    for (int i = 0; i < 1005 && status.ok(); ++i) {
      v1::ConsentDecision decision = FromText<v1::ConsentDecision>("channel: CHANNEL_EMAIL");
      decision.set_consent(i % 2 == 0 ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
      status = AppendDecision(tx, "box", "p-1", decision).status();
    }
    return status;
  });
  const auto listed = Listed();
  EXPECT_EQ(listed.decisions_size(), 1000);
  EXPECT_EQ(listed.decisions(998).category(), "tip");
  EXPECT_EQ(listed.decisions(999).scope_case(), v1::ConsentDecision::SCOPE_NOT_SET);
}

TEST_F(ConsentTest, OnlyWhoIsKnownToTheClinicHasDecisions) {
  world_.Enrol("box", "e", Patient());
  EXPECT_EQ(ErrorOf(TryListDecisions("parent: 'clinics/box' patient: 'p-9'").status()), "NOT_FOUND/PATIENT_NOT_FOUND");
  EXPECT_EQ(ErrorOf(TryListDecisions("parent: 'clinics/none' patient: 'p-1'").status()), "NOT_FOUND/CLINIC_NOT_FOUND");
  EXPECT_THAT(BadFields(TryListDecisions("parent: 'box'").status()), ElementsAre("parent", "patient"));
}

TEST_F(ConsentTest, ThereIsALimitToTheCategoriesOfAPatient) {
  world_.Enrol("box", "e", Patient());
  const auto refuse = [&](const std::string& category) {
    return TryConsent(absl::StrCat("parent: 'clinics/box' patient: 'p-1' decision { category: '", category,
                                   "' consent: CONSENT_REFUSED }"));
  };
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(refuse(absl::StrCat("c", i)).ok());
  EXPECT_THAT(BadFields(refuse("c100").status()), ElementsAre("decision.category"));
  EXPECT_TRUE(refuse("c99").ok());
}

}  // namespace
}  // namespace aftercare::engine
