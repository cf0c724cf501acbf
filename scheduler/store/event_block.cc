#include "scheduler/store/event_block.h"

#include <zstd.h>

#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace aftercare::store {
namespace {

// Level 1 takes a microsecond for a few events, and the next ones gain little more.
constexpr int kCompressionLevel = 1;
constexpr size_t kLeastToCompress = 512;
// A block has at most kMaxEventsInBlock events of at most some kilobytes; what claims to be larger is damaged.
constexpr size_t kMostInBlock = size_t{64} << 20;

// Bytes that begin so are compressed. A block that is not begins with the tag of its events.
bool IsCompressed(absl::string_view bytes) {
  static constexpr absl::string_view kMagic = "\x28\xB5\x2F\xFD";  // ZSTD_MAGICNUMBER, little-endian
  return absl::StartsWith(bytes, kMagic);
}

absl::Status CannotBeRead() { return absl::DataLossError("stored events cannot be read"); }

}  // namespace

record::v1::StoredEvent PackEvent(absl::string_view clinic, int64_t seq, absl::string_view actor, v1::Event event) {
  record::v1::StoredEvent stored;
  stored.set_seq(seq);
  stored.set_actor(std::string(actor));
  event.clear_resume_token();
  event.clear_actor();
  absl::string_view rest = event.enrollment();
  if (absl::ConsumePrefix(&rest, "clinics/") && absl::ConsumePrefix(&rest, clinic) &&
      absl::ConsumePrefix(&rest, "/enrollments/")) {
    stored.set_enrollment(std::string(rest));
    absl::string_view reminder = event.reminder().name();
    if (absl::ConsumePrefix(&reminder, event.enrollment()) && absl::ConsumePrefix(&reminder, "/reminders/")) {
      stored.set_reminder(std::string(reminder));
      event.mutable_reminder()->clear_name();
    }
    event.clear_enrollment();
  }
  event.SerializeToString(stored.mutable_event());
  return stored;
}

absl::StatusOr<EventRow> UnpackEvent(absl::string_view clinic, const record::v1::StoredEvent& stored) {
  EventRow row;
  row.clinic = std::string(clinic);
  row.seq = stored.seq();
  if (!row.data.ParseFromString(stored.event())) return absl::DataLossError("a stored event cannot be read");
  row.data.set_actor(stored.actor());
  if (!stored.has_enrollment()) return row;
  row.data.set_enrollment(absl::StrCat("clinics/", clinic, "/enrollments/", stored.enrollment()));
  if (!stored.has_reminder()) return row;
  row.data.mutable_reminder()->set_name(absl::StrCat(row.data.enrollment(), "/reminders/", stored.reminder()));
  return row;
}

absl::Status ForEachBlock(
    absl::Span<AppendedEvent> events,
    absl::FunctionRef<absl::Status(absl::string_view clinic, const record::v1::EventBlock& block)> save) {
  std::vector<std::pair<absl::string_view, record::v1::EventBlock>> blocks;  // one for each clinic, by first event
  absl::flat_hash_map<absl::string_view, size_t> by_clinic;
  for (AppendedEvent& event : events) {
    const auto [found, is_new] = by_clinic.try_emplace(event.clinic, blocks.size());
    if (is_new) blocks.emplace_back(event.clinic, record::v1::EventBlock());
    record::v1::EventBlock& block = blocks[found->second].second;
    *block.add_events() = std::move(event.stored);
    if (block.events_size() < kMaxEventsInBlock) continue;
    if (absl::Status status = save(event.clinic, block); !status.ok()) return status;
    block.clear_events();
  }
  for (const auto& [clinic, block] : blocks) {
    if (block.events().empty()) continue;
    if (absl::Status status = save(clinic, block); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string EncodeBlock(const record::v1::EventBlock& block) {
  std::string plain = block.SerializeAsString();
  if (plain.size() < kLeastToCompress) return plain;
  thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  std::string compressed(ZSTD_compressBound(plain.size()), '\0');
  const size_t size = ZSTD_compressCCtx(context.get(), compressed.data(), compressed.size(), plain.data(), plain.size(),
                                        kCompressionLevel);
  if (ZSTD_isError(size) || size >= plain.size()) return plain;
  compressed.resize(size);
  return compressed;
}

absl::Status DecodeBlock(absl::string_view bytes, record::v1::EventBlock& block) {
  std::string plain;
  if (IsCompressed(bytes)) {
    const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
    if (size > kMostInBlock) return CannotBeRead();  // ZSTD_CONTENTSIZE_UNKNOWN and _ERROR are greater too
    plain.resize(size);
    if (ZSTD_decompress(plain.data(), plain.size(), bytes.data(), bytes.size()) != size) return CannotBeRead();
    bytes = plain;
  }
  return block.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ? absl::OkStatus() : CannotBeRead();
}

}  // namespace aftercare::store
