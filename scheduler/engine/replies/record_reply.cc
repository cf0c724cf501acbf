#include "scheduler/engine/replies/record_reply.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/replies/addresses.h"
#include "scheduler/engine/replies/answer_reminder.h"
#include "scheduler/engine/replies/consent.h"
#include "scheduler/engine/replies/reactions.h"
#include "scheduler/engine/replies/reply_log.h"
#include "scheduler/engine/replies/senders.h"
#include "scheduler/engine/replies/understand_reply.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/input/auto_reply.h"
#include "scheduler/plan/timestamps.h"
#include "scheduler/store/address_key.h"

namespace aftercare::engine {
namespace {

using plan::ReplySense;

constexpr absl::Duration kDecisionTime = absl::Hours(24);  // unless the clinic says otherwise
constexpr absl::Duration kAutoReplyPause = absl::Hours(24);

absl::Duration DecisionTimeOf(const v1::Clinic& clinic) {
  return clinic.has_decision_time() ? absl::Seconds(clinic.decision_time().seconds()) : kDecisionTime;
}

// Returns the place where it is kept when a reply of this sense was last answered; null if such replies are not.
std::optional<absl::Time>* AnsweredAt(ReplySense sense, store::AddressRow* row) {
  if (sense == ReplySense::kStop) return &row->stop_answered;
  if (sense == ReplySense::kStart) return &row->start_answered;
  return sense == ReplySense::kHelp ? &row->help_answered : nullptr;
}

// One of the clinics of a number, with who may have written to it.
struct Recipient {
  const store::ClinicRow* clinic = nullptr;
  absl::Time now;
  Senders senders;
};

// Records one reply. A class so that its steps can share what they need.
class ReplyRecorder {
 public:
  ReplyRecorder(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                const v1::RecordReplyRequest& request)
      : engine_(engine), tx_(tx), write_(write), request_(request) {}

