#include "scheduler/plan/input/auto_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"

namespace aftercare::plan {
namespace {

using ::testing::HasSubstr;

v1::Clinic Clinic() {
  v1::Clinic clinic;
  clinic.set_display_name("Riverside Knee Clinic");
  clinic.set_phone("(212) 555-0100");
  return clinic;
}

TEST(AutoReplyTest, EachTextNamesTheClinicAndTheWordToReplyWith) {
  EXPECT_EQ(AutoReplyText(ReplySense::kStop, Clinic(), "en-US"),
            "Riverside Knee Clinic: you will get no more messages here. To get them again, reply START. Questions: call "
            "(212) 555-0100.");
  EXPECT_THAT(AutoReplyText(ReplySense::kStart, Clinic(), "es"), HasSubstr("responda STOP"));
  EXPECT_THAT(AutoReplyText(ReplySense::kHelp, Clinic(), "fr-CA"), HasSubstr("répondez STOP"));
  EXPECT_EQ(AutoReplyText(ReplySense::kHelp, Clinic(), "de"), AutoReplyText(ReplySense::kHelp, Clinic(), "en"));
  EXPECT_EQ(AutoReplyText(ReplySense::kOther, Clinic(), "en"), "");
}

TEST(AutoReplyTest, AClinicsOwnWordsAreNamedInTheirLanguage) {
  v1::Clinic clinic = Clinic();
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "reply_words { locale: 'es' stop_words: 'fin' start_words: 'seguir' }", &clinic));
  EXPECT_THAT(AutoReplyText(ReplySense::kStop, clinic, "es-MX"), HasSubstr("responda SEGUIR"));
  EXPECT_THAT(AutoReplyText(ReplySense::kHelp, clinic, "es-MX"), HasSubstr("responda FIN"));
  EXPECT_THAT(AutoReplyText(ReplySense::kHelp, clinic, "en"), HasSubstr("reply STOP"));
}

TEST(AutoReplyTest, WithoutAPhoneNothingIsSaidOfIt) {
  v1::Clinic clinic = Clinic();
  clinic.clear_phone();
  EXPECT_EQ(AutoReplyText(ReplySense::kStop, clinic, "en"),
            "Riverside Knee Clinic: you will get no more messages here. To get them again, reply START.");
}

// An SMS of 160 characters is one part if it has no other letters than these.
TEST(AutoReplyTest, EachTextFitsOnePartOfAnSms) {
  for (const ReplySense sense : {ReplySense::kStop, ReplySense::kStart, ReplySense::kHelp}) {
    for (const char* locale : {"en", "es", "fr"}) {
      const std::string text = AutoReplyText(sense, Clinic(), locale);
      size_t characters = 0;
      for (const char c : text) characters += (c & 0xC0) != 0x80;
      EXPECT_LE(characters, 160u) << text;
      for (const char* other : {"á", "í", "ó", "ú", "ê", "ç", "â", "î", "ô", "û", "’"}) {
        EXPECT_EQ(text.find(other), std::string::npos) << text;
      }
    }
  }
}

}  // namespace
}  // namespace aftercare::plan
