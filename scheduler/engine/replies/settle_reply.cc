// What the care team does about a reply: says whose it is, and decides what it means.
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/address_keys.h"
#include "scheduler/engine/replies/addresses.h"
#include "scheduler/engine/replies/answer_reminder.h"
#include "scheduler/engine/replies/consent.h"
#include "scheduler/engine/replies/reactions.h"
#include "scheduler/engine/replies/record_reply.h"
#include "scheduler/engine/replies/reply_log.h"
#include "scheduler/engine/replies/senders.h"
#include "scheduler/engine/replies/understand_reply.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

absl::Status Refusal(absl::string_view reason, const store::ReplyRow& row, absl::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason,
                   absl::StrCat(ReplyNameOf(row.clinic, row.reply), " ", why));
}

// Assigns one reply. A class so that its steps can share what they need.
class Assignment {
 public:
  Assignment(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic, store::ReplyRow row)
      : engine_(engine), tx_(tx), clinic_(clinic), now_(engine.Now(clinic)), row_(std::move(row)) {}

  absl::StatusOr<v1::Reply> Run(EnrollmentContext enrollment) {
    senders_.keys = AddressKeysOf(clinic_.data, row_.data.channel(), row_.data.address());
    senders_.patients.insert(enrollment.row.data.patient());
    senders_.enrollments.push_back(std::move(enrollment));
    const absl::Time time = plan::ToTime(row_.data.receive_time());
    auto sent = SentMessagesOf(tx_, senders_.enrollments, time - kAnswerTime, time);
    if (!sent.ok()) return sent.status();
    senders_.sent = *std::move(sent);
    auto understood = UnderstandReply(tx_, clinic_, senders_, row_.data.text(), "", time);
    if (!understood.ok()) return understood.status();
    NoteWordLists(senders_.enrollments.front(), &row_.data);
    absl::Status status = Fill(*understood);
    if (status.ok()) status = ChangeReply(tx_, row_, v1::EVENT_TYPE_REPLY_ASSIGNED, now_);
    if (status.ok()) status = ApplyToPatient();
    // The clinic's words may be others than when the reply came and was understood as a wish about messages.
    const bool is_answer = row_.data.meaning() == v1::REPLY_MEANING_ANSWER;
    if (status.ok() && is_answer && understood->answered) {
      status = AnswerReminder(tx_, row_, time, now_, &senders_.enrollments.front(),
                              std::move(understood->answered->row));
    }
    if (status.ok()) status = ReactToWords(engine_, tx_, row_, time, now_);
    if (!status.ok()) return status;
    return ReplyToProto(row_);
  }

 private:
  // Puts what is now known into the reply. What it says about messages was understood, and acted on, when it came.
  absl::Status Fill(const UnderstoodReply& understood) {
    v1::Reply& reply = row_.data;
    const v1::Reply& now = understood.reply;
    reply.set_patient(now.patient());
    reply.set_enrollment(now.enrollment());
    reply.clear_task();
    const bool is_about_messages = reply.meaning() == v1::REPLY_MEANING_STOP ||
                                   reply.meaning() == v1::REPLY_MEANING_START ||
                                   reply.meaning() == v1::REPLY_MEANING_DOUBTFUL;
    if (!is_about_messages) {
      reply.set_meaning(now.meaning());
      reply.set_reminder(now.reminder());
      if (now.has_score()) reply.set_score(now.score());
      if (now.has_done()) reply.set_done(now.done());
      if (now.has_choice()) reply.set_choice(now.choice());
      reply.set_explanation(now.explanation());
      return absl::OkStatus();
    }
    auto held = tx_.AddressesHeldBy(clinic_.clinic, row_.reply);
    if (!held.ok()) return held.status();
    if (!held->empty()) reply.set_task(v1::REPLY_TASK_DECIDE);
    return absl::OkStatus();
  }

  // Lets a wish about messages count for the patient, who may have other addresses than the one it came from.
  absl::Status ApplyToPatient() {
    const v1::Reply& reply = row_.data;
    if (reply.meaning() == v1::REPLY_MEANING_STOP || reply.meaning() == v1::REPLY_MEANING_START) {
      const bool stops = reply.meaning() == v1::REPLY_MEANING_STOP;
      v1::ConsentDecision decision;
      decision.set_channel(reply.channel());
      decision.set_consent(stops ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
      *decision.mutable_source() = SourceOfReply(tx_, clinic_.clinic, row_.reply, now_);
      return RecordConsent(engine_, tx_, clinic_, reply.patient(), decision, now_).status();
    }
    if (reply.task() != v1::REPLY_TASK_DECIDE) return absl::OkStatus();
    const auto contact_points = senders_.enrollments.front().row.data.contact_points();
    for (const v1::ContactPoint& point : contact_points) {
      if (point.channel() != reply.channel()) continue;
      absl::Status status = ChangeAddress(engine_, tx_, clinic_, {point.channel(), point.address()},
                                          [this](store::AddressRow& row) { row.held_by = row_.reply; }, std::nullopt,
                                          now_);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  EngineContext& engine_;
  store::WriteTransaction& tx_;
  const store::ClinicRow& clinic_;
  const absl::Time now_;
  store::ReplyRow row_;
  Senders senders_;
};

}  // namespace

absl::Status AssignReply(EngineContext& engine, store::WriteTransaction& tx, const v1::AssignReplyRequest& request,
                         v1::AssignReplyResponse* response) {
  const ReplyName name = *ParseReplyName(request.name());
  auto clinic = RequireClinic(tx, name.clinic);
  if (!clinic.ok()) return clinic.status();
  auto row = RequireReply(tx, name.clinic, name.reply);
  if (!row.ok()) return row.status();
  auto enrollment =
      RequireEnrollmentContext(engine, tx, name.clinic, ParseEnrollmentName(request.enrollment())->enrollment);
  if (!enrollment.ok()) return enrollment.status();
  if (row->data.task() != v1::REPLY_TASK_ASSIGN) {
    return Refusal("REPLY_NOT_TO_ASSIGN", *row, "does not wait to be assigned");
  }
  auto assigned = Assignment(engine, tx, *clinic, *std::move(row)).Run(*std::move(enrollment));
  if (!assigned.ok()) return assigned.status();
  *response->mutable_reply() = *std::move(assigned);
  return absl::OkStatus();
}

absl::Status DecideReply(EngineContext& engine, store::WriteTransaction& tx, const v1::DecideReplyRequest& request,
                         v1::DecideReplyResponse* response) {
  const ReplyName name = *ParseReplyName(request.name());
  auto clinic = RequireClinic(tx, name.clinic);
  if (!clinic.ok()) return clinic.status();
  auto row = RequireReply(tx, name.clinic, name.reply);
  if (!row.ok()) return row.status();
  if (row->data.task() != v1::REPLY_TASK_DECIDE) {
    return Refusal("REPLY_NOT_TO_DECIDE", *row, "does not wait for a decision");
  }
  const absl::Time now = engine.Now(*clinic);
  row->data.clear_task();
  row->data.set_decision(request.decision());
  absl::Status status = ChangeReply(tx, *row, v1::EVENT_TYPE_REPLY_DECIDED, now);
  if (status.ok()) {
    status = SettleAddresses(engine, tx, *clinic, *row, request.decision() == v1::REPLY_DECISION_STOP, now);
  }
  if (!status.ok()) return status;
  *response->mutable_reply() = ReplyToProto(*row);
  return absl::OkStatus();
}

}  // namespace aftercare::engine
