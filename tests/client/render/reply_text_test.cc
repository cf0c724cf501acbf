#include "services/client/render/reply_text.h"

#include "gmock/gmock.h"
#include "tests/client/testing.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ReplyTextTest, AReplyIsAFieldALineAndWhyIsBrokenIntoLines) {
  EXPECT_EQ(RenderReply(FromText<v1::Reply>(R"pb(
                          name: "clinics/demo/replies/0a" patient: "P-17" enrollment: "clinics/demo/enrollments/ana"
                          text: "7" meaning: REPLY_MEANING_ANSWER score: 7
                          reminder: "clinics/demo/enrollments/ana/reminders/pain.2026-03-03"
                          explanation: "A number from 0 to 10 answers the newest message of the last 7 days that "
                                       "asked for a score and waits for its answer."
                        )pb"),
                        absl::UTCTimeZone()),
            "reply            clinics/demo/replies/0a\n"
            "patient          P-17\n"
            "enrollment       clinics/demo/enrollments/ana\n"
            "understood as    answer 7\n"
            "answers          ana/pain.2026-03-03\n"
            "because          A number from 0 to 10 answers the newest message of the last 7 days that asked for\n"
            "                 a score and waits for its answer.\n");
}

TEST(ReplyTextTest, AChoiceIsShownByItsNumberAndItsLabelIfThatIsKnown) {
  const auto reply = FromText<v1::Reply>("meaning: REPLY_MEANING_ANSWER choice: 2");
  EXPECT_EQ(RenderReply(reply, absl::UTCTimeZone()), "understood as    answer choice 2\n");
  EXPECT_EQ(RenderReply(reply, absl::UTCTimeZone(), "the same"), "understood as    answer choice 2 (the same)\n");
  EXPECT_THAT(RenderReplies({reply}, {}), HasSubstr("answer choice 2"));
}

TEST(ReplyTextTest, WordsOfThePathwaysListsAreShown) {
  const auto reply = FromText<v1::Reply>("meaning: REPLY_MEANING_OTHER word_lists: 'danger' word_lists: 'falls'");
  EXPECT_EQ(RenderReply(reply, absl::UTCTimeZone()),
            "understood as    other\n"
            "words of         danger, falls\n");
  EXPECT_THAT(RenderReplies({reply}, {}), HasSubstr("WORDS OF"));
}

TEST(ReplyTextTest, AReplyOfNobodyKnownSaysWhereItCameFromAndHowToAssignIt) {
  EXPECT_EQ(RenderReply(FromText<v1::Reply>(R"pb(name: "clinics/demo/replies/0a" meaning: REPLY_MEANING_AMBIGUOUS
                                                 task: REPLY_TASK_ASSIGN address: "+15550100")pb"),
                        absl::UTCTimeZone()),
            "reply            clinics/demo/replies/0a\n"
            "from             +15550100\n"
            "understood as    ambiguous\n"
            "to do            say whose reply it is:\n"
            "                 aftercare assign clinics/demo/replies/0a ENROLLMENT\n");
}

TEST(ReplyTextTest, AReplyThatWasOnlyCheckedNamesNoCommand) {
  EXPECT_EQ(RenderReply(FromText<v1::Reply>(R"pb(meaning: REPLY_MEANING_DOUBTFUL task: REPLY_TASK_DECIDE
                                                 decide_by_time { seconds: 1772629200 })pb"),
                        absl::UTCTimeZone()),
            "understood as    doubtful\n"
            "to do            decide whether the patient wants to stop, by 2026-03-04 13:00 (UTC)\n");
}

TEST(ReplyTextTest, ATaskOfALaterServerIsShownByItsNumber) {
  v1::Reply reply;
  reply.set_task(static_cast<v1::ReplyTask>(9));
  EXPECT_EQ(RenderReply(reply, absl::UTCTimeZone()), "to do            9\n");
}

TEST(ReplyTextTest, TheListHasOnlyTheColumnsThatItNeeds) {
  const auto answer = FromText<v1::Reply>(R"pb(
    name: "clinics/demo/replies/0a" receive_time { seconds: 1772542800 } patient: "P-17" channel: CHANNEL_SMS
    meaning: REPLY_MEANING_ANSWER done: true reminder: "clinics/demo/enrollments/ana/reminders/walk.2026-03-03"
    text: "yes")pb");
  EXPECT_EQ(RenderReplies({answer}, {}),
            "RECEIVED (UTC)    REPLY  PATIENT  BY   MEANING      REMINDER             TEXT\n"
            "2026-03-03 13:00  0a     P-17     sms  answer done  ana/walk.2026-03-03  yes\n");
  v1::Reply held = answer;
  held.set_task(v1::REPLY_TASK_DECIDE);
  held.mutable_decide_by_time()->set_seconds(1772629200);
  const std::string list = RenderReplies({answer, held}, {});
  EXPECT_THAT(list, HasSubstr("  decide by 2026-03-04 13:00  answer done"));
  EXPECT_THAT(list, Not(HasSubstr("FROM")));
  EXPECT_THAT(list, Not(HasSubstr("DECIDED")));
  EXPECT_THAT(list, Not(HasSubstr("WORDS OF")));
}

}  // namespace
}  // namespace aftercare::client
