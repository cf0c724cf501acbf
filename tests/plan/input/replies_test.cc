#include "scheduler/plan/input/replies.h"

#include <gmock/gmock.h>

#include <chrono>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/input/text_normalizer.h"
#include "tests/plan/testing.h"
#include "tests/support/random.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// `STOP`, `SCORE 7`.
std::string Shown(const ReadReply& reply) {
  switch (reply.sense) {
    case ReplySense::kStop:
      return "STOP";
    case ReplySense::kStopUnlessAsked:
      return "STOP UNLESS ASKED";
    case ReplySense::kDoubtfulStop:
      return "DOUBTFUL STOP";
    case ReplySense::kStart:
      return "START";
    case ReplySense::kHelp:
      return "HELP";
    case ReplySense::kDone:
      return "DONE";
    case ReplySense::kNotDone:
      return "NOT DONE";
    case ReplySense::kScore:
      return absl::StrCat("SCORE ", reply.score.number);
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
  for (const char* word :
       {"stop", "stopall", "unsubscribe", "revoke", "optout", "opt out", "parar", "detener", "Opt-out."}) {
    EXPECT_EQ(Read(word), "STOP") << word;
  }
  for (const char* word : {"cancel", "end", "quit", "alto", "baja", "cancelar", "¡ALTO!"}) {
    EXPECT_EQ(Read(word), "STOP UNLESS ASKED") << word;
  }
  for (const char* word : {"start", "unstop", "resume", "iniciar", "reanudar", "alta"}) {
    EXPECT_EQ(Read(word), "START") << word;
  }
  for (const char* word : {"help", "HELP!", "info", "ayuda", "¿Ayuda?"}) EXPECT_EQ(Read(word), "HELP") << word;
  for (const char* word : {"done", "yes", "y", "hecho", "listo", "si", "sí", "¡HECHO!"}) {
    EXPECT_EQ(Read(word), "DONE") << word;
  }
  for (const char* word : {"no", "not done", "not yet", "n", "todavía no", "Todavia no", "aún no", "aun no"}) {
    EXPECT_EQ(Read(word), "NOT DONE") << word;
  }
}

TEST(ReplyVocabularyTest, OnlyTheWholeReplyIsAWord) {
  for (const char* text : {"done that", "help me stop the bleeding", "help me", "start of the week", "no idea",
                           "yes and no",
                           "yes but it hurts", "info about icing", "ok", "OK!", "no pain", " ", "👍"}) {
    EXPECT_EQ(Read(text), "OTHER") << text;
  }
}

TEST(ReplyVocabularyTest, CourtesyAroundAWordDoesNotCount) {
  for (const char* text : {"Please stop", "Stop. Thank you", "stop thanks", "STOP PLEASE!!", "hi please stop thank you",
                           "Stop merci", "stop, s'il vous plaît"}) {
    EXPECT_EQ(Read(text), "STOP") << text;
  }
  for (const char* text : {"baja por favor", "Alto, gracias", "cancel please"}) {
    EXPECT_EQ(Read(text), "STOP UNLESS ASKED") << text;
  }
  EXPECT_EQ(Read("start please"), "START");
  EXPECT_EQ(Read("help please"), "HELP");
  EXPECT_EQ(Read("arrêt merci", R"(reply_words { locale: "fr" stop_words: "arrêt" })"), "STOP");
  for (const char* text : {"yes, thanks", "done!", "sí, gracias", "Hi. Done. Thank you!"}) {
    EXPECT_EQ(Read(text), "DONE") << text;
  }
  // To a question whether something was done, `no thanks` is a no.
  for (const char* text : {"no thanks", "No, gracias", "not yet, sorry"}) EXPECT_EQ(Read(text), "NOT DONE") << text;
  for (const char* text : {"please", "thank you", "thanks thanks", "merci", "ok thanks"}) {
    EXPECT_EQ(Read(text), "OTHER") << text;
  }
}

TEST(ReplyVocabularyTest, SeveralWordsOfOneKindAreOneAnswer) {
  for (const char* text : {"sí hecho", "yes, done", "yes I did", "all done", "done already", "Yes, I did it!",
                           "sí, ya lo hice", "ya hecho"}) {
    EXPECT_EQ(Read(text), "DONE") << text;
  }
  for (const char* text : {"no todavía", "no, not yet", "not done yet", "No, I didn't", "no no",
                           "no lo he hecho, no"}) {
    EXPECT_EQ(Read(text), "NOT DONE") << text;
  }
  EXPECT_EQ(Read("yes no"), "OTHER");
  EXPECT_EQ(Read("yes stop"), "STOP");
  EXPECT_EQ(Read("no más"), "STOP");
  EXPECT_EQ(Read("no more"), "DOUBTFUL STOP");
}

TEST(ReplyVocabularyTest, AScoreIsAnAnswer) {
  EXPECT_EQ(Read("7 out of 10"), "SCORE 7");
  EXPECT_EQ(Read("siete, gracias"), "SCORE 7");
  EXPECT_EQ(ReplyVocabulary({}).Read("7").answer(), v1::ANSWER_KIND_SCORE);
  EXPECT_EQ(ReplyVocabulary({}).Read("no").answer(), v1::ANSWER_KIND_DONE);
  EXPECT_EQ(ReplyVocabulary({}).Read("stop").answer(), v1::ANSWER_KIND_UNSPECIFIED);
}

TEST(ReplyVocabularyTest, WhatMayBeAWishIsDoubtful) {
  for (const char* text :
       {"I think I've had enough of this", "do I have to get these?", "this is annoying", "enough", "ya basta",
        "too many messages", "stop it hurts", "stop it", "wrong number", "no more", "don't text me at night",
        "stop these messages?", "I'm not interested", "trop de messages", "número equivocado"}) {
    EXPECT_EQ(Read(text), "DOUBTFUL STOP") << text;
  }
}

TEST(ReplyVocabularyTest, APlainWishToStopIsOneInOtherWordsToo) {
  for (const char* text :
       {"STOP ALL", "stop texting me", "Stop texting", "Please stop texting me.", "stop sending me messages",
        "Stop these messages please", "stop stop stop", "stop messages", "Can you stop sending these?",
        "unsubscribe me",
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

TEST(ReplyVocabularyTest, WhatFollowsAWishMayLimitIt) {
  for (const char* text : {"don't text me on that old phone", "stop the daily reminders to my work email",
                           "dejen de escribirme a ese aparato viejo", "ne m'écrivez plus sur ce vieil appareil"}) {
    EXPECT_EQ(Read(text), "STOP") << text;
  }
  for (const char* text : {"don't text me before nine", "stop the reminders on weekends", "stop texting my husband",
                           "no me escriban de noche", "stop sending me to the wrong door", "stop the texts instead"}) {
    EXPECT_EQ(Read(text), "DOUBTFUL STOP") << text;
  }
}

TEST(ReplyVocabularyTest, APronounStandsForMessagesIfTheTextSpeaksOfThem) {
  for (const char* text : {"so many texts. cancel them", "these reminders bother me, I don't want them",
                           "wrong number, take me off"}) {
    EXPECT_EQ(Read(text), "STOP") << text;
  }
  EXPECT_EQ(Read("cancel them"), "DOUBTFUL STOP");
  EXPECT_EQ(Read("I have crutches but don't need them"), "OTHER");
}

TEST(ReplyVocabularyTest, WhoWritesOfATreatmentDoesNotWishToStopMessages) {
  for (const char* text :
       {"I can't stop the bleeding", "don't stop", "Please don't stop texting me", "when can I stop icing?",
        "should I stop the exercises", "stop icing?", "do I stop", "can I stop now?", "I stopped taking the pills",
        "it won't stop hurting", "stop the pain please", "no more pain", "No more swelling, thanks!", "nonstop pain",
        "I want to stop taking ibuprofen", "don't stop", "stop taking ibuprofen?", "can't stop crying",
        "the bleeding won't stop", "bus stop", "non-stop pain", "should I stop the pills",
        "Can I cancel my appointment?", "cancel my visit", "end of the week?",
        "remove the bandage?", "when do I remove it", "take off the brace?", 
        "I don't want to stop", "no longer hurts", "I don't want surgery", "quit smoking",
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

TEST(ReplyVocabularyTest, ALanguageThatIsNamedKeepsTheBuiltInWordsOfOtherKinds) {
  const std::string clinic = R"(reply_words { locale: "en" stop_words: "halt" not_done_words: "nope" })";
  EXPECT_EQ(Read("halt", clinic), "STOP");
  EXPECT_EQ(Read("revoke", clinic), "OTHER");
  EXPECT_EQ(Read("stop", clinic), "STOP");  // A plain wish still.
  EXPECT_EQ(Read("cancel", clinic), "STOP UNLESS ASKED");
  EXPECT_EQ(Read("help", clinic), "HELP");
  EXPECT_EQ(Read("nope", clinic), "NOT DONE");
  EXPECT_EQ(Read("not yet", clinic), "OTHER");
  EXPECT_EQ(Read("no", clinic), "NOT DONE");  // The Spanish word.
}

TEST(ReplyVocabularyTest, AWordOfSeveralKindsCountsInTheOrderOfTheKinds) {
  const auto words = [](const std::string& kinds) { return absl::StrCat("reply_words { locale: 'fr' ", kinds, "}"); };
  EXPECT_EQ(Read("fin", words("not_done_words: 'fin' done_words: 'fin' help_words: 'fin' start_words: 'fin' "
                              "doubtful_stop_words: 'fin' stop_words: 'fin'")), "STOP");
  EXPECT_EQ(Read("fin", words("not_done_words: 'fin' done_words: 'fin' help_words: 'fin' start_words: 'fin' "
                              "doubtful_stop_words: 'fin'")), "STOP UNLESS ASKED");
  EXPECT_EQ(Read("fin", words("not_done_words: 'fin' done_words: 'fin' help_words: 'fin' start_words: 'fin'")),
            "START");
  EXPECT_EQ(Read("fin", words("not_done_words: 'fin' done_words: 'fin' help_words: 'fin'")), "HELP");
  EXPECT_EQ(Read("fin", words("not_done_words: 'fin' done_words: 'fin'")), "DONE");
  EXPECT_EQ(Read("ok", words("start_words: 'ok'")), "START");
}

// Marks and emoji around a reply, white space and case change nothing. The seed is printed.
TEST(ReplyVocabularyTest, MarksWhiteSpaceAndCaseChangeNothing) {
  const ReplyVocabulary vocabulary{v1::Clinic()};
  Random random(SeedOfRun());
  const std::vector<std::string> marks = {" ", "!", "\xF0\x9F\x98\x80", "\t", "\xEF\xB8\x8F", "  ", "\n", ")"};
  const auto some_marks = [&] {
    std::string some;
    for (int i = random.Upto(3); i > 0; --i) some += random.Of(marks);
    return some;
  };
  for (const std::string text :
       {"stop", "cancel", "done", "not yet", "help", "7", "7 out of 10", "stop texting me", "no more messages please",
        "too many messages", "enough", "when can I stop icing", "dejen de enviarme mensajes", "i moved please stop",
        "arretez de m'envoyer des messages", "I can't stop the bleeding", "yes thanks", "my pain is 7"}) {
    for (int i = 0; i < 200; ++i) {
      std::string changed;
      for (const char c : text) {
        if (c == ' ') changed += random.OneIn(3) ? " \xF0\x9F\x98\x80  " : " ";
        if (c != ' ') changed.push_back(random.OneIn(2) ? absl::ascii_toupper(c) : c);
      }
      changed = some_marks() + changed + some_marks();
      EXPECT_EQ(Shown(vocabulary.Read(changed)), Shown(vocabulary.Read(text))) << changed;
    }
  }
}

// Words of a treatment in place of messages leave nothing of a wish.
TEST(ReplyVocabularyTest, AWishForTheEndOfATreatmentStopsNoMessages) {
  for (const char* what : {"icing", "the ice", "my pills", "ibuprofen", "the exercises", "walking", "bleeding",
                           "the pain",
                           "my physical therapy", "wearing the brace", "the antibiotics", "my insulin"}) {
    for (const char* wish : {"stop ", "please stop ", "can you stop ", "i want to stop ", "no more ", "should i stop ",
                             "quit ",
                             "i dont want ", "when do i stop ", "cancel ", "end ", "tired of ", "enough of ",
                             "too much "}) {
      EXPECT_NE(Read(absl::StrCat(wish, what)), "STOP") << wish << what;
    }
  }
}

TEST(ReplyVocabularyTest, TheLongestTextIsReadInShortOrder) {
  const ReplyVocabulary vocabulary{v1::Clinic()};
  for (const std::string part : {"stop ", "no ", "please ", "me ", "stop texting me at ", "i dont want you to ",
                                 "unsubscribex "}) {
    std::string text;
    while (text.size() + part.size() <= 4000) text += part;
    const auto begin = std::chrono::steady_clock::now();
    vocabulary.Read(text);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2)) << part;
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
  // A doubtful stop word may be a stop word.
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" stop_words: "ende" doubtful_stop_words: "Ende" }
                        reply_words { locale: "pt" stop_words: "cancelar" })"),
              IsEmpty());
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

TEST(CheckReplyWordsTest, NoWordIsOfTwoKinds) {
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" stop_words: "Aus" done_words: "aus!" })"),
              ElementsAre("reply_words[0].done_words[0] must not be both a stop word and a done word"));
  EXPECT_THAT(Faults(R"(reply_words { locale: "fr" start_words: "aus" }
                        reply_words { locale: "de" stop_words: "AUS" })"),
              ElementsAre("reply_words[0].start_words[0] must not be both a stop word and a start word"));
  // One fault for each field, whatever number of kinds the word is of.
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" start_words: "ja" help_words: "ja" done_words: "ja"
                                      not_done_words: "ja" })"),
              ElementsAre("reply_words[0].help_words[0] must not be both a start word and a help word",
                          "reply_words[0].done_words[0] must not be both a start word and a done word",
                          "reply_words[0].not_done_words[0] must not be both a start word and a not_done word"));
  // Those that are there without being named count.
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" done_words: "stop" start_words: "baja" })"),
              ElementsAre("reply_words[0].start_words[0] must not be both a doubtful stop word and a start word",
                          "reply_words[0].done_words[0] must not be both a stop word and a done word"));
  EXPECT_THAT(Faults(R"(reply_words { locale: "de" stop_words: "hecho" })"),
              ElementsAre("reply_words[0].stop_words[0] must not be both a done word and a stop word"));
  EXPECT_THAT(Faults(R"(reply_words { locale: "es" doubtful_stop_words: "basta" done_words: "baja" })"), IsEmpty());
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
