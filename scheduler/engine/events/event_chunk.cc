#include "scheduler/engine/events/event_chunk.h"

#include <algorithm>
#include <utility>

#include "aftercare/v1/reminder_service.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "scheduler/engine/events/resume_token.h"

namespace aftercare::engine {
namespace {

using google::protobuf::internal::WireFormatLite;

// What a read event takes besides its bytes: the message, that of its reminder, their strings. On the high side.
constexpr size_t kEventMemory = 800;

// Before a field that is a message or a string, `size` bytes long.
void WriteHead(int field, size_t size, google::protobuf::io::CodedOutputStream* out) {
  out->WriteTag(WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
  out->WriteVarint32(static_cast<uint32_t>(size));
}

}  // namespace

EventChunk::EventChunk(const Tokens& tokens, absl::string_view clinic, std::vector<store::EventRow> rows)
    : rows_(std::move(rows)) {
  auto wire = std::make_shared<std::string>();
  begins_.reserve(rows_.size() + 1);
  {
    google::protobuf::io::StringOutputStream stream(wire.get());
    google::protobuf::io::CodedOutputStream out(&stream);
    for (store::EventRow& row : rows_) {
      begins_.push_back(static_cast<size_t>(out.ByteCount()));
      row.data.set_resume_token(MakeResumeToken(tokens, clinic, row.seq));
      WriteHead(v1::WatchEventsResponse::kEventsFieldNumber, row.data.ByteSizeLong(), &out);
      row.data.SerializeWithCachedSizes(&out);
    }
    begins_.push_back(static_cast<size_t>(out.ByteCount()));
  }
  const SharedBytes end = Bookmark(rows_.back().data.resume_token());
  wire->append(end.bytes.data(), end.bytes.size());
  wire->shrink_to_fit();
  wire_ = std::move(wire);
}

size_t EventChunk::FirstAfter(int64_t place) const {
  const auto found = std::upper_bound(rows_.begin(), rows_.end(), place,
                                      [](int64_t place, const store::EventRow& row) { return place < row.seq; });
  return static_cast<size_t>(found - rows_.begin());
}

absl::string_view EventChunk::Event(size_t index) const {
  return absl::string_view(*wire_).substr(begins_[index], begins_[index + 1] - begins_[index]);
}

size_t EventChunk::memory() const { return sizeof(*this) + 2 * wire_->capacity() + rows_.size() * kEventMemory; }

SharedBytes Bookmark(absl::string_view token) {
  v1::WatchEventsResponse response;
  response.set_resume_token(std::string(token));
  auto bytes = std::make_shared<const std::string>(response.SerializeAsString());
  const absl::string_view view = *bytes;
  return {std::move(bytes), view};
}

}  // namespace aftercare::engine
