#include "scheduler/engine/events/watch.h"

#include <chrono>
#include <utility>

#include "scheduler/engine/events/resume_token.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

// A client gets a bookmark after this time without events.
constexpr std::chrono::seconds kBookmarkInterval(5);

}  // namespace

absl::StatusOr<std::shared_ptr<Watch>> Watch::Open(EngineContext& engine, EventFeed& feed, const CallPtr& call,
                                                   const v1::WatchEventsRequest& request) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  Filter filter = Filter::Make(request.filter(), clinic.value_or(""), &errors);
  if (!errors.empty()) return InvalidFields(errors);
  if (absl::Status status = call->Authorize(*clinic); !status.ok()) return status;  // before the token tells anything
  std::optional<int64_t> position;
  if (!request.resume_token().empty()) {
    position = ParseResumeToken(engine.tokens(), *clinic, request.resume_token());
    if (!position) {
      return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_RESUME_TOKEN",
                       "resume_token was not given by this service for this clinic");
    }
  }
  std::shared_ptr<Watch> watch(new Watch(feed, *clinic, std::move(filter), position));
  absl::Status status = call->StayOpen(*clinic, [weak = watch->weak_from_this()](absl::Status denied) {
    if (const auto self = std::static_pointer_cast<Watch>(weak.lock())) self->Abort(std::move(denied));
  });
  if (!status.ok()) return status;
  watch->call_ = call;
  return watch;
}

Watch::Watch(EventFeed& feed, const std::string& clinic, Filter filter, std::optional<int64_t> position)
    : LogCursor(feed, clinic, position), feed_(feed), filter_(std::move(filter)) {}

void Watch::Next(WireMessage* message, Done done) {
  message_ = message;
  message_->clear();
  done_ = std::move(done);
  set_bookmark_due(std::chrono::steady_clock::now() + kBookmarkInterval);
  Resume();
}

void Watch::Abort(absl::Status status) { feed_.Cancel(*this, std::move(status)); }

void Watch::Resume() {
  const auto self = shared_from_this();  // after a pending Poll, another thread may finish and destroy this
  while (true) {
    const EventFeed::PollResult result = feed_.Poll(*this);
    if (result.pending) return;
    if (!result.status.ok()) return Finish(result.status);
    if (WriteMessage(result)) return Finish(absl::OkStatus());
  }
}

void Watch::Finish(absl::Status status) {
  Done done = std::move(done_);
  done(std::move(status));
}

bool Watch::WriteMessage(const EventFeed::PollResult& result) {
  if (result.events.empty()) {
    message_->push_back(result.bookmark);
    return true;
  }
  if (filter_.MatchesAll()) {
    for (const auto& [chunk, first] : result.events) message_->push_back(chunk->BytesFrom(first));
    return true;
  }
  auto bytes = std::make_shared<std::string>();
  for (const auto& [chunk, first] : result.events) {
    for (size_t i = first; i < chunk->size(); ++i) {
      if (!filter_.MatchesEvent(chunk->event(i))) continue;
      const absl::string_view event = chunk->EventBytes(i);
      bytes->append(event.data(), event.size());
    }
  }
  // A bookmark is due in time even if there are always new events, and none of them passes the filter.
  if (bytes->empty() && std::chrono::steady_clock::now() < bookmark_due()) return false;
  const absl::string_view view = *bytes;
  if (!bytes->empty()) message_->push_back({std::move(bytes), view});
  const EventChunk& last = *result.events.back().chunk;
  message_->push_back(last.BytesFrom(last.size()));
  return true;
}

}  // namespace aftercare::engine
