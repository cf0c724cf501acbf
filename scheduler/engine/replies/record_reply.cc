#include "scheduler/engine/replies/record_reply.h"

#include <algorithm>
#include <limits>
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
#include "scheduler/engine/replies/consent.h"
#include "scheduler/engine/replies/groups.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/replies.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kAnswerable = absl::Hours(24 * 7);

// A message that was sent, and to whom.
struct Sent {
  size_t context = 0;  // index
  store::ReminderRow row;
};

// When it was sent, as far as is known; what was due later counts as later.
bool IsOlder(const Sent& a, const Sent& b) {
  return std::tie(a.row.state_time, a.row.due) < std::tie(b.row.state_time, b.row.due);
}

// Takes in one reply. A class only to share what every step needs.
class Recorder {
 public:
  Recorder(EngineContext& engine, store::WriteTransaction& tx, const v1::RecordReplyRequest& request,
           store::ClinicRow clinic)
      : engine_(engine), tx_(tx), request_(request), clinic_(std::move(clinic)), now_(engine.Now(clinic_)) {}

  absl::StatusOr<v1::Reply> Run(absl::Time* wake) {
    const plan::ReadReply read = plan::ReplyVocabulary(clinic_.data).Read(request_.text());
    const bool decides = read.sense == plan::ReplySense::kStop || read.sense == plan::ReplySense::kStart;
    if (absl::Status status = FindSenders(); !status.ok()) return status;
    // A decision holds whatever message it was written to.
    auto answered = decides ? std::optional<Sent>() : FindAnswered(read);
    if (!answered.ok()) return answered.status();
    if (*answered) named_ = (*answered)->context;
    auto of = named_ ? absl::StatusOr<size_t>(*named_) : LastWrittenTo();
    if (!of.ok()) return of.status();
    Describe(read, contexts_[*of], *answered);
    absl::Status status = Store();
    if (status.ok() && decides) status = Decide();
    if (status.ok() && *answered) status = Complete(&**answered, wake);
    if (!status.ok()) return status;
    return std::move(reply_);
  }

 private:
  // All enrollments of all patients who have this address.
  absl::Status FindSenders() {
    auto at = tx_.EnrollmentsAt(clinic_.clinic, store::AddressKey(request_.channel(), request_.address()));
    if (!at.ok()) return at.status();
    for (const std::string& id : *at) {
      auto row = tx_.GetEnrollment(clinic_.clinic, id);
      if (!row.ok()) return row.status();
      if (row->has_value()) patients_.insert((*row)->data.patient());
    }
    if (patients_.empty()) {
      // Without the address: errors are logged.
      return MakeError(absl::StatusCode::kNotFound, "UNKNOWN_SENDER",
                       absl::StrCat("no patient of ", ClinicNameOf(clinic_.clinic), " has that contact point"));
    }
    for (const std::string& patient : patients_) {
      store::EnrollmentQuery query;
      query.clinic = clinic_.clinic;
      query.patient = patient;
      query.limit = std::numeric_limits<int>::max();
      auto rows = tx_.ListEnrollments(query);
      if (!rows.ok()) return rows.status();
      for (store::EnrollmentRow& row : *rows) {
        auto context = MakeEnrollmentContext(engine_, tx_, std::move(row));
        if (!context.ok()) return context.status();
        contexts_.push_back(*std::move(context));
      }
    }
    return absl::OkStatus();
  }

  // The newest message that was sent to the senders on this channel from `since` on and `matches`.
  template <typename Matches>
  absl::StatusOr<std::optional<Sent>> NewestSent(absl::Time since, std::vector<v1::ReminderState> states,
                                                 Matches matches) {
    std::optional<Sent> newest;
    for (size_t i = 0; i < contexts_.size(); ++i) {
      auto rows = RowsOf(tx_, contexts_[i], states);
      if (!rows.ok()) return rows.status();
      for (store::ReminderRow& row : *rows) {
        if (row.state_time < since || row.channel != request_.channel()) continue;
        if (!matches(contexts_[i], row)) continue;
        Sent sent{i, std::move(row)};
        if (!newest || IsOlder(*newest, sent)) newest = std::move(sent);
      }
    }
    return newest;
  }

  static bool Asks(const EnrollmentContext& context, const store::ReminderRow& row, const plan::ReadReply& read) {
    const v1::AnswerKind asked = RuleOf(context, row).compiled().answer;
    return asked != v1::ANSWER_KIND_UNSPECIFIED && asked == read.answer();
  }

