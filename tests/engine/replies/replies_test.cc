// What patients write back: how it is understood, and what comes of it.
#include "scheduler/engine/replies/replies.h"

#include "scheduler/plan/reminder_name.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class RepliesTest : public Replying {
 protected:
  RepliesTest() { world_.Enrol("box", "e", Patient()); }
};

TEST_F(RepliesTest, AScoreAnswersTheNewestMessageThatAskedForOne) {
  SendUntil("2029-03-02T09:00");
  SendUntil("2029-03-02T15:00");
  EXPECT_EQ(Reply("7/10"), "ANSWER 7 of ask.2029-03-02 in e");
  const auto answered = Good(world_.Get(Name("ask.2029-03-02")));
  EXPECT_EQ(StateAndReason(answered), "COMPLETED/ANSWERED");
  EXPECT_EQ(answered.score(), 7);
  EXPECT_EQ(plan::ToTime(answered.state_time()), At("2029-03-02T15:00"));
  EXPECT_FALSE(Good(world_.Get(Name("walk.2029-03-02"))).has_score());
  world_.ExpectListsAgree("box");
}

TEST_F(RepliesTest, ADoneWordAnswersTheNewestMessageThatAskedForThat) {
  SendUntil("2029-03-02T12:00");
  SendUntil("2029-03-03T15:00");
  EXPECT_EQ(Reply(" Hecho! "), "ANSWER of walk.2029-03-03 in e");
  EXPECT_EQ(Of("walk.2029-03-03"), "COMPLETED/ANSWERED");
  EXPECT_EQ(Of("walk.2029-03-02"), "SENT");
}

TEST_F(RepliesTest, WhatIsDeliveredIsAnsweredToo) {
  Until("2029-03-02T09:00");
  world_.Write([](store::WriteTransaction& tx) {
    auto row = tx.GetReminder({"box", "e", "ask", *plan::ParseNameCode("2029-03-02")});
    (*row)->state = v1::REMINDER_STATE_DELIVERED;
    (*row)->attempts = 1;
    (*row)->channel = v1::CHANNEL_SMS;
    (*row)->available.reset();
    (*row)->closes.reset();
    return tx.UpdateReminder(**row);
  });
  EXPECT_EQ(Reply("0"), "ANSWER 0 of ask.2029-03-02 in e");
  EXPECT_EQ(Of("ask.2029-03-02"), "COMPLETED/ANSWERED");
}

TEST_F(RepliesTest, WhatWasNotSentIsNotAnswered) {
  EXPECT_EQ(Reply("7"), "OTHER in e");
  Until("2029-03-02T09:00");
  EXPECT_EQ(Reply("7"), "OTHER in e");
  world_.Lease("box");
  EXPECT_EQ(Reply("7"), "OTHER in e");
  EXPECT_EQ(Of("ask.2029-03-02"), "LEASED");
}

TEST_F(RepliesTest, AnAnswerIsTakenForAWeek) {
  SendUntil("2029-03-02T18:00");
  const auto reply_at = [this](const std::string& time) {
    Until(time);
    return Reply("7");
  };
  EXPECT_EQ(reply_at("2029-03-09T18:00:01"), "OTHER in e");
  SendUntil("2029-03-10T09:00");
  EXPECT_EQ(reply_at("2029-03-17T09:00"), "ANSWER 7 of ask.2029-03-10 in e");
}

TEST_F(RepliesTest, AnAnswerMayComeOnAnotherChannelThanTheMessage) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("7", "channel: CHANNEL_EMAIL address: 'ana@example.com'"), "ANSWER 7 of ask.2029-03-02 in e");
}

TEST_F(RepliesTest, AScoreOutOfBoundsAndAnythingElseIsKeptForTheCareTeam) {
  SendUntil("2029-03-02T12:00");
  for (const char* text : {"11", "-1", "7.5", "ok", "very bad", "7 8", "👍", "later"}) {
    EXPECT_EQ(Reply(text), "OTHER in e") << text;
  }
  EXPECT_EQ(Of("ask.2029-03-02"), "SENT");
  const auto listed = Good(TryList("parent: 'clinics/box'"));
  EXPECT_THAT(listed.replies(), SizeIs(8));
  EXPECT_EQ(listed.replies(0).text(), "later");
  EXPECT_EQ(plan::ToTime(listed.replies(0).receive_time()), At("2029-03-02T12:00"));
}

