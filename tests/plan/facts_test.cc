#include "scheduler/plan/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<const CompiledPathway> FactorPathway() {
  return CompileGood(FromText<v1::Pathway>(R"(
      display_name: "Factors" default_locale: "en"
      factors { id: "severity" values: "mild" values: "severe" default_value: "mild" }
      factors { id: "smoker" values: "yes" values: "no" }
      phases { id: "p" display_name: "Phase" span { days { first: 0 last: 9 } } }
      rules { id: "all" phase: "p" category: "c" schedule { times: "09:00" } texts { key: "en" value: "x" } }
      rules { id: "severe" phase: "p" category: "c" schedule { times: "09:00" } texts { key: "en" value: "x" }
              conditions { factor: "severity" values: "severe" } }
      rules { id: "mild" phase: "p" category: "c" schedule { times: "09:00" } texts { key: "en" value: "x" }
              conditions { factor: "severity" values: "mild" } }
      rules { id: "mild-smoker" phase: "p" category: "c" schedule { times: "09:00" } texts { key: "en" value: "x" }
              conditions { factor: "severity" values: "mild" } conditions { factor: "smoker" values: "yes" } }
      rules { id: "any-smoking" phase: "p" category: "c" schedule { times: "09:00" } texts { key: "en" value: "x" }
              conditions { factor: "smoker" values: "yes" values: "no" } })"));
}

v1::Enrollment GoodEnrollment() {
  return FromText<v1::Enrollment>(R"(
      patient: "P-1.a_b" first_name: "Ada" last_name: "Byron" procedure_date: "2026-06-01"
      time_zone: "America/New_York" locale: "es-MX" consent: CONSENT_GRANTED
      contact_points { channel: CHANNEL_SMS address: "+15550100" }
      contact_points { channel: CHANNEL_EMAIL address: "ada.byron+knee@mail.example.org" }
      contact_points { channel: CHANNEL_WEBHOOK address: "app user 7" })");
}

std::vector<std::string> Faults(const v1::Enrollment& enrollment) {
  FieldErrors errors;
  const auto facts = FactsOf(enrollment, *FactorPathway(), &errors);
  EXPECT_EQ(facts.has_value(), errors.empty());
  return FieldsOf(errors);
}

// Ids of the rules that apply to a patient with those factors.
std::vector<std::string> RulesWith(const std::string& factors) {
  const auto pathway = FactorPathway();
  v1::Enrollment enrollment = GoodEnrollment();
  enrollment.MergeFrom(FromText<v1::Enrollment>(factors));
  FieldErrors errors;
  const auto facts = FactsOf(enrollment, *pathway, &errors);
  EXPECT_TRUE(facts.has_value());
  EXPECT_EQ(facts->rules, TrustedFactsOf(enrollment, *pathway).rules);
  std::vector<std::string> ids;
  for (int i = 0; i < pathway->rule_count(); ++i) {
    if (facts->rules[i]) ids.push_back(pathway->rule_source(i).id());
  }
  return ids;
}

TEST(FactsTest, AGoodEnrollmentBecomesFacts) {
  v1::Enrollment enrollment = GoodEnrollment();
  enrollment.mutable_enroll_time()->set_seconds(1'780'000'000);
  enrollment.mutable_enroll_time()->set_nanos(5);
  FieldErrors errors;
  const auto facts = FactsOf(enrollment, *FactorPathway(), &errors);
  ASSERT_THAT(FieldsOf(errors), IsEmpty());
  EXPECT_EQ(facts->procedure_date, absl::CivilDay(2026, 6, 1));
  EXPECT_EQ(facts->zone.name(), "America/New_York");
  EXPECT_EQ(facts->enroll_time, absl::FromUnixNanos(1'780'000'000'000'000'005));
  const PatientFacts trusted = TrustedFactsOf(enrollment, *FactorPathway());
  EXPECT_EQ(trusted.procedure_date, facts->procedure_date);
  EXPECT_EQ(trusted.zone, facts->zone);
  EXPECT_EQ(trusted.enroll_time, facts->enroll_time);
}

TEST(FactsTest, WithoutAnEnrollTimeNothingIsLate) {
  EXPECT_EQ(TrustedFactsOf(GoodEnrollment(), *FactorPathway()).enroll_time, absl::InfinitePast());
}

TEST(FactsTest, RulesApplyWhereAllTheirConditionsHold) {
  EXPECT_THAT(RulesWith(R"(factors { key: "severity" value: "severe" })"), ElementsAre("all", "severe"));
  EXPECT_THAT(RulesWith(R"(factors { key: "severity" value: "mild" } factors { key: "smoker" value: "yes" })"),
              ElementsAre("all", "mild", "mild-smoker", "any-smoking"));
}

TEST(FactsTest, AFactorThatIsNotNamedHasItsDefaultOrNoValue) {
  EXPECT_THAT(RulesWith(""), ElementsAre("all", "mild"));
  EXPECT_THAT(RulesWith(R"(factors { key: "smoker" value: "no" })"), ElementsAre("all", "mild", "any-smoking"));
}

TEST(FactsTest, EveryFaultIsNamedAtOnce) {
  const auto enrollment = FromText<v1::Enrollment>(R"(
      patient: "no spaces" last_name: "a\nb" procedure_date: "2026-02-30" time_zone: "EST5" locale: "spanish"
      factors { key: "age" value: "old" } factors { key: "severity" value: "none" }
      contact_points { channel: CHANNEL_SMS address: "555-0100" }
      contact_points { channel: CHANNEL_EMAIL address: "nobody" }
      contact_points { address: "x" })");
  EXPECT_THAT(Faults(enrollment),
              ElementsAre("patient", "first_name", "last_name", "procedure_date", "time_zone", "locale",
                          "contact_points[0].address", "contact_points[1].address", "contact_points[2].channel",
                          "consent", "factors[\"age\"]", "factors[\"severity\"]"));
}

TEST(FactsTest, WithoutThePathwayAllButTheFactorsIsChecked) {
  v1::Enrollment enrollment = GoodEnrollment();
  (*enrollment.mutable_factors())["age"] = "old";
  FieldErrors errors;
  CheckEnrollment(enrollment, &errors);
  EXPECT_THAT(FieldsOf(errors), IsEmpty());
  enrollment.set_procedure_date("tomorrow");
  enrollment.clear_consent();
  CheckEnrollment(enrollment, &errors);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("procedure_date", "consent"));
}

