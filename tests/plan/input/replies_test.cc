#include "scheduler/plan/input/replies.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/input/text_normalizer.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// `STOP`, `SCORE 7`.
std::string Shown(const ReadReply& reply) {
  switch (reply.sense) {
    case ReplySense::kStop:
      return "STOP";
    case ReplySense::kStart:
      return "START";
    case ReplySense::kDone:
      return "DONE";
    case ReplySense::kScore:
      return absl::StrCat("SCORE ", reply.score);
    case ReplySense::kOther:
      break;
  }
  return "OTHER";
}

std::string Read(const std::string& text, const std::string& clinic = "") {
  return Shown(ReplyVocabulary(FromText<v1::Clinic>(clinic)).Read(text));
}

std::vector<std::string> Faults(const std::string& clinic) {
  FieldErrors errors;
  CheckReplyWords(FromText<v1::Clinic>(clinic), &errors);
  return LinesOf(errors);
}

TEST(FoldTest, CaseMarksAndWhiteSpaceDoNotCount) {
  EXPECT_EQ(Fold("  STOP!\r\n"), "stop");
  EXPECT_EQ(Fold("¡Opt-Out,\t Now!"), "optout now");
  EXPECT_EQ(Fold("\xE2\x80\x9CStop\xE2\x80\x9D \xF0\x9F\x9B\x91"), "stop");   // Quotes, and a stop sign.
  EXPECT_EQ(Fold("\xC2\xA0" "a\xE2\x80\x8B" "b\xE2\x80\x83" "c"), "ab c");  // No-break, zero-width and em spaces.
  EXPECT_EQ(Fold("?!.."), "");
  EXPECT_EQ(Fold("a - b"), "a b");
}

TEST(FoldTest, LettersOfEuropeHaveNoCase) {
  EXPECT_EQ(Fold("SÍ ÀÉÎÕÜÇÑØÞÅ"), "sí àéîõüçñøþå");
  EXPECT_EQ(Fold("ŻÓŁĆ ŠĐŽ ŐŰ ĞŞ ȘȚ ŒŸ"), "żółć šđž őű ğş șț œÿ");
  EXPECT_EQ(Fold("ΣΤΟΠ ΆΈΉΊΌΎΏ ΣΤΌΧΟΣ"), "στοπ άέήίόύώ στόχοσ");
  EXPECT_EQ(Fold("στόχος"), Fold("ΣΤΌΧΟΣ"));
  EXPECT_EQ(Fold("СТОП ЁЖ ЇЄҐ Ђ"), "стоп ёж їєґ ђ");
  EXPECT_EQ(Fold("ԲԱՐԵՎ"), "բարեվ");
  EXPECT_EQ(Fold("Straße"), Fold("STRASSE"));
  EXPECT_EQ(Fold("İPTAL"), Fold("iptal"));
  EXPECT_EQ(Fold("×÷ªº"), "ªº");
}

TEST(FoldTest, AnAccentIsPartOfItsLetterHoweverItIsWritten) {
  EXPECT_EQ(Fold("SI\xCC\x81"), "sí");                        // A letter, then a combining acute accent.
  EXPECT_EQ(Fold("\xD0\x98\xCC\x86"), "й");                   // The same in Cyrillic: a breve.
  EXPECT_EQ(Fold("A\xCC\x8A" "N\xCC\x83" "C\xCC\xA7"), "åñç");
  EXPECT_NE(Fold("SI"), "sí");
}

// Every letter that has a case in another form must come out the same: checked against the pairs themselves.
TEST(FoldTest, ALetterInLowerCaseStays) {
  for (uint32_t c = 1; c < 0x2000; ++c) EXPECT_EQ(LowerCase(LowerCase(c)), LowerCase(c)) << c;
}

