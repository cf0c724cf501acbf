#include "services/client/render/diff_text.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

using v1::PlanDiff;

// How a kind of change is shown.
struct Kind {
  v1::PlanChangeKind kind;
  absl::string_view label;     // In the table.
  absl::string_view counted;   // After its number in the summary.
  absl::string_view sentence;  // What it means, after the number of reminders. Empty if the label says it all.
  int64_t (PlanDiff::*count)() const;
  void (PlanDiff::*set_count)(int64_t);
};

// The first kTold kinds are explained in a sentence each.
constexpr size_t kTold = 6;

// All kinds. Those that somebody should know of come first, in the order in which they are shown.
constexpr Kind kKinds[] = {
    {v1::PLAN_CHANGE_KIND_SENT_AGAIN, "SENT AGAIN", "SENT AGAIN",
     "The patient was told the same before, for another date or another start of the visit.",
     &PlanDiff::sent_again_count, &PlanDiff::set_sent_again_count},
    {v1::PLAN_CHANGE_KIND_NEVER_TOLD, "NEVER TOLD", "NEVER TOLD",
     "The time has passed, or nothing is left that tells the new start of the visit. Please tell the patient yourself.",
     &PlanDiff::never_told_count, &PlanDiff::set_never_told_count},
    {v1::PLAN_CHANGE_KIND_ALSO_TODAY, "also today", "also today",
     "The patient gets another message like it on the same day.", &PlanDiff::also_today_count,
     &PlanDiff::set_also_today_count},
    {v1::PLAN_CHANGE_KIND_NOT_CALLED_OFF, "no longer called off", "no longer called off",
     "What somebody had called off is sent after all.", &PlanDiff::not_called_off_count,
     &PlanDiff::set_not_called_off_count},
    {v1::PLAN_CHANGE_KIND_NOT_MOVED_BY_HAND, "no longer moved by hand", "no longer moved by hand",
     "What somebody had moved by hand is due at the time of the plan again.", &PlanDiff::not_moved_by_hand_count,
     &PlanDiff::set_not_moved_by_hand_count},
    {v1::PLAN_CHANGE_KIND_SUPPRESSED, "suppressed", "suppressed",
     "Nothing is sent: the patient may not or cannot be written to, or contact hours leave no time for it.",
     &PlanDiff::suppressed_count, &PlanDiff::set_suppressed_count},
    {v1::PLAN_CHANGE_KIND_MOVED, "moved", "moved", "", &PlanDiff::moved_count, &PlanDiff::set_moved_count},
    {v1::PLAN_CHANGE_KIND_ADDED, "added", "added", "", &PlanDiff::added_count, &PlanDiff::set_added_count},
    {v1::PLAN_CHANGE_KIND_DROPPED, "dropped", "dropped", "", &PlanDiff::dropped_count, &PlanDiff::set_dropped_count},
    {v1::PLAN_CHANGE_KIND_ALREADY_SENT, "sent", "sent already", "", &PlanDiff::already_sent_count,
     &PlanDiff::set_already_sent_count},
};

// Returns the place of a kind in kKinds, or its size for a kind that this program does not know.
size_t IndexOf(v1::PlanChangeKind kind) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& k) { return k.kind == kind; });
  return static_cast<size_t>(found - std::begin(kKinds));
}

std::string LabelOf(v1::PlanChangeKind kind) {
  const size_t index = IndexOf(kind);
  return index < std::size(kKinds) ? std::string(kKinds[index].label)
                                   : EnumLabel(*v1::PlanChangeKind_descriptor(), kind);
}

// Returns the reminder's name, and its name before the change if that was another one.
std::string NamesOf(const v1::PlanChange& change) {
  if (change.old_name().empty() || change.old_name() == change.name()) return ShortReminder(change.name());
  const bool again = change.kind() == v1::PLAN_CHANGE_KIND_SENT_AGAIN;
  return absl::StrCat(ShortReminder(change.name()), again ? " (told by " : " (was ", IdOf(change.old_name()), ")");
}

std::string OldTimeOf(const v1::PlanChange& change, absl::TimeZone zone) {
  const std::string time = FormatInstant(change.old_due_time(), zone);
  return change.kind() == v1::PLAN_CHANGE_KIND_SENT_AGAIN && !time.empty() ? absl::StrCat("told ", time) : time;
}

