#include "services/client/input/import_file.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kHeader[] = "patient,first_name,procedure_date,consent,pathway\n";

absl::StatusOr<ImportFile> Open(const std::string& text, const std::string& pathway = "") {
  return ImportFile::Open("p.csv", text, "clinics/demo", pathway);
}

// What a user reads of a file that cannot be imported.
std::string FaultsOfFile(const std::string& text, const std::string& pathway = "") {
  const auto file = Open(text, pathway);
  EXPECT_FALSE(file.ok()) << text;
  EXPECT_EQ(ExitCodeOf(file.status()), kExitRefused);
  return RenderFailure(file.status(), "");
}

std::vector<ImportRow> RowsOf(const std::string& text, const std::string& pathway = "") {
  auto file = Open(text, pathway);
  EXPECT_TRUE(file.ok()) << RenderFailure(file.status(), "");
  std::vector<ImportRow> rows;
  if (!file.ok()) return rows;
  ImportRow row;
  while (file->Next(&row)) rows.push_back(row);
  EXPECT_EQ(file->size(), static_cast<int64_t>(rows.size()));
  return rows;
}

TEST(ImportFileTest, EveryColumnFindsItsField) {
  const auto rows = RowsOf(
      "enrollment_id,factor:severity,email,locale,patient,first_name,last_name,pathway,procedure_date,time_zone,"
      "consent,sms,webhook,factor:smoker\n"
      "e-1,severe,a@example.org,es,P-1,Ana,\"Ruiz, Jr.\",knee,2026-03-02,Europe/Madrid,Granted,+15550100,app-1,true\n");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].fault, "");
  EXPECT_EQ(rows[0].message.line_number(), 2);
  EXPECT_EQ(rows[0].message.enrollment_id(), "e-1");
  const v1::Enrollment& enrollment = rows[0].message.enrollment();
  EXPECT_EQ(enrollment.patient(), "P-1");
  EXPECT_EQ(enrollment.first_name(), "Ana");
  EXPECT_EQ(enrollment.last_name(), "Ruiz, Jr.");
  EXPECT_EQ(enrollment.pathway(), "clinics/demo/pathways/knee");
  EXPECT_EQ(enrollment.procedure_date(), "2026-03-02");
  EXPECT_EQ(enrollment.time_zone(), "Europe/Madrid");
  EXPECT_EQ(enrollment.locale(), "es");
  EXPECT_EQ(enrollment.consent(), v1::CONSENT_GRANTED);
  EXPECT_EQ(enrollment.factors().at("severity"), "severe");
  EXPECT_EQ(enrollment.factors().at("smoker"), "true");
  ASSERT_EQ(enrollment.contact_points_size(), 3);
  EXPECT_EQ(enrollment.contact_points(0).channel(), v1::CHANNEL_EMAIL) << "the columns' order is the patient's";
  EXPECT_EQ(enrollment.contact_points(1).address(), "+15550100");
  EXPECT_EQ(enrollment.contact_points(2).channel(), v1::CHANNEL_WEBHOOK);
}

TEST(ImportFileTest, WhatIsEmptyIsNotSet) {
  const auto rows = RowsOf("patient,first_name,procedure_date,consent,pathway,sms,email,factor:severity,time_zone\n"
                           "P-1,,,,,,a@example.org,,\n",
                           "knee");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].message.enrollment().ShortDebugString(),
            "patient: \"P-1\" pathway: \"clinics/demo/pathways/knee\" "
            "contact_points { channel: CHANNEL_EMAIL address: \"a@example.org\" }");
}

TEST(ImportFileTest, APathwayOfTheLineGoesBeforeTheOneForAll) {
  const auto rows = RowsOf(absl::StrCat(kHeader, "P-1,Ana,2026-03-02,granted,hip\nP-2,Bea,2026-03-02,granted,\n"),
                           "knee");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].message.enrollment().pathway(), "clinics/demo/pathways/hip");
  EXPECT_EQ(rows[1].message.enrollment().pathway(), "clinics/demo/pathways/knee");
}

TEST(ImportFileTest, EveryColumnThatDoesNotFitIsNamed) {
  const std::string faults = FaultsOfFile("patient,Colour,patient,factor:,consent,\xff\n");
  EXPECT_THAT(faults, HasSubstr("p.csv:1: unknown column \"Colour\""));
  EXPECT_THAT(faults, HasSubstr("unknown column \"factor:\""));
  EXPECT_THAT(faults, HasSubstr("column \"patient\" stands twice"));
  EXPECT_THAT(faults, HasSubstr("unknown column whose name is not UTF-8"));
  for (const char* column : {"first_name", "procedure_date", "pathway"}) {
    EXPECT_THAT(faults, HasSubstr(absl::StrCat("column \"", column, "\" is missing")));
  }
  EXPECT_THAT(faults, Not(HasSubstr("\"consent\" is missing")));
  EXPECT_THAT(FaultsOfFile("patient,first_name,procedure_date,factor:a,factor:a\n", "knee"),
              HasSubstr("column \"factor:a\" stands twice"));
  EXPECT_THAT(FaultsOfFile("patient;first_name;procedure_date;consent\n"), HasSubstr("unknown column \"patient;first"));
}