TEST(ReplyVocabularyTest, EnglishAndSpanishAreUnderstoodWithoutBeingNamed) {
  for (const char* word : {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out",
                           "alto", "parar", "baja", "cancelar", "detener"}) {
    EXPECT_EQ(Read(word), "STOP") << word;
  }
  for (const char* word : {"start", "unstop", "resume", "iniciar", "reanudar", "alta"}) {
    EXPECT_EQ(Read(word), "START") << word;
  }
  for (const char* word : {"done", "ok", "yes", "y", "hecho", "listo", "si", "sí"}) {
    EXPECT_EQ(Read(word), "DONE") << word;
  }
  EXPECT_EQ(Read("Opt-out."), "STOP");
  EXPECT_EQ(Read("¡HECHO!"), "DONE");
}

TEST(ReplyVocabularyTest, OnlyTheWholeReplyIsAWord) {
  EXPECT_EQ(Read("stop it"), "OTHER");
  EXPECT_EQ(Read("done that"), "OTHER");
  EXPECT_EQ(Read("stopp"), "OTHER");
  EXPECT_EQ(Read(" "), "OTHER");
  EXPECT_EQ(Read("👍"), "OTHER");
}

TEST(ReplyVocabularyTest, CourtesyAroundADecisionDoesNotCount) {
  for (const char* text : {"Please stop", "Stop. Thank you", "stop thanks", "STOP PLEASE!!", "hi please stop thank you",
                           "baja por favor", "Alto, gracias", "Stop merci", "stop, s'il vous plaît"}) {
    EXPECT_EQ(Read(text), "STOP") << text;
  }
  EXPECT_EQ(Read("start please"), "START");
  EXPECT_EQ(Read("arrêt merci", R"(reply_words { locale: "fr" stop_words: "arrêt" })"), "STOP");
  for (const char* text : {"please", "thank you", "thanks thanks", "merci", "ok thanks", "yes please"}) {
    EXPECT_EQ(Read(text), "OTHER") << text;
  }
}

TEST(ReplyVocabularyTest, APlainWishToStopIsOneInOtherWordsToo) {
  for (const char* text :
       {"STOP ALL", "stop texting me", "Stop texting", "Please stop texting me.", "stop sending me messages",
        "Stop these messages please", "stop stop stop", "stop messages", "Can you stop sending these?", "unsubscribe me",
        "Please unsubscribe me from this list", "remove me from your list", "Take me off this list!", "don't text me",
        "do not contact me again", "Don't message me anymore", "no more texts", "No more messages please",
        "I don't want these messages", "I no longer want to receive text messages", "opt me out", "I want to opt out",
        "I'd like to unsubscribe", "delete my number", "cancel messages",
        "Dar de baja", "no más", "No más mensajes", "no mas", "darme de baja", "Quiero darme de baja por favor",
        "denme de baja", "ya no quiero recibir mensajes", "No quiero más mensajes", "dejen de enviarme mensajes",
        "no me escriban más", "No me envíen más mensajes, gracias", "pare los mensajes", "cancelar mensajes",
        "arrêtez", "Arrêtez de m'envoyer des messages", "arretez les sms svp", "plus de messages", "stop sms",
        "Ne m'écrivez plus", "désinscrivez-moi", "Je veux me désabonner", "Je ne veux plus recevoir de messages",
        "ne m'envoyez plus de SMS"}) {
    EXPECT_EQ(Read(text), "STOP") << text;
  }
}