TEST_F(RepliesTest, AStopWordOptsOutAtOnceAndAStartWordInAgain) {
  Until("2029-03-02T09:00");
  EXPECT_EQ(Reply("Stop."), "STOP in e");
  EXPECT_EQ(Points("e"), "STOPPED -");
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by email"));
  EXPECT_EQ(Reply("ALTA"), "START in e");
  EXPECT_EQ(Points("e"), "- -");
  EXPECT_THAT(SendUntil("2029-03-02T12:00"), ElementsAre("walk.2029-03-02 by sms"));
}

TEST_F(RepliesTest, AStopWordCountsWhateverWasAskedAndWhateverMessageItIsSaidToAnswer) {
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(Reply("revoke", absl::StrCat("reminder: '", Name("walk.2029-03-02"), "'")), "STOP in e");
  EXPECT_EQ(Of("walk.2029-03-02"), "SENT");
  EXPECT_EQ(Points("e"), "STOPPED -");
}

TEST_F(RepliesTest, AStopWordCountsEvenIfTheNamedReminderIsOfSomebodyElse) {
  v1::Enrollment other = Patient("p-2");
  other.mutable_contact_points(0)->set_address("+15550111");
  world_.Enrol("box", "f", other);
  const std::string foreign = absl::StrCat("reminder: '", Name("ask.2029-03-02"), "'");
  EXPECT_EQ(Reply("stop", absl::StrCat("address: '+15550111'", foreign)), "STOP in f");
  EXPECT_EQ(Points("e") + ", " + Points("f"), "- -, STOPPED -");
  EXPECT_EQ(Reply("start", absl::StrCat("address: '+15550111'", foreign)), "START in f");
  EXPECT_EQ(Points("f"), "- -");
  EXPECT_EQ(Reply("stop", absl::StrCat("address: '+15559999'", foreign)), "STOP, to ASSIGN");
}

TEST_F(RepliesTest, AStopWordIsHonouredWhenTheEnrollmentHasEndedOrIsPaused) {
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Reply("stop"), "STOP in e");
  EXPECT_EQ(Reply("start"), "START in e");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Reply("stop"), "STOP in e");
  EXPECT_EQ(Points("e"), "STOPPED -");
}

TEST_F(RepliesTest, AnAnswerToAnEnrollmentThatHasEndedIsTaken) {
  SendUntil("2029-03-02T12:00");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  EXPECT_EQ(Of("ask.2029-03-02"), "COMPLETED/ANSWERED");
  world_.ExpectListsAgree("box");
}

TEST_F(RepliesTest, WhoSharesAnAddressSharesItsDecision) {
  world_.Enrol("box", "f", Patient("p-2"));
  EXPECT_EQ(Reply("stop"), "STOP in e");
  EXPECT_EQ(Points("e") + Points("f"), "STOPPED -STOPPED -");
}

TEST_F(RepliesTest, AReplyBelongsToTheEnrollmentThatWasLastWrittenTo) {
  Until("2029-03-01T09:00");
  v1::Enrollment later = Patient("p-2");
  later.set_procedure_date("2029-03-02");
  world_.Enrol("box", "f", later);
  EXPECT_EQ(Reply("hello"), "OTHER in f") << "nobody was written to: the newest";
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("hello"), "OTHER in e");
  SendUntil("2029-03-03T09:00");
  EXPECT_EQ(Reply("hello"), "OTHER in f");
}

TEST_F(RepliesTest, AReminderThatIsNamedIsAnswered) {
  SendUntil("2029-03-02T12:00");
  SendUntil("2029-03-03T12:00");
  const std::string named = absl::StrCat("reminder: '", Name("walk.2029-03-02"), "'");
  EXPECT_EQ(Reply("yes", named), "ANSWER of walk.2029-03-02 in e");
  EXPECT_EQ(Of("walk.2029-03-02"), "COMPLETED/ANSWERED");
  EXPECT_EQ(Of("walk.2029-03-03"), "SENT");
  Until("2029-03-04T12:00");
  EXPECT_EQ(Reply("no", named), "OTHER in e") << "it was answered on another day";
  EXPECT_EQ(Of("walk.2029-03-03"), "SENT");
}

