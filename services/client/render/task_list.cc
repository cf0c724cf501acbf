#include "services/client/render/task_list.h"

#include <algorithm>
#include <tuple>

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

std::string RenderTasks(const std::vector<v1::Reminder>& tasks, absl::Time now, const ListStyle& style) {
  Table table({"URGENCY", absl::StrCat("DEADLINE (", style.zone.name(), ")"), "TASK", "PATIENT", "CATEGORY", ">STEP",
               "ACKNOWLEDGED", "TEXT"});
  for (const v1::Reminder& task : tasks) {
    const bool overdue = plan::ToTime(task.expire_time()) <= now;
    table.Add({UrgencyLabel(task.urgency()),
               absl::StrCat(FormatInstant(task.expire_time(), style.zone), overdue ? " OVERDUE" : ""),
               ShortReminder(task.name()), task.patient(), task.category(), absl::StrCat(task.escalation_step()),
               task.has_acknowledge_time() ? FormatInstant(task.acknowledge_time(), style.zone) : "no", task.text()});
  }
  return table.Render(style.width, style.colour);
}

}  // namespace aftercare::client
