#include "scheduler/engine/lifecycle/enrollment_context.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/appointment_tasks.h"
#include "scheduler/plan/reminder_name.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// The first contact point at or after index `from` that is not stopped and whose channel the patient has not opted out
// of.
std::optional<int> FirstWanted(const EnrollmentContext& context, int from) {
  const auto& points = context.row.data.contact_points();
  for (int i = from; i < points.size(); ++i) {
    const bool is_stopped = (context.row.stopped_points >> i & 1) != 0;
    if (!is_stopped && (context.row.opted_out >> points[i].channel() & 1) == 0) return i;
  }
  return std::nullopt;
}

// Returns the nominal time of a row, on the patient's calendar and clock.
absl::CivilMinute NominalOf(const EnrollmentContext& context, const store::ReminderRow& row, const RowRule& rule) {
  if (const auto named = plan::DecodeName(row.key.code)) {
    const int minute = named->minute.value_or(rule.rule < 0 ? 0 : rule.compiled().times[0]);
    return absl::CivilMinute(named->day) + minute;
  }
  plan::Occurrence numbered;
  const bool is_planned = rule.pathway == &context.pathway &&
                          plan::Plan(*context.pathway, context.facts)
                              .Find(rule.rule, static_cast<int>(row.key.code), &numbered);
  return is_planned ? numbered.nominal : absl::ToCivilMinute(row.due, context.facts.zone);
}

}  // namespace

absl::StatusOr<EnrollmentContext> MakeEnrollmentContext(EngineContext& engine, store::ReadTransaction& tx,
                                                        store::EnrollmentRow row) {
  const auto name = ParsePathwayName(row.data.pathway());
  if (!name) return absl::DataLossError("stored enrollment names no pathway");
  auto pathway = engine.definitions().Pathway(tx, row.clinic, name->pathway, row.data.pathway_revision());
  if (!pathway.ok()) return pathway.status();
  auto calendar = engine.definitions().Calendar(tx, row.clinic, row.calendar_fingerprint);
  if (!calendar.ok()) return calendar.status();
  const int64_t plan_fingerprint = engine.PlanFingerprintOf(row.calendar_fingerprint);
  EnrollmentContext context{std::move(row), *std::move(pathway), {}, plan_fingerprint, {}};
  context.facts = plan::TrustedFactsOf(
      context.row.data, *context.pathway,
      {*std::move(calendar), plan::SpreadSeed(context.row.clinic, context.row.enrollment)}, context.row.history);
  for (const int32_t revision : context.row.history.earlier_revisions()) {
    auto earlier = engine.definitions().Pathway(tx, context.row.clinic, name->pathway, revision);
    if (!earlier.ok()) return earlier.status();
    context.earlier_revisions.emplace_back(revision, *std::move(earlier));
  }
  return context;
}

absl::StatusOr<EnrollmentContext> RequireEnrollmentContext(EngineContext& engine, store::ReadTransaction& tx,
                                                           absl::string_view clinic, absl::string_view enrollment,
                                                           int64_t row_id) {
  auto row = tx.GetEnrollment(clinic, enrollment, row_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return ResourceNotFound("ENROLLMENT_NOT_FOUND", EnrollmentNameOf(clinic, enrollment));
  return MakeEnrollmentContext(engine, tx, **std::move(row));
}

absl::StatusOr<std::vector<store::EnrollmentRow>> EnrollmentRowsOf(store::ReadTransaction& tx,
                                                                   absl::string_view clinic,
                                                                   absl::string_view patient) {
  store::EnrollmentQuery query;
  query.clinic = std::string(clinic);
  query.patient = std::string(patient);
  query.limit = std::numeric_limits<int>::max();
  return tx.ListEnrollments(query);
}

absl::StatusOr<std::vector<EnrollmentContext>> EnrollmentContextsOf(EngineContext& engine, store::ReadTransaction& tx,
                                                                    absl::string_view clinic,
                                                                    absl::string_view patient) {
  auto rows = EnrollmentRowsOf(tx, clinic, patient);
  if (!rows.ok()) return rows.status();
  std::vector<EnrollmentContext> contexts;
  for (store::EnrollmentRow& row : *rows) {
    auto context = MakeEnrollmentContext(engine, tx, std::move(row));
    if (!context.ok()) return context.status();
    contexts.push_back(*std::move(context));
  }
  return contexts;
}

absl::StatusOr<std::vector<store::ReminderRow>> RowsOf(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                       absl::Span<const v1::ReminderState> states) {
  store::ReminderQuery query;
  query.clinic = context.row.clinic;
  query.enrollment = context.row.enrollment;
  query.states.assign(states.begin(), states.end());
  query.limit = std::numeric_limits<int>::max();
  return tx.ListReminders(query);
}

absl::Status CheckNotEnded(const store::EnrollmentRow& row) {
  if (row.state != v1::ENROLLMENT_STATE_ENDED) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "ENROLLMENT_ENDED",
                   absl::StrCat(EnrollmentNameOf(row.clinic, row.enrollment), " has ended"));
}

