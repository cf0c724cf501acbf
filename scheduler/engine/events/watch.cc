#include "scheduler/engine/events/watch.h"

#include <chrono>
#include <utility>

#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

constexpr std::chrono::seconds kBookmarkEvery(5);

}  // namespace

absl::StatusOr<std::shared_ptr<Watch>> Watch::Open(EngineContext& engine, EventFeed& feed, const Caller& caller,
                                                   const v1::WatchEventsRequest& request) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  Filter filter = Filter::Make(request.filter(), clinic.value_or(""), &errors);
  if (!errors.empty()) return InvalidFields(errors);
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return status;
  std::optional<int64_t> place;
  if (!request.resume_token().empty()) {
    place = ParseResumeToken(engine.tokens(), *clinic, request.resume_token());
    if (!place) {
      return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_RESUME_TOKEN",
                       "resume_token was not given by this service for this clinic");
    }
  }
  return std::shared_ptr<Watch>(new Watch(feed, *clinic, std::move(filter), place));
}

void Watch::Next(WireMessage* message, Done done) {
  message_ = message;
  message_->clear();
  done_ = std::move(done);
  set_bookmark_due(std::chrono::steady_clock::now() + kBookmarkEvery);
  Step();
}

void Watch::Finish(absl::Status status) {
  Done done = std::move(done_);
  done(std::move(status));
}

void Watch::Step() {
  const auto self = shared_from_this();  // once told to wait, this may be over before we are back
  while (true) {
    const EventFeed::PollResult found = feed_.Poll(*this);
    if (found.later) return;
    if (!found.status.ok()) return Finish(found.status);
    if (Take(found)) return Finish(absl::OkStatus());
  }
}

bool Watch::Take(const EventFeed::PollResult& found) {
  if (found.chunks.empty()) {
    message_->push_back(found.bookmark);
    return true;
  }
  if (filter_.MatchesAll()) {
    for (const auto& [chunk, first] : found.chunks) message_->push_back(chunk->From(first));
    return true;
  }
  auto bytes = std::make_shared<std::string>();
  for (const auto& [chunk, first] : found.chunks) {
    for (size_t i = first; i < chunk->size(); ++i) {
      if (!filter_.MatchesEvent(chunk->event(i))) continue;
      const absl::string_view event = chunk->Event(i);
      bytes->append(event.data(), event.size());
    }
  }
  // A bookmark is owed even while the log goes on, where the filter lets nothing through for long.
  if (bytes->empty() && std::chrono::steady_clock::now() < bookmark_due()) return false;
  const absl::string_view view = *bytes;
  if (!bytes->empty()) message_->push_back({std::move(bytes), view});
  message_->push_back(found.chunks.back().first->Token());
  return true;
}

}  // namespace aftercare::engine
