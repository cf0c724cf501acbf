#include "services/client/common/names.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

TEST(NamesTest, ATokenIsNamedByItsIdOrItsName) {
  EXPECT_EQ(TokenName("0a1b"), "tokens/0a1b");
  EXPECT_EQ(TokenName("tokens/0a1b"), "tokens/0a1b");
}

TEST(NamesTest, ShortIdsBecomeResourceNamesOfTheClinic) {
  EXPECT_EQ(ClinicName("demo"), "clinics/demo");
  EXPECT_EQ(PathwayName("clinics/demo", "knee"), "clinics/demo/pathways/knee");
  EXPECT_EQ(EnrollmentName("clinics/demo", "ana"), "clinics/demo/enrollments/ana");
  EXPECT_EQ(EnrollmentName("clinics/demo", "enrollments/ana"), "clinics/demo/enrollments/ana");
  EXPECT_EQ(ReplyName("clinics/demo", "0a"), "clinics/demo/replies/0a");
  EXPECT_EQ(ReplyName("clinics/demo", "replies/0a"), "clinics/demo/replies/0a");
}

TEST(NamesTest, FullNamesAreTakenAsTheyAre) {
  EXPECT_EQ(ClinicName("clinics/a"), "clinics/a");
  EXPECT_EQ(PathwayName("clinics/demo", "clinics/a/pathways/p"), "clinics/a/pathways/p");
  EXPECT_EQ(ReplyName("clinics/demo", "clinics/a/replies/0a"), "clinics/a/replies/0a");
  EXPECT_EQ(*ReminderName("clinics/demo", "clinics/a/enrollments/e/reminders/r.2026-03-04"),
            "clinics/a/enrollments/e/reminders/r.2026-03-04");
}

TEST(NamesTest, TheClinicOfANameIsItsBeginning) {
  EXPECT_EQ(ClinicOf("clinics/a/replies/0a"), "clinics/a");
  EXPECT_EQ(ClinicOf("clinics/a"), "clinics/a");
  EXPECT_EQ(ClinicOf("replies/0a"), "");
  EXPECT_EQ(ClinicOf(""), "");
}

TEST(NamesTest, AReminderIsNamedByItsEnrollmentAndNumber) {
  const std::string reminder = "clinics/demo/enrollments/ana/reminders/ice-am.2026-03-04";
  EXPECT_EQ(*ReminderName("clinics/demo", "ana/ice-am.2026-03-04"), reminder);
  EXPECT_EQ(*ReminderName("clinics/demo", "enrollments/ana/reminders/ice-am.2026-03-04"), reminder);
}

TEST(NamesTest, AReminderWithoutItsEnrollmentIsAUsageError) {
  const auto name = ReminderName("clinics/demo", "ice-am.2026-03-04");
  EXPECT_EQ(ExitCodeOf(name.status()), kExitUsage);
  EXPECT_THAT(std::string(name.status().message()), testing::HasSubstr("ENROLLMENT/RULE.DATE"));
}

TEST(NamesTest, AVisitIsNamedByItsEnrollmentAndId) {
  const std::string name = "clinics/demo/enrollments/ana/visits/month-6";
  EXPECT_EQ(*VisitName("clinics/demo", "ana/month-6"), name);
  EXPECT_EQ(*VisitName("clinics/demo", "enrollments/ana/visits/month-6"), name);
  EXPECT_EQ(*VisitName("clinics/other", name), name);
  EXPECT_EQ(ShortVisit(name), "ana/month-6");
  const auto alone = VisitName("clinics/demo", "month-6");
  EXPECT_EQ(ExitCodeOf(alone.status()), kExitUsage);
  EXPECT_THAT(std::string(alone.status().message()), testing::HasSubstr("ENROLLMENT/VISIT"));
}

TEST(NamesTest, WhatIsShownCanBeTypedBack) {
  const std::string name = "clinics/demo/enrollments/ana/reminders/ice-am.2026-03-04";
  EXPECT_EQ(ShortReminder(name), "ana/ice-am.2026-03-04");
  EXPECT_EQ(*ReminderName("clinics/demo", ShortReminder(name)), name);
  EXPECT_EQ(ShortReminder("ice-am.2026-03-04"), "ice-am.2026-03-04");
  EXPECT_EQ(IdOf(name), "ice-am.2026-03-04");
  EXPECT_EQ(EnrollmentOf(name), "clinics/demo/enrollments/ana");
  EXPECT_EQ(IdOf("alone"), "alone");
}

}  // namespace
}  // namespace aftercare::client