TEST_F(RepliesTest, AReminderThatIsNamedMayBeOldOrNotYetReportedSent) {
  Until("2029-03-02T09:00");
  const auto leases = world_.Lease("box");
  EXPECT_EQ(Reply("7", absl::StrCat("reminder: '", Name("ask.2029-03-02"), "'")), "ANSWER 7 of ask.2029-03-02 in e");
  EXPECT_EQ(world_.Report(leases.at(0).lease_id(), v1::DELIVERY_OUTCOME_SENT).state(), v1::REMINDER_STATE_COMPLETED);
  EXPECT_EQ(Of("ask.2029-03-02"), "COMPLETED/ANSWERED");
  SendUntil("2029-03-02T12:00");
  Until("2029-03-30T12:00");
  EXPECT_EQ(Reply("yes", absl::StrCat("reminder: '", Name("walk.2029-03-02"), "'")), "ANSWER of walk.2029-03-02 in e");
}

TEST_F(RepliesTest, WhatDoesNotAnswerTheNamedReminderIsKept) {
  SendUntil("2029-03-02T15:00");
  for (const char* id : {"ask.2029-03-02", "walk.2029-03-02", "tip.2029-03-02", "walk.2029-03-03"}) {
    EXPECT_EQ(Reply("thanks", absl::StrCat("reminder: '", Name(id), "'")), "OTHER in e") << id;
  }
  EXPECT_EQ(Reply("7", absl::StrCat("reminder: '", Name("walk.2029-03-02"), "'")), "OTHER in e");
  EXPECT_EQ(Reply("done", absl::StrCat("reminder: '", Name("tip.2029-03-02"), "'")), "OTHER in e");
  EXPECT_EQ(Reply("done", absl::StrCat("reminder: '", Name("walk.2029-03-03"), "'")), "OTHER in e") << "not sent yet";
  EXPECT_EQ(Of("walk.2029-03-02"), "SENT");
  EXPECT_EQ(Of("walk.2029-03-03"), "SCHEDULED");
}

TEST_F(RepliesTest, AForeignReminderIsRefused) {
  v1::Enrollment other = Patient("p-2");
  other.mutable_contact_points(0)->set_address("+15550111");
  world_.Enrol("box", "f", other);
  SendUntil("2029-03-02T12:00");
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Reply("7", absl::StrCat("reminder: '", Name("ask.2029-03-02", "f"), "'")),
            "FAILED_PRECONDITION/NOT_OF_SENDER");
  EXPECT_EQ(Reply("7", absl::StrCat("reminder: '", Name("ask.2029-03-02", "g"), "'")), "NOT_FOUND/REMINDER_NOT_FOUND");
  EXPECT_EQ(Reply("7", absl::StrCat("reminder: '", Name("ask.9"), "'")), "NOT_FOUND/REMINDER_NOT_FOUND");
  EXPECT_EQ(Reply("7", absl::StrCat("reminder: '", Name("none.1"), "'")), "NOT_FOUND/REMINDER_NOT_FOUND");
  EXPECT_EQ(Of("ask.2029-03-02", "f"), "SENT");
  EXPECT_THAT(EventsSince(events), IsEmpty());
  EXPECT_THAT(Good(TryList("parent: 'clinics/box'")).replies(), IsEmpty());
}

TEST_F(RepliesTest, ANumberIsFoundHoweverAGatewayWritesIt) {
  EXPECT_EQ(Reply("hello", "address: '15550100'"), "OTHER in e");
  EXPECT_EQ(Reply("hello", "address: '00 1555-0100'"), "OTHER in e");
  EXPECT_EQ(Reply("stop", "address: '15550100'"), "STOP in e");
  EXPECT_EQ(Points("e"), "STOPPED -");
}

TEST_F(RepliesTest, TheCaseOfAnEmailAddressDoesNotCount) {
  EXPECT_EQ(Reply("stop", "channel: CHANNEL_EMAIL address: 'ANA@Example.com'"), "STOP in e");
  EXPECT_EQ(Points("e"), "- STOPPED");
}

