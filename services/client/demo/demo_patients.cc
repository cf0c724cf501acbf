#include "services/client/demo/demo_patients.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"

namespace aftercare::client {
namespace {

constexpr char kProcedureDate[] = "2026-03-02";

// 14:00 UTC of the procedure date: morning in the clinic, and the same day for every patient.
constexpr absl::CivilSecond kStart(2026, 3, 2, 14, 0, 0);

struct Sketch {
  const char* id;
  const char* patient;
  const char* first_name;
  const char* last_name;
  const char* zone;
  const char* locale;
  std::vector<std::pair<const char*, const char*>> factors;
  std::vector<std::pair<v1::Channel, const char*>> contact_points;
};

// Numbers and domains are those set aside for examples.
std::vector<Sketch> Sketches() {
  return {
      {"ana",
       "P-1001",
       "Ana",
       "Alvarez",
       "America/New_York",
       "en",
       {{"severity", "severe"},
        {"cell_source", "autologous"},
        {"cell_tissue", "bone-marrow"},
        {"smoker", "false"},
        {"age_band", "60-plus"}},
       {{v1::CHANNEL_SMS, "+12025550143"}, {v1::CHANNEL_EMAIL, "ana@example.org"}}},
      {"mateo",
       "P-1002",
       "Mateo",
       "Ruiz",
       "Europe/Madrid",
       "es",
       {{"severity", "mild"}, {"cell_source", "allogeneic"}, {"smoker", "true"}, {"exercise", "irregular"}},
       {{v1::CHANNEL_EMAIL, "mateo@example.org"}}},
      {"yuki",
       "P-1003",
       "Yuki",
       "Tanaka",
       "Asia/Tokyo",
       "en",
       {{"severity", "moderate"},
        {"cell_source", "autologous"},
        {"cell_tissue", "adipose"},
        {"smoker", "false"},
        {"diet", "healthy"}},
       {{v1::CHANNEL_WEBHOOK, "app-user-3003"}}},
  };
}

bool Knows(const v1::Pathway& pathway, absl::string_view factor, absl::string_view value) {
  return std::any_of(pathway.factors().begin(), pathway.factors().end(), [&](const v1::Factor& known) {
    return known.id() == factor &&
           std::find(known.values().begin(), known.values().end(), value) != known.values().end();
  });
}

}  // namespace

v1::Clinic DemoClinic() {
  v1::Clinic clinic;
  clinic.set_display_name("Lakeside Knee Clinic");
  clinic.set_phone("555-0100");
  clinic.set_time_zone("America/New_York");
  plan::SetTimestamp(absl::FromCivil(kStart, absl::UTCTimeZone()), clinic.mutable_test_clock_time());
  return clinic;
}

std::vector<v1::Enrollment> DemoPatients(const std::string& clinic, const std::string& pathway_id,
                                         const v1::Pathway& pathway) {
  std::vector<v1::Enrollment> patients;
  for (const Sketch& sketch : Sketches()) {
    v1::Enrollment& patient = patients.emplace_back();
    patient.set_name(EnrollmentName(clinic, sketch.id));
    patient.set_patient(sketch.patient);
    patient.set_first_name(sketch.first_name);
    patient.set_last_name(sketch.last_name);
    patient.set_pathway(PathwayName(clinic, pathway_id));
    patient.set_procedure_date(kProcedureDate);
    patient.set_time_zone(sketch.zone);
    patient.set_locale(sketch.locale);
    patient.set_consent(v1::CONSENT_GRANTED);
    for (const auto& [factor, value] : sketch.factors) {
      if (Knows(pathway, factor, value)) (*patient.mutable_factors())[factor] = value;
    }
    for (const auto& [channel, address] : sketch.contact_points) {
      v1::ContactPoint* point = patient.add_contact_points();
      point->set_channel(channel);
      point->set_address(address);
    }
  }
  return patients;
}

}  // namespace aftercare::client