TEST(ReplyVocabularyTest, WhoWritesOfATreatmentDoesNotWishToStopMessages) {
  for (const char* text :
       {"I can't stop the bleeding", "don't stop", "Please don't stop texting me", "when can I stop icing?",
        "should I stop the exercises", "stop icing?", "do I stop", "can I stop now?", "I stopped taking the pills",
        "it won't stop hurting", "stop the pain please", "no more pain", "No more swelling, thanks!", "nonstop pain",
        "I want to stop taking ibuprofen", "Can I cancel my appointment?", "cancel my visit", "end of the week?",
        "remove the bandage?", "when do I remove it", "take off the brace?", "unsubscribe from what?",
        "I don't want to stop", "no longer hurts", "I don't want surgery", "don't contact my wife", "quit smoking",
        "no puedo parar el sangrado", "¿cuándo dejo el hielo?", "no más dolor", "ya no me duele", "no quiero parar",
        "¿puedo dejar de tomar la pastilla?", "baja laboral?", "me dieron la baja", "cancelar mi cita", "alta fiebre",
        "quand puis-je arrêter la glace ?", "j'ai arrêté les exercices", "je ne peux plus marcher", "plus de douleur",
        "n'arrêtez pas", "ça ne s'arrête pas de saigner", "annuler mon rendez-vous", "je ne veux plus de béquilles"}) {
    EXPECT_EQ(Read(text), "OTHER") << text;
  }
}

TEST(ReplyVocabularyTest, ALanguageThatIsNamedHasItsOwnWordsAndTheOthersKeepTheirs) {
  const std::string clinic = R"(
      reply_words { locale: "de" stop_words: "STOPP" start_words: "weiter" done_words: "erledigt" }
      reply_words { locale: "en" done_words: "finished" })";
  EXPECT_EQ(Read("stopp", clinic), "STOP");
  EXPECT_EQ(Read("Weiter!", clinic), "START");
  EXPECT_EQ(Read("Erledigt", clinic), "DONE");
  EXPECT_EQ(Read("finished", clinic), "DONE");
  EXPECT_EQ(Read("done", clinic), "OTHER");   // Replaced,
  EXPECT_EQ(Read("stop", clinic), "STOP");    // where others of a kind were named, so that none is lost by accident.
  EXPECT_EQ(Read("hecho", clinic), "DONE");
}

TEST(ReplyVocabularyTest, AStopWordWinsOverEverything) {
  const std::string clinic = R"(reply_words { locale: "fr" stop_words: "fin" done_words: "fin" start_words: "fin" })";
  EXPECT_EQ(Read("fin", clinic), "STOP");
  EXPECT_EQ(Read("ok", R"(reply_words { locale: "fr" start_words: "ok" })"), "START");
}

TEST(ReadScoreTest, AWholeNumberFromZeroToTenIsAScore) {
  for (int score = 0; score <= 10; ++score) {
    EXPECT_EQ(ReadScore(absl::StrCat(score)), score);
    EXPECT_EQ(ReadScore(absl::StrCat(" ", score, ".\n")), score);
    EXPECT_EQ(ReadScore(absl::StrCat(score, "/10")), score);
  }
  EXPECT_EQ(ReadScore("7 / 10 !"), 7);
  EXPECT_EQ(ReadScore("7 \xF0\x9F\x98\x80"), 7);                // A smile.
  EXPECT_EQ(ReadScore("7\xEF\xB8\x8F\xE2\x83\xA3"), 7);          // A seven on a key.
  EXPECT_EQ(ReadScore("\xC2\xA0" "7"), 7);
}

TEST(ReadScoreTest, EverythingElseIsNone) {
  for (const char* text : {"",    " ",   "11",  "-1",    "+7", ".7", "7.5", "7,5",      "1 0", "7/5",   "7/100", "/10", "07",
                           "7-8", "7 8", "7a",  "seven", "a7", "70", "100", "10/10/10", "٧",   "7/1 0", "½"}) {
    EXPECT_EQ(ReadScore(text), std::nullopt) << text;
  }
}

TEST(IsReplyTextTest, TabsAndLineEndsAreTextOtherControlCharactersAreNot) {
  EXPECT_TRUE(IsReplyText("a\tb\r\nc"));
  EXPECT_TRUE(IsReplyText(" "));
  EXPECT_FALSE(IsReplyText(""));
  EXPECT_FALSE(IsReplyText(absl::string_view("a\0b", 3)));
  EXPECT_FALSE(IsReplyText("a\x1B[0m"));
  EXPECT_FALSE(IsReplyText("a\x7F"));
  EXPECT_FALSE(IsReplyText("\xC2\x85"));  // A C1 control character.
  EXPECT_FALSE(IsReplyText("\xFF\xD8\xFF"));
}

