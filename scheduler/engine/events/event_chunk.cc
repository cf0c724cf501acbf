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

// Memory of a decoded event besides its serialized bytes: the message, that of its reminder, their strings. An estimate
// on the high side.
constexpr size_t kMemoryPerEvent = 800;

// Writes what stands before a field of `size` bytes that is a message or a string.
void WriteFieldHeader(int field, size_t size, google::protobuf::io::CodedOutputStream* out) {
  out->WriteTag(WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
  out->WriteVarint32(static_cast<uint32_t>(size));
}

}  // namespace

EventChunk::EventChunk(const Tokens& tokens, absl::string_view clinic, std::vector<store::EventRow> rows)
    : rows_(std::move(rows)) {
  auto wire = std::make_shared<std::string>();
  offsets_.reserve(rows_.size() + 1);
  {
    google::protobuf::io::StringOutputStream stream(wire.get());
    google::protobuf::io::CodedOutputStream out(&stream);
    for (store::EventRow& row : rows_) {
      offsets_.push_back(static_cast<size_t>(out.ByteCount()));
      row.data.set_resume_token(MakeResumeToken(tokens, clinic, row.seq));
      WriteFieldHeader(v1::WatchEventsResponse::kEventsFieldNumber, row.data.ByteSizeLong(), &out);
      row.data.SerializeWithCachedSizes(&out);
    }
    offsets_.push_back(static_cast<size_t>(out.ByteCount()));
  }
  const SharedBytes bookmark = MakeBookmark(rows_.back().data.resume_token());
  wire->append(bookmark.bytes.data(), bookmark.bytes.size());
  wire->shrink_to_fit();
  wire_ = std::move(wire);
}

size_t EventChunk::FirstAfter(int64_t position) const {
  const auto found = std::upper_bound(rows_.begin(), rows_.end(), position,
                                      [](int64_t position, const store::EventRow& row) { return position < row.seq; });
  return static_cast<size_t>(found - rows_.begin());
}

absl::string_view EventChunk::EventBytes(size_t index) const {
  return absl::string_view(*wire_).substr(offsets_[index], offsets_[index + 1] - offsets_[index]);
}

SharedBytes EventChunk::BytesFrom(size_t index) const {
  return {wire_, absl::string_view(*wire_).substr(offsets_[index])};
}

size_t EventChunk::memory_bytes() const {
  return sizeof(*this) + 2 * wire_->capacity() + rows_.size() * kMemoryPerEvent;
}

SharedBytes MakeBookmark(absl::string_view resume_token) {
  v1::WatchEventsResponse response;
  response.set_resume_token(std::string(resume_token));
  auto bytes = std::make_shared<const std::string>(response.SerializeAsString());
  const absl::string_view view = *bytes;
  return {std::move(bytes), view};
}

}  // namespace aftercare::engine