TEST(ImportFileTest, AFileThatCannotBeReadIsRefusedWithItsLine) {
  EXPECT_THAT(FaultsOfFile(absl::StrCat(kHeader, "P-1,Ana,2026-03-02,granted,knee\n\nP-2,B\"ea,,,\n")),
              HasSubstr("  p.csv:4: quotes must enclose a whole field"));
  EXPECT_THAT(FaultsOfFile("\n \n"), HasSubstr("p.csv: has no header line"));
  EXPECT_THAT(FaultsOfFile(std::string("\xff\xfep\0a\0", 6)), HasSubstr("CSV UTF-8"));
}

TEST(ImportFileTest, AHeaderAloneIsAnEmptyFile) { EXPECT_THAT(RowsOf(kHeader), IsEmpty()); }

TEST(ImportFileTest, WhatALineAloneShowsIsItsFaultAndNoOtherLines) {
  const auto rows = RowsOf(absl::StrCat(kHeader, "P-1,Ana\nP-2,Bea,2026-03-02,granted,knee,more\n",
                                        "P-3,C\xff,2026-03-02,maybe,knee\nP-4,", std::string(5000, 'x'),
                                        ",2026-03-02,granted,knee\nP-5,Eva,2026-03-02,REFUSED,knee\n"));
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].fault, "has 2 fields, but the header has 5");
  EXPECT_EQ(rows[1].fault, "has 6 fields, but the header has 5");
  EXPECT_EQ(rows[2].fault, "first_name must be valid UTF-8 without control characters");
  EXPECT_THAT(rows[2].bad_columns, ElementsAre("first_name"));
  EXPECT_EQ(rows[3].fault, "first_name is too long");
  EXPECT_EQ(rows[4].fault, "");
  EXPECT_EQ(rows[4].message.enrollment().consent(), v1::CONSENT_REFUSED);
}

TEST(ImportFileTest, TwoKneesOfOneDayAreToldApartByTheirIds) {
  const auto rows = RowsOf(
      "enrollment_id,patient,first_name,procedure_date,consent,pathway\n"
      "left,P-1,Ana,2026-03-02,granted,knee\n"
      "right,P-1,Ana,2026-03-02,granted,knee\n"
      "left,P-1,Ana,2026-03-02,granted,knee\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1].fault, "");
  EXPECT_EQ(rows[2].fault, "line 4 repeats line 2: the same patient, pathway and procedure_date");
}

TEST(ImportFileTest, APatientWhoStandsTwiceIsAFaultThatNamesBothLines) {
  const auto rows = RowsOf(absl::StrCat(kHeader, "P-1,Ana,2026-03-02,granted,knee\n",            //
                                        "P-1,Ana,2026-03-03,granted,knee\n",                     // another date
                                        "P-1,Ana,2026-03-02,granted,hip\n",                      // another pathway
                                        "P-2,Ana,2026-03-02,granted,knee\n",                     // another patient
                                        "P-1,Bea,2026-03-02,refused,\n",                         // again
                                        "P-1,Ana,2026-03-02,granted,clinics/demo/pathways/knee\n",  // and again
                                        ",Ana,2026-03-02,granted,knee\n,Ana,2026-03-02,granted,knee\n"),
                           "knee");
  ASSERT_EQ(rows.size(), 8u);
  for (const int fine : {0, 1, 2, 3, 6, 7}) EXPECT_EQ(rows[fine].fault, "") << fine;
  EXPECT_EQ(rows[4].fault, "line 6 repeats line 2: the same patient, pathway and procedure_date");
  EXPECT_EQ(rows[5].fault, "line 7 repeats line 2: the same patient, pathway and procedure_date");
  EXPECT_THAT(rows[4].bad_columns, ElementsAre("patient", "pathway", "procedure_date"));
}

TEST(ImportFileTest, TheServersFaultsAreToldInColumns) {
  const auto rows = RowsOf("patient,first_name,procedure_date,consent,sms,webhook,email,factor:mood\n"
                           "P-1,Ana,2026-02-30,granted,555,,x,good\n",
                           "knee");
  ASSERT_EQ(rows.size(), 1u);
  google::rpc::BadRequest bad;
  for (const char* field :
       {"enrollment.procedure_date", "enrollment.contact_points[0].address", "enrollment.contact_points[1].address",
        "enrollment.contact_points[7].address", "enrollment.factors[\"mood\"]", "enrollment_id",
        "enrollment.consent"}) {
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description("is wrong");
  }
  google::rpc::Status status;
  status.set_code(3);
  status.add_details()->PackFrom(bad);
  const LineFault fault = FaultOf(rows[0], status);
  EXPECT_EQ(fault.line, 2);
  EXPECT_THAT(fault.columns, ElementsAre("procedure_date", "sms", "email", "contact_points[7].address", "factor:mood",
                                         "enrollment_id", "consent"));
  EXPECT_THAT(fault.message, HasSubstr("procedure_date is wrong; sms is wrong; email is wrong"));
  EXPECT_THAT(fault.message, HasSubstr("consent must be one of: granted, refused"));

  google::rpc::Status other;
  other.set_code(5);
  other.set_message("clinics/demo/pathways/knee does not exist");
  EXPECT_EQ(FaultOf(rows[0], other).message, "NOT_FOUND: clinics/demo/pathways/knee does not exist");
}

TEST(ImportFileTest, FaultsAreAFileOfTheirOwn) {
  EXPECT_EQ(RenderFaults({{4, {"sms", "email"}, "sms is \"wrong\""}, {7, {}, "has 2 fields"}}),
            "\"line\",\"columns\",\"message\"\n\"4\",\"sms email\",\"sms is \"\"wrong\"\"\"\n"
            "\"7\",\"\",\"has 2 fields\"\n");
}

}  // namespace
}  // namespace aftercare::client
