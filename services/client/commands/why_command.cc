#include <string>

#include "absl/strings/str_cat.h"
#include "services/client/commands/commands.h"
#include "services/client/common/names.h"
#include "services/client/render/explanation.h"

namespace aftercare::client {
namespace {

absl::Status Why(Session& session, const std::string& reminder) {
  const absl::StatusOr<std::string> name = ReminderName(session.clinic(), reminder);
  if (!name.ok()) return name.status();
  v1::GetReminderRequest request;
  request.set_name(*name);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(response->reminder());
    return absl::OkStatus();
  }
  // Times by the patient's clock, as the steps tell them.
  v1::GetEnrollmentRequest enrollment;
  enrollment.set_name(name->substr(0, name->find("/reminders/")));
  const auto patient = session.Call(enrollment);
  if (!patient.ok()) return patient.status();
  session.Print(RenderExplanation(response->reminder(), patient->enrollment().time_zone()));
  return absl::OkStatus();
}

}  // namespace

void AddWhyCommand(CLI::App& app, Action* action) {
  CLI::App* why = app.add_subcommand("why", "Explain a reminder: what, when and why, or why not");
  const auto reminder = std::make_shared<std::string>();
  why->add_option("REMINDER", *reminder, "ENROLLMENT/RULE.NUMBER, or its full name")->required();
  why->footer("Example:\n  aftercare why ana/ice-am.2 --clinic demo");
  why->callback([=] { *action = [=](Session& session) { return Why(session, *reminder); }; });
}

}  // namespace aftercare::client
