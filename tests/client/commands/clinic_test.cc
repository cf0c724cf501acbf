// What `aftercare clinic` asks a server about messages and replies, and what it prints.
#include "gmock/gmock.h"
#include "tests/client/fake_server.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ClinicTest : public FakeServerFixture {
 protected:
  ClinicTest() {
    server_.Answer(FromText<v1::GetClinicResponse>(R"pb(
      clinic {
        name: "clinics/demo" display_name: "Demo" phone: "+1 555 0100" time_zone: "UTC" etag: "v7" region: "US"
        decision_time { seconds: 129600 } max_messages_per_minute: 1200
        reply_words { locale: "es" stop_words: "parar" doubtful_stop_words: "alto" doubtful_stop_words: "baja" }
        reply_words { locale: "pt" help_words: "ajuda" }
      })pb"));
  }
};

TEST_F(ClinicTest, ItsWordsRegionAndTimesAreShown) {
  EXPECT_EQ(Must({"clinic", "get"}),
            "clinic           clinics/demo\n"
            "name             Demo\n"
            "phone            +1 555 0100\n"
            "time zone        UTC\n"
            "region           US\n"
            "limit            1,200 messages a minute\n"
            "decision time    36h\n"
            "reply words      es stop: parar\n"
            "                 es doubtful-stop: alto, baja\n"
            "                 pt help: ajuda\n");
}

TEST_F(ClinicTest, WordsOfOneKindAreChangedAndTheOthersStay) {
  Must({"clinic", "update", "--reply-words", "es.stop=parar, detener", "--reply-words", "PT.help=", "--name", "New"});
  const auto request = server_.Last<v1::UpdateClinicRequest>();
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("display_name", "reply_words"));
  EXPECT_EQ(request.clinic().etag(), "v7");
  EXPECT_EQ(request.clinic().name(), "clinics/demo");
  ASSERT_EQ(request.clinic().reply_words_size(), 1) << "pt has no words left";
  const v1::ReplyWords& words = request.clinic().reply_words(0);
  EXPECT_THAT(words.stop_words(), ElementsAre("parar", "detener"));
  EXPECT_THAT(words.doubtful_stop_words(), ElementsAre("alto", "baja"));
}

TEST_F(ClinicTest, AChangeOfSomebodyElseIsNotOverwritten) {
  server_.Refuse<v1::UpdateClinicResponse>(grpc::StatusCode::ABORTED, "ETAG_MISMATCH");
  const ProcessResult refused = Aftercare({"clinic", "update", "--reply-words", "es.stop="});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("Somebody else made a change at the same moment: run it again.\n"));
}

TEST_F(ClinicTest, WhatIsNoWordListIsNotReadOrSent) {
  Must({"clinic", "update", "--region", "ES", "--decision-time", "90m", "--max-messages-per-minute", "0"});
  EXPECT_TRUE(server_.All<v1::GetClinicRequest>().empty());
  auto request = server_.Last<v1::UpdateClinicRequest>();
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("region", "decision_time", "max_messages_per_minute"));
  EXPECT_EQ(request.clinic().region(), "ES");
  EXPECT_EQ(request.clinic().decision_time().seconds(), 5400);
  EXPECT_EQ(request.clinic().etag(), "");
  Must({"clinic", "update", "--region", "none", "--max-messages-per-minute", "60"});
  request = server_.Last<v1::UpdateClinicRequest>();
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("region", "max_messages_per_minute"));
  EXPECT_EQ(request.clinic().region(), "");
  EXPECT_EQ(request.clinic().max_messages_per_minute(), 60);
}

TEST_F(ClinicTest, ACapOnMessagesIsForADayOrForADayAndAWeek) {
  const auto cap = [this](const std::string& text) {
    Must({"clinic", "update", "--message-cap", text});
    const auto request = server_.Last<v1::UpdateClinicRequest>();
    EXPECT_THAT(request.update_mask().paths(), ElementsAre("message_cap"));
    return request.clinic().message_cap().ShortDebugString();
  };
  EXPECT_EQ(cap("5"), "per_day: 5");
  EXPECT_EQ(cap("5/25"), "per_day: 5 per_week: 25");
  EXPECT_EQ(cap("none"), "");
  EXPECT_EQ(cap("0"), "per_day: 0") << "the server refuses it";
}

TEST_F(ClinicTest, AllOfItIsSaidWhenAClinicIsMade) {
  Must({"clinic", "create", "lakeside", "--name", "Lakeside", "--zone", "UTC", "--region", "US", "--decision-time",
        "12h", "--max-messages-per-minute", "60", "--reply-words", "pt.not-done=ainda não"});
  const v1::Clinic clinic = server_.Last<v1::CreateClinicRequest>().clinic();
  EXPECT_EQ(clinic.region(), "US");
  EXPECT_EQ(clinic.decision_time().seconds(), 43200);
  EXPECT_EQ(clinic.max_messages_per_minute(), 60);
  ASSERT_EQ(clinic.reply_words_size(), 1);
  EXPECT_EQ(clinic.reply_words(0).locale(), "pt");
  EXPECT_THAT(clinic.reply_words(0).not_done_words(), ElementsAre("ainda não"));
}

TEST_F(ClinicTest, WhatMakesNoSenseIsSaidInOneLineThatNamesTheOption) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--decision-time", "soon"}, "aftercare: --decision-time \"soon\" is no duration: write 3d, 12h, "},
      {{"--reply-words", "stop=halt"}, "aftercare: --reply-words \"stop=halt\": write LANGUAGE.KIND=WORD,WORD"},
      {{"--reply-words", "es.halt=alto"}, "aftercare: --reply-words \"es.halt=alto\": choose the kind from stop, "},
      {{"--message-cap", "5/25/100"}, "aftercare: --message-cap must be a number of messages a day, "},
      {{"--message-cap", "5/many"}, "aftercare: --message-cap must be a number of messages a day, "},
      {{"--max-messages-per-minute", "many"}, "aftercare: Could not convert: --max-messages-per-minute = many"},
      {{}, "aftercare: clinic update needs something to change"},
  };
  for (const auto& [options, why] : cases) {
    std::vector<std::string> arguments = {"clinic", "update"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const ProcessResult outcome = Aftercare(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << why;
    EXPECT_THAT(outcome.err, testing::StartsWith(why));
  }
  EXPECT_TRUE(server_.All<v1::GetClinicRequest>().empty()) << "the server is not asked";
}

}  // namespace
}  // namespace aftercare::client
