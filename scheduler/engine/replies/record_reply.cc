#include "scheduler/engine/replies/record_reply.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/replies/consent.h"
#include "scheduler/engine/replies/groups.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/input/replies.h"
#include "scheduler/plan/timestamps.h"
#include "scheduler/store/address_key.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kAnswerTime = absl::Hours(24 * 7);  // how long after it was sent a message may be answered

// A message that was sent.
struct SentMessage {
  size_t context = 0;  // index of its enrollment in ReplyRecorder::contexts_
  store::ReminderRow row;
};

// Returns whether `a` was sent before `b`, as far as is known. If at the same time, the earlier due time counts.
bool IsOlder(const SentMessage& a, const SentMessage& b) {
  return std::tie(a.row.state_time, a.row.due) < std::tie(b.row.state_time, b.row.due);
}

// Records one reply. A class so that its steps can share what they need.
class ReplyRecorder {
 public:
  ReplyRecorder(EngineContext& engine, store::WriteTransaction& tx, const v1::RecordReplyRequest& request,
                store::ClinicRow clinic)
      : engine_(engine), tx_(tx), request_(request), clinic_(std::move(clinic)), now_(engine.Now(clinic_)) {}

  absl::StatusOr<v1::Reply> Run() {
    const plan::ReadReply read = plan::ReplyVocabulary(clinic_.data).Read(request_.text());
    const bool is_decision = read.sense == plan::ReplySense::kStop || read.sense == plan::ReplySense::kStart;
    if (absl::Status status = FindSenders(); !status.ok()) return status;
    // A decision holds for the address, whatever message it was written to.
    auto answered = is_decision ? std::optional<SentMessage>() : FindAnswered(read);
    if (!answered.ok()) return answered.status();
    if (*answered) named_context_ = (*answered)->context;
    auto sender = named_context_ ? absl::StatusOr<size_t>(*named_context_) : LastWrittenTo();
    if (!sender.ok()) return sender.status();
    FillReply(read, contexts_[*sender], *answered);
    if (absl::Status status = Store(); !status.ok()) return status;
    if (is_decision) {
      if (absl::Status status = ApplyDecision(); !status.ok()) return status;
    }
    if (*answered) {
      if (absl::Status status = Complete(&**answered); !status.ok()) return status;
    }
    return std::move(reply_);
  }

 private:
  // Loads all enrollments of all patients who have this address.
  absl::Status FindSenders() {
    auto at = tx_.EnrollmentsAt(clinic_.clinic, store::AddressKey(request_.channel(), request_.address()));
    if (!at.ok()) return at.status();
    for (const std::string& id : *at) {
      auto row = tx_.GetEnrollment(clinic_.clinic, id);
      if (!row.ok()) return row.status();
      if (row->has_value()) patients_.insert((*row)->data.patient());
    }
    if (patients_.empty()) {
      // The address is left out, since errors are logged.
      return MakeError(absl::StatusCode::kNotFound, "UNKNOWN_SENDER",
                       absl::StrCat("no patient of ", ClinicNameOf(clinic_.clinic), " has that contact point"));
    }
    for (const std::string& patient : patients_) {
      auto contexts = EnrollmentContextsOf(engine_, tx_, clinic_.clinic, patient);
      if (!contexts.ok()) return contexts.status();
      std::move(contexts->begin(), contexts->end(), std::back_inserter(contexts_));
    }
    return absl::OkStatus();
  }

  // Returns the newest message that was sent to the senders on this channel, at `since` or later, and that `matches`.
  template <typename Matches>
  absl::StatusOr<std::optional<SentMessage>> NewestSent(absl::Time since, std::vector<v1::ReminderState> states,
                                                 Matches matches) {
    std::optional<SentMessage> newest;
    for (size_t i = 0; i < contexts_.size(); ++i) {
      auto rows = RowsOf(tx_, contexts_[i], states);
      if (!rows.ok()) return rows.status();
      for (store::ReminderRow& row : *rows) {
        if (row.state_time < since || row.channel != request_.channel()) continue;
        if (!matches(contexts_[i], row)) continue;
        SentMessage sent{i, std::move(row)};
        if (!newest || IsOlder(*newest, sent)) newest = std::move(sent);
      }
    }
    return newest;
  }

  // Returns whether the message asks for an answer of this kind.
  static bool Asks(const EnrollmentContext& context, const store::ReminderRow& row, const plan::ReadReply& read) {
    const v1::AnswerKind asked = RuleOf(context, row).compiled().answer;
    return asked != v1::ANSWER_KIND_UNSPECIFIED && asked == read.answer();
  }

  // Returns the message that the reply answers, if it answers one.
  absl::StatusOr<std::optional<SentMessage>> FindAnswered(const plan::ReadReply& read) {
    if (!request_.reminder().empty()) return FindNamed(read);
    if (read.answer() == v1::ANSWER_KIND_UNSPECIFIED) return std::nullopt;
    return NewestSent(
        now_ - kAnswerTime, {v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_DELIVERED},
        [&](const EnrollmentContext& context, const store::ReminderRow& row) { return Asks(context, row, read); });
  }

