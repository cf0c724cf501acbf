// The words of the pathway that ships: that they fit an SMS with all kinds of names, and ask for what they understand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/message_check.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/sms_size.h"
#include "tests/plan/knee.h"

namespace aftercare::plan {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Names that texts are filled in with.
struct Names {
  const char* first;
  const char* last;
  const char* clinic;
  const char* phone;
};

constexpr Names kOrdinary = {"Margaret", "Whitfield", "Riverside Knee Clinic", "(212) 555-0100"};
constexpr Names kLong = {"Maximiliano Alejandro", "Fernandez-Villavicencio de la Cruz",
                         "Greater Riverside Orthopedic and Sports Medicine Center", "+1 (212) 555-0100 ext. 4821"};
constexpr Names kAccented = {"Ana", "Alvarez", "Cl\u00EDnica de Rodilla S\u00E3o Jos\u00E9", "555 0100"};
constexpr Names kShort = {"Ana", "", "North Clinic", ""};

// Every text of a language with those names, those for the care team too. Dates are in September, the longest.
std::vector<std::string> TextsWith(const Names& names, const std::string& locale) {
  v1::Pathway source = KneeSource();
  source.set_default_locale(locale);  // In which the care team reads.
  const auto pathway = CompileGood(source);
  PatientFacts facts = FactsWith({});
  facts.rules.set();
  for (VisitFacts& visit : facts.visits) {
    visit.target = visit.anchor = absl::CivilDay(2027, 9, 30);
    visit.appointment = 1;
    visit.start = Instant("2027-09-30T16:30Z");
  }
  for (const int rule : pathway->reactions()) facts.triggers.push_back({rule, Instant("2027-09-30T16:30Z")});
  v1::Enrollment patient = PatientWith({});
  patient.set_locale(locale);
  patient.set_first_name(names.first);
  patient.set_last_name(names.last);
  Plan plan(*pathway, facts);
  std::vector<std::string> texts;
  for (int i = 0; i < pathway->rule_count(); ++i) {
    Occurrence first;
    EXPECT_TRUE(plan.Find(i, 1, &first));
    texts.push_back(RenderText(*pathway, facts, patient, {names.clinic, names.phone}, first));
  }
  return texts;
}

void ExpectNoHole(const std::string& text) {
  for (const char* hole : {"  ", " .", " ,", " :", " ?", " ;", "{", "}"}) EXPECT_THAT(text, Not(HasSubstr(hole)));
  EXPECT_FALSE(absl::StartsWith(text, " ") || absl::EndsWith(text, " ")) << text;
}

TEST(KneeWordsTest, EveryTextIsOnePartOfGsm7WithOrdinaryNames) {
  for (const char* locale : {"en", "es"}) {
    for (const std::string& text : TextsWith(kOrdinary, locale)) {
      const SmsSize size = SmsSizeOf(text);
      EXPECT_EQ(size.parts, 1) << size.places << ": " << text;
      EXPECT_THAT(size.not_gsm7, IsEmpty()) << text;
      ExpectNoHole(text);
    }
  }
  EXPECT_THAT(FindLongTexts(Knee(), 100), IsEmpty());
}

TEST(KneeWordsTest, LongNamesCostASecondPartAndAnAccentedClinicAtMostThree) {
  for (const char* locale : {"en", "es"}) {
    for (const std::string& text : TextsWith(kLong, locale)) {
      EXPECT_LE(SmsSizeOf(text).parts, 2) << text;
      ExpectNoHole(text);
    }
    for (const std::string& text : TextsWith(kAccented, locale)) {
      EXPECT_LE(SmsSizeOf(text).parts, 3) << text;
      ExpectNoHole(text);
    }
  }
}

TEST(KneeWordsTest, ALastNameOrATelephoneNumberThatIsNotThereLeavesNoHole) {
  for (const char* locale : {"en", "es"}) {
    for (const std::string& text : TextsWith(kShort, locale)) ExpectNoHole(text);
  }
}

// A clinic may have no telephone number, which must not leave a sentence without its end.
TEST(KneeWordsTest, TheTelephoneNumberStandsOnlyAtTheEndOfATextAfterTheClinicsName) {
  int numbers = 0;
  for (const v1::Rule& rule : Knee().source().rules()) {
    for (const auto& [locale, text] : rule.texts()) {
      if (!absl::StrContains(text, "{clinic_phone}")) continue;
      ++numbers;
      EXPECT_TRUE(absl::EndsWith(text, "{clinic_name} {clinic_phone}")) << text;
    }
  }
  EXPECT_GT(numbers, 0);
}

TEST(KneeWordsTest, WhoeverThePatientIsTheFirstTextOfADayNamesTheClinic) {
  std::set<int> firsts;
  for (const Factors& factors : AllPatients()) {
    absl::CivilDay last;
    for (const Occurrence& occurrence : PlanWith(factors)) {
      if (Knee().rule(occurrence.rule).audience != v1::AUDIENCE_PATIENT) continue;
      if (absl::CivilDay(occurrence.nominal) != last) firsts.insert(occurrence.rule);
      last = absl::CivilDay(occurrence.nominal);
    }
  }
  EXPECT_GT(firsts.size(), 20u);
  for (int i = 0; i < Knee().rule_count(); ++i) {
    // What a visit brings may come on any day.
    const bool is_of_visit = Knee().rule(i).visit >= 0 && Knee().rule(i).audience == v1::AUDIENCE_PATIENT;
    if (firsts.count(i) == 0 && !is_of_visit) continue;
    for (const auto& [locale, text] : Knee().rule_source(i).texts()) EXPECT_THAT(text, HasSubstr("{clinic_name}"));
  }
}

TEST(KneeWordsTest, WhatAsksForAScoreAsksForANumberFromNoneToWorstAndNothingElseDoes) {
  for (const v1::Rule& rule : Knee().source().rules()) {
    const bool asks = rule.answer() == v1::ANSWER_KIND_SCORE;
    const std::string& en = rule.texts().at("en");
    const std::string& es = rule.texts().at("es");
    EXPECT_EQ(asks, absl::StrContains(en, "? Reply with a number, 0 (none) to 10 (worst).")) << en;
    EXPECT_EQ(asks, absl::StrContains(es, "? Responda solo con una cifra, de 0 (nada) a 10 (el peor dolor).")) << es;
    // What asks without a kind of answer asks what nobody reads.
    if (rule.answer() == v1::ANSWER_KIND_UNSPECIFIED) EXPECT_THAT(en + es, Not(HasSubstr("?")));
  }
}

TEST(KneeWordsTest, WhatAsksWhetherSomethingWasDoneNamesBothWordsForIt) {
  for (const v1::Rule& rule : Knee().source().rules()) {
    const bool asks = rule.answer() == v1::ANSWER_KIND_DONE;
    EXPECT_EQ(asks, absl::StrContains(rule.texts().at("en"), "Reply DONE")) << rule.id();
    EXPECT_EQ(asks, absl::StrContains(rule.texts().at("es"), "esponda HECHO")) << rule.id();
    if (!asks) continue;
    for (const auto& [locale, text] : rule.texts()) EXPECT_THAT(text, HasSubstr(" NO")) << text;
  }
}

// Who answers with a word of the text must not be taken to wish no more messages.
TEST(KneeWordsTest, NoTextHoldsAWordThatMayBeReadAsAWishToStopWhereItIsAnAnswer) {
  const std::set<std::string> doubtful = {"alto", "baja", "cancelar", "cancel", "end", "quit", "parar", "detener"};
  for (const v1::Rule& rule : Knee().source().rules()) {
    if (rule.audience() == v1::AUDIENCE_CARE_TEAM) continue;
    for (const auto& [locale, text] : rule.texts()) {
      std::string letters = text;
      for (char& c : letters) c = absl::ascii_isalpha(static_cast<unsigned char>(c)) ? absl::ascii_tolower(c) : ' ';
      for (const std::string& word : std::vector<std::string>(absl::StrSplit(letters, ' '))) {
        EXPECT_EQ(doubtful.count(word), 0u) << word << ": " << text;
      }
    }
  }
}

TEST(KneeWordsTest, TheWelcomeSaysWhoWritesHowMuchAndHowToOptOut) {
  const auto& texts = Knee().rule_source(Knee().FindRule("welcome")).texts();
  for (const auto& [locale, text] : texts) {
    EXPECT_TRUE(absl::StartsWith(text, "{clinic_name}: ")) << text;
    for (const char* said : {"STOP", "5", "emergenc"}) EXPECT_THAT(text, HasSubstr(said));
  }
  EXPECT_THAT(texts.at("en"), HasSubstr("not read at once"));
}

// No country's number, and no outcome that nobody can promise.
TEST(KneeWordsTest, NoTextNamesAnEmergencyNumberOrPromisesAnOutcome) {
  for (const v1::Rule& rule : Knee().source().rules()) {
    for (const auto& [locale, text] : rule.texts()) {
      for (const char* not_said : {"911", "112", "many people", "Many people", "Muchas personas", "muchas personas",
                                   "guarantee", "will feel", "will heal", "cure"}) {
        EXPECT_THAT(text, Not(HasSubstr(not_said)));
      }
    }
    if (rule.category() != "expectation") continue;
    EXPECT_THAT(rule.texts().at("en"), AnyOf(HasSubstr("others need longer"), HasSubstr("may "))) << rule.id();
  }
}

}  // namespace
}  // namespace aftercare::plan
