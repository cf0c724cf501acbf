#include "tests/engine/clinic_fixture.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {

ClinicFixture::ClinicFixture(const std::string& clinic, const FixtureOptions& options)
    : clinic_(clinic), world_(options.now, options.wrap, options.event_retention) {}

std::string ClinicFixture::Name(const std::string& id, const std::string& enrollment) const {
  return absl::StrCat(EnrollmentNameOf(clinic_, enrollment), "/reminders/", id);
}

std::string ClinicFixture::StateOf(const std::string& id, const std::string& enrollment) {
  return world_.StateOf(Name(id, enrollment));
}

std::string ClinicFixture::Of(const std::string& id, const std::string& enrollment) {
  const v1::Reminder found = Good(world_.Get(Name(id, enrollment)));
  return absl::StrCat(StateAndReason(found), " ",
                      absl::FormatTime("%Y-%m-%dT%H:%M", plan::ToTime(found.due_time()), absl::UTCTimeZone()));
}

std::vector<std::string> ClinicFixture::All(const std::string& rule) {
  std::vector<v1::Reminder> reminders;
  const v1::GetTimelineResponse timeline = world_.Timeline(EnrollmentNameOf(clinic_, "e"));
  for (const v1::Reminder& reminder : timeline.reminders()) {
    if (absl::StartsWith(IdOf(reminder.name()), rule + ".")) reminders.push_back(reminder);
  }
  std::sort(reminders.begin(), reminders.end(),
            [](const v1::Reminder& a, const v1::Reminder& b) { return a.name() < b.name(); });
  std::vector<std::string> all;
  for (const v1::Reminder& reminder : reminders) all.push_back(Of(IdOf(reminder.name())));
  return all;
}

SandboxFixture::SandboxFixture(const FixtureOptions& options) : ClinicFixture("box", options) {
  world_.CreateSandbox(clinic_, options.now);
  world_.CreatePathway(clinic_, options.pathway_id, options.pathway);
}

RealTimeFixture::RealTimeFixture(const FixtureOptions& options) : ClinicFixture("north", options) {
  world_.CreateClinic(clinic_);
  world_.CreatePathway(clinic_, options.pathway_id, options.pathway);
}

}  // namespace aftercare::engine