std::string NewTimeOf(const v1::PlanChange& change, absl::TimeZone zone) {
  const std::string time = FormatInstant(change.new_due_time(), zone);
  switch (change.kind()) {
    case v1::PLAN_CHANGE_KIND_ALREADY_SENT:
      return "not again";
    case v1::PLAN_CHANGE_KIND_SUPPRESSED:
      return "not sent";
    case v1::PLAN_CHANGE_KIND_NEVER_TOLD:
      return time.empty() ? "never" : absl::StrCat("never (past: ", time, ")");
    default:
      return time;
  }
}

// Returns the changes: first those of the kinds that are told of, by kind, then the others in their order.
std::vector<const v1::PlanChange*> Ordered(const PlanDiff& diff) {
  std::vector<const v1::PlanChange*> changes;
  for (const v1::PlanChange& change : diff.changes()) changes.push_back(&change);
  const auto rank = [](const v1::PlanChange* change) { return std::min(IndexOf(change->kind()), kTold); };
  std::stable_sort(changes.begin(), changes.end(), [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
  return changes;
}

// Returns a line for each kind that is told of: `SENT AGAIN: 2 reminders. The patient ...`.
std::string Sentences(const PlanDiff& diff, bool colour) {
  std::string out;
  for (size_t i = 0; i < kTold; ++i) {
    const int64_t count = (diff.*kKinds[i].count)();
    if (count == 0) continue;
    absl::StrAppend(&out,
                    Paint(Ink::kBold, absl::StrCat(kKinds[i].label, ": ", Counted(count, "reminder"), "."), colour),
                    " ", kKinds[i].sentence, "\n");
  }
  return out;
}

// Returns a line that names the visits whose appointments have come to lie outside their windows. Empty if there is
// none.
std::string VisitSentence(const PlanDiff& diff, bool colour) {
  if (diff.visits_outside_window().empty()) return "";
  std::string names;
  for (const std::string& name : diff.visits_outside_window()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", IdOf(name));
  }
  return absl::StrCat(Paint(Ink::kBold, absl::StrCat("OUTSIDE ITS WINDOW: ", names, "."), colour),
                      " The visit stays booked for a date on which it should not take place. Please book it anew.\n");
}

}  // namespace

void AddDiffCounts(const PlanDiff& diff, PlanDiff* sum) {
  for (const Kind& kind : kKinds) (sum->*kind.set_count)((sum->*kind.count)() + (diff.*kind.count)());
  sum->set_visits_outside_window_count(sum->visits_outside_window_count() + diff.visits_outside_window_count());
}

std::string DiffSummary(const PlanDiff& diff) {
  std::string out;
  for (size_t i = 0; i < std::size(kKinds); ++i) {
    const int64_t count = (diff.*kKinds[i].count)();
    if (i < kTold && count == 0) continue;
    absl::StrAppend(&out, out.empty() ? "" : ", ", Thousands(count), " ", kKinds[i].counted);
  }
  if (const int64_t visits = diff.visits_outside_window_count(); visits > 0) {
    absl::StrAppend(&out, ", ", Counted(visits, "visit"), " outside the window");
  }
  return out;
}

std::string RenderDiff(const PlanDiff& diff, const ListStyle& style) {
  int64_t all = 0;
  for (const Kind& kind : kKinds) all += (diff.*kind.count)();
  const bool is_same = all == 0 && diff.changes().empty() && diff.visits_outside_window_count() == 0;
  if (is_same) return "The plan stays as it is.\n";
  const std::string zone = absl::StrCat(" (", style.zone.name(), ")");
  Table table({"CHANGE", "REMINDER", "WAS DUE" + zone, "IS DUE" + zone});
  for (const v1::PlanChange* change : Ordered(diff)) {
    table.Add({LabelOf(change->kind()), NamesOf(*change), OldTimeOf(*change, style.zone),
               NewTimeOf(*change, style.zone)});
  }
  const int64_t more = all - diff.changes_size();
  return absl::StrCat(Sentences(diff, style.colour), VisitSentence(diff, style.colour),
                      table.empty() ? "" : table.Render(style.width, style.colour),
                      more > 0 ? absl::StrCat("... and ", Thousands(more), " more\n") : "", DiffSummary(diff), "\n");
}

}  // namespace aftercare::client
