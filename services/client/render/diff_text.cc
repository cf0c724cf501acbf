#include "services/client/render/diff_text.h"

#include "absl/strings/str_cat.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/table.h"

namespace aftercare::client {

std::string DiffSummary(const v1::PlanDiff& diff) {
  return absl::StrCat(Thousands(diff.moved_count()), " moved, ", Thousands(diff.added_count()), " added, ",
                      Thousands(diff.dropped_count()), " dropped, ", Thousands(diff.already_sent_count()),
                      " sent already");
}

std::string RenderDiff(const v1::PlanDiff& diff, const ListStyle& style) {
  if (diff.changes().empty()) return "The plan stays as it is.\n";
  const std::string zone = absl::StrCat(" (", style.zone.name(), ")");
  Table table({"CHANGE", "REMINDER", "WAS DUE" + zone, "IS DUE" + zone});
  for (const v1::PlanChange& change : diff.changes()) {
    const bool sent = change.kind() == v1::PLAN_CHANGE_KIND_ALREADY_SENT;
    table.Add({sent ? "sent" : EnumLabel(*v1::PlanChangeKind_descriptor(), change.kind()),
               ShortReminder(change.name()), FormatInstant(change.old_due_time(), style.zone),
               sent ? "not again" : FormatInstant(change.new_due_time(), style.zone)});
  }
  const int64_t all =
      diff.moved_count() + diff.added_count() + diff.dropped_count() + diff.already_sent_count();
  const int64_t more = all - diff.changes_size();
  return absl::StrCat(table.Render(style.width, style.colour),
                      more > 0 ? absl::StrCat("... and ", Counted(more, "reminder"), " more\n") : "", DiffSummary(diff),
                      "\n");
}

}  // namespace aftercare::client
