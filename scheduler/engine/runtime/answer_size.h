// Keeps answers within the 4 MiB that a gRPC client takes by default. Long lists are answered in pages, and a page of
// large items ends early.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ANSWER_SIZE_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ANSWER_SIZE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::engine {

// The most bytes of items in a page or in a message of a stream. The rest up to 4 MiB is for the other fields.
inline constexpr size_t kMaxPageBytes = 3 << 20;

// Counts the items and the bytes of one page, and says when it is full. Not thread safe.
class PageBudget {
 public:
  // `max_items` is the page size of the request. `used` is the size in bytes of what the page holds besides items.
  explicit PageBudget(int max_items, size_t used = 0) : items_left_(max_items), bytes_(used) {}

  // Returns true, and counts the item, if it belongs on the page. Returns false if the page is full; then the item
  // begins the next page. The first item of a page always belongs on it.
  bool Take(const google::protobuf::MessageLite& item);

 private:
  int items_left_;
  size_t bytes_;
  bool empty_ = true;
};

// For a text of the request that the answer repeats: adds an error for `field` if `text` is longer than 1024 bytes. No
// valid text is that long.
void CheckRepeatedText(std::string field, absl::string_view text, plan::FieldErrors* errors);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ANSWER_SIZE_H_