  absl::Status Run(const std::vector<store::ClinicRow>& clinics, v1::RecordReplyResponse* response) {
    if (absl::Status status = FindRecipients(clinics); !status.ok()) return status;
    Recipient& target = recipients_[Target()];
    auto understood = Understand(target);
    if (!understood.ok()) return understood.status();
    auto auto_reply = AutoReply(target, *understood);
    if (!auto_reply.ok()) return auto_reply.status();
    response->set_auto_reply(*auto_reply);
    auto recorded = Record(target, *std::move(understood), !auto_reply->empty());
    if (!recorded.ok()) return recorded.status();
    *response->mutable_reply() = ReplyToProto(*recorded);
    for (Recipient& other : recipients_) {
      if (&other == &target) continue;
      if (absl::Status status = RecordDecision(recorded->data, other); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status FindRecipients(const std::vector<store::ClinicRow>& clinics) {
    for (const store::ClinicRow& clinic : clinics) {
      const absl::Time now = engine_.Now(clinic);
      auto senders = FindSenders(engine_, tx_, clinic, request_.channel(), request_.address(), now);
      if (!senders.ok()) return senders.status();
      recipients_.push_back({&clinic, now, *std::move(senders)});
    }
    return absl::OkStatus();
  }

  // Returns the index of the clinic that the reply goes to: the one that wrote to the address last, else the first that
  // knows the sender, else the first.
  size_t Target() const {
    size_t target = 0;
    absl::Time last = absl::InfinitePast();
    for (size_t i = 0; i < recipients_.size(); ++i) {
      const Senders& senders = recipients_[i].senders;
      const auto newest = std::find_if(senders.sent.begin(), senders.sent.end(),
                                       [&](const SentMessage& message) { return senders.WentHere(message); });
      if (newest == senders.sent.end() || newest->sent <= last) continue;
      target = i;
      last = newest->sent;
    }
    if (last > absl::InfinitePast()) return target;
    const auto known = std::find_if(recipients_.begin(), recipients_.end(),
                                    [](const Recipient& recipient) { return !recipient.senders.enrollments.empty(); });
    return known == recipients_.end() ? 0 : static_cast<size_t>(known - recipients_.begin());
  }

  absl::StatusOr<UnderstoodReply> Understand(const Recipient& recipient) {
    auto understood = UnderstandReply(tx_, *recipient.clinic, recipient.senders, request_.text(), request_.reminder(),
                                      recipient.now);
    if (!understood.ok()) return understood;
    v1::Reply& reply = understood->reply;
    reply.set_channel(request_.channel());
    reply.set_address(request_.address());
    reply.set_text(request_.text());
    plan::SetTimestamp(recipient.now, reply.mutable_receive_time());
    if (understood->sense != ReplySense::kDoubtfulStop) return understood;
    plan::SetTimestamp(recipient.now + DecisionTimeOf(recipient.clinic->data), reply.mutable_decide_by_time());
    if (reply.task() == v1::REPLY_TASK_UNSPECIFIED) reply.set_task(v1::REPLY_TASK_DECIDE);
    return understood;
  }

  // Returns the enrollment that a reply belongs to; null while it waits to be assigned.
  static EnrollmentContext* SenderOf(const v1::Reply& reply, Senders* senders) {
    auto& enrollments = senders->enrollments;
    const auto sender = std::find_if(enrollments.begin(), enrollments.end(), [&](const EnrollmentContext& context) {
      return EnrollmentNameOf(context.row.clinic, context.row.enrollment) == reply.enrollment();
    });
    return sender == enrollments.end() ? nullptr : &*sender;
  }

  // Returns what the sender should be told at once; empty if nothing, or if it was told less than a day ago.
  absl::StatusOr<std::string> AutoReply(Recipient& recipient, const UnderstoodReply& understood) {
    auto known = tx_.GetAddress(recipient.clinic->clinic,
                                store::AddressIdentity(engine_.secret(), recipient.senders.keys.front()));
    if (!known.ok()) return known.status();
    const std::optional<absl::Time>* const answered = AnsweredAt(understood.sense, &*known);
    if (answered == nullptr) return "";
    if (answered->has_value() && recipient.now < **answered + kAutoReplyPause) return "";
    const EnrollmentContext* const sender = SenderOf(understood.reply, &recipient.senders);
    const std::string locale = sender == nullptr ? "" : sender->row.data.locale();
    return plan::AutoReplyText(understood.sense, recipient.clinic->data, locale);
  }

  // Stores and logs a reply to one clinic, and acts on it. Returns it as it is then. Only returns it, without an id, if
  // nothing is to be written.
  absl::StatusOr<store::ReplyRow> Record(Recipient& recipient, UnderstoodReply understood, bool has_auto_reply) {
    store::ReplyRow row{recipient.clinic->clinic, "", std::move(understood.reply)};
    EnrollmentContext* const sender = SenderOf(row.data, &recipient.senders);
    if (sender != nullptr) NoteWordLists(*sender, &row.data);
    if (write_ == nullptr) return row;
    auto seq = write_->LastEventSeq();
    if (!seq.ok()) return seq.status();
    // Ids are ordered by time, then by the place in the log, which also makes them unique.
    row.reply = MakeTimeOrderedId(engine_.clock().Now(), static_cast<uint64_t>(*seq));
    absl::Status status = write_->InsertReply(row);
    if (status.ok()) status = LogReply(*write_, row, v1::EVENT_TYPE_REPLY_RECEIVED, recipient.now);
    if (status.ok()) status = ApplyToAddress(recipient, understood.sense, row.reply, has_auto_reply);
    if (status.ok() && understood.answered) {
      EnrollmentContext& context = recipient.senders.enrollments[understood.answered->enrollment];
      status = AnswerReminder(*write_, row, recipient.now, recipient.now, &context,
                              std::move(understood.answered->row));
    }
    if (status.ok()) status = ReactToWords(engine_, *write_, row, recipient.now, recipient.now);
    if (!status.ok()) return status;
    return row;
  }

  // A wish to stop or start, or a doubtful one, holds for the address, and so for whoever has it.
  absl::Status ApplyToAddress(const Recipient& recipient, ReplySense sense, const std::string& reply,
                              bool has_auto_reply) {
    const bool is_decision = sense == ReplySense::kStop || sense == ReplySense::kStart;
    const bool is_doubtful = sense == ReplySense::kDoubtfulStop;
    if (!is_decision && !is_doubtful && !has_auto_reply) return absl::OkStatus();
    const auto change = [&](store::AddressRow& row) {
      if (is_decision) {
        row.stopped = sense == ReplySense::kStop;
        row.held_by.clear();
      }
      if (is_doubtful) row.held_by = reply;
      if (has_auto_reply) *AnsweredAt(sense, &row) = recipient.now;
    };
    v1::ConsentDecision decision;
    decision.set_channel(request_.channel());
    decision.set_consent(sense == ReplySense::kStop ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
    *decision.mutable_source() = SourceOfReply(*write_, recipient.clinic->clinic, reply, recipient.now);
    absl::Status status =
        ChangeAddress(engine_, *write_, *recipient.clinic, {request_.channel(), request_.address()}, change,
                      is_decision ? std::optional(decision) : std::nullopt, recipient.now);
    if (!status.ok() || sense != ReplySense::kStart) return status;
    for (const std::string& patient : recipient.senders.patients) {
      auto recorded = RecordConsent(engine_, *write_, *recipient.clinic, patient, decision, recipient.now);
      if (!recorded.ok()) return recorded.status();
    }
    return absl::OkStatus();
  }

  // Records in another clinic of the number what the reply says about messages to the address. The clinic gets the
  // reply if it has a patient with the address.
  absl::Status RecordDecision(const v1::Reply& reply, Recipient& other) {
    ReplySense sense;
    switch (reply.meaning()) {
      case v1::REPLY_MEANING_STOP: sense = ReplySense::kStop; break;
      case v1::REPLY_MEANING_START: sense = ReplySense::kStart; break;
      case v1::REPLY_MEANING_DOUBTFUL: sense = ReplySense::kDoubtfulStop; break;
      default: return absl::OkStatus();
    }
    if (write_ == nullptr) return absl::OkStatus();
    if (other.senders.patients.empty()) {
      return sense == ReplySense::kDoubtfulStop ? absl::OkStatus() : ApplyToAddress(other, sense, "", false);
    }
    auto understood = Understand(other);
    if (!understood.ok()) return understood.status();
    // Its words may be others, but the patient has written once, and means one thing.
    understood->sense = sense;
    understood->answered.reset();
    v1::Reply& copy = understood->reply;
    copy.set_meaning(reply.meaning());
    copy.set_explanation(reply.explanation());
    copy.clear_reminder();
    copy.clear_score();
    copy.clear_done();
    copy.clear_choice();
    if (sense == ReplySense::kDoubtfulStop) {
      copy.set_task(v1::REPLY_TASK_DECIDE);
      plan::SetTimestamp(other.now + DecisionTimeOf(other.clinic->data), copy.mutable_decide_by_time());
    } else {
      copy.clear_task();
      copy.clear_decide_by_time();
    }
    return Record(other, *std::move(understood), false).status();
  }

  EngineContext& engine_;
  store::ReadTransaction& tx_;
  store::WriteTransaction* const write_;  // null if nothing is to be written
  const v1::RecordReplyRequest& request_;
  std::vector<Recipient> recipients_;
};

}  // namespace

absl::Status RecordReply(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                         const v1::RecordReplyRequest& request, const std::vector<store::ClinicRow>& clinics,
                         v1::RecordReplyResponse* response) {
  return ReplyRecorder(engine, tx, write, request).Run(clinics, response);
}

}  // namespace aftercare::engine
