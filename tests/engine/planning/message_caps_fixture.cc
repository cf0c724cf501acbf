#include "tests/engine/planning/message_caps_fixture.h"

namespace aftercare::engine {

v1::Pathway CappedPathway(const std::string& more) {
  auto pathway = FromText<v1::Pathway>(R"pb(
    display_name: "Many" default_locale: "en" safety_categories: "safety"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    rules { id: "a" phase: "p" category: "ca" schedule { daily {} times: "09:00" window { days: 1 } }
            texts { key: "en" value: "A" } }
    rules { id: "b" phase: "p" category: "cb" schedule { daily {} times: "10:00" window { days: 1 } }
            texts { key: "en" value: "B" } }
    rules { id: "c" phase: "p" category: "cc" schedule { daily {} times: "11:00" window { days: 1 } }
            texts { key: "en" value: "C" } }
    rules { id: "brief" phase: "p" category: "cb" schedule { times: "12:00" window { until: "14:00" } }
            texts { key: "en" value: "Brief" } }
    rules { id: "warn" phase: "p" category: "safety" schedule { times: "13:00" } texts { key: "en" value: "Warn" } }
    rules { id: "task" phase: "p" category: "t" audience: AUDIENCE_CARE_TEAM schedule { times: "08:30" }
            texts { key: "en" value: "Task" } }
  )pb");
  pathway.MergeFrom(FromText<v1::Pathway>(more));
  return pathway;
}

MessageCapsFixture::MessageCapsFixture(const std::string& more)
    : SandboxFixture({.pathway_id = "many", .pathway = CappedPathway(more)}) {
  world_.Enrol("box", "e", Patient());
}

v1::Enrollment MessageCapsFixture::Patient() {
  v1::Enrollment enrollment = KneePatient("box", "p-1");
  enrollment.set_pathway("clinics/box/pathways/many");
  return enrollment;
}

void MessageCapsFixture::SetHours(const std::string& hours) {
  v1::UpdateClinicRequest request;
  request.mutable_clinic()->set_name("clinics/box");
  *request.mutable_clinic()->mutable_contact_hours() = FromText<v1::ContactHours>(hours);
  request.mutable_update_mask()->add_paths("contact_hours");
  Good(world_.Call(&Engine::clinics, &Clinics::Update, request));
}

std::vector<std::string> MessageCapsFixture::SendUntil(const std::string& time) {
  Until(time);
  std::vector<std::string> sent;
  for (const v1::Lease& lease : world_.Lease("box")) {
    sent.push_back(IdOf(lease.reminder()));
    world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
  }
  return sent;
}

}  // namespace aftercare::engine
