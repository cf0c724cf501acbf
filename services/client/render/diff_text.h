#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_

#include <string>

#include "aftercare/v1/plan_diff.pb.h"
#include "services/client/render/lists.h"

// What a change does to a plan, as text for a terminal. All functions are pure and thread safe.
namespace aftercare::client {

// Adds the counts of `diff` to those of `sum`.
void AddDiffCounts(const v1::PlanDiff& diff, v1::PlanDiff* sum);

// Returns the counts: `6 moved, 0 added, 1 dropped, 2 sent already`. Counts of other kinds stand before these if they
// are not 0, what is sent again and never told first: `1 SENT AGAIN, 6 moved, ...`.
std::string DiffSummary(const v1::PlanDiff& diff);

// Returns a sentence for each kind of change that somebody should know of, a table of the changes, a count of changes
// that the diff does not list, and the summary. What is sent again and never told stands first, in sentences and table;
// otherwise the table is in the order of the diff. Returns `The plan stays as it is.` if nothing changes.
std::string RenderDiff(const v1::PlanDiff& diff, const ListStyle& style);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_
