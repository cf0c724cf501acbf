#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_LISTING_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_LISTING_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"
#include "services/client/render/lists.h"
#include "services/client/session.h"

// Functions for commands that list resources: read a list page by page, and print it. Not thread safe.
namespace aftercare::client {

// The largest page size the server allows.
inline constexpr int kMaxPageSize = 1000;

// The items of a list: all of them, or the first ones.
template <typename Item>
struct Listing {
  std::vector<Item> items;
  bool more = false;  // Whether the list goes on after the items.
};

// Reads a list from its beginning, up to `limit` items; 0 reads all. `items` is the field of the response that holds
// the items: ReadList(session, request, &v1::ListClinicsResponse::clinics).
template <typename Request, typename Response, typename Item>
absl::StatusOr<Listing<Item>> ReadList(Session& session, Request request,
                                       const google::protobuf::RepeatedPtrField<Item>& (Response::*items)() const,
                                       int limit = 0) {
  Listing<Item> list;
  int left = limit;
  do {
    request.set_page_size(limit == 0 ? kMaxPageSize : std::min(kMaxPageSize, left));
    const absl::StatusOr<Response> response = session.Call(request);
    if (!response.ok()) return response.status();
    const google::protobuf::RepeatedPtrField<Item>& page = ((*response).*items)();
    list.items.insert(list.items.end(), page.begin(), page.end());
    left -= page.size();
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty() && (limit == 0 || left > 0));
  list.more = !request.page_token().empty();
  return list;
}

// Prints items. With --json it prints each item as JSON on a line of its own. Without it, it prints what `render`
// returns, with times in `zone`, or the text `none` if there are no items.
template <typename Item>
void PrintList(Session& session, const std::vector<Item>& items,
               std::string (*render)(const std::vector<Item>&, const ListStyle&), absl::TimeZone zone,
               absl::string_view none) {
  if (session.json()) {
    for (const Item& item : items) session.PrintJson(item);
  } else if (items.empty()) {
    session.Print(none);
  } else {
    session.Print(render(items, {session.list_width(), session.colour(), zone}));
  }
}

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_LISTING_H_
