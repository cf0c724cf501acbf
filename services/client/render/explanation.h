#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_EXPLANATION_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_EXPLANATION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "aftercare/v1/reminder.pb.h"

namespace aftercare::client {

// A reminder in plain words: what it is, each step on the way to its due time, its window, where it stands and why.
// Times are those of the zone with that name; of UTC if this machine lacks it. Pure and thread safe.
std::string RenderExplanation(const v1::Reminder& reminder, absl::string_view time_zone);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_EXPLANATION_H_
