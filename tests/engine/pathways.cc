#include "tests/engine/pathways.h"

#include "scheduler/engine/runtime/names.h"
#include "tests/engine/testing.h"

namespace aftercare::engine {

v1::Pathway KneePathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Knee"
    default_locale: "en"
    phases { id: "acute" display_name: "First weeks" span { days { first: 0 last: 30 } } }
    phases { id: "later" display_name: "Later" span { months { first: 6 last: 12 } } }
    rules {
      id: "ice" phase: "acute" category: "cooling"
      schedule { span { days { first: 1 last: 3 } } daily {} times: "09:00" times: "15:00" window { hours: 4 } }
      texts { key: "en" value: "{first_name}, ice your knee." }
      texts { key: "es" value: "{first_name}, hielo en la rodilla." }
    }
    rules {
      id: "task" phase: "acute" category: "call" audience: AUDIENCE_CARE_TEAM
      schedule { on { days: 2 } times: "10:00" window { hours: 2 } }
      texts { key: "en" value: "Call {first_name}." }
    }
    rules {
      id: "visit" phase: "later" category: "visit"
      schedule { monthly {} times: "09:00" window { days: 7 } }
      texts { key: "en" value: "{first_name}, time for a check-up." }
    }
  )pb");
}

v1::Enrollment KneePatient(const std::string& clinic, const std::string& patient) {
  v1::Enrollment enrollment = FromText<v1::Enrollment>(R"pb(
    first_name: "Ana"
    procedure_date: "2029-03-01"
    contact_points { channel: CHANNEL_SMS address: "+15550100" }
    contact_points { channel: CHANNEL_EMAIL address: "ana@example.com" }
    consent: CONSENT_GRANTED
  )pb");
  enrollment.set_patient(patient);
  enrollment.set_pathway(PathwayNameOf(clinic, "knee"));
  return enrollment;
}

v1::Pathway DaysPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Days" default_locale: "en"
    phases { id: "acute" display_name: "First weeks" span { days { first: 1 last: 4 } } }
    rules {
      id: "msg" phase: "acute" category: "message"
      schedule { daily {} times: "09:00" window { days: 2 } }
      texts { key: "en" value: "Hello {first_name}." }
    }
    rules {
      id: "task" phase: "acute" category: "call" audience: AUDIENCE_CARE_TEAM
      schedule { daily {} times: "10:00" window { hours: 2 } }
      texts { key: "en" value: "Call {first_name}." }
    }
  )pb");
}

v1::Enrollment DaysPatient(const std::string& clinic, const std::string& patient) {
  v1::Enrollment enrollment = KneePatient(clinic, patient);
  enrollment.set_pathway(PathwayNameOf(clinic, "days"));
  return enrollment;
}

}  // namespace aftercare::engine
