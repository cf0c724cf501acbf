#include "scheduler/engine/lifecycle/consent_history.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

using google::protobuf::util::MessageDifferencer;
using record::v1::ConsentHistory;
using record::v1::RecordedDecision;

constexpr int kMaxDecisions = 1000;
constexpr size_t kMaxBytes = 2'000'000;

// What a decision is about: the case of its scope, the channel, and the category or the enrollment.
using Scope = std::tuple<int, int, std::string>;

Scope ScopeOf(const v1::ConsentDecision& decision, absl::string_view enrollment = "") {
  return {decision.scope_case(), decision.channel(),
          decision.has_category() ? decision.category() : std::string(enrollment)};
}

Scope ScopeOf(const RecordedDecision& recorded) { return ScopeOf(recorded.decision(), recorded.enrollment()); }

absl::Time RecordTimeOf(const RecordedDecision& recorded) {
  return plan::ToTime(recorded.decision().source().record_time());
}

// Leaves out the oldest decisions that no longer stand until the history is small enough. What stands is kept.
void Trim(ConsentHistory* history) {
  size_t bytes = history->ByteSizeLong();
  int count = history->decisions_size();
  if (count <= kMaxDecisions && bytes <= kMaxBytes) return;
  std::map<Scope, int> newest;
  for (int i = 0; i < count; ++i) newest[ScopeOf(history->decisions(i))] = i;
  ConsentHistory kept;
  for (int i = 0, size = count; i < size; ++i) {
    RecordedDecision& recorded = *history->mutable_decisions(i);
    const bool is_too_much = count > kMaxDecisions || bytes > kMaxBytes;
    if (is_too_much && newest[ScopeOf(recorded)] != i) {
      --count;
      bytes -= recorded.ByteSizeLong();
      continue;
    }
    kept.add_decisions()->Swap(&recorded);
  }
  history->Swap(&kept);
}

// Returns the consents that the patient's enrollments have now, by the time at which they were recorded.
absl::StatusOr<ConsentHistory> ConsentsOfEnrollments(store::ReadTransaction& tx, absl::string_view clinic,
                                                     absl::string_view patient) {
  auto rows = EnrollmentRowsOf(tx, clinic, patient);
  if (!rows.ok()) return rows.status();
  std::sort(rows->begin(), rows->end(), [](const auto& a, const auto& b) { return a.row_id < b.row_id; });
  std::vector<RecordedDecision> recorded;
  for (const store::EnrollmentRow& row : *rows) {
    if (!row.data.consent_source().has_record_time()) continue;
    RecordedDecision& added = recorded.emplace_back();
    *added.mutable_decision() = ConsentOf(row.data);
    added.set_enrollment(row.enrollment);
  }
  std::stable_sort(recorded.begin(), recorded.end(),
                   [](const auto& a, const auto& b) { return RecordTimeOf(a) < RecordTimeOf(b); });
  ConsentHistory history;
  history.mutable_decisions()->Assign(recorded.begin(), recorded.end());
  return history;
}

// Returns the newest decision of a scope that stood when a message was leased. A decision of that very instant that
// does not fit what was leased was recorded after it.
const v1::ConsentDecision* FindStanding(const ConsentHistory& history, const Scope& scope, absl::Time lease_time,
                                        v1::Consent fits) {
  for (int i = history.decisions_size(); i-- > 0;) {
    const RecordedDecision& recorded = history.decisions(i);
    const absl::Time time = RecordTimeOf(recorded);
    if (time > lease_time || ScopeOf(recorded) != scope) continue;
    if (time < lease_time || recorded.decision().consent() == fits) return &recorded.decision();
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<ConsentHistory> ConsentHistoryOf(store::ReadTransaction& tx, absl::string_view clinic,
                                                absl::string_view patient) {
  auto stored = tx.GetConsentHistory(clinic, patient);
  if (!stored.ok() || !stored->decisions().empty()) return stored;
  return ConsentsOfEnrollments(tx, clinic, patient);
}

ConsentDecisions PresentDecisions(const ConsentHistory& history) {
  std::map<Scope, const v1::ConsentDecision*> newest;
  for (const RecordedDecision& recorded : history.decisions()) {
    if (recorded.decision().scope_case() == v1::ConsentDecision::SCOPE_NOT_SET) continue;
    newest[ScopeOf(recorded)] = &recorded.decision();
  }
  ConsentDecisions decisions;
  for (const auto& [unused, decision] : newest) *decisions.Add() = *decision;
  return decisions;
}

bool SameDecisions(const ConsentDecisions& a, const ConsentDecisions& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return MessageDifferencer::Equals(one, other);
  });
}

void StampSource(const store::WriteTransaction& tx, absl::Time now, v1::ConsentSource* source) {
  source->set_actor(tx.actor());
  plan::SetTimestamp(now, source->mutable_record_time());
}

absl::StatusOr<ConsentHistory> AppendDecision(store::WriteTransaction& tx, absl::string_view clinic,
                                              absl::string_view patient, v1::ConsentDecision decision,
                                              absl::string_view enrollment) {
  auto history = ConsentHistoryOf(tx, clinic, patient);
  if (!history.ok()) return history;
  const Scope scope = ScopeOf(decision, enrollment);
  for (int i = history->decisions_size(); i-- > 0;) {
    if (ScopeOf(history->decisions(i)) != scope) continue;
    if (MessageDifferencer::Equals(history->decisions(i).decision(), decision)) return history;
    break;
  }
  RecordedDecision& added = *history->add_decisions();
  *added.mutable_decision() = std::move(decision);
  added.set_enrollment(std::string(enrollment));
  Trim(&*history);
  if (absl::Status status = tx.PutConsentHistory(clinic, patient, *history); !status.ok()) return status;
  return history;
}

absl::Status AppendFirstConsent(store::WriteTransaction& tx, const store::EnrollmentRow& row) {
  auto stored = tx.GetConsentHistory(row.clinic, row.data.patient());
  if (!stored.ok() || stored->decisions().empty()) return stored.status();
  return AppendDecision(tx, row.clinic, row.data.patient(), ConsentOf(row.data), row.enrollment).status();
}

v1::ConsentDecision ConsentOf(const v1::Enrollment& enrollment) {
  v1::ConsentDecision decision;
  decision.set_consent(enrollment.consent());
  *decision.mutable_source() = enrollment.consent_source();
  return decision;
}

void ShowConsents(const ConsentHistory& history, absl::string_view enrollment, v1::Reminder* reminder) {
  if (reminder->audience() == v1::AUDIENCE_CARE_TEAM) return;
  v1::ConsentDecision category, health;
  category.set_category(reminder->category());
  health.set_health_information(true);
  for (v1::LeasedMessage& message : *reminder->mutable_leased_messages()) {
    v1::ConsentDecision channel;
    channel.set_channel(message.contact_point().channel());
    const absl::Time lease_time = plan::ToTime(message.lease_time());
    for (const Scope& scope : {ScopeOf(v1::ConsentDecision(), enrollment), ScopeOf(channel), ScopeOf(category)}) {
      const auto* const found = FindStanding(history, scope, lease_time, v1::CONSENT_GRANTED);
      // A stop word may have been about another address of the channel.
      if (found != nullptr && found->consent() == v1::CONSENT_GRANTED) *message.add_consents() = *found;
    }
    const v1::Consent fits = message.discreet() ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED;
    const auto* const found = FindStanding(history, ScopeOf(health), lease_time, fits);
    if (found != nullptr) *message.add_consents() = *found;
  }
}

}  // namespace aftercare::engine
