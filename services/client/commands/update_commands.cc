#include <algorithm>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/civil.h"
#include "services/client/commands/commands.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/input/patient_options.h"
#include "services/client/render/diff_text.h"
#include "services/client/render/lists.h"

namespace aftercare::client {
namespace {

constexpr absl::string_view kClearable[] = {"last-name", "zone", "locale", "factors", "contact-points", "contact-hours"};

struct UpdateOptions {
  std::string enrollment;
  std::shared_ptr<PatientOptions> patient = std::make_shared<PatientOptions>();
  std::string revision;
  std::vector<std::string> clear;
  bool allow_drop = false;
  bool dry_run = false;
};

absl::StatusOr<v1::Enrollment> ReadEnrollment(Session& session, const std::string& id) {
  v1::GetEnrollmentRequest request;
  request.set_name(EnrollmentName(session.clinic(), id));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  return response->enrollment();
}

absl::Status Clear(const std::vector<std::string>& fields, v1::Enrollment* enrollment) {
  for (const std::string& field : fields) {
    if (std::find(std::begin(kClearable), std::end(kClearable), field) == std::end(kClearable)) {
      return UsageError(absl::StrCat("--clear takes ", absl::StrJoin(kClearable, ", "), ", not ", field));
    }
    if (field == "last-name") enrollment->clear_last_name();
    if (field == "zone") enrollment->clear_time_zone();
    if (field == "locale") enrollment->clear_locale();
    if (field == "factors") enrollment->clear_factors();
    if (field == "contact-points") enrollment->clear_contact_points();
    if (field == "contact-hours") enrollment->clear_contact_hours();
  }
  return absl::OkStatus();
}

absl::Status ReadRevision(const std::string& text, v1::Enrollment* enrollment) {
  if (text.empty()) return absl::OkStatus();
  int revision = 0;
  if (text != "newest" && (!absl::SimpleAtoi(text, &revision) || revision < 1)) {
    return UsageError("--revision must be a number from 1, or newest");
  }
  enrollment->set_pathway_revision(revision);
  return absl::OkStatus();
}

ListStyle StyleFor(Session& session, const v1::Enrollment& enrollment) {
  return {session.list_width(), session.colour(),
          plan::FindZone(enrollment.time_zone()).value_or(absl::UTCTimeZone())};
}

// The whole enrollment is sent as it was read and changed, under its etag: so a factor or two can be changed, and what
// somebody else changed meanwhile is not overwritten.
absl::Status Update(Session& session, const UpdateOptions& options) {
  absl::StatusOr<v1::Enrollment> enrollment = ReadEnrollment(session, options.enrollment);
  if (!enrollment.ok()) return enrollment.status();
  absl::Status status = Clear(options.clear, &*enrollment);
  if (status.ok()) status = ReadRevision(options.revision, &*enrollment);
  if (status.ok()) status = ApplyPatientOptions(*options.patient, &*enrollment);
  if (!status.ok()) return status;
  v1::UpdateEnrollmentRequest request;
  *request.mutable_enrollment() = *std::move(enrollment);
  request.mutable_update_mask()->add_paths("*");
  request.set_allow_drop(options.allow_drop);
  request.set_validate_only(options.dry_run);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(*response);
    return absl::OkStatus();
  }
  session.Print(RenderDiff(response->diff(), StyleFor(session, response->enrollment())));
  if (options.dry_run) session.Note("Checked only: nothing was changed.\n");
  return absl::OkStatus();
}

template <typename Request>
absl::Status ChangeState(Session& session, const std::string& enrollment) {
  Request request;
  request.set_name(EnrollmentName(session.clinic(), enrollment));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(response->enrollment());
  } else {
    session.Print(RenderEnrollment(response->enrollment()));
  }
  return absl::OkStatus();
}

template <typename Request>
absl::Status Adjust(Session& session, Request request) {
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  const v1::Reminder& reminder = response->reminder();
  if (session.json()) {
    session.PrintJson(reminder);
    return absl::OkStatus();
  }
  const absl::StatusOr<v1::Enrollment> enrollment =
      ReadEnrollment(session, reminder.name().substr(0, reminder.name().find("/reminders/")));
  if (!enrollment.ok()) return enrollment.status();
  const ListStyle style = StyleFor(session, *enrollment);
  session.Print(absl::StrCat(ShortReminder(reminder.name()), " is ", StateLabel(reminder.state()), ", due ",
                             FormatInstant(reminder.due_time(), style.zone), ", until ",
                             FormatInstant(reminder.expire_time(), style.zone), " (", style.zone.name(), ")\n"));
  return absl::OkStatus();
}

