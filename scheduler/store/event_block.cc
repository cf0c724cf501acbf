#include "scheduler/store/event_block.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace aftercare::store {

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

}  // namespace aftercare::store
