#include "scheduler/engine/watch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/names.h"

namespace aftercare::engine {
namespace {

constexpr int kEventsAtOnce = 200;
constexpr absl::Duration kBookmarkEvery = absl::Seconds(5);

std::string Context(absl::string_view clinic) { return absl::StrCat("watch/", clinic); }

}  // namespace

std::string MakeResumeToken(const Tokens& tokens, absl::string_view clinic, int64_t seq) {
  return tokens.Seal(Context(clinic), absl::StrCat(seq));
}

std::optional<int64_t> ParseResumeToken(const Tokens& tokens, absl::string_view clinic, absl::string_view token) {
  const auto payload = tokens.Open(Context(clinic), token);
  int64_t seq = 0;
  if (!payload || !absl::SimpleAtoi(*payload, &seq)) return std::nullopt;
  return seq;
}

absl::StatusOr<std::shared_ptr<Watch>> Watch::Open(Core& core, const Caller& caller,
                                                   const v1::WatchEventsRequest& request) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  Filter filter = Filter::Make(request.filter(), clinic.value_or(""), &errors);
  if (!errors.empty()) return InvalidFields(errors);
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return status;
  std::optional<int64_t> place;
  if (!request.resume_token().empty()) {
    place = ParseResumeToken(core.tokens(), *clinic, request.resume_token());
    if (!place) {
      return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_RESUME_TOKEN",
                       "resume_token was not given by this service for this clinic");
    }
  }
  return std::shared_ptr<Watch>(new Watch(core, *clinic, std::move(filter), place));
}

void Watch::Next(v1::WatchEventsResponse* response, Done done) {
  response_ = response;
  done_ = std::move(done);
  waited_ = false;
  bookmark_due_ = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(kBookmarkEvery);
  response_->Clear();
  Look();
}

void Watch::Cancel() {
  cancelled_ = true;
  if (const uint64_t id = waiting_) core_.topics().Cancel(id);
}

void Watch::Finish(absl::Status status) {
  Done done = std::move(done_);
  done(std::move(status));
}

void Watch::Look() {
  if (cancelled_) return Finish(absl::CancelledError("cancelled"));
  seen_ = core_.topics().Seen(EventsTopic(clinic_));  // before looking
  core_.Read([self = shared_from_this()](store::Facts& facts) { return self->Read(facts); },
             [self = shared_from_this()](absl::Status status) { self->Looked(std::move(status)); });
}

absl::Status Watch::Read(store::Facts& facts) {
  more_ = false;
  if (!place_) {
    auto owner = RequireClinic(facts, clinic_);
    if (!owner.ok()) return owner.status();
    auto seq = facts.LastEventSeq();
    if (!seq.ok()) return seq.status();
    place_ = *seq;
    waited_ = true;  // the first answer may be a bookmark at once: it says where "now" was
    return absl::OkStatus();
  }
  auto rows = facts.ListEvents(clinic_, *place_, kEventsAtOnce);
  if (!rows.ok()) return rows.status();
  for (store::EventRow& row : *rows) {
    place_ = row.seq;
    if (!filter_.MatchesEvent(row.data)) continue;
    v1::Event* event = response_->add_events();
    *event = std::move(row.data);
    event->set_resume_token(MakeResumeToken(core_.tokens(), clinic_, row.seq));
  }
  more_ = static_cast<int>(rows->size()) == kEventsAtOnce;
  return absl::OkStatus();
}

void Watch::Looked(absl::Status status) {
  if (!status.ok()) return Finish(std::move(status));
  // A bookmark is owed even while the log goes on, where a filter lets nothing through for long.
  if (!response_->events().empty() || waited_ || std::chrono::steady_clock::now() >= bookmark_due_) {
    response_->set_resume_token(MakeResumeToken(core_.tokens(), clinic_, *place_));
    return Finish(absl::OkStatus());
  }
  if (more_) return Look();
  const uint64_t id = core_.topics().NewId();
  waiting_ = id;
  const auto left = absl::FromChrono(bookmark_due_ - std::chrono::steady_clock::now());
  core_.topics().Wait(
      id, EventsTopic(clinic_), seen_, std::max(left, absl::ZeroDuration()),
      [self = shared_from_this()](Topics::Wake wake) {
        self->waiting_ = 0;
        if (wake == Topics::Wake::kClosed) {
          return self->Finish(self->cancelled_ ? absl::CancelledError("cancelled")
                                               : ShuttingDown());
        }
        self->waited_ = wake == Topics::Wake::kTimeout;
        self->Look();
      });
  if (cancelled_) core_.topics().Cancel(id);
}

}  // namespace aftercare::engine
