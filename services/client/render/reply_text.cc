#include "services/client/render/reply_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/fields.h"
#include "services/client/render/labels.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

std::string DecisionLabel(const v1::Reply& reply) {
  return EnumLabel(*v1::ReplyDecision_descriptor(), reply.decision());
}

// Returns `assign`, or `decide by 2026-03-03 09:00`. Empty if the care team has nothing to do.
std::string TaskLabel(const v1::Reply& reply, absl::TimeZone zone) {
  const std::string task = EnumLabel(*v1::ReplyTask_descriptor(), reply.task());
  const bool decide = reply.task() == v1::REPLY_TASK_DECIDE && reply.has_decide_by_time();
  return decide ? absl::StrCat(task, " by ", FormatInstant(reply.decide_by_time(), zone)) : task;
}

// Returns what the care team has to do in words, and the command that does it. A reply that was only checked has no
// name, so there is no command.
std::string TaskFields(const v1::Reply& reply, absl::TimeZone zone) {
  std::string what;
  std::string command;
  if (reply.task() == v1::REPLY_TASK_ASSIGN) {
    what = "say whose reply it is";
    command = absl::StrCat("aftercare assign ", reply.name(), " ENROLLMENT");
  } else if (reply.task() == v1::REPLY_TASK_DECIDE) {
    what = "decide whether the patient wants to stop";
    command = absl::StrCat("aftercare decide ", reply.name(), " stop (or continue)");
    if (reply.has_decide_by_time()) {
      absl::StrAppend(&what, ", by ", FormatInstant(reply.decide_by_time(), zone), " (", zone.name(), ")");
    }
  } else {
    return Field("to do", TaskLabel(reply, zone));  // Nothing, or a task that this program does not know.
  }
  if (reply.name().empty()) return Field("to do", what);
  return Fields("to do", {absl::StrCat(what, ":"), command});
}

// A column that is only shown if some reply has something to show there.
struct OptionalColumn {
  std::string title;
  std::vector<std::string> cells;  // By reply.

  bool empty() const {
    return std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return cell.empty(); });
  }
};

std::vector<OptionalColumn> OptionalColumns(const std::vector<v1::Reply>& replies, absl::TimeZone zone) {
  std::vector<OptionalColumn> columns = {{"FROM", {}}, {"TO DO", {}}, {"DECIDED", {}}, {"WORDS OF", {}}};
  for (const v1::Reply& reply : replies) {
    columns[0].cells.push_back(reply.address());
    columns[1].cells.push_back(TaskLabel(reply, zone));
    columns[2].cells.push_back(DecisionLabel(reply));
    columns[3].cells.push_back(absl::StrJoin(reply.word_lists(), ", "));
  }
  columns.erase(std::remove_if(columns.begin(), columns.end(), [](const auto& column) { return column.empty(); }),
                columns.end());
  return columns;
}

}  // namespace

std::string RenderReplies(const std::vector<v1::Reply>& replies, const ListStyle& style) {
  const std::vector<OptionalColumn> more = OptionalColumns(replies, style.zone);
  std::vector<std::string> titles = {absl::StrCat("RECEIVED (", style.zone.name(), ")"), "REPLY", "PATIENT", "BY"};
  for (const OptionalColumn& column : more) titles.push_back(column.title);
  titles.insert(titles.end(), {"MEANING", "REMINDER", "TEXT"});
  Table table(titles);
  for (size_t i = 0; i < replies.size(); ++i) {
    const v1::Reply& reply = replies[i];
    std::vector<std::string> cells = {FormatInstant(reply.receive_time(), style.zone), IdOf(reply.name()),
                                      reply.patient(), ChannelLabel(reply.channel())};
    for (const OptionalColumn& column : more) cells.push_back(column.cells[i]);
    cells.insert(cells.end(), {MeaningLabel(reply), ShortReminder(reply.reminder()), reply.text()});
    table.Add(std::move(cells));
  }
  return table.Render(style.width, style.colour);
}

std::string RenderReply(const v1::Reply& reply, absl::TimeZone zone, absl::string_view choice_label) {
  return absl::StrCat(Field("reply", reply.name()), Field("from", reply.address()), Field("patient", reply.patient()),
                      Field("enrollment", reply.enrollment()),
                      Field("understood as", MeaningLabel(reply, choice_label)),
                      Field("words of", absl::StrJoin(reply.word_lists(), ", ")),
                      Field("answers", ShortReminder(reply.reminder())), LongField("because", reply.explanation()),
                      Field("decided", DecisionLabel(reply)), TaskFields(reply, zone));
}

}  // namespace aftercare::client