TEST(IsReplyTextTest, LengthIsCountedInCharacters) {
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "\xF0\x9F\x98\x80";
  EXPECT_TRUE(IsReplyText(text));
  EXPECT_FALSE(IsReplyText(text + "a"));
  EXPECT_TRUE(IsReplyText(std::string(4000, 'a')));
  EXPECT_FALSE(IsReplyText(std::string(4001, 'a')));
  EXPECT_FALSE(IsReplyText(std::string(1 << 20, 'a')));
}

TEST(CheckReplyWordsTest, GoodWordsPass) {
  EXPECT_THAT(Faults(""), IsEmpty());
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" stop_words: "stopp" start_words: "los" done_words: "gemacht 1" }
                        reply_words { locale: "de-AT" done_words: "passt" }
                        reply_words { locale: "el" stop_words: "ΣΤΟΠ" })"),
              IsEmpty());
  // A start word may be a done word, for who has not stopped anything.
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" start_words: "ja" done_words: "ja" })"), IsEmpty());
}

TEST(CheckReplyWordsTest, EveryFaultIsNamed) {
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" stop_words: "" stop_words: "..." done_words: "12" }
                        reply_words { locale: "DE" start_words: "a\nb" }
                        reply_words { locale: "deutsch" done_words: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" })"),
              ElementsAre("reply_words[1].locale must not be named twice; 'de' is there already",
                          "reply_words[2].locale must be a language tag such as 'en' or 'es-MX'",
                          "reply_words[0].stop_words[0] must have 1 to 40 characters, a letter among them",
                          "reply_words[0].stop_words[1] must have 1 to 40 characters, a letter among them",
                          "reply_words[1].start_words[0] must have 1 to 40 characters, a letter among them",
                          "reply_words[0].done_words[0] must have 1 to 40 characters, a letter among them",
                          "reply_words[2].done_words[0] must have 1 to 40 characters, a letter among them"));
}

TEST(CheckReplyWordsTest, NoWordIsBothAStopWordAndAnother) {
  const std::string fault = " must not be both a stop word and another";
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" stop_words: "Aus" done_words: "aus!" })"),
              ElementsAre("reply_words[0].done_words[0]" + fault));
  EXPECT_THAT(Faults(R"(reply_words { locale: "fr" start_words: "aus" } reply_words { locale: "de" stop_words: "AUS" })"),
              ElementsAre("reply_words[0].start_words[0]" + fault));
  // Those that are there without being named count.
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" done_words: "stop" start_words: "baja" })"),
              ElementsAre("reply_words[0].start_words[0]" + fault, "reply_words[0].done_words[0]" + fault));
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" stop_words: "hecho" })"),
              ElementsAre("reply_words[0].stop_words[0]" + fault));
  EXPECT_THAT(Faults(R"(reply_words { locale: "es" stop_words: "basta" done_words: "baja" })"), IsEmpty());
}

TEST(CheckReplyWordsTest, ThereAreOnlySoManyLanguagesAndWords) {
  std::string clinic;
  for (int i = 0; i < 51; ++i) {
    const std::string letters = {static_cast<char>('a' + i / 26), static_cast<char>('a' + i % 26)};
    absl::StrAppend(&clinic, "reply_words { locale: 'a", letters, "' }");
  }
  EXPECT_THAT(Faults(clinic), ElementsAre("reply_words must have at most 50"));
  clinic = "reply_words { locale: 'de'";
  for (int i = 0; i < 51; ++i) absl::StrAppend(&clinic, " done_words: 'ja", i, "'");
  EXPECT_THAT(Faults(clinic + "}"), ElementsAre("reply_words[0].done_words must have at most 50"));
}

}  // namespace
}  // namespace aftercare::plan