TEST(FactsTest, FaultsDoNotRepeatThePatientsData) {
  v1::Enrollment enrollment = GoodEnrollment();
  enrollment.mutable_contact_points(0)->set_address("secret-number");
  FieldErrors errors;
  FactsOf(enrollment, *FactorPathway(), &errors);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].description.find("secret"), std::string::npos);
}

TEST(FactsTest, TheTimeZoneIsRequiredAndTheLocaleIsNot) {
  v1::Enrollment enrollment = GoodEnrollment();
  enrollment.clear_time_zone();
  enrollment.clear_locale();
  EXPECT_THAT(Faults(enrollment), ElementsAre("time_zone"));
}

TEST(FactsTest, TelephoneNumbersAreE164) {
  v1::Enrollment enrollment = GoodEnrollment();
  for (const char* bad : {"15550100", "+05550100", "+1555", "+1555010012345678", "+1 555 0100", "+1555010a", "+"}) {
    enrollment.mutable_contact_points(0)->set_address(bad);
    EXPECT_THAT(Faults(enrollment), ElementsAre("contact_points[0].address")) << bad;
  }
  enrollment.mutable_contact_points(0)->set_address("+442079460000");
  EXPECT_THAT(Faults(enrollment), IsEmpty());
}

TEST(FactsTest, MailAddressesMustBePlausible) {
  v1::Enrollment enrollment = GoodEnrollment();
  for (const char* bad : {"a", "@b.org", "a@", "a@b", "a@b@c.org", "a b@c.org", "a@b..org", "a@-b.org", "a@b.org.",
                          ".a@b.org", "a..b@c.org", "A <a@b.org>", "a@b.org,c@d.org", "a@b.org\r\nBcc: c@d.org"}) {
    enrollment.mutable_contact_points(1)->set_address(bad);
    EXPECT_THAT(Faults(enrollment), ElementsAre("contact_points[1].address")) << bad;
  }
  for (const char* good : {"a@b.org", "o'hara@b.co.uk", "jos\u00e9@correo.example"}) {
    enrollment.mutable_contact_points(1)->set_address(good);
    EXPECT_THAT(Faults(enrollment), IsEmpty()) << good;
  }
}

TEST(FactsTest, AFirstNameThatNobodySeesIsNone) {
  v1::Enrollment enrollment = GoodEnrollment();
  for (const char* blank : {"", " ", "\u200B", "\u00AD \u3164", "\u2800"}) {
    enrollment.set_first_name(blank);
    EXPECT_THAT(Faults(enrollment), ElementsAre("first_name")) << blank;
  }
}

TEST(FactsTest, ListsAndLengthsHaveLimits) {
  v1::Enrollment enrollment = GoodEnrollment();
  enrollment.set_patient(std::string(65, 'a'));
  enrollment.set_first_name(std::string(101, 'a'));
  enrollment.set_last_name(std::string(101, 'a'));
  enrollment.mutable_contact_points(2)->set_address(std::string(255, 'a'));
  while (enrollment.contact_points_size() < 11) *enrollment.add_contact_points() = enrollment.contact_points(0);
  EXPECT_THAT(Faults(enrollment), ElementsAre("patient", "first_name", "last_name", "contact_points",
                                              "contact_points[2].address"));
}

TEST(FactsTest, UnknownEnumValuesAreRefused) {
  v1::Enrollment enrollment = GoodEnrollment();
  enrollment.set_consent(static_cast<v1::Consent>(99));
  enrollment.mutable_contact_points(0)->set_channel(static_cast<v1::Channel>(99));
  EXPECT_THAT(Faults(enrollment), ElementsAre("contact_points[0].channel", "consent"));
}

TEST(FactsTest, TrustedFactsAreReadLeniently) {
  v1::Enrollment enrollment;
  enrollment.set_time_zone("Gone/Zone");
  (*enrollment.mutable_factors())["gone"] = "x";
  const PatientFacts facts = TrustedFactsOf(enrollment, *FactorPathway());
  EXPECT_EQ(facts.zone, absl::UTCTimeZone());
  EXPECT_EQ(facts.procedure_date, absl::CivilDay(1970, 1, 1));
}

}  // namespace
}  // namespace aftercare::plan
