#include "services/client/common/reply_words.h"

#include "gmock/gmock.h"
#include "services/client/common/failure.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Words that a clinic has.
v1::Clinic Stored() {
  return FromText<v1::Clinic>(R"pb(
    reply_words { locale: "es" stop_words: "parar" done_words: "hecho" }
    reply_words { locale: "pt-BR" help_words: "ajuda" })pb");
}

std::vector<std::string> After(const std::vector<std::string>& options) {
  v1::Clinic clinic = Stored();
  const absl::Status status = ApplyReplyWords(options, clinic.mutable_reply_words());
  EXPECT_TRUE(status.ok()) << status;
  return ReplyWordsTexts(clinic.reply_words());
}

std::string FaultOf(const std::vector<std::string>& options) {
  v1::Clinic clinic = Stored();
  const absl::Status status = ApplyReplyWords(options, clinic.mutable_reply_words());
  EXPECT_EQ(ExitCodeOf(status), kExitUsage) << testing::PrintToString(options);
  return std::string(status.message());
}

TEST(ReplyWordsTest, AnOptionReplacesTheWordsOfItsLanguageAndKindOnly) {
  EXPECT_THAT(After({}), ElementsAre("es stop: parar", "es done: hecho", "pt-BR help: ajuda"));
  EXPECT_THAT(After({"es.stop=alto, no más ,baja"}),
              ElementsAre("es stop: alto, no más, baja", "es done: hecho", "pt-BR help: ajuda"));
  EXPECT_THAT(After({"fr.not-done=pas encore"}),
              ElementsAre("es stop: parar", "es done: hecho", "pt-BR help: ajuda", "fr not-done: pas encore"));
}

TEST(ReplyWordsTest, CaseOfALanguageDoesNotMatter) {
  EXPECT_THAT(After({"pt-br.help=ajude"}), ElementsAre("es stop: parar", "es done: hecho", "pt-BR help: ajude"));
}

TEST(ReplyWordsTest, WithoutWordsTheKindIsRemovedAndAnEmptyLanguageToo) {
  EXPECT_THAT(After({"es.stop="}), ElementsAre("es done: hecho", "pt-BR help: ajuda"));
  v1::Clinic clinic = Stored();
  ASSERT_TRUE(ApplyReplyWords({"pt-BR.help=", "fr.stop="}, clinic.mutable_reply_words()).ok());
  EXPECT_EQ(clinic.reply_words_size(), 1);
}

TEST(ReplyWordsTest, NoneRemovesAllThatNoOtherOptionGives) {
  EXPECT_THAT(After({"none"}), ElementsAre());
  EXPECT_THAT(After({"en.start=go", "none"}), ElementsAre("en start: go"));
}

TEST(ReplyWordsTest, EveryKindOfTheApiCanBeGiven) {
  EXPECT_EQ(ReplyWordsKinds(), "stop, start, done, not-done, help, doubtful-stop");
  v1::Clinic clinic;
  ASSERT_TRUE(ApplyReplyWords({"x.stop=a", "x.start=b", "x.done=c", "x.not-done=d", "x.help=e", "x.doubtful-stop=f"},
                              clinic.mutable_reply_words())
                  .ok());
  EXPECT_THAT(ReplyWordsTexts(clinic.reply_words()), ElementsAre("x stop: a", "x start: b", "x done: c",
                                                                 "x not-done: d", "x help: e", "x doubtful-stop: f"));
}

TEST(ReplyWordsTest, WhatMakesNoSenseIsSaidWithTheOption) {
  for (const char* text : {"", "es", "es.stop", "stop=parar", ".stop=parar", "=", "es=parar"}) {
    EXPECT_THAT(FaultOf({text}), HasSubstr("write LANGUAGE.KIND=WORD,WORD")) << text;
  }
  EXPECT_THAT(FaultOf({"es.halt=alto"}), HasSubstr("--reply-words \"es.halt=alto\": choose the kind from stop, start"));
  EXPECT_THAT(FaultOf({"es.stop=a,,b"}), HasSubstr("a word is missing"));
  EXPECT_THAT(FaultOf({"es.stop=a,"}), HasSubstr("a word is missing"));
  EXPECT_THAT(FaultOf({"es.stop=a", "ES.stop=b"}), HasSubstr("given twice"));
}

}  // namespace
}  // namespace aftercare::client
