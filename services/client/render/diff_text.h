#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_

#include <string>

#include "aftercare/v1/plan_diff.pb.h"
#include "services/client/render/lists.h"

// What a change makes of a plan, for a terminal. Functions are pure and thread safe.
namespace aftercare::client {

// `6 moved, 0 added, 1 dropped, 2 sent already`.
std::string DiffSummary(const v1::PlanDiff& diff);

// The changes as a table, and the summary; `The plan stays as it is.` where there is none.
std::string RenderDiff(const v1::PlanDiff& diff, const ListStyle& style);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_DIFF_TEXT_H_
