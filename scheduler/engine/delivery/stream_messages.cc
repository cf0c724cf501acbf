#include "scheduler/engine/delivery/stream_messages.h"

#include <limits>
#include <utility>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/errors.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxOutstanding = 10'000;
constexpr int kMaxItems = 1000;  // of one message: reports or extensions

absl::Status Misuse(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

// Moves items from the beginning of `from` to `to` for as long as the budget lasts. Returns true if it lasts for all.
template <typename Item>
bool Move(PageBudget* budget, google::protobuf::RepeatedPtrField<Item>* from,
          google::protobuf::RepeatedPtrField<Item>* to) {
  int moved = 0;
  while (moved < from->size() && budget->Take(from->Get(moved))) to->Add()->Swap(from->Mutable(moved++));
  from->DeleteSubrange(0, moved);
  return from->empty();
}

}  // namespace

absl::Status CheckMessage(const v1::StreamRemindersRequest& message, bool configured) {
  using Request = v1::StreamRemindersRequest;
  if (message.request_case() == Request::REQUEST_NOT_SET) {
    return InvalidField("request", "must be configuration, reports or extensions");
  }
  const bool configures = message.request_case() == Request::kConfiguration;
  if (configures && configured) {
    return Misuse("ALREADY_CONFIGURED", "a stream is configured by its first message only");
  }
  if (!configures && !configured) {
    return Misuse("NOT_CONFIGURED", "the first message of a stream must be its configuration");
  }
  const int items = message.has_reports() ? message.reports().reports_size() : message.extensions().lease_ids_size();
  if (!configures && (items == 0 || items > kMaxItems)) {
    return InvalidField(message.has_reports() ? "reports.reports" : "extensions.lease_ids",
                        "must have 1 to 1000 entries");
  }
  return absl::OkStatus();
}

absl::StatusOr<LeaseTerms> ReadConfiguration(const v1::StreamConfiguration& configuration) {
  plan::FieldErrors found;
  LeaseTerms terms =
      ReadLeaseTerms(configuration.parent(), configuration.filter(),
                     configuration.has_lease_duration() ? &configuration.lease_duration() : nullptr, &found);
  if (configuration.max_outstanding() < 1 || configuration.max_outstanding() > kMaxOutstanding) {
    found.push_back({"max_outstanding", "must be from 1 to 10000"});
  }
  plan::FieldErrors errors;
  AddPrefixed("configuration", found, &errors);
  if (!errors.empty()) return InvalidFields(errors);
  return terms;
}

void TakeMessage(v1::StreamRemindersResponse* output, v1::StreamRemindersResponse* message) {
  if (output->ByteSizeLong() <= kMaxPageBytes) return message->Swap(output);
  PageBudget budget(std::numeric_limits<int>::max());
  const bool has_room = Move(&budget, output->mutable_leases(), message->mutable_leases()) &&
                        Move(&budget, output->mutable_results(), message->mutable_results()) &&
                        Move(&budget, output->mutable_extensions(), message->mutable_extensions());
  if (has_room) Move(&budget, output->mutable_ended_leases(), message->mutable_ended_leases());
}

bool IsEmpty(const v1::StreamRemindersResponse& response) {
  return response.leases().empty() && response.results().empty() && response.extensions().empty() &&
         response.ended_leases().empty();
}

bool EndsLease(const v1::DeliveryResult& result) {
  const bool refused = result.status().code() == static_cast<int>(absl::StatusCode::kFailedPrecondition);
  return result.status().code() == 0 || (refused && result.state() != v1::REMINDER_STATE_LEASED);
}

}  // namespace aftercare::engine
