#include "services/client/commands/reminder.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/commands/choice_label.h"
#include "services/client/commands/filter.h"
#include "services/client/commands/listing.h"
#include "services/client/commands/read_questions.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/text_file.h"
#include "services/client/common/values.h"
#include "services/client/input/filter_options.h"
#include "services/client/render/explanation.h"
#include "services/client/render/labels.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"
#include "services/client/render/year.h"
#include "services/client/render/year_svg.h"
#include "services/client/render/year_text.h"

namespace aftercare::client {
namespace {

struct DueOptions {
  FilterOptions filter;
  bool all = false;
  bool count = false;
  int limit = 100;
};

// Selects the states that users most likely mean if they name none: those that somebody has to act on now. With --from
// or --to it also selects what is to come.
void AddDefaultStates(const DueOptions& options, v1::ReminderFilter* filter) {
  if (options.all || filter->states_size() > 0) return;
  filter->add_states(v1::REMINDER_STATE_DUE);
  filter->add_states(v1::REMINDER_STATE_LEASED);
  if (filter->has_due_from() || filter->has_due_before()) filter->add_states(v1::REMINDER_STATE_SCHEDULED);
}

absl::Status CountDue(Session& session, const v1::ReminderFilter& filter) {
  v1::CountRemindersRequest request;
  request.set_parent(session.clinic());
  *request.mutable_filter() = filter;
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  session.PrintResult(*response, RenderCounts(*response, {session.list_width(), session.colour()}));
  return absl::OkStatus();
}

absl::Status ListDue(Session& session, const DueOptions& options, const ClinicFilter& filter) {
  v1::ListRemindersRequest request;
  request.set_parent(session.clinic());
  *request.mutable_filter() = filter.filter;
  const auto reminders = ReadList(session, request, &v1::ListRemindersResponse::reminders, options.limit);
  if (!reminders.ok()) return reminders.status();
  PrintList(session, reminders->items, RenderReminders, filter.frame.zone,
            options.all ? "No reminders.\n" : "Nothing is due.\n");
  if (reminders->more) {
    session.Note(absl::StrCat("There are more than ", Counted(options.limit, "reminder"),
                              "; --limit 0 shows all, --count counts them.\n"));
  }
  return absl::OkStatus();
}

absl::Status Due(Session& session, const DueOptions& options) {
  if (options.limit < 0) return UsageError("--limit must be 0 (no limit) or more");
  absl::StatusOr<ClinicFilter> filter = ReadFilter(session, options.filter);
  if (!filter.ok()) return filter.status();
  const v1::ReminderFilter& wanted = filter->filter;
  if (wanted.has_due_from() && wanted.has_due_before() &&
      plan::ToTime(wanted.due_from()) >= plan::ToTime(wanted.due_before())) {
    return UsageError("--to must not be before --from");
  }
  AddDefaultStates(options, &filter->filter);
  return options.count ? CountDue(session, filter->filter) : ListDue(session, options, *filter);
}

struct TimelineOptions {
  std::string enrollment;
  std::string svg;
  int width = 0;
};

absl::Status Timeline(Session& session, const TimelineOptions& options) {
  if (options.width != 0 && options.width < kLeastPictureWidth) {
    return UsageError(absl::StrCat("--width must be at least ", kLeastPictureWidth));
  }
  v1::GetTimelineRequest request;
  request.set_name(EnrollmentName(session.clinic(), options.enrollment));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(*response);
    return absl::OkStatus();
  }
  const Year year = YearOf(*response, ReadQuestions(session, *response));
  if (!options.svg.empty()) {
    const absl::Status written = WriteTextFile(options.svg, RenderYearSvg(year));
    if (!written.ok()) return written;
    session.Note(absl::StrCat("Wrote ", options.svg, "\n"));
    return absl::OkStatus();
  }
  session.Print(RenderYearText(year, options.width == 0 ? TerminalWidth() : options.width, session.colour()));
  return absl::OkStatus();
}

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
  // Times are by the patient's clock, as in the steps.
  const auto enrollment = session.ReadEnrollment(EnrollmentOf(*name));
  if (!enrollment.ok()) return enrollment.status();
  const v1::Reminder& found = response->reminder();
  const std::string choice = found.has_choice() ? FindChoiceLabel(session, *name, found.choice()) : "";
  session.Print(RenderExplanation(found, enrollment->time_zone(), choice));
  return absl::OkStatus();
}

// Sends a request that changes when a reminder is due, and prints the reminder.
template <typename Request>
absl::Status Adjust(Session& session, const Request& request) {
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  const v1::Reminder& reminder = response->reminder();
  if (session.json()) {
    session.PrintJson(reminder);
    return absl::OkStatus();
  }
  const absl::StatusOr<v1::Enrollment> enrollment = session.ReadEnrollment(EnrollmentOf(reminder.name()));
  if (!enrollment.ok()) return enrollment.status();
  const absl::TimeZone zone = ZoneOrUtc(enrollment->time_zone());
  session.Print(absl::StrCat(ShortReminder(reminder.name()), " is ", StateLabel(reminder.state()), ", due ",
                             FormatInstant(reminder.due_time(), zone), ", until ",
                             FormatInstant(reminder.expire_time(), zone), " (", zone.name(), ")\n"));
  return absl::OkStatus();
}

