#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_REPLY_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_REPLY_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/reply.pb.h"
#include "services/client/render/lists.h"

// What patients wrote back, as text for a terminal. Every line ends with a line feed. All functions are pure and thread
// safe.
namespace aftercare::client {

// Returns a table with one line for each reply. The columns of the address, of what the care team has to do and of what
// it decided are left out if no reply has them.
std::string RenderReplies(const std::vector<v1::Reply>& replies, const ListStyle& style);

// Returns one reply, with each field on a line of its own, and the commands that do what the care team has to do.
// Fields that are not set are left out, and so is the text. Times are in `zone`. `choice_label` is the label of the
// choice that was answered, if it is known.
std::string RenderReply(const v1::Reply& reply, absl::TimeZone zone, absl::string_view choice_label = "");

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_REPLY_TEXT_H_
