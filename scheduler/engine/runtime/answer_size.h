// Keeps answers within the 4 MiB that a gRPC client takes by default. What may be longer is answered in pages, and a
// page ends early where its items are large.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ANSWER_SIZE_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ANSWER_SIZE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::engine {

// The size at which a page, or a message of a stream, ends. The rest up to 4 MiB is for what stands beside the items.
inline constexpr size_t kMaxPageBytes = 3 << 20;

// Counts the items of one page. Not thread safe.
class PageBudget {
 public:
  // `max_items` is the page size of the request. `used` are the bytes of what the page holds besides items.
  explicit PageBudget(int max_items, size_t used = 0) : items_left_(max_items), bytes_(used) {}

  // Returns true, and counts the item, if it belongs on the page. Returns false if the page is full; then the item
  // begins the next page. The first item of a page always belongs on it.
  bool Take(const google::protobuf::MessageLite& item);

 private:
  int items_left_;
  size_t bytes_;
  bool empty_ = true;
};

// Adds an error if a text of the request that the answer repeats is longer than any valid one could be.
void CheckRepeatedText(std::string field, absl::string_view text, plan::FieldErrors* errors);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ANSWER_SIZE_H_
