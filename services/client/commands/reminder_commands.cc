#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/client/commands/commands.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/input/filter_options.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

constexpr int kPage = 1000;

struct DueOptions {
  FilterOptions filter;
  bool all = false;
  bool count = false;
  int limit = 100;
};

// What the user most likely means where no state is named: what somebody has to act on now; in a window of time also
// what is to come in it.
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
  if (session.json()) {
    session.PrintJson(*response);
  } else {
    session.Print(RenderCounts(*response, {session.list_width(), session.colour()}));
  }
  return absl::OkStatus();
}

absl::Status ListDue(Session& session, const DueOptions& options, const v1::ReminderFilter& filter,
                     absl::TimeZone zone) {
  std::vector<v1::Reminder> reminders;
  v1::ListRemindersRequest request;
  request.set_parent(session.clinic());
  *request.mutable_filter() = filter;
  bool more = true;
  while (more && (options.limit == 0 || static_cast<int>(reminders.size()) < options.limit)) {
    const int wanted = options.limit == 0 ? kPage : options.limit - static_cast<int>(reminders.size());
    request.set_page_size(std::min(kPage, wanted));
    const auto response = session.Call(request);
    if (!response.ok()) return response.status();
    reminders.insert(reminders.end(), response->reminders().begin(), response->reminders().end());
    request.set_page_token(response->next_page_token());
    more = !request.page_token().empty();
  }
  if (session.json()) {
    for (const v1::Reminder& reminder : reminders) session.PrintJson(reminder);
  } else if (reminders.empty()) {
    session.Print(options.all ? "No reminders.\n" : "Nothing is due.\n");
  } else {
    session.Print(RenderReminders(reminders, {session.list_width(), session.colour(), zone}));
  }
  if (more) {
    session.Note(absl::StrCat("There are more than ", Counted(options.limit, "reminder"),
                              "; --limit 0 shows all, --count counts them.\n"));
  }
  return absl::OkStatus();
}

absl::Status Due(Session& session, const DueOptions& options) {
  if (options.limit < 0) return UsageError("--limit must be 0 (no limit) or more");
  const absl::Status sensible = CheckFilter(options.filter);
  if (!sensible.ok()) return sensible;
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  absl::StatusOr<v1::ReminderFilter> filter = FilterOf(options.filter, session.clinic(), *frame);
  if (!filter.ok()) return filter.status();
  AddDefaultStates(options, &*filter);
  return options.count ? CountDue(session, *filter) : ListDue(session, options, *filter, frame->zone);
}

absl::Status Complete(Session& session, const std::string& reminder) {
  const absl::StatusOr<std::string> name = ReminderName(session.clinic(), reminder);
  if (!name.ok()) return name.status();
  v1::CompleteReminderRequest request;
  request.set_name(*name);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(response->reminder());
  } else {
    session.Print(absl::StrCat(ShortReminder(response->reminder().name()), " is ",
                               StateLabel(response->reminder().state()), "\n"));
  }
  return absl::OkStatus();
}

}  // namespace

void AddReminderCommands(CLI::App& app, Action* action) {
  CLI::App* due = app.add_subcommand("due", "List what is due now, or was or will be due");
  const auto options = std::make_shared<DueOptions>();
  AddFilterOptions(due, &options->filter);
  due->add_flag("--all", options->all, "In any state. Default: due and leased; with --from or --to scheduled too");
  due->add_flag("--count", options->count, "Count them by phase and state instead");
  due->add_option("--limit", options->limit, "At most so many; 0 for all")->capture_default_str()->type_name("N");
  due->footer(
      "Examples:\n"
      "  aftercare due --clinic demo\n"
      "  aftercare due --patient P-17 --from 2026-03-03 --to 2026-03-04\n"
      "  aftercare due --audience care-team --to +7d\n"
      "  aftercare due --all --count --enrollment ana");
  due->callback([=] { *action = [=](Session& session) { return Due(session, *options); }; });

  CLI::App* complete = app.add_subcommand("complete", "Record that a task was done or a message was answered");
  const auto reminder = std::make_shared<std::string>();
  complete->add_option("REMINDER", *reminder, "ENROLLMENT/RULE.NUMBER, or its full name")->required();
  complete->footer("Example:\n  aftercare complete ana/visit-6-check-booked.1 --clinic demo");
  complete->callback([=] { *action = [=](Session& session) { return Complete(session, *reminder); }; });
}

}  // namespace aftercare::client
