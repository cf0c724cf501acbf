#include "scheduler/engine/replies/reply_log.h"

#include <utility>

#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {

absl::Status LogConsent(store::WriteTransaction& tx, absl::string_view clinic, absl::string_view patient,
                        const v1::ConsentDecision& decision, absl::Time now) {
  v1::Event event;
  plan::SetTimestamp(now, event.mutable_event_time());
  event.set_type(v1::EVENT_TYPE_CONSENT_CHANGED);
  event.set_patient(std::string(patient));
  event.mutable_consent()->set_channel(decision.channel());
  event.mutable_consent()->set_category(decision.category());
  event.mutable_consent()->set_health_information(decision.health_information());
  event.mutable_consent()->set_consent(decision.consent());
  return tx.AppendEvent(clinic, std::move(event));
}

absl::Status LogReply(store::WriteTransaction& tx, const store::ReplyRow& row, v1::EventType type, absl::Time now) {
  const v1::Reply& reply = row.data;
  v1::Event event;
  plan::SetTimestamp(now, event.mutable_event_time());
  event.set_type(type);
  event.set_enrollment(reply.enrollment());
  event.set_patient(reply.patient());
  v1::ReplyChange& change = *event.mutable_reply();
  change.set_name(ReplyNameOf(row.clinic, row.reply));
  change.set_channel(reply.channel());
  change.set_meaning(reply.meaning());
  change.set_reminder(reply.reminder());
  if (reply.has_score()) change.set_score(reply.score());
  if (reply.has_done()) change.set_done(reply.done());
  if (reply.has_choice()) change.set_choice(reply.choice());
  *change.mutable_word_lists() = reply.word_lists();
  change.set_task(reply.task());
  change.set_decision(reply.decision());
  return tx.AppendEvent(row.clinic, std::move(event));
}

absl::Status ChangeReply(store::WriteTransaction& tx, const store::ReplyRow& row, v1::EventType type, absl::Time now) {
  if (absl::Status status = tx.UpdateReply(row); !status.ok()) return status;
  return LogReply(tx, row, type, now);
}

absl::Status SettleReply(store::WriteTransaction& tx, absl::string_view clinic, absl::string_view reply,
                         absl::Time now) {
  auto found = tx.GetReply(clinic, reply);
  if (!found.ok()) return found.status();
  if (!found->has_value() || (*found)->data.task() != v1::REPLY_TASK_DECIDE) return absl::OkStatus();
  store::ReplyRow row = **std::move(found);
  row.data.clear_task();
  return ChangeReply(tx, row, v1::EVENT_TYPE_REPLY_DECIDED, now);
}

v1::Reply ReplyToProto(const store::ReplyRow& row) {
  v1::Reply reply = row.data;
  if (!row.reply.empty()) reply.set_name(ReplyNameOf(row.clinic, row.reply));
  if (reply.task() != v1::REPLY_TASK_ASSIGN) reply.clear_address();
  return reply;
}

absl::StatusOr<store::ReplyRow> RequireReply(store::ReadTransaction& tx, absl::string_view clinic,
                                             absl::string_view reply) {
  auto row = tx.GetReply(clinic, reply);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return ResourceNotFound("REPLY_NOT_FOUND", ReplyNameOf(clinic, reply));
  return **std::move(row);
}

}  // namespace aftercare::engine
