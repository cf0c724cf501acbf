#include "services/client/render/explanation.h"

#include <gtest/gtest.h>

#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

v1::Reminder Reminder(const std::string& text) { return FromText<v1::Reminder>(text); }

TEST(ExplanationTest, AReminderIsToldInWhatWhenAndWhy) {
  EXPECT_EQ(RenderExplanation(Reminder(R"pb(
                                name: "clinics/demo/enrollments/ana/reminders/ice.2026-03-03" category: "ice"
                                audience: AUDIENCE_PATIENT text: "Ice, please."
                                due_time { seconds: 1772532000 } expire_time { seconds: 1772535600 }
                                steps { kind: TIME_STEP_KIND_NOMINAL description: "The rule says so." }
                                steps { kind: TIME_STEP_KIND_CONTACT_HOURS description: "Hours move it." }
                                state: REMINDER_STATE_EXPIRED reason: REMINDER_REASON_SUPERSEDED
                                state_time { seconds: 1772532030 } attempts: 2)pb"),
                              "America/New_York"),
            "reminder  ana/ice.2026-03-03, a message for the patient (ice)\n"
            "text      Ice, please.\n"
            "due       Tue 3 Mar 2026 05:00\n"
            "because   1. The rule says so.\n"
            "          2. Hours move it.\n"
            "window    until Tue 3 Mar 2026 06:00\n"
            "state     expired since Tue 3 Mar 2026 05:00:30: a later one of the same rule came due, and only the\n"
            "          newest counts, leased 2 times\n");
}

TEST(ExplanationTest, EachLeaseIsShownWithItsTextIfThatIsAnother) {
  const std::string text = RenderExplanation(Reminder(R"pb(
                                               name: "clinics/demo/enrollments/ana/reminders/ice.2026-03-03"
                                               audience: AUDIENCE_PATIENT text: "Ice, Anna."
                                               leased_messages {
                                                 attempt: 1 text: "Ice, Ana." lease_time { seconds: 1772532000 }
                                                 contact_point { address: "+15550111" }
                                               }
                                               leased_messages {
                                                 attempt: 2 text: "Ice, Anna." lease_time { seconds: 1772532060 }
                                                 contact_point { address: "ana@example.org" }
                                               })pb"),
                                             "UTC");
  EXPECT_NE(text.find("leased    1. Tue 3 Mar 2026 10:00 to +15550111: Ice, Ana.\n"
                      "          2. Tue 3 Mar 2026 10:01 to ana@example.org\n"),
            std::string::npos)
      << text;
}

TEST(ExplanationTest, EachLeaseNamesTheDecisionsItWasSentUnderOnceWhileTheyStay) {
  const std::string text = RenderExplanation(Reminder(R"pb(
                                               name: "clinics/demo/enrollments/ana/reminders/ice.2026-03-03"
                                               audience: AUDIENCE_PATIENT text: "Hello."
                                               leased_messages {
                                                 attempt: 1 text: "Hello." lease_time { seconds: 1772532000 }
                                                 contact_point { address: "+15550111" }
                                                 discreet: true
                                                 consents {
                                                   consent: CONSENT_GRANTED
                                                   source {
                                                     method: CONSENT_METHOD_WRITTEN wording: "I agree."
                                                     actor: "front-desk" record_time { seconds: 1772445600 }
                                                   }
                                                 }
                                                 consents { category: "ice" consent: CONSENT_GRANTED }
                                               }
                                               leased_messages {
                                                 attempt: 2 text: "Hello." lease_time { seconds: 1772532060 }
                                                 contact_point { address: "+15550111" }
                                                 consents {
                                                   consent: CONSENT_GRANTED
                                                   source {
                                                     method: CONSENT_METHOD_WRITTEN wording: "I agree."
                                                     actor: "front-desk" record_time { seconds: 1772445600 }
                                                   }
                                                 }
                                                 consents { category: "ice" consent: CONSENT_GRANTED }
                                               })pb"),
                                             "UTC");
  EXPECT_NE(text.find("leased    1. Tue 3 Mar 2026 10:00 to +15550111\n"
                      "          the text without health information\n"
                      "consent   all messages: granted, written, recorded by front-desk on Mon 2 Mar 2026 10:00: "
                      "\"I agree.\"\n"
                      "          messages of category ice: granted\n"
                      "          2. Tue 3 Mar 2026 10:01 to +15550111\n"),
            std::string::npos)
      << text;
}

TEST(ExplanationTest, WhatAnAnswerSetOffNamesTheReplyOrTheQuestionThatNobodyAnswered) {
  EXPECT_NE(RenderExplanation(Reminder("cause: 'clinics/demo/replies/0a'"), "UTC").find("cause     the reply 0a\n"),
            std::string::npos);
  EXPECT_NE(RenderExplanation(Reminder("cause: 'clinics/demo/enrollments/ana/reminders/ask.2026-03-03'"), "UTC")
                .find("cause     the reminder ana/ask.2026-03-03\n"),
            std::string::npos);
}

