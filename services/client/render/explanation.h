#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_EXPLANATION_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_EXPLANATION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "aftercare/v1/reminder.pb.h"

namespace aftercare::client {

// Explains a reminder in plain words: what it is, each step that led to its due time, its window, its state and the
// reason. Times are in the IANA zone `time_zone`, or in UTC if this machine does not know it. `choice_label` is the
// label of the choice that was answered, if it is known. Pure and thread safe.
std::string RenderExplanation(const v1::Reminder& reminder, absl::string_view time_zone,
                              absl::string_view choice_label = "");

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_EXPLANATION_H_
