#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_

#include <string>

#include "aftercare/v1/plan_diff.pb.h"
#include "services/client/render/lists.h"

// What a change does to a plan, as text for a terminal. All functions are pure and thread safe.
namespace aftercare::client {

// Returns the counts: `6 moved, 0 added, 1 dropped, 2 sent already`.
std::string DiffSummary(const v1::PlanDiff& diff);

// Returns a table of the changes, a count of changes that the diff does not list, and the summary. Returns `The plan
// stays as it is.` if the diff lists no changes.
std::string RenderDiff(const v1::PlanDiff& diff, const ListStyle& style);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_
