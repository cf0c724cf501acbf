#include "services/client/demo/demo_patients.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/input/pathway_file.h"

namespace aftercare::client {
namespace {

PathwayFile Knee() { return *PathwayFile::Read(AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto"); }

TEST(DemoPatientsTest, TheyFitThePathwayOfTheProject) {
  const PathwayFile file = Knee();
  const auto pathway = *file.Compile();
  for (const v1::Enrollment& patient : DemoPatients("clinics/demo", "knee", file.pathway())) {
    plan::FieldErrors errors;
    EXPECT_TRUE(plan::FactsOf(patient, *pathway, &errors).has_value()) << patient.first_name() << ": " << errors.size();
  }
}

TEST(DemoPatientsTest, TheyDifferInZoneAndChannelAndSeverityAndSourceOfCells) {
  const auto patients = DemoPatients("clinics/demo", "knee", Knee().pathway());
  ASSERT_EQ(patients.size(), 3u);
  std::set<std::string> zones, locales, severities, sources;
  std::set<int> channels;
  for (const v1::Enrollment& patient : patients) {
    zones.insert(patient.time_zone());
    locales.insert(patient.locale());
    severities.insert(patient.factors().at("severity"));
    sources.insert(patient.factors().at("cell_source"));
    channels.insert(patient.contact_points(0).channel());
  }
  EXPECT_EQ(zones.size(), 3u);
  EXPECT_EQ(channels.size(), 3u);
  EXPECT_EQ(severities.size(), 3u);
  EXPECT_THAT(sources, testing::ElementsAre("allogeneic", "autologous"));
  EXPECT_THAT(locales, testing::ElementsAre("en", "es"));
}

TEST(DemoPatientsTest, APathwayThatKnowsNoFactorsIsGivenNone) {
  for (const v1::Enrollment& patient : DemoPatients("clinics/demo", "other", v1::Pathway())) {
    EXPECT_EQ(patient.factors_size(), 0);
    EXPECT_EQ(patient.pathway(), "clinics/demo/pathways/other");
  }
}

TEST(DemoPatientsTest, TheClockStartsOnTheProcedureDateInEveryZone) {
  const absl::Time start = plan::ToTime(DemoClinic().test_clock_time());
  for (const v1::Enrollment& patient : DemoPatients("clinics/demo", "knee", Knee().pathway())) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(patient.time_zone(), &zone));
    EXPECT_EQ(absl::FormatTime("%Y-%m-%d", start, zone), patient.procedure_date()) << patient.first_name();
  }
}

}  // namespace
}  // namespace aftercare::client
