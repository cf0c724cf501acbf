#include "scheduler/engine/runtime/answer_size.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace aftercare::engine {
namespace {

// Of the tag and the length that stand before an item. An estimate on the high side.
constexpr size_t kItemHeader = 8;

// A thousand texts of this length fit into an answer, each with a status beside it.
constexpr size_t kMaxRepeatedText = 1024;

}  // namespace

bool PageBudget::Take(const google::protobuf::MessageLite& item) {
  if (items_left_ == 0) return false;
  const size_t size = item.ByteSizeLong() + kItemHeader;
  if (!empty_ && bytes_ + size > kMaxPageBytes) return false;
  --items_left_;
  bytes_ += size;
  empty_ = false;
  return true;
}

void CheckRepeatedText(std::string field, absl::string_view text, plan::FieldErrors* errors) {
  if (text.size() <= kMaxRepeatedText) return;
  errors->push_back({std::move(field), absl::StrCat("must have at most ", kMaxRepeatedText, " bytes")});
}

}  // namespace aftercare::engine
