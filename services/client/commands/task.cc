#include "services/client/commands/task.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/client/commands/listing.h"
#include "services/client/common/names.h"
#include "services/client/input/repeatable_option.h"
#include "services/client/render/labels.h"
#include "services/client/render/task_list.h"

namespace aftercare::client {
namespace {

struct TasksOptions {
  std::string patient;
  std::vector<std::string> categories;
  bool unacknowledged = false;
};

absl::Status Tasks(Session& session, const TasksOptions& options) {
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  v1::ListRemindersRequest request;
  request.set_parent(session.clinic());
  v1::ReminderFilter& filter = *request.mutable_filter();
  filter.set_patient(options.patient);
  for (const std::string& category : options.categories) filter.add_categories(category);
  filter.set_audience(v1::AUDIENCE_CARE_TEAM);
  filter.add_states(v1::REMINDER_STATE_DUE);
  filter.add_states(v1::REMINDER_STATE_LEASED);  // A gateway tells the team of it.
  auto read = ReadList(session, request, &v1::ListRemindersResponse::reminders);
  if (!read.ok()) return read.status();
  std::vector<v1::Reminder>& tasks = read->items;
  if (options.unacknowledged) {
    tasks.erase(std::remove_if(tasks.begin(), tasks.end(),
                               [](const v1::Reminder& task) { return task.has_acknowledge_time(); }),
                tasks.end());
  }
  SortTasks(&tasks);
  if (session.json()) {
    for (const v1::Reminder& task : tasks) session.PrintJson(task);
  } else if (tasks.empty()) {
    session.Print("No tasks are to be done.\n");
  } else {
    session.Print(RenderTasks(tasks, frame->now, {session.list_width(), session.colour(), frame->zone}));
  }
  return absl::OkStatus();
}

absl::Status Acknowledge(Session& session, const std::string& task) {
  const absl::StatusOr<std::string> name = ReminderName(session.clinic(), task);
  if (!name.ok()) return name.status();
  v1::AcknowledgeReminderRequest request;
  request.set_name(*name);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  const v1::Reminder& reminder = response->reminder();
  const bool is_open = reminder.state() == v1::REMINDER_STATE_DUE;
  session.PrintResult(reminder, absl::StrCat(ShortReminder(reminder.name()), " is ",
                                             is_open ? "acknowledged, and still to be done"
                                                     : StateLabel(reminder.state()),
                                             "\n"));
  return absl::OkStatus();
}

}  // namespace

void AddTasksCommand(CLI::App& app, Action* action) {
  CLI::App* tasks = app.add_subcommand("tasks", "List the care team's tasks that are to be done");
  const auto options = std::make_shared<TasksOptions>();
  tasks->add_option("--patient", options->patient, "Of this patient, by the clinic's own id")->type_name("ID");
  AddRepeatableOption(tasks, "--category", &options->categories,
                      "Of this category, which may be that of an escalation step; may be repeated")
      ->type_name("ID");
  tasks->add_flag("--unacknowledged", options->unacknowledged, "Only those that nobody sees to yet");
  tasks->footer(
      "The most urgent come first, of equal urgency the one with the earliest deadline. STEP counts the\n"
      "escalation steps that a task has gone because nobody acknowledged it by its deadline. TOLD says which\n"
      "care team was told of it and when, if its rule names one and the clinic has it (--care-team).\n\n"
      "Examples:\n"
      "  aftercare tasks --clinic demo\n"
      "  aftercare tasks --category on-call --unacknowledged");
  tasks->callback([=] { *action = [=](Session& session) { return Tasks(session, *options); }; });
}

void AddAcknowledgeCommand(CLI::App& app, Action* action) {
  CLI::App* command = app.add_subcommand("acknowledge", "Say that somebody sees to a task: it escalates no further");
  command->alias("ack");
  const auto task = std::make_shared<std::string>();
  command->add_option("TASK", *task, "ENROLLMENT/RULE.DATE, or its full name")->required();
  command->footer(
      "`aftercare ack` does the same. The task stays to be done until `aftercare complete`.\n\n"
      "Example:\n  aftercare ack ana/call-patient.2026-03-04 --clinic demo");
  command->callback([=] { *action = [=](Session& session) { return Acknowledge(session, *task); }; });
}

}  // namespace aftercare::client
