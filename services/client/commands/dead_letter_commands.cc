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

struct DeadLetterOptions {
  FilterOptions filter;
  std::vector<std::string> names;
  bool all = false;
};

// All that the filter selects.
absl::StatusOr<std::vector<v1::DeadLetter>> FetchAll(Session& session, const v1::ReminderFilter& filter) {
  std::vector<v1::DeadLetter> letters;
  v1::ListDeadLettersRequest request;
  request.set_parent(session.clinic());
  *request.mutable_filter() = filter;
  request.set_page_size(kPage);
  do {
    auto response = session.Call(request);
    if (!response.ok()) return response.status();
    for (v1::DeadLetter& letter : *response->mutable_dead_letters()) letters.push_back(std::move(letter));
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  return letters;
}

absl::StatusOr<std::vector<v1::DeadLetter>> Select(Session& session, const DeadLetterOptions& options,
                                                   absl::TimeZone* zone) {
  const absl::Status sensible = CheckFilter(options.filter);
  if (!sensible.ok()) return sensible;
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  const auto filter = FilterOf(options.filter, session.clinic(), *frame);
  if (!filter.ok()) return filter.status();
  *zone = frame->zone;
  return FetchAll(session, *filter);
}

absl::Status List(Session& session, const DeadLetterOptions& options) {
  absl::TimeZone zone;
  const auto letters = Select(session, options, &zone);
  if (!letters.ok()) return letters.status();
  if (session.json()) {
    for (const v1::DeadLetter& letter : *letters) session.PrintJson(letter);
  } else if (letters->empty()) {
    session.Print("No message has failed.\n");
  } else {
    session.Print(RenderDeadLetters(*letters, {session.list_width(), session.colour(), zone}));
  }
  return absl::OkStatus();
}

// Has so many redriven as one call takes.
absl::Status RedriveSome(Session& session, const std::vector<std::string>& names, int64_t* redriven,
                         int64_t* refused) {
  v1::RedriveRemindersRequest request;
  request.set_parent(session.clinic());
  for (const std::string& name : names) request.add_names(name);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  for (const v1::RedriveResult& result : response->results()) {
    if (session.json()) session.PrintJson(result);
    if (result.status().code() == 0) {
      ++*redriven;
      continue;
    }
    ++*refused;
    session.Note(absl::StrCat(ShortReminder(result.name()), ": ", RenderItemStatus(result.status()), "\n"));
  }
  return absl::OkStatus();
}

absl::Status Redrive(Session& session, const DeadLetterOptions& options) {
  if (options.all == !options.names.empty()) return UsageError("name reminders, or say --all");
  std::vector<std::string> names;
  for (const std::string& name : options.names) {
    const absl::StatusOr<std::string> full = ReminderName(session.clinic(), name);
    if (!full.ok()) return full.status();
    names.push_back(*full);
  }
  if (options.all) {
    absl::TimeZone zone;
    const auto letters = Select(session, options, &zone);
    if (!letters.ok()) return letters.status();
    for (const v1::DeadLetter& letter : *letters) {
      if (letter.redrivable()) names.push_back(letter.reminder().name());
    }
  }
  int64_t redriven = 0;
  int64_t refused = 0;
  for (size_t begin = 0; begin < names.size(); begin += kPage) {
    const size_t end = std::min(names.size(), begin + kPage);
    absl::Status status = RedriveSome(session, {names.begin() + begin, names.begin() + end}, &redriven, &refused);
    if (!status.ok()) return status;
  }
  if (!session.json()) session.Print(absl::StrCat(Counted(redriven, "message"), " will be sent again.\n"));
  if (refused == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(Counted(refused, "message"), " cannot be sent again"));
}

}  // namespace

void AddDeadLetterCommands(CLI::App& app, Action* action) {
  CLI::App* letters = app.add_subcommand("dead-letters", "Messages that failed: list them, send them again");
  letters->require_subcommand(1);
  const auto options = std::make_shared<DeadLetterOptions>();

  CLI::App* list = letters->add_subcommand("list", "List messages that failed, and why");
  AddFilterOptions(list, &options->filter);
  list->footer("Example:\n  aftercare dead-letters list --clinic demo --channel sms");
  list->callback([=] { *action = [=](Session& session) { return List(session, *options); }; });

  CLI::App* redrive = letters->add_subcommand("redrive", "Send failed messages again, while their windows are open");
  redrive->add_option("REMINDER", options->names, "ENROLLMENT/RULE.NUMBER, or its full name; any number of them");
  redrive->add_flag("--all", options->all, "All that the filter selects and that can be sent again");
  AddFilterOptions(redrive, &options->filter);
  redrive->footer(
      "Examples:\n"
      "  aftercare dead-letters redrive ana/ice-am.1 --clinic demo\n"
      "  aftercare dead-letters redrive --all --channel sms");
  redrive->callback([=] { *action = [=](Session& session) { return Redrive(session, *options); }; });
}

}  // namespace aftercare::client