  // Returns the reminder that the request names, if the reply answers it. It must be one of the sender's, and must have
  // been with a gateway. Sets named_context_.
  absl::StatusOr<std::optional<SentMessage>> FindNamed(const plan::ReadReply& read) {
    const store::ReminderKey key = *ParseReminderName(request_.reminder());
    const auto context = std::find_if(contexts_.begin(), contexts_.end(), [&](const EnrollmentContext& candidate) {
      return candidate.row.enrollment == key.enrollment;
    });
    if (context == contexts_.end()) {
      auto row = tx_.GetEnrollment(key.clinic, key.enrollment);
      if (!row.ok()) return row.status();
      if (!row->has_value()) return ReminderNotFound(key);
      return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_OF_SENDER",
                       absl::StrCat(request_.reminder(), " is not one of the sender's"));
    }
    named_context_ = static_cast<size_t>(context - contexts_.begin());
    auto found = FindReminder(tx_, *context, key);
    if (!found.ok()) return found.status();
    if (!found->row) return std::nullopt;  // it was never sent
    const store::ReminderRow& row = *found->row;
    const bool is_answerable = row.attempts > 0 && row.state != v1::REMINDER_STATE_COMPLETED &&
                               NextState(row.state, ReminderEvent::kComplete).has_value();
    if (!is_answerable || !Asks(*context, row, read)) return std::nullopt;
    return SentMessage{*named_context_, *std::move(found->row)};
  }

  // Returns the index of the enrollment that the senders were last sent a message for on this channel, or of the newest
  // enrollment if there is none.
  absl::StatusOr<size_t> LastWrittenTo() {
    auto last = NewestSent(absl::InfinitePast(),
                           {v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_DELIVERED, v1::REMINDER_STATE_COMPLETED},
                           [](const EnrollmentContext&, const store::ReminderRow& row) { return row.attempts > 0; });
    if (!last.ok()) return last.status();
    if (last->has_value()) return (*last)->context;
    const auto newest = std::max_element(contexts_.begin(), contexts_.end(),
                                         [](const EnrollmentContext& a, const EnrollmentContext& b) {
                                           return a.facts.enroll_time < b.facts.enroll_time;
                                         });
    return static_cast<size_t>(newest - contexts_.begin());
  }

  // Fills in reply_, except its name. `sender` is the enrollment it is recorded for.
  void FillReply(const plan::ReadReply& read, const EnrollmentContext& sender,
                 const std::optional<SentMessage>& answered) {
    reply_.set_channel(request_.channel());
    plan::SetTimestamp(now_, reply_.mutable_receive_time());
    reply_.set_text(request_.text());
    reply_.set_patient(sender.row.data.patient());
    reply_.set_enrollment(EnrollmentNameOf(clinic_.clinic, sender.row.enrollment));
    reply_.set_meaning(v1::REPLY_MEANING_OTHER);
    if (read.sense == plan::ReplySense::kStop) reply_.set_meaning(v1::REPLY_MEANING_STOP);
    if (read.sense == plan::ReplySense::kStart) reply_.set_meaning(v1::REPLY_MEANING_START);
    if (!answered) return;
    reply_.set_meaning(v1::REPLY_MEANING_ANSWER);
    reply_.set_reminder(ReminderNameOf(answered->row.key));
    if (read.sense == plan::ReplySense::kScore) reply_.set_score(read.score);
  }

  // Stores and logs the reply.
  absl::Status Store() {
    auto seq = tx_.LastEventSeq();
    if (!seq.ok()) return seq.status();
    // Ids are ordered by time, then by the place in the log, which also makes them unique.
    store::ReplyRow row{clinic_.clinic, MakeTimeOrderedId(engine_.clock().Now(), static_cast<uint64_t>(*seq)), reply_};
    if (absl::Status status = tx_.InsertReply(row); !status.ok()) return status;
    reply_.set_name(ReplyNameOf(clinic_.clinic, row.reply));
    v1::Event event;
    plan::SetTimestamp(now_, event.mutable_event_time());
    event.set_type(v1::EVENT_TYPE_REPLY_RECEIVED);
    event.set_enrollment(reply_.enrollment());
    event.set_patient(reply_.patient());
    v1::ReplyChange& change = *event.mutable_reply();
    change.set_name(reply_.name());
    change.set_channel(reply_.channel());
    change.set_meaning(reply_.meaning());
    change.set_reminder(reply_.reminder());
    if (reply_.has_score()) change.set_score(reply_.score());
    return tx_.AppendEvent(clinic_.clinic, std::move(event));
  }

  // Records the wish to stop or start for every patient who has the address, since nobody knows which of them wrote.
  absl::Status ApplyDecision() {
    const v1::Consent consent =
        reply_.meaning() == v1::REPLY_MEANING_STOP ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED;
    for (const std::string& patient : patients_) {
      auto applied = ApplyConsent(engine_, tx_, clinic_.clinic, patient, request_.channel(), consent, now_);
      if (!applied.ok()) return applied.status();
    }
    return absl::OkStatus();
  }

  // Completes the reminder that was answered.
  absl::Status Complete(SentMessage* answered) {
    EnrollmentContext& context = contexts_[answered->context];
    if (reply_.has_score()) answered->row.score = reply_.score();
    absl::Status status =
        ChangeReminder(tx_, context, ReminderEvent::kComplete, v1::REMINDER_REASON_ANSWERED, now_, &answered->row);
    if (!status.ok()) return status;
    return ApplyAnswerToGroup(tx_, answered->row.key, now_, &context);
  }

  EngineContext& engine_;
  store::WriteTransaction& tx_;
  const v1::RecordReplyRequest& request_;
  const store::ClinicRow clinic_;
  const absl::Time now_;
  std::set<std::string> patients_;           // who have the address
  std::vector<EnrollmentContext> contexts_;  // of their enrollments
  std::optional<size_t> named_context_;  // index of the enrollment whose reminder it answers, or the request names
  v1::Reply reply_;
};

}  // namespace

absl::StatusOr<v1::Reply> RecordReply(EngineContext& engine, store::WriteTransaction& tx,
                                      const v1::RecordReplyRequest& request, store::ClinicRow clinic) {
  return ReplyRecorder(engine, tx, request, std::move(clinic)).Run();
}

}  // namespace aftercare::engine
