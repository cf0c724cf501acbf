#include "scheduler/engine/lifecycle/told_reminders.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/placement.h"
#include "scheduler/plan/reminder_name.h"

namespace aftercare::engine {
namespace {

bool WasEndedByChange(const store::ReminderRow& row) {
  return row.state == v1::REMINDER_STATE_CANCELLED && (row.reason == v1::REMINDER_REASON_MOVED_BY_REANCHOR ||
                                                       row.reason == v1::REMINDER_REASON_VISIT_CHANGED ||
                                                       row.reason == v1::REMINDER_REASON_ANSWER_CORRECTED);
}

// Returns the local time of an instant, in microseconds since 1970 of that clock.
int64_t LocalMicros(absl::Time time, absl::TimeZone zone) {
  const absl::TimeZone::CivilInfo local = zone.At(time);
  return absl::ToUnixMicros(absl::FromCivil(local.cs, absl::UTCTimeZone()) + local.subsecond);
}

// Returns the procedure date under which a reminder counts as told. `date` is that of the facts of its time.
absl::CivilDay ToldDate(absl::CivilDay date, const record::v1::ReminderRecord& record) {
  const auto kept = plan::ParseDate(record.told_procedure_date());
  return kept ? std::max(date, *kept) : date;
}

// Returns the instant at which the patient was told, or at which the reminder got its state.
absl::Time TimeOf(const store::ReminderRow& row, const record::v1::ReminderRecord& record) {
  if (StandingOf(row) != plan::Standing::kTold || record.attempts().empty()) return row.state_time;
  // What a gateway says counts if it can be: the message was leased by then, and reported since.
  const int64_t first_lease = record.attempts().begin()->lease_micros();
  const int64_t sent = record.sent_micros();
  const bool is_credible = sent >= first_lease && sent <= absl::ToUnixMicros(row.state_time);
  return absl::FromUnixMicros(is_credible ? sent : record.attempts().rbegin()->lease_micros());
}

}  // namespace

record::v1::ReminderRecord RecordOf(const store::ReminderRow& row) {
  record::v1::ReminderRecord record;
  if (!row.record.empty() && !record.ParseFromString(row.record)) record.Clear();
  return record;
}

bool IsEndedByAnswer(const store::ReminderRow& row) {
  return row.state == v1::REMINDER_STATE_CANCELLED &&
         (row.reason == v1::REMINDER_REASON_ANSWERED || row.reason == v1::REMINDER_REASON_SILENCED ||
          row.reason == v1::REMINDER_REASON_GROUP_ENDED);
}

plan::Standing StandingOf(const store::ReminderRow& row) {
  switch (row.state) {
    case v1::REMINDER_STATE_SENT:
    case v1::REMINDER_STATE_DELIVERED:
    case v1::REMINDER_STATE_COMPLETED:
      return plan::Standing::kTold;
    case v1::REMINDER_STATE_SCHEDULED:
    case v1::REMINDER_STATE_DUE:
    case v1::REMINDER_STATE_LEASED:
      return row.moved ? plan::Standing::kSetByPerson : plan::Standing::kOpen;
    default:
      break;
  }
  if (IsMoveEndedByChange(row)) return plan::Standing::kSetByPerson;
  if (WasEndedByChange(row) || IsEndedByAnswer(row)) return plan::Standing::kEndedByChange;
  return row.reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC ? plan::Standing::kSetByPerson
                                                               : plan::Standing::kEndedUnsent;
}

void NoteTold(const EnrollmentContext& context, const plan::Occurrence& occurrence, store::ReminderRow* row) {
  row->facts_version = context.row.history.facts_version();
  const plan::CompiledRule& rule = context.pathway->rule(occurrence.rule);
  const std::string& id = context.pathway->rule_source(occurrence.rule).id();
  const int64_t code = plan::NameCodeOf(*context.pathway, occurrence);
  const bool moves_with_calendar = rule.visit >= 0 && rule.visit_state == v1::VISIT_STATE_UNBOOKED;
  const bool is_named = id == row->key.rule && code == plan::WithoutCount(row->key.code);
  if (row->record.empty() && is_named && !moves_with_calendar) return;
  record::v1::ReminderRecord record = RecordOf(*row);
  record.clear_told();
  if (!is_named || moves_with_calendar) {
    record.mutable_told()->set_rule(id);
    record.mutable_told()->set_code(code);
    if (moves_with_calendar) record.mutable_told()->set_number(occurrence.number);
  }
  row->record = record.SerializeAsString();
}

void NoteCoverTold(const EnrollmentContext& context, store::ReminderRow* row) {
  row->facts_version = context.row.history.facts_version();
  const auto cover = CoverOf(context, *row);
  plan::Occurrence occurrence;
  if (!cover || !plan::Plan(*context.pathway, context.facts).FindNamed(cover->rule, cover->code, &occurrence)) return;
  NoteTold(context, occurrence, row);
}

absl::Time HandTime(const store::ReminderRow& row, absl::TimeZone zone) {
  const int64_t micros = RecordOf(row).hand_local_micros();
  // Of a local time that clocks repeat, the instant that was set holds.
  if (micros == 0 || micros == LocalMicros(row.due, zone)) return row.due;
  const absl::TimeZone::CivilInfo local = absl::UTCTimeZone().At(absl::FromUnixMicros(micros));
  return zone.At(local.cs).pre + local.subsecond;
}

bool IsTimeByHand(const store::ReminderRow& row) { return row.moved && !RecordOf(row).hand_suspended(); }

bool IsMoveEndedByChange(const store::ReminderRow& row) {
  return row.moved && row.attempts == 0 && WasEndedByChange(row);
}

void SuspendHandTime(bool suspended, store::ReminderRow* row) {
  record::v1::ReminderRecord record = RecordOf(*row);
  if (record.hand_suspended() == suspended) return;
  record.set_hand_suspended(suspended);
  row->record = record.SerializeAsString();
}

bool NoteHandTime(absl::TimeZone zone, store::ReminderRow* row) {
  record::v1::ReminderRecord record = RecordOf(*row);
  if (record.hand_local_micros() != 0) return false;
  record.set_hand_local_micros(LocalMicros(row->due, zone));
  row->record = record.SerializeAsString();
  return true;
}

bool StandsForProcedure(const EnrollmentContext& context, const store::ReminderRow& row) {
  const auto& earlier = context.row.history.earlier_facts();
  const auto found = std::find_if(earlier.begin(), earlier.end(),
                                  [&row](const auto& facts) { return facts.version() == row.facts_version; });
  plan::StoredReminder stored;
  stored.standing = StandingOf(row);
  if (found == earlier.end() || stored.standing != plan::Standing::kTold) return true;
  const RowRule rule = RuleOf(context, row);
  if (rule.rule >= 0 && rule.compiled().IsOfEvent()) return true;
  const record::v1::ReminderRecord record = RecordOf(row);
  stored.time = TimeOf(row, record);
  stored.procedure_date = ToldDate(plan::ParseDate(found->procedure_date()).value_or(context.facts.procedure_date), record);
  return plan::StandsForProcedure(stored, {context.facts.procedure_date, context.facts.zone});
}

ToldReminders::Version& ToldReminders::VersionOf(int32_t number) {
  std::unique_ptr<Version>& version = versions_[number];
  if (version != nullptr) return *version;
  version = std::make_unique<Version>();
  const auto& earlier = context_.row.history.earlier_facts();
  const auto found = std::find_if(earlier.begin(), earlier.end(),
                                  [number](const auto& facts) { return facts.version() == number; });
  version->pathway = context_.pathway.get();
  version->facts = context_.facts;
  version->plan = &present_;
  if (found == earlier.end()) return *version;
  for (const auto& [revision, pathway] : context_.earlier_revisions) {
    if (revision == found->pathway_revision()) version->pathway = pathway.get();
  }
  v1::Enrollment data = context_.row.data;
  data.set_procedure_date(found->procedure_date());
  data.set_time_zone(found->time_zone());
  *data.mutable_factors() = found->factors();
  record::v1::PlanHistory history;
  *history.mutable_visits() = found->visits();
  *history.mutable_reactions() = context_.row.history.reactions();
  if (found->never_told_micros() != 0) history.mutable_never_told()->set_change_micros(found->never_told_micros());
  version->facts = plan::TrustedFactsOf(data, *version->pathway, context_.facts.setting, history);
  version->own.emplace(*version->pathway, version->facts);
  version->plan = &*version->own;
  return *version;
}

plan::Telling ToldReminders::TellingOf(const store::ReminderRow& row, const record::v1::ReminderRecord& record) {
  const Version& version = VersionOf(row.facts_version);
  const int rule = version.pathway->FindRule(record.has_told() ? record.told().rule() : row.key.rule);
  const int64_t code = record.has_told() ? record.told().code() : plan::WithoutCount(row.key.code);
  int index = rule < 0 ? -1 : version.plan->Find(rule, code);
  if (index < 0 && rule >= 0 && !plan::DecodeName(code)) {
    const auto& occurrences = version.plan->occurrences();
    const auto found = std::find_if(occurrences.begin(), occurrences.end(), [&](const plan::Occurrence& occurrence) {
      return occurrence.rule == rule && occurrence.number == code;
    });
    if (found != occurrences.end()) index = static_cast<int>(found - occurrences.begin());
  }
  if (record.told().number() > 0) return OfNumber(version, rule, record.told());
  if (index >= 0) return version.plan->tellings()[index];
  // The facts of that time are not known any more (a row of an older database): what is left is when it was due.
  const RowRule row_rule = RuleOf(context_, row);
  plan::Telling telling;
  telling.series = row_rule.rule < 0 ? absl::string_view(row.key.rule) : row_rule.compiled().series;
  telling.rule = row.key.rule;
  telling.zone = version.facts.zone;
  telling.nominal = absl::ToCivilMinute(row.due, telling.zone);
  telling.instant = row.due;
  telling.expire = row.expire;
  return telling;
}

plan::Telling ToldReminders::OfNumber(const Version& version, int rule, const record::v1::ToldOccurrence& told) {
  const auto& occurrences = version.plan->occurrences();
  const auto found = std::find_if(occurrences.begin(), occurrences.end(), [&](const plan::Occurrence& occurrence) {
    return occurrence.rule == rule && occurrence.number == told.number();
  });
  plan::Telling telling;
  const auto named = plan::DecodeName(told.code());
  if (found == occurrences.end() || !named) return telling;
  telling = version.plan->tellings()[found - occurrences.begin()];
  const int minute = found->nominal.hour() * 60 + found->nominal.minute();
  telling.nominal = absl::CivilMinute(named->day) + minute;
  plan::LocalClock clock(telling.zone);
  const int64_t day = plan::DayNumber(named->day);
  const int64_t instant = clock.At(day * plan::kDaySeconds + minute * 60);
  telling.instant = absl::FromUnixSeconds(instant);
  telling.expire = absl::FromUnixSeconds(plan::WindowClose(version.pathway->rule(rule), day, instant, &clock));
  return telling;
}

plan::StoredReminder ToldReminders::Read(const store::ReminderRow& row) {
  const record::v1::ReminderRecord record = RecordOf(row);
  plan::StoredReminder reminder;
  reminder.name = names_.emplace_back(absl::StrCat(row.key.rule, ".", plan::FormatNameCode(row.key.code)));
  reminder.telling = TellingOf(row, record);
  reminder.standing = StandingOf(row);
  reminder.time = TimeOf(row, record);
  reminder.procedure_date = ToldDate(FactsOf(row).procedure_date, record);
  return reminder;
}

}  // namespace aftercare::engine