  // What the reply answers, if it does.
  absl::StatusOr<std::optional<Sent>> FindAnswered(const plan::ReadReply& read) {
    if (!request_.reminder().empty()) return FindNamed(read);
    if (read.answer() == v1::ANSWER_KIND_UNSPECIFIED) return std::nullopt;
    return NewestSent(
        now_ - kAnswerable, {v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_DELIVERED},
        [&](const EnrollmentContext& context, const store::ReminderRow& row) { return Asks(context, row, read); });
  }

  // The reminder the request names, if the reply answers it: it must be one of the sender's, that has been with a
  // gateway.
  absl::StatusOr<std::optional<Sent>> FindNamed(const plan::ReadReply& read) {
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
    named_ = static_cast<size_t>(context - contexts_.begin());
    auto row = tx_.GetReminder(key);
    if (!row.ok()) return row.status();
    if (!row->has_value()) {
      plan::Occurrence occurrence;
      const plan::Plan plan(*context->pathway, context->facts);
      if (!plan.Find(context->pathway->FindRule(key.rule), key.number, &occurrence)) return ReminderNotFound(key);
      return std::nullopt;  // nobody can have had it
    }
    const bool had = (*row)->attempts > 0 && (*row)->state != v1::REMINDER_STATE_COMPLETED &&
                     NextState((*row)->state, ReminderEvent::kComplete).has_value();
    if (!had || !Asks(*context, **row, read)) return std::nullopt;
    return Sent{*named_, **std::move(row)};
  }

  // The enrollment the senders were last sent a message for on this channel, else the newest.
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

  // Puts the reply together, but for its name.
  void Describe(const plan::ReadReply& read, const EnrollmentContext& of, const std::optional<Sent>& answered) {
    reply_.set_channel(request_.channel());
    plan::SetTimestamp(now_, reply_.mutable_receive_time());
    reply_.set_text(request_.text());
    reply_.set_patient(of.row.data.patient());
    reply_.set_enrollment(EnrollmentNameOf(clinic_.clinic, of.row.enrollment));
    reply_.set_meaning(v1::REPLY_MEANING_OTHER);
    if (read.sense == plan::ReplySense::kStop) reply_.set_meaning(v1::REPLY_MEANING_STOP);
    if (read.sense == plan::ReplySense::kStart) reply_.set_meaning(v1::REPLY_MEANING_START);
    if (!answered) return;
    reply_.set_meaning(v1::REPLY_MEANING_ANSWER);
    reply_.set_reminder(ReminderNameOf(answered->row.key));
    if (read.sense == plan::ReplySense::kScore) reply_.set_score(read.score);
  }

  absl::Status Store() {
    auto seq = tx_.LastEventSeq();
    if (!seq.ok()) return seq.status();
    // Ordered by time, and where that is the same by place in the log, which also keeps ids apart.
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

  // Of everybody who has the address: who of them wrote it, nobody knows.
  absl::Status Decide() {
    const v1::Consent consent =
        reply_.meaning() == v1::REPLY_MEANING_STOP ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED;
    for (const std::string& patient : patients_) {
      auto applied = ApplyConsent(engine_, tx_, clinic_.clinic, patient, request_.channel(), consent, now_);
      if (!applied.ok()) return applied.status();
    }
    return absl::OkStatus();
  }

  absl::Status Complete(Sent* sent, absl::Time* wake) {
    EnrollmentContext& context = contexts_[sent->context];
    if (reply_.has_score()) sent->row.score = reply_.score();
    absl::Status status =
        ChangeReminder(tx_, context, ReminderEvent::kComplete, v1::REMINDER_REASON_ANSWERED, now_, &sent->row);
    if (!status.ok()) return status;
    auto ended = EndAnswered(tx_, sent->row.key, now_, &context);
    *wake = ended.value_or(absl::InfiniteFuture());
    return ended.status();
  }

  EngineContext& engine_;
  store::WriteTransaction& tx_;
  const v1::RecordReplyRequest& request_;
  const store::ClinicRow clinic_;
  const absl::Time now_;
  std::set<std::string> patients_;
  std::vector<EnrollmentContext> contexts_;
  std::optional<size_t> named_;  // index of the context whose reminder it answers, or the request names
  v1::Reply reply_;
};

}  // namespace

absl::StatusOr<v1::Reply> RecordReply(EngineContext& engine, store::WriteTransaction& tx,
                                      const v1::RecordReplyRequest& request, store::ClinicRow clinic,
                                      absl::Time* wake) {
  return Recorder(engine, tx, request, std::move(clinic)).Run(wake);
}

}  // namespace aftercare::engine