absl::Status Move(Session& session, const std::string& reminder, const std::string& when) {
  const absl::StatusOr<std::string> name = ReminderName(session.clinic(), reminder);
  if (!name.ok()) return name.status();
  const absl::StatusOr<v1::Enrollment> enrollment = session.ReadEnrollment(EnrollmentOf(*name));
  if (!enrollment.ok()) return enrollment.status();
  absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  frame->zone = ZoneOrUtc(enrollment->time_zone());
  const absl::StatusOr<absl::Time> due = ParseInstant(when, *frame);
  if (!due.ok()) return due.status();
  v1::MoveReminderRequest request;
  request.set_name(*name);
  request.mutable_due_time()->set_seconds(absl::ToUnixSeconds(*due));
  return Adjust(session, request);
}

// Cancels or restores a reminder, depending on `Request`.
template <typename Request>
absl::Status AdjustByName(Session& session, const std::string& reminder) {
  const absl::StatusOr<std::string> name = ReminderName(session.clinic(), reminder);
  if (!name.ok()) return name.status();
  Request request;
  request.set_name(*name);
  return Adjust(session, request);
}

absl::Status Complete(Session& session, const std::string& reminder) {
  const absl::StatusOr<std::string> name = ReminderName(session.clinic(), reminder);
  if (!name.ok()) return name.status();
  v1::CompleteReminderRequest request;
  request.set_name(*name);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  const v1::Reminder& completed = response->reminder();
  session.PrintResult(completed,
                      absl::StrCat(ShortReminder(completed.name()), " is ", StateLabel(completed.state()), "\n"));
  return absl::OkStatus();
}

constexpr char kWhichReminder[] = "ENROLLMENT/RULE.DATE, or its full name";

// Adds a command whose only argument is a reminder. `arguments` are those of the example.
void AddReminderCommand(CLI::App& app, Action* action, const char* name, const char* description, const char* arguments,
                        absl::Status (*run)(Session&, const std::string&)) {
  CLI::App* command = app.add_subcommand(name, description);
  const auto reminder = std::make_shared<std::string>();
  command->add_option("REMINDER", *reminder, kWhichReminder)->required();
  command->footer(absl::StrCat("Example:\n  aftercare ", name, " ", arguments));
  command->callback([=] { *action = [=](Session& session) { return run(session, *reminder); }; });
}

}  // namespace

void AddDueCommand(CLI::App& app, Action* action) {
  CLI::App* due = app.add_subcommand("due", "List what is due now, or was or will be due");
  const auto options = std::make_shared<DueOptions>();
  AddFilterOptions(due, &options->filter);
  due->add_flag("--all", options->all, "In any state. Default: due and leased; with --from or --to scheduled too");
  due->add_flag("--count", options->count, "Count them by phase and state instead");
  due->add_option("--limit", options->limit, "How many to print at most; 0 for all")
      ->capture_default_str()
      ->type_name("N");
  due->footer(
      "Examples:\n"
      "  aftercare due --clinic demo\n"
      "  aftercare due --patient P-17 --from 2026-03-03 --to 2026-03-04\n"
      "  aftercare due --audience care-team --to +7d\n"
      "  aftercare due --all --count --enrollment ana");
  due->callback([=] { *action = [=](Session& session) { return Due(session, *options); }; });
}

void AddTimelineCommand(CLI::App& app, Action* action) {
  CLI::App* timeline =
      app.add_subcommand("timeline", "Draw a patient's year: phases, reminders, what became of them, and scores");
  const auto options = std::make_shared<TimelineOptions>();
  timeline->add_option("ENROLLMENT", options->enrollment, "Which enrollment")->required();
  timeline->add_option("--svg", options->svg, "Write a picture to this file instead")->type_name("FILE");
  timeline->add_option("--width", options->width, "Columns to draw in. Default: those of the terminal")->type_name("N");
  timeline->footer(
      "Examples:\n  aftercare timeline ana --clinic demo\n  aftercare timeline ana --svg ana.svg\n\n"
      "Colours are used on a terminal only, and not if NO_COLOR is set.");
  timeline->callback([=] { *action = [=](Session& session) { return Timeline(session, *options); }; });
}

void AddWhyCommand(CLI::App& app, Action* action) {
  AddReminderCommand(app, action, "why", "Explain a reminder: what, when and why, or why not",
                     "ana/ice-am.2026-03-04 --clinic demo", Why);
}

void AddMoveCommand(CLI::App& app, Action* action) {
  CLI::App* move = app.add_subcommand("move", "Move one reminder to another time");
  const auto reminder = std::make_shared<std::string>();
  const auto when = std::make_shared<std::string>();
  move->add_option("REMINDER", *reminder, kWhichReminder)->required();
  move->add_option("WHEN", *when, "By the patient's clock 2026-03-09T10:00, or 2026-03-09T14:00:00Z, or +2h")
      ->required();
  move->footer(
      "It stays there, whatever else moves the plan; `aftercare restore` undoes it.\n\n"
      "Example:\n  aftercare move ana/ice-am.2026-03-04 2026-03-05T10:00");
  move->callback([=] { *action = [=](Session& session) { return Move(session, *reminder, *when); }; });
}

void AddCancelCommand(CLI::App& app, Action* action) {
  AddReminderCommand(app, action, "cancel", "Call off one reminder", "ana/ice-am.2026-03-04",
                     AdjustByName<v1::CancelReminderRequest>);
}

void AddRestoreCommand(CLI::App& app, Action* action) {
  AddReminderCommand(app, action, "restore", "Undo move and cancel: put a reminder back where the plan has it",
                     "ana/ice-am.2026-03-04", AdjustByName<v1::RestoreReminderRequest>);
}

void AddCompleteCommand(CLI::App& app, Action* action) {
  AddReminderCommand(app, action, "complete", "Record that a task was done or a message was answered",
                     "ana/visit-6-check-booked.2026-08-23 --clinic demo", Complete);
}

}  // namespace aftercare::client
