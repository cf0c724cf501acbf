#include "services/client/commands/dead_letter.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/client/commands/filter.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/input/filter_options.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

// The most reminders that one call redrives.
constexpr int kBatch = 1000;

struct DeadLetterOptions {
  FilterOptions filter;
  std::vector<std::string> names;
  bool all = false;
};

// Returns all dead letters that the filter selects.
absl::StatusOr<std::vector<v1::DeadLetter>> ReadDeadLetters(Session& session, const v1::ReminderFilter& filter) {
  v1::ListDeadLettersRequest request;
  request.set_parent(session.clinic());
  *request.mutable_filter() = filter;
  auto letters = ReadList(session, request, &v1::ListDeadLettersResponse::dead_letters);
  if (!letters.ok()) return letters.status();
  return std::move(letters->items);
}

absl::Status List(Session& session, const DeadLetterOptions& options) {
  const absl::StatusOr<ClinicFilter> filter = ReadFilter(session, options.filter);
  if (!filter.ok()) return filter.status();
  const auto letters = ReadDeadLetters(session, filter->filter);
  if (!letters.ok()) return letters.status();
  PrintList(session, *letters, RenderDeadLetters, filter->frame.zone, "No message has failed.\n");
  return absl::OkStatus();
}

// Redrives one batch, prints the results, and counts them.
absl::Status RedriveBatch(Session& session, const std::vector<std::string>& names, int64_t* redriven,
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
    const absl::StatusOr<ClinicFilter> filter = ReadFilter(session, options.filter);
    if (!filter.ok()) return filter.status();
    const auto letters = ReadDeadLetters(session, filter->filter);
    if (!letters.ok()) return letters.status();
    for (const v1::DeadLetter& letter : *letters) {
      if (letter.redrivable()) names.push_back(letter.reminder().name());
    }
  }
  int64_t redriven = 0;
  int64_t refused = 0;
  for (size_t begin = 0; begin < names.size(); begin += kBatch) {
    const size_t end = std::min(names.size(), begin + kBatch);
    absl::Status status = RedriveBatch(session, {names.begin() + begin, names.begin() + end}, &redriven, &refused);
    if (!status.ok()) return status;
  }
  if (!session.json()) session.Print(absl::StrCat(Counted(redriven, "message"), " will be sent again.\n"));
  if (refused == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(Counted(refused, "message"), " cannot be sent again"));
}

}  // namespace

void AddDeadLettersCommand(CLI::App& app, Action* action) {
  CLI::App* letters = app.add_subcommand("dead-letters", "Messages that failed: list them, send them again");
  letters->require_subcommand(1);
  const auto options = std::make_shared<DeadLetterOptions>();

  CLI::App* list = letters->add_subcommand("list", "List messages that failed, and why");
  AddFilterOptions(list, &options->filter);
  list->footer("Example:\n  aftercare dead-letters list --clinic demo --channel sms");
  list->callback([=] { *action = [=](Session& session) { return List(session, *options); }; });

  CLI::App* redrive = letters->add_subcommand("redrive", "Send failed messages again, while their windows are open");
  redrive->add_option("REMINDER", options->names, "ENROLLMENT/RULE.DATE, or its full name; any number of them");
  redrive->add_flag("--all", options->all, "All that the filter selects and that can be sent again");
  AddFilterOptions(redrive, &options->filter);
  redrive->footer(
      "Examples:\n"
      "  aftercare dead-letters redrive ana/ice-am.2026-03-03 --clinic demo\n"
      "  aftercare dead-letters redrive --all --channel sms");
  redrive->callback([=] { *action = [=](Session& session) { return Redrive(session, *options); }; });
}

}  // namespace aftercare::client