TEST_F(RepliesTest, PatientsAreFoundByTheContactPointsOfNow) {
  world_.Update("clinics/box/enrollments/e", R"pb(
    contact_points { channel: CHANNEL_SMS address: "+15550111" }
    contact_points { channel: CHANNEL_SMS address: "+15550111" }
  )pb");
  EXPECT_EQ(Reply("hello"), "OTHER, to ASSIGN");
  EXPECT_EQ(Reply("hello", "address: '+15550111'"), "OTHER in e");
}

TEST_F(RepliesTest, TheClinicsOwnWordsCountWhateverThePatientsLanguage) {
  Good(world_.Call(&Engine::clinics, &Clinics::Update, FromText<v1::UpdateClinicRequest>(R"pb(
    clinic { name: "clinics/box" reply_words { locale: "el" stop_words: "τέλος" done_words: "έγινε" } }
  )pb")));
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(Reply("ΈΓΙΝΕ"), "ANSWER of walk.2029-03-02 in e");
  EXPECT_EQ(Reply("Τέλος!"), "STOP in e");
}

TEST_F(RepliesTest, ARuleOfAnEarlierRevisionIsAskedWhatItAskedFor) {
  SendUntil("2029-03-02T12:00");
  v1::UpdatePathwayRequest request;
  *request.mutable_pathway() = AsksPathway();
  request.mutable_pathway()->set_name("clinics/box/pathways/asks");
  request.mutable_pathway()->mutable_rules(2)->set_answer(v1::ANSWER_KIND_UNSPECIFIED);
  Good(world_.Call(&Engine::pathways, &Pathways::Update, request));
  world_.Update("clinics/box/enrollments/e", "pathway_revision: 2");
  SendUntil("2029-03-03T12:00");
  EXPECT_EQ(Reply("done"), "ANSWER of walk.2029-03-02 in e");
}

TEST_F(RepliesTest, TheLogTellsHowItWasUnderstoodAndNeverTheText) {
  SendUntil("2029-03-02T09:00");
  const size_t events = world_.Events("box").size();
  Reply("7");
  EXPECT_THAT(EventsSince(events), ElementsAre("REPLY_RECEIVED", "REMINDER_CHANGED", "REMINDER_CHANGED",
                                               "REMINDER_CHANGED", "REMINDER_CHANGED"))
      << "it, and what is needless now: its nudge, and the next of both";
  const v1::Event received = world_.Events("box").at(events);
  EXPECT_EQ(received.patient() + " " + received.enrollment(), "p-1 clinics/box/enrollments/e");
  EXPECT_EQ(received.reply().meaning(), v1::REPLY_MEANING_ANSWER);
  EXPECT_EQ(received.reply().reminder(), Name("ask.2029-03-02"));
  EXPECT_EQ(received.reply().score(), 7);
  EXPECT_EQ(received.reply().channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(received.reply().name(), Good(TryList("parent: 'clinics/box'")).replies(0).name());
  Reply("my secret");
  for (const v1::Event& event : world_.Events("box")) {
    EXPECT_THAT(event.DebugString(), Not(HasSubstr("secret")));
    EXPECT_THAT(event.DebugString(), Not(HasSubstr("5550100")));
  }
}

TEST_F(RepliesTest, AReplySentTwiceIsRecordedOnce) {
  SendUntil("2029-03-02T12:00");
  SendUntil("2029-03-03T12:00");
  const std::string id = "request_id: 'message-1'";
  const v1::Reply first = Good(TryReply(ReplyRequest("done", id)));
  EXPECT_EQ(Told(first), "ANSWER of walk.2029-03-03 in e");
  const size_t events = world_.Events("box").size();
  const v1::Reply second = Good(TryReply(ReplyRequest("done", id)));
  EXPECT_EQ(second.DebugString(), first.DebugString());
  EXPECT_EQ(second.text(), "done");
  EXPECT_THAT(EventsSince(events), IsEmpty());
  EXPECT_EQ(Of("walk.2029-03-02"), "SENT");
  EXPECT_THAT(Good(TryList("parent: 'clinics/box'")).replies(), SizeIs(1));
  EXPECT_EQ(Reply("yes", id), "ALREADY_EXISTS/REQUEST_ID_REUSED");
}

TEST_F(RepliesTest, TheTextIsKeptWithTheReplyAndNowhereElse) {
  Reply("my secret", "request_id: 'message-1'");
  world_.Read([](store::ReadTransaction& tx) {
    auto request = tx.GetRequest("box", "message-1");
    EXPECT_TRUE(request.ok() && request->has_value());
    EXPECT_THAT((*request)->response, Not(HasSubstr("secret")));
    return absl::OkStatus();
  });
  EXPECT_EQ(Good(TryList("parent: 'clinics/box'")).replies(0).text(), "my secret");
}

TEST_F(RepliesTest, RepliesAreListedNewestFirstByPageAndPatient) {
  v1::Enrollment other = Patient("p-2");
  other.mutable_contact_points(0)->set_address("+15550111");
  world_.Enrol("box", "f", other);
  for (int i = 0; i < 7; ++i) Reply(absl::StrCat("text ", i), i % 3 == 0 ? "address: '+15550111'" : "");
  const auto pages = [this](const std::string& request) {
    std::string texts, token;
    do {
      const auto page = Good(TryList(absl::StrCat(request, " page_size: 2 page_token: '", token, "'")));
      for (const v1::Reply& reply : page.replies()) absl::StrAppend(&texts, reply.text().substr(5), " ");
      token = page.next_page_token();
      if (!token.empty()) texts += "| ";
    } while (!token.empty());
    return texts;
  };
  EXPECT_EQ(pages("parent: 'clinics/box'"), "6 5 | 4 3 | 2 1 | 0 ");
  EXPECT_EQ(pages("parent: 'clinics/box' patient: 'p-1'"), "5 4 | 2 1 ");
  EXPECT_EQ(pages("parent: 'clinics/box' patient: 'p-9'"), "");
  const auto first = Good(TryList("parent: 'clinics/box' page_size: 2"));
  EXPECT_EQ(first.replies(0).patient(), "p-2");
  EXPECT_EQ(BadFields(TryList(absl::StrCat("parent: 'clinics/box' patient: 'p-1' page_token: '",
                                           first.next_page_token(), "'"))
                          .status()),
            (std::vector<std::string>{"page_token"}));
}

TEST_F(RepliesTest, EveryBadFieldIsNamed) {
  const auto refused = TryReply(FromText<v1::RecordReplyRequest>("reminder: 'x' request_id: ' ' channel: 9"));
  EXPECT_THAT(BadFields(refused.status()),
              ElementsAre("parent", "channel", "address", "text", "reminder", "request_id"));
  EXPECT_THAT(
      BadFields(
          TryReply(ReplyRequest("a", "reminder: 'clinics/north/enrollments/e/reminders/ask.2029-03-02'")).status()),
      ElementsAre("reminder"));
  EXPECT_THAT(BadFields(TryReply(ReplyRequest(std::string(1 << 20, 'a'))).status()), ElementsAre("text"));
  EXPECT_THAT(BadFields(TryReply(ReplyRequest(std::string("a\0b", 3))).status()), ElementsAre("text"));
  EXPECT_THAT(BadFields(TryReply(ReplyRequest("a", absl::StrCat("address: '", std::string(255, '1'), "'"))).status()),
              ElementsAre("address"));
  EXPECT_THAT(BadFields(TryList("page_size: -1 patient: '/' page_token: 'x'").status()),
              ElementsAre("parent", "patient", "page_size", "page_token"));
  EXPECT_THAT(Good(TryList("parent: 'clinics/box'")).replies(), IsEmpty());
  EXPECT_EQ(ErrorOf(TryList("parent: 'clinics/none'").status()), "NOT_FOUND/CLINIC_NOT_FOUND");
  EXPECT_EQ(ErrorOf(TryReply(ReplyRequest("a", "parent: 'clinics/none'")).status()), "NOT_FOUND/CLINIC_NOT_FOUND");
  const Caller northern{.principal = "n", .role = Role::kGateway, .clinics = {"north"}};
  EXPECT_EQ(ErrorOf(TryReply(ReplyRequest("a"), northern).status()),
            "PERMISSION_DENIED/CLINIC_NOT_YOURS");
}

TEST_F(RepliesTest, TheLongestTextIsKeptWhole) {
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "ñ";
  EXPECT_EQ(Reply(text), "OTHER in e");
  EXPECT_EQ(Good(TryList("parent: 'clinics/box'")).replies(0).text(), text);
}

}  // namespace
}  // namespace aftercare::engine
