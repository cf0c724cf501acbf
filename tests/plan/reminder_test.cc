#include "scheduler/plan/reminder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/plan/random_plan.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

std::shared_ptr<const CompiledPathway> IcePathway() {
  return CompileGood(FromText<v1::Pathway>(R"(
      display_name: "Ice" default_locale: "en"
      phases { id: "first-days" display_name: "First days" span { days { first: 1 last: 3 } } }
      rules { id: "ice-am" phase: "first-days" category: "ice"
              schedule { daily {} times: "08:00" window { until: "12:00" } }
              texts { key: "en" value: "{first_name}: ice at {time}, {date}, day {day} ({phase}). {clinic_name}" }
              texts { key: "es" value: "{first_name}: hielo, {date} a las {time}." } })"));
}

// The second occurrence, of 3 June 2026 at 08:00 in New York (12:00Z), as of `now`, for a patient enrolled then.
v1::Reminder Described(const std::string& enrolled, const std::string& now) {
  const auto pathway = IcePathway();
  const PatientFacts facts = FactsFor("2026-06-01", "America/New_York", Instant(enrolled));
  Occurrence occurrence;
  EXPECT_TRUE(Plan(*pathway, facts).Find(0, 2, &occurrence));
  v1::Reminder reminder;
  Describe(*pathway, facts, occurrence, Instant(now), &reminder);
  return reminder;
}

TEST(ReminderTest, SaysWhatThePlanKnows) {
  const v1::Reminder reminder = Described("2026-06-01T00:00Z", "2026-06-01T00:00Z");
  EXPECT_EQ(reminder.name(), "ice-am.2026-06-03");
  EXPECT_EQ(reminder.phase(), "first-days");
  EXPECT_EQ(reminder.category(), "ice");
  EXPECT_EQ(reminder.audience(), v1::AUDIENCE_PATIENT);
  EXPECT_EQ(ToTime(reminder.due_time()), Instant("2026-06-03T12:00Z"));
  EXPECT_EQ(ToTime(reminder.expire_time()), Instant("2026-06-03T16:00Z"));
  EXPECT_EQ(reminder.nominal_local_time(), "2026-06-03T08:00");
}

TEST(ReminderTest, IsScheduledThenDueThenExpired) {
  const v1::Reminder before = Described("2026-06-01T00:00Z", "2026-06-03T11:59Z");
  EXPECT_EQ(before.state(), v1::REMINDER_STATE_SCHEDULED);
  EXPECT_FALSE(before.has_state_time());
  const v1::Reminder due = Described("2026-06-01T00:00Z", "2026-06-03T12:00Z");
  EXPECT_EQ(due.state(), v1::REMINDER_STATE_DUE);
  EXPECT_EQ(due.reason(), v1::REMINDER_REASON_UNSPECIFIED);
  EXPECT_EQ(ToTime(due.state_time()), Instant("2026-06-03T12:00Z"));
  EXPECT_EQ(Described("2026-06-01T00:00Z", "2026-06-03T15:59Z").state(), v1::REMINDER_STATE_DUE);
  const v1::Reminder closed = Described("2026-06-01T00:00Z", "2026-06-03T16:00Z");
  EXPECT_EQ(closed.state(), v1::REMINDER_STATE_EXPIRED);
  EXPECT_EQ(closed.reason(), v1::REMINDER_REASON_WINDOW_CLOSED);
  EXPECT_EQ(ToTime(closed.state_time()), Instant("2026-06-03T16:00Z"));
}

TEST(ReminderTest, IsLateWhenEnrolledAfterItsWindow) {
  const v1::Reminder late = Described("2026-06-03T16:00Z", "2026-06-04T00:00Z");
  EXPECT_EQ(late.state(), v1::REMINDER_STATE_EXPIRED);
  EXPECT_EQ(late.reason(), v1::REMINDER_REASON_LATE_ENROLLMENT);
  EXPECT_EQ(ToTime(late.due_time()), Instant("2026-06-03T12:00Z"));
  EXPECT_EQ(ToTime(late.state_time()), Instant("2026-06-03T16:00Z"));
}

TEST(ReminderTest, IsDueAtEnrollmentInsideItsWindow) {
  const v1::Reminder reminder = Described("2026-06-03T13:30Z", "2026-06-03T13:30Z");
  EXPECT_EQ(reminder.state(), v1::REMINDER_STATE_DUE);
  EXPECT_EQ(ToTime(reminder.due_time()), Instant("2026-06-03T13:30Z"));
  EXPECT_EQ(reminder.nominal_local_time(), "2026-06-03T08:00");
}

TEST(ReminderTest, TellsOnlyWhatThePlanKnows) {
  const auto pathway = IcePathway();
  const PatientFacts facts = FactsFor("2026-06-01", "UTC");
  Occurrence occurrence;
  ASSERT_TRUE(Plan(*pathway, facts).Find(0, 1, &occurrence));
  auto reminder = FromText<v1::Reminder>(R"(patient: "p1" channel: CHANNEL_SMS attempts: 2
                                            reason: REMINDER_REASON_NO_CONSENT state_time { seconds: 1 })");
  Describe(*pathway, facts, occurrence, Instant("2026-06-01T00:00Z"), &reminder);
  EXPECT_EQ(reminder.patient(), "p1");
  EXPECT_EQ(reminder.channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(reminder.attempts(), 2);
  EXPECT_EQ(reminder.reason(), v1::REMINDER_REASON_UNSPECIFIED);
  EXPECT_FALSE(reminder.has_state_time());
}

std::string TextFor(const std::string& locale, const std::string& enrolled) {
  const auto pathway = IcePathway();
  const PatientFacts facts = FactsFor("2026-06-01", "America/New_York", Instant(enrolled));
  v1::Enrollment enrollment;
  enrollment.set_first_name("Ada");
  enrollment.set_locale(locale);
  Occurrence occurrence;
  EXPECT_TRUE(Plan(*pathway, facts).Find(0, 2, &occurrence));
  const ClinicFacts clinic{"North Clinic", "555-0100"};
  const std::string text = RenderText(*pathway, facts, enrollment, clinic, occurrence);
  EXPECT_LE(text.size(), MaxTextBytes(*pathway, 0, enrollment, clinic));
  return text;
}

TEST(ReminderTest, TextsAreInThePatientsLanguageOrTheDefault) {
  EXPECT_EQ(TextFor("es-MX", "2026-06-01T00:00Z"), "Ada: hielo, 3 de junio a las 08:00.");
  EXPECT_EQ(TextFor("fr", "2026-06-01T00:00Z"), "Ada: ice at 8:00 AM, June 3, day 2 (First days). North Clinic");
}

TEST(ReminderTest, WhoHasNotAgreedToHealthInformationGetsTheVersionWithoutIt) {
  v1::Pathway source = OneRulePathway("days { first: 0 last: 3 }", "times: '09:00'");
  (*source.mutable_rules(0)->mutable_texts())["en"] = "Ice your knee, {first_name}.";
  (*source.mutable_rules(0)->mutable_discreet_texts())["en"] = "{first_name}: please look at your plan of {date}.";
  const auto pathway = CompileGood(source);
  const PatientFacts facts = FactsFor("2026-06-01", "UTC");
  Occurrence occurrence;
  ASSERT_TRUE(Plan(*pathway, facts).Find(0, 1, &occurrence));
  v1::Enrollment patient;
  patient.set_first_name("Ada");
  const ClinicFacts clinic{"North Clinic", "555-0100"};
  const std::string discreet = "Ada: please look at your plan of June 1.";
  EXPECT_EQ(RenderText(*pathway, facts, patient, clinic, occurrence), discreet);
  EXPECT_LE(discreet.size(), MaxTextBytes(*pathway, 0, patient, clinic));
  const auto values = TextValues(*pathway, facts, patient, clinic, occurrence);
  EXPECT_EQ(FillText(*pathway, 0, "en", values, /*discreet=*/true), discreet);
  v1::ConsentDecision& decision = *patient.add_consent_decisions();
  decision.set_health_information(true);
  decision.set_consent(v1::CONSENT_REFUSED);
  EXPECT_TRUE(GetsDiscreetTexts(patient));
  decision.set_consent(v1::CONSENT_GRANTED);
  EXPECT_EQ(RenderText(*pathway, facts, patient, clinic, occurrence), "Ice your knee, Ada.");
}

TEST(ReminderTest, TextsSpeakOfTheTimeItIsDue) {
  EXPECT_EQ(TextFor("es", "2026-06-03T13:30Z"), "Ada: hielo, 3 de junio a las 09:30.");
}

// The text of a rule that says `source`, from a clinic with that telephone number.
std::string TextSaying(const std::string& source, absl::string_view phone) {
  v1::Pathway said = OneRulePathway("days { first: 0 last: 3 }", "times: '09:00'");
  (*said.mutable_rules(0)->mutable_texts())["en"] = source;
  const auto pathway = CompileGood(said);
  const PatientFacts facts = FactsFor("2026-06-01", "UTC");
  Occurrence occurrence;
  EXPECT_TRUE(Plan(*pathway, facts).Find(0, 1, &occurrence));
  return RenderText(*pathway, facts, v1::Enrollment(), {"North Clinic", phone}, occurrence);
}

TEST(ReminderTest, TextsLeaveNoWhiteSpaceBehindWhereTheLastValueIsEmpty) {
  EXPECT_EQ(TextSaying("Call us: {clinic_phone}", "555-0100"), "Call us: 555-0100");
  EXPECT_EQ(TextSaying("Call us: {clinic_phone}", ""), "Call us:");
  EXPECT_EQ(TextSaying("Call {clinic_name} \n{clinic_phone}", ""), "Call North Clinic");
  EXPECT_EQ(TextSaying(" Two\n\nlines {clinic_phone} \n", "5"), " Two\n\nlines 5");
}

TEST(ReminderTest, TimestampsKeepNanosecondsOnBothSidesOf1970) {
  for (const int64_t nanos : {int64_t{0}, int64_t{1'500'000'001}, int64_t{-1}, int64_t{-1'500'000'000}}) {
    google::protobuf::Timestamp timestamp;
    SetTimestamp(absl::FromUnixNanos(nanos), &timestamp);
    EXPECT_GE(timestamp.nanos(), 0);
    EXPECT_EQ(absl::ToUnixNanos(ToTime(timestamp)), nanos);
  }
}

// Returns a text of random words and placeholders. A text for a visit may speak of it.
std::string RandomText(bool visit, Random* random) {
  const std::vector<std::string> pieces = {" ", "  ", "ice", ". ", "{{", "}}", "ñ", "{first_name}", "{last_name}",
                                           "{clinic_name}", "{clinic_phone}", "{phase}", "{date}", "{time}", "{day}",
                                           "{week}", "{procedure_date}", "{visit}", "{visit_date}", "{visit_time}"};
  std::string text = "x";
  for (int i = random->Between(0, 9); i > 0; --i) {
    absl::StrAppend(&text, pieces[random->Between(0, static_cast<int>(pieces.size()) - (visit ? 1 : 4))]);
  }
  return text;
}

// Returns RandomPathway with random texts in several languages.
v1::Pathway RandomTexts(Random* random) {
  v1::Pathway pathway = RandomPathway(random);
  pathway.set_default_locale(random->OneIn(2) ? "en" : "es-MX");
  for (v1::Rule& rule : *pathway.mutable_rules()) {
    rule.clear_texts();
    for (const char* locale : {"en", "es", "es-MX", "fr"}) {
      if (locale != pathway.default_locale() && random->OneIn(2)) continue;
      (*rule.mutable_texts())[locale] = RandomText(rule.has_visit(), random);
    }
  }
  return pathway;
}

v1::Enrollment RandomReader(Random* random) {
  const std::vector<std::string> names = {"", " ", "Ada", "{day}", "María José"};
  const std::vector<std::string> locales = {"", "en", "en-GB", "es", "es-MX", "es-AR", "fr", "de", "x"};
  v1::Enrollment enrollment;
  enrollment.set_first_name(names[random->Between(0, 4)]);
  enrollment.set_last_name(names[random->Between(0, 4)]);
  enrollment.set_locale(locales[random->Between(0, 8)]);
  return enrollment;
}

TEST(ReminderTest, TheValuesOfATextGiveItAgainWordForWord) {
  const uint64_t seed = SeedOfRun();
  SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed));
  Random random(seed);
  for (int round = 0; round < 300; ++round) {
    const auto pathway = CompileGood(RandomTexts(&random));
    const PatientFacts facts = RandomPatient(*pathway, "America/New_York", "Asia/Tokyo", &random);
    const v1::Enrollment reader = RandomReader(&random);
    const ClinicFacts clinic{random.OneIn(2) ? "North Clinic" : "", random.OneIn(2) ? "555-0100" : "",
                             random.OneIn(2) ? "Europe/Madrid" : ""};
    Plan plan(*pathway, facts);
    Occurrence occurrence;
    for (int i = 0; i < 20 && plan.Next(&occurrence); ++i) {
      const std::string text = RenderText(*pathway, facts, reader, clinic, occurrence);
      const auto values = TextValues(*pathway, facts, reader, clinic, occurrence);
      ASSERT_EQ(FillText(*pathway, occurrence.rule, reader.locale(), values), text);
      const std::string& shown = pathway->TextFor(occurrence.rule, reader.locale()).locale;
      ASSERT_EQ(FillText(*pathway, occurrence.rule, shown, values), text) << "by the locale of the text";
    }
  }
}

}  // namespace
}  // namespace aftercare::plan