TEST(ExplanationTest, WhatWasObservedIsToldWithItsNumbers) {
  const std::string text = RenderExplanation(Reminder(R"pb(
                                               state: REMINDER_STATE_SUPPRESSED
                                               reason: REMINDER_REASON_CONDITION_NOT_MET
                                               observations {
                                                 condition { adherence { category: "therapy" days: 14 below: 50 min_asked: 3 } }
                                                 asked: 8 percent: 75
                                               }
                                               observations {
                                                 condition { answers { rules: "pain" last: 2 score_at_least: 7 } }
                                                 held: true asked: 2 answers: 9 answers: 8
                                               })pb"),
                                             "UTC");
  EXPECT_NE(text.find("observed  therapy done: less than 50 % of the days in the last 14 days (3 days asked at least); "
                      "75 %\n"
                      "          of 8 days: did not hold\n"
                      "          each of the last 2 answers to pain is 7 or more; 9, 8: held\n"),
            std::string::npos)
      << text;
  EXPECT_NE(RenderExplanation(Reminder("conditional: true"), "UTC").find("only if"), std::string::npos);
}

TEST(ExplanationTest, AHeldReminderSaysWhoDecidesAndWhereToLook) {
  const std::string text = RenderExplanation(Reminder(R"pb(state: REMINDER_STATE_DUE reason: REMINDER_REASON_HELD
                                                           state_time { seconds: 1772532000 })pb"),
                                             "UTC");
  EXPECT_EQ(text.substr(text.find("state ")),
            "state     due since Tue 3 Mar 2026 10:00: held until the care team decides about a reply from the\n"
            "          address, which may be a wish to stop (aftercare replies --held)\n");
}

TEST(ExplanationTest, ATaskSaysHowUrgentItIsHowFarItEscalatedAndWhoSeesToIt) {
  const std::string text = RenderExplanation(Reminder(R"pb(audience: AUDIENCE_CARE_TEAM urgency: URGENCY_EMERGENCY
                                                           escalation_step: 2 state: REMINDER_STATE_DUE
                                                           expire_time { seconds: 1772535600 }
                                                           acknowledge_time { seconds: 1772532000 })pb"),
                                             "UTC");
  EXPECT_EQ(text.substr(text.find("done by ")),
            "done by   Tue 3 Mar 2026 11:00\n"
            "urgency   emergency\n"
            "escalated 2 steps: nobody had acknowledged it by its deadline. Category, urgency and deadline are\n"
            "          those of the last step.\n"
            "seen to   since Tue 3 Mar 2026 10:00\n"
            "state     due\n");
}

TEST(ExplanationTest, AnAnswerIsToldWithItsScoreOrWhetherItWasDone) {
  const auto state_of = [](const std::string& answer, const char* reason = "reason: REMINDER_REASON_ANSWERED ") {
    const std::string text = RenderExplanation(Reminder(reason + ("state: REMINDER_STATE_COMPLETED " + answer)), "UTC");
    return text.substr(text.find("state "));
  };
  EXPECT_EQ(state_of("score: 0"), "state     completed: the patient answered it with 0\n");
  EXPECT_EQ(state_of("done: true"), "state     completed: the patient answered that it was done\n");
  EXPECT_EQ(state_of("done: false"), "state     completed: the patient answered that it was not done\n");
  EXPECT_EQ(state_of(""), "state     completed: the patient answered it\n");
  EXPECT_EQ(state_of("score: 7", ""), "state     completed, answered with 7\n");
  EXPECT_EQ(state_of("choice: 2"), "state     completed: the patient answered it with choice 2\n");
}

TEST(ExplanationTest, AChoiceIsToldWithItsLabelIfThatIsKnown) {
  const std::string text = RenderExplanation(
      Reminder("reason: REMINDER_REASON_ANSWERED state: REMINDER_STATE_COMPLETED choice: 2"), "UTC", "the same");
  EXPECT_EQ(text.substr(text.find("state ")),
            "state     completed: the patient answered it with choice 2 (the same)\n");
}

TEST(ExplanationTest, EveryReasonIsAPhraseOfItsOwn) {
  const auto& reasons = *v1::ReminderReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    v1::Reminder reminder;
    reminder.set_reason(static_cast<v1::ReminderReason>(reasons.value(i)->number()));
    const std::string text = RenderExplanation(reminder, "UTC");
    const size_t phrase = text.rfind(": ");
    ASSERT_NE(phrase, std::string::npos) << reasons.value(i)->name();
    EXPECT_NE(text.find(' ', phrase + 2), std::string::npos) << "a word is no explanation: " << text;
  }
}

}  // namespace
}  // namespace aftercare::client