absl::Status Move(Session& session, const std::string& reminder, const std::string& when) {
  const absl::StatusOr<std::string> name = ReminderName(session.clinic(), reminder);
  if (!name.ok()) return name.status();
  const absl::StatusOr<v1::Enrollment> enrollment =
      ReadEnrollment(session, name->substr(0, name->find("/reminders/")));
  if (!enrollment.ok()) return enrollment.status();
  absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  frame->zone = StyleFor(session, *enrollment).zone;
  const absl::StatusOr<absl::Time> due = ParseInstant(when, *frame);
  if (!due.ok()) return due.status();
  v1::MoveReminderRequest request;
  request.set_name(*name);
  request.mutable_due_time()->set_seconds(absl::ToUnixSeconds(*due));
  return Adjust(session, request);
}

template <typename Request>
absl::Status AdjustByName(Session& session, const std::string& reminder) {
  const absl::StatusOr<std::string> name = ReminderName(session.clinic(), reminder);
  if (!name.ok()) return name.status();
  Request request;
  request.set_name(*name);
  return Adjust(session, request);
}

void AddUpdate(CLI::App& app, Action* action) {
  CLI::App* update = app.add_subcommand("update", "Change what is known of a patient, and see what the plan makes of it");
  const auto options = std::make_shared<UpdateOptions>();
  update->add_option("ENROLLMENT", options->enrollment, "Which enrollment")->required();
  AddPatientOptions(update, options->patient, /*enrolling=*/false);
  update->add_option("--revision", options->revision, "Revision of the pathway: a number, or newest")->type_name("N");
  update
      ->add_option("--clear", options->clear,
                   absl::StrCat("Forget it, or go back to the default: ", absl::StrJoin(kClearable, ", "),
                                "; may be repeated"))
      ->type_name("FIELD");
  update->add_flag("--allow-drop", options->allow_drop,
                   "Change the revision even if reminders are pending of rules the new one lacks");
  update->add_flag("--dry-run", options->dry_run, "Show what would change, change nothing");
  update->footer(
      "Factors given replace those of the same name; contact points given replace all.\n"
      "What was sent is never sent again, whatever changes.\n\n"
      "Examples:\n  aftercare update ana --procedure-date 2026-03-09 --dry-run\n"
      "  aftercare update ana --zone Europe/Madrid --factor severity=mild\n"
      "  aftercare update ana --revision newest");
  update->callback([=] { *action = [=](Session& session) { return Update(session, *options); }; });
}

void AddByName(CLI::App& app, Action* action, const char* name, const char* description, const char* argument,
               const char* about, const char* example, absl::Status (*run)(Session&, const std::string&)) {
  CLI::App* command = app.add_subcommand(name, description);
  const auto value = std::make_shared<std::string>();
  command->add_option(argument, *value, about)->required();
  command->footer(absl::StrCat("Example:\n  aftercare ", name, " ", example));
  command->callback([=] { *action = [=](Session& session) { return run(session, *value); }; });
}

}  // namespace

void AddUpdateCommands(CLI::App& app, Action* action) {
  AddUpdate(app, action);
  constexpr char kWhichEnrollment[] = "Which enrollment";
  AddByName(app, action, "pause", "Pause an enrollment: nothing comes due until it is resumed", "ENROLLMENT",
            kWhichEnrollment, "ana", ChangeState<v1::PauseEnrollmentRequest>);
  AddByName(app, action, "resume", "Resume a paused enrollment", "ENROLLMENT", kWhichEnrollment, "ana",
            ChangeState<v1::ResumeEnrollmentRequest>);

  constexpr char kWhichReminder[] = "ENROLLMENT/RULE.NUMBER, or its full name";
  CLI::App* move = app.add_subcommand("move", "Move one reminder to another time");
  const auto reminder = std::make_shared<std::string>();
  const auto when = std::make_shared<std::string>();
  move->add_option("REMINDER", *reminder, kWhichReminder)->required();
  move->add_option("WHEN", *when, "By the patient's clock 2026-03-09T10:00, or 2026-03-09T14:00:00Z, or +2h")->required();
  move->footer(
      "It stays there, whatever else moves the plan; `aftercare restore` undoes it.\n\n"
      "Example:\n  aftercare move ana/ice-am.2 2026-03-05T10:00");
  move->callback([=] { *action = [=](Session& session) { return Move(session, *reminder, *when); }; });
  AddByName(app, action, "cancel", "Call off one reminder", "REMINDER", kWhichReminder, "ana/ice-am.2",
            AdjustByName<v1::CancelReminderRequest>);
  AddByName(app, action, "restore", "Undo move and cancel: put a reminder back where the plan has it", "REMINDER",
            kWhichReminder, "ana/ice-am.2", AdjustByName<v1::RestoreReminderRequest>);
}

}  // namespace aftercare::client
