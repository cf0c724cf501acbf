#include "scheduler/engine/runtime/names.h"

#include <gtest/gtest.h>

namespace aftercare::engine {
namespace {

const std::string k40(40, 'a');
const std::string k41(41, 'a');

TEST(NamesTest, ClinicIdsAreLowerCaseAndBeginWithALetter) {
  for (const std::string& id : {std::string("a"), std::string("north-1"), std::string("a-"), k40}) {
    EXPECT_TRUE(IsClinicId(id)) << id;
  }
  for (const std::string& id : {std::string(), std::string("1a"), std::string("-a"), std::string("North"),
                                std::string("a_b"), std::string("a b"), std::string("a/b"), std::string("ä"),
                                std::string("a\0", 2), k41}) {
    EXPECT_FALSE(IsClinicId(id)) << id;
  }
}

TEST(NamesTest, PathwayIdsMayHaveUnderscores) {
  for (const std::string& id : {std::string("k"), std::string("knee_2-x"), k40}) EXPECT_TRUE(IsPathwayId(id)) << id;
  for (const std::string& id : {std::string(), std::string("_k"), std::string("2k"), std::string("K"),
                                std::string("a.b"), k41}) {
    EXPECT_FALSE(IsPathwayId(id)) << id;
  }
}

TEST(NamesTest, EnrollmentIdsMayBeginWithADigit) {
  for (const std::string& id : {std::string("0"), std::string("-"), std::string("7ab-c"), k40}) {
    EXPECT_TRUE(IsEnrollmentId(id)) << id;
  }
  for (const std::string& id : {std::string(), std::string("A"), std::string("a_b"), std::string("a.b"), k41}) {
    EXPECT_FALSE(IsEnrollmentId(id)) << id;
  }
}

TEST(NamesTest, ForeignIdsAreUpTo64LettersDigitsDotsUnderscoresAndDashes) {
  for (const std::string& id : {std::string("MRN_0.1-X"), std::string("-"), std::string(64, '9')}) {
    EXPECT_TRUE(IsForeignId(id)) << id;
  }
  for (const std::string& id : {std::string(), std::string("a b"), std::string("a/b"), std::string("é"),
                                std::string(65, '9')}) {
    EXPECT_FALSE(IsForeignId(id)) << id;
  }
}

TEST(NamesTest, ParsersReadWhatTheFormattersWrite) {
  EXPECT_EQ(ParseClinicName(ClinicNameOf("north")), "north");
  const auto pathway = ParsePathwayName(PathwayNameOf("north", "knee_1"));
  ASSERT_TRUE(pathway.has_value());
  EXPECT_EQ(pathway->clinic + " " + pathway->pathway, "north knee_1");
  const auto enrollment = ParseEnrollmentName(EnrollmentNameOf("north", "0e"));
  ASSERT_TRUE(enrollment.has_value());
  EXPECT_EQ(enrollment->clinic + " " + enrollment->enrollment, "north 0e");
  const store::ReminderKey key{"north", "0e", "ice_am", 20000};
  EXPECT_EQ(ReminderNameOf(key), "clinics/north/enrollments/0e/reminders/ice_am.20000");
  EXPECT_EQ(ParseReminderName(ReminderNameOf(key)), key);
  for (const char* id : {"ice_am.2026-03-04", "ice_am.2026-03-04-0800", "ice_am.2026-03-04~2"}) {
    const std::string name = std::string("clinics/north/enrollments/0e/reminders/") + id;
    const auto named = ParseReminderName(name);
    ASSERT_TRUE(named) << id;
    EXPECT_EQ(ReminderNameOf(*named), name);
  }
  EXPECT_EQ(VisitNameOf("a", "e-1", "month-6"), "clinics/a/enrollments/e-1/visits/month-6");
  const auto visit = ParseVisitName("clinics/a/enrollments/e-1/visits/month-6");
  ASSERT_TRUE(visit);
  EXPECT_EQ(VisitNameOf(visit->clinic, visit->enrollment, visit->visit), "clinics/a/enrollments/e-1/visits/month-6");
}

TEST(NamesTest, NamesOfAnyOtherFormAreRefused) {
  for (const char* name : {"", "clinics", "clinics/", "clinics/-", "/clinics/a", "clinics/a/", "Clinics/a", "clinic/a",
                           "clinics/A", "clinics/a/b", "clinics//a"}) {
    EXPECT_FALSE(ParseClinicName(name)) << name;
  }
  for (const char* name : {"clinics/a", "clinics/a/pathways/", "clinics/a/pathways/1", "clinics/A/pathways/k",
                           "clinics/a/pathway/k", "clinics/a/pathways/k/x", "clinics/-/pathways/k"}) {
    EXPECT_FALSE(ParsePathwayName(name)) << name;
  }
  for (const char* name : {"clinics/a/enrollments/", "clinics/a/enrollments/E", "clinics/a/enrollments/e/reminders/r.1",
                           "clinics/a/pathways/e", "clinics//enrollments/e"}) {
    EXPECT_FALSE(ParseEnrollmentName(name)) << name;
  }
  for (const char* id : {"", "r", "r.", ".1", "r.0", "r.-1", "r.+1", "r.01", "r. 1", "r.1 ", "r.1.1", "r.x", "R.1",
                         "1r.1", "r.4294967297"}) {
    EXPECT_FALSE(ParseReminderName(std::string("clinics/a/enrollments/e/reminders/") + id)) << id;
  }
  for (const char* name : {"clinics/a/enrollments/e/visits/", "clinics/a/enrollments/E/visits/v", "clinics/a/visits/v",
                           "clinics/a/enrollments/e/visits/6", "clinics/a/enrollments/e/visits/v/x",
                           "clinics/a/enrollments/e/reminders/v"}) {
    EXPECT_FALSE(ParseVisitName(name)) << name;
  }
  EXPECT_FALSE(ParseClinicName("clinics/" + std::string(1'000'000, 'a')));
}

TEST(NamesTest, MadeEnrollmentIdsAreGoodAndOrderedByTime) {
  const absl::Time now = absl::FromUnixMillis(1'866'000'000'000);
  const std::string id = MakeTimeOrderedId(now, ~uint64_t{0});
  EXPECT_TRUE(IsEnrollmentId(id));
  EXPECT_LT(id, MakeTimeOrderedId(now + absl::Milliseconds(1), 0));
  EXPECT_LT(MakeTimeOrderedId(absl::FromUnixMillis(1), 5), id);
  EXPECT_LT(id, MakeTimeOrderedId(absl::FromCivil(absl::CivilDay(9999, 12, 31), absl::UTCTimeZone()), 0));
  EXPECT_NE(id, MakeTimeOrderedId(now, 0));
}

}  // namespace
}  // namespace aftercare::engine