RowRule RuleOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const std::shared_ptr<const plan::CompiledPathway>* pathway = &context.pathway;
  for (const auto& [revision, earlier] : context.earlier_revisions) {
    if (revision == row.revision && revision != context.row.data.pathway_revision()) pathway = &earlier;
  }
  return {pathway, (*pathway)->FindRule(row.key.rule)};
}

plan::Occurrence OccurrenceOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  plan::Occurrence occurrence;
  occurrence.rule = rule.rule;
  occurrence.nominal = NominalOf(context, row, rule);
  occurrence.due = row.due;
  occurrence.expire = row.expire;
  if (row.state != v1::REMINDER_STATE_SCHEDULED || IsTimeByHand(row)) return occurrence;
  // What follows the plan is outside the contact hours if the plan says so.
  plan::Occurrence planned;
  const auto cover = CoverOf(context, row);
  const bool is_planned =
      cover && plan::Plan(*context.pathway, context.facts).FindNamed(cover->rule, cover->code, &planned);
  if (is_planned && planned.due == row.due) occurrence.outside_contact_hours = planned.outside_contact_hours;
  return occurrence;
}

absl::Time AppointmentOf(const EnrollmentContext& context, const v1::Rule& rule) {
  const int index = context.pathway->FindVisit(rule.visit().visit());
  const bool is_before = rule.visit().state() == v1::VISIT_STATE_BOOKED && !plan::IsDueAfterAppointment(rule);
  if (index < 0 || !is_before) return absl::InfiniteFuture();
  const plan::VisitFacts& visit = context.facts.visits[index];
  return visit.state == v1::VISIT_STATE_BOOKED ? visit.start : absl::InfiniteFuture();
}

bool NeedsRowLookup(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now) {
  const store::EnrollmentRow& row = context.row;
  if (IsStale(context) || (row.compare_rows_until && occurrence.due <= *row.compare_rows_until)) return true;
  // By an earlier plan, what is missed now may have come due. What a pause holds back may have been dealt with.
  if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) return row.history.ByteSizeLong() > 0;
  if (row.state != v1::ENROLLMENT_STATE_PAUSED) return false;
  return occurrence.due <= now || occurrence.due < absl::FromUnixMicros(row.history.hold_micros());
}

bool IsDerived(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) return true;
  switch (context.row.state) {
    case v1::ENROLLMENT_STATE_ENDED:
      return occurrence.due > plan::ToTime(context.row.data.end_time());
    case v1::ENROLLMENT_STATE_PAUSED:
      return occurrence.due >= absl::FromUnixMicros(context.row.history.hold_micros());
    default:
      return context.row.next_due.has_value() && occurrence.due >= *context.row.next_due;
  }
}

ReminderStatus DerivedStatus(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now) {
  if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) {
    return {plan::MissedState(occurrence.missed), occurrence.missed, occurrence.missed_time};
  }
  if (context.row.state == v1::ENROLLMENT_STATE_ENDED) {
    return {v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED,
            plan::ToTime(context.row.data.end_time())};
  }
  if (context.row.state == v1::ENROLLMENT_STATE_PAUSED && occurrence.expire <= now) {
    return {v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_PAUSED, occurrence.expire};
  }
  if (occurrence.outside_contact_hours) {
    return {v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS, absl::InfinitePast()};
  }
  // What is due but has not fired yet is about to fire: until then it is scheduled, and nobody can lease it.
  const std::optional<int> point = FirstWanted(context, 0);
  const bool is_held = point && IsHeld(context, context.pathway->rule(occurrence.rule), *point);
  return {v1::REMINDER_STATE_SCHEDULED, is_held ? v1::REMINDER_REASON_HELD : v1::REMINDER_REASON_UNSPECIFIED,
          absl::InfinitePast()};
}

