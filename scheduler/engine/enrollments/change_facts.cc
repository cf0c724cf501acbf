#include "scheduler/engine/enrollments/change_facts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/effects.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/replies/addresses.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/facts.h"

namespace aftercare::engine {
namespace {

using google::protobuf::util::MessageDifferencer;

// Returns the facts that decide the days and rules of a plan, without those that only decide how messages are sent.
v1::Enrollment PlanFacts(const v1::Enrollment& data) {
  v1::Enrollment facts;
  facts.set_pathway_revision(data.pathway_revision());
  facts.set_procedure_date(data.procedure_date());
  facts.set_time_zone(data.time_zone());
  *facts.mutable_factors() = data.factors();
  return facts;
}

// Notes in the history that the enrollment was on revision `before`, if it is on another now.
void NoteRevision(int32_t before, store::EnrollmentRow* row) {
  auto* earlier = row->history.mutable_earlier_revisions();
  if (before == row->data.pathway_revision() || std::count(earlier->begin(), earlier->end(), before) > 0) return;
  earlier->Add(before);
  std::sort(earlier->begin(), earlier->end());
}

// Returns whether the present lease of a row is for that contact point. True if that is not recorded.
bool IsLeasedTo(const v1::ContactPoint& contact_point, const store::ReminderRow& row) {
  const record::v1::ReminderRecord record = RecordOf(row);
  return record.attempts().empty() ||
         MessageDifferencer::Equals(record.attempts().rbegin()->contact_point(), contact_point);
}

// Redirects an open message to the first of the present contact points, or suppresses it.
absl::Status Redirect(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                      store::ReminderRow* row) {
  const v1::ReminderReason unreachable = UnreachableReason(context, RuleOf(context, *row).source().category());
  const v1::Channel channel = row->channel;
  // A message that may not be sent keeps its contact point, if that still exists.
  const std::optional<int> first = PermittedContactPoint(context, 0);
  if (first || row->contact_point >= context.row.data.contact_points_size()) {
    SetContactPoint(context, first.value_or(0), row);
  }
  row->failures = 0;
  if (unreachable != v1::REMINDER_REASON_UNSPECIFIED) {
    return ChangeReminder(tx, context, ReminderEvent::kSuppress, unreachable, now, row);
  }
  if (row->state == v1::REMINDER_STATE_LEASED &&
      !IsLeasedTo(context.row.data.contact_points(row->contact_point), *row)) {
    // What the gateway holds would go to the old contact point.
    tx.NoteLeaseRevoked(*row);
    MakeAvailable(context, now, row);
    return ChangeReminder(tx, context, ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, row);
  }
  // A pause after a failure was for the old contact point.
  if (row->state == v1::REMINDER_STATE_DUE) MakeAvailable(context, std::min(row->available.value_or(now), now), row);
  // With another channel this is logged, since gateways of that channel may be waiting.
  return row->channel == channel ? tx.UpdateReminder(*row) : StoreReminder(tx, context, *row, now);
}

// Redirects all open messages, or only those of categories that the patient refused, which are suppressed.
absl::Status RedirectOpen(store::WriteTransaction& tx, const EnrollmentContext& context, bool only_refused,
                          absl::Time now) {
  auto rows = RowsOf(tx, context, kOpenStates);
  if (!rows.ok()) return rows.status();
  for (store::ReminderRow& row : *rows) {
    const RowRule rule = RuleOf(context, row);
    if (rule.compiled().audience == v1::AUDIENCE_CARE_TEAM) continue;
    if (only_refused && !HasRefusedCategory(context, rule.source().category())) continue;
    if (absl::Status status = Redirect(tx, context, now, &row); !status.ok()) return status;
  }
  return absl::OkStatus();
}

bool SameContacts(const v1::Enrollment& a, const v1::Enrollment& b) {
  const auto is_same = [](const v1::ContactPoint& x, const v1::ContactPoint& y) {
    return MessageDifferencer::Equals(x, y);
  };
  return a.consent() == b.consent() && std::equal(a.contact_points().begin(), a.contact_points().end(),
                                                  b.contact_points().begin(), b.contact_points().end(), is_same);
}

}  // namespace

absl::StatusOr<std::optional<Reanchoring>> ComputeFactsChange(EngineContext& engine, store::ReadTransaction& tx,
                                                              const EnrollmentContext& before, v1::Enrollment data,
                                                              plan::FieldErrors errors, absl::Time now,
                                                              bool keep_sent) {
  const auto name = ParsePathwayName(data.pathway());
  auto pathway = engine.definitions().Pathway(tx, before.row.clinic, name->pathway, data.pathway_revision());
  if (!pathway.ok()) return pathway.status();
  plan::FieldErrors found;
  plan::FactsOf(data, **pathway, &found, before.facts.setting);
  AddPrefixed("enrollment", found, &errors);
  if (keep_sent && data.procedure_date() == before.row.data.procedure_date()) {
    errors.push_back({"keep_sent", "must not be set unless procedure_date changes"});
  }
  if (!errors.empty()) return InvalidFields(errors);
  if (MessageDifferencer::Equals(data, before.row.data)) return std::nullopt;

  store::EnrollmentRow row = before.row;
  row.data = std::move(data);
  ++row.version;
  if (!SameContacts(row.data, before.row.data)) {
    const auto clinic = engine.definitions().Clinic(tx, row.clinic);
    if (!clinic.ok()) return clinic.status();
    if (absl::Status status = LoadPointStates(engine, tx, (*clinic)->data, &row); !status.ok()) return status;
  }
  ForgetReplacedEffects(before.row.data, &row);
  NoteRevision(before.row.data.pathway_revision(), &row);
  if (!MessageDifferencer::Equals(PlanFacts(row.data), PlanFacts(before.row.data))) NoteChange(now, &row);
  auto change = ComputeReanchoring(engine, tx, before, std::move(row), now, keep_sent);
  if (!change.ok()) return change.status();
  if (EndsAt(change->after) <= now) return InvalidField("enrollment.procedure_date", std::string(kEndsBeforeNow));
  return *std::move(change);
}

absl::Status CheckNothingDropped(const Reanchoring& change) {
  if (change.dropped_rules.empty()) return absl::OkStatus();
  const std::string rules = absl::StrJoin(change.dropped_rules, ", ");
  return MakeError(absl::StatusCode::kFailedPrecondition, "RULES_DROPPED",
                   absl::StrCat("revision ", change.after.row.data.pathway_revision(),
                                " lacks rules with pending reminders: ", rules, "; allow_drop drops them"),
                   {{"rules", rules}});
}

absl::Status ApplyFactsChange(store::WriteTransaction& tx, const EnrollmentContext& before, Reanchoring* change,
                              absl::Time now) {
  if (absl::Status status = ApplyReanchoring(tx, change, now); !status.ok()) return status;
  const v1::Enrollment& data = change->after.row.data;
  const bool same_contacts = SameContacts(before.row.data, data);
  absl::Status status;
  if (!same_contacts) status = tx.AddContacts(change->after.row);
  // In another revision, a message that is due may be of a category that the patient refused.
  const bool may_be_refused =
      !data.consent_decisions().empty() && before.row.data.pathway_revision() != data.pathway_revision();
  if (status.ok() && (!same_contacts || may_be_refused)) {
    status = RedirectOpen(tx, change->after, /*only_refused=*/same_contacts, now);
  }
  if (!status.ok()) return status;
  return LogEnrollment(tx, change->after.row, v1::EVENT_TYPE_ENROLLMENT_UPDATED, now);
}

}  // namespace aftercare::engine
