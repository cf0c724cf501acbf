#include "services/client/render/task_list.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/labels.h"
#include "services/client/render/table.h"

namespace aftercare::client {

void SortTasks(std::vector<v1::Reminder>* tasks) {
  std::stable_sort(tasks->begin(), tasks->end(), [](const v1::Reminder& a, const v1::Reminder& b) {
    return std::make_tuple(-a.urgency(), plan::ToTime(a.expire_time())) <
           std::make_tuple(-b.urgency(), plan::ToTime(b.expire_time()));
  });
}

namespace {

// Returns whether and when the task's team was told of it.
std::string ToldText(const v1::Reminder& task, absl::TimeZone zone) {
  if (task.reason() == v1::REMINDER_REASON_TEAM_NOT_REACHED) return absl::StrCat(task.team(), " not reached");
  if (task.team().empty()) return "";
  const bool waits = task.channel() != v1::CHANNEL_UNSPECIFIED;
  if (!task.has_notify_time()) return waits ? absl::StrCat(task.team(), " not yet") : "";
  return absl::StrCat(task.team(), " ", FormatInstant(task.notify_time(), zone));
}

}  // namespace

std::string RenderTasks(const std::vector<v1::Reminder>& tasks, absl::Time now, const ListStyle& style) {
  const bool tells = std::any_of(tasks.begin(), tasks.end(), [&](const v1::Reminder& task) {
    return !ToldText(task, style.zone).empty();
  });
  std::vector<std::string> titles = {"URGENCY", absl::StrCat("DEADLINE (", style.zone.name(), ")"), "TASK", "PATIENT",
                                     "CATEGORY", ">STEP", "ACKNOWLEDGED"};
  if (tells) titles.push_back("TOLD");
  titles.push_back("TEXT");
  Table table(titles);
  for (const v1::Reminder& task : tasks) {
    const bool overdue = plan::ToTime(task.expire_time()) <= now;
    std::vector<std::string> cells = {
        UrgencyLabel(task.urgency()),
        absl::StrCat(FormatInstant(task.expire_time(), style.zone), overdue ? " OVERDUE" : ""),
        ShortReminder(task.name()),
        task.patient(),
        task.category(),
        absl::StrCat(task.escalation_step()),
        task.has_acknowledge_time() ? FormatInstant(task.acknowledge_time(), style.zone) : "no"};
    if (tells) cells.push_back(ToldText(task, style.zone));
    cells.push_back(task.text());
    table.Add(std::move(cells));
  }
  return table.Render(style.width, style.colour);
}

}  // namespace aftercare::client