v1::Channel ChannelOf(const EnrollmentContext& context, v1::Audience audience, int contact_point) {
  const auto& points = context.row.data.contact_points();
  if (audience == v1::AUDIENCE_CARE_TEAM || contact_point >= points.size()) return v1::CHANNEL_UNSPECIFIED;
  return points[contact_point].channel();
}

v1::Channel PlannedChannel(const EnrollmentContext& context, v1::Audience audience) {
  const std::optional<int> first = FirstWanted(context, 0);
  return first ? ChannelOf(context, audience, *first) : v1::CHANNEL_UNSPECIFIED;
}

v1::Channel StoredChannel(const EnrollmentContext& context, const store::ReminderRow& row) {
  const v1::Audience audience = RuleOf(context, row).compiled().audience;
  if (audience == v1::AUDIENCE_CARE_TEAM) return IsOpen(row.state) ? row.channel : v1::CHANNEL_UNSPECIFIED;
  return row.state == v1::REMINDER_STATE_SCHEDULED ? PlannedChannel(context, audience)
                                                   : ChannelOf(context, audience, row.contact_point);
}

std::optional<int> PermittedContactPoint(const EnrollmentContext& context, int from) {
  if (context.row.data.consent() != v1::CONSENT_GRANTED) return std::nullopt;
  return FirstWanted(context, from);
}

bool HasRefusedCategory(const EnrollmentContext& context, absl::string_view category) {
  const auto& decisions = context.row.data.consent_decisions();
  return std::any_of(decisions.begin(), decisions.end(), [&](const v1::ConsentDecision& decision) {
    return decision.has_category() && decision.category() == category && decision.consent() == v1::CONSENT_REFUSED;
  });
}

v1::ReminderReason UnreachableReason(const EnrollmentContext& context, absl::string_view category) {
  if (context.row.data.consent() != v1::CONSENT_GRANTED) return v1::REMINDER_REASON_NO_CONSENT;
  if (HasRefusedCategory(context, category)) return v1::REMINDER_REASON_CATEGORY_REFUSED;
  if (context.row.data.contact_points().empty()) return v1::REMINDER_REASON_NO_CONTACT_POINT;
  if (!PermittedContactPoint(context, 0)) return v1::REMINDER_REASON_OPTED_OUT;
  return v1::REMINDER_REASON_UNSPECIFIED;
}

bool IsHeld(const EnrollmentContext& context, const plan::CompiledRule& rule, int contact_point) {
  const bool is_held = (context.row.held_points >> contact_point & 1) != 0;
  return is_held && rule.audience != v1::AUDIENCE_CARE_TEAM && !rule.is_safety;
}

v1::ReminderReason ShownReason(const EnrollmentContext& context, const store::ReminderRow& row) {
  const bool is_waiting = row.state == v1::REMINDER_STATE_SCHEDULED || row.state == v1::REMINDER_STATE_DUE;
  if (!is_waiting || row.reason != v1::REMINDER_REASON_UNSPECIFIED) return row.reason;
  const plan::CompiledRule& rule = RuleOf(context, row).compiled();
  const std::optional<int> point =
      row.state == v1::REMINDER_STATE_DUE ? std::optional(row.contact_point) : FirstWanted(context, 0);
  return point && IsHeld(context, rule, *point) ? v1::REMINDER_REASON_HELD : row.reason;
}

void SetContactPoint(const EnrollmentContext& context, int contact_point, store::ReminderRow* row) {
  row->contact_point = contact_point;
  row->channel = ChannelOf(context, v1::AUDIENCE_PATIENT, contact_point);
}

}  // namespace aftercare::engine
