#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_EVENT_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_EVENT_TEXT_H_

#include <string>

#include "aftercare/v1/event.pb.h"
#include "services/client/render/lists.h"

namespace aftercare::client {

// Returns one line with a line feed: the time, what changed (such as a reminder, a visit or an enrollment), its new
// state, its id, and the reason if there is one. Of a reply that waits for the care team it ends in what to do, as in
// `decide 0a1b`, so that the reply can be named. Ignores `style.width`. Pure and thread safe.
std::string RenderEvent(const v1::Event& event, const ListStyle& style);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_EVENT_TEXT_H_
