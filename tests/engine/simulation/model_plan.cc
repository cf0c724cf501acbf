// The part of Model that makes a patient's plan, and says which reminders of a group belong together.
#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/model.h"
#include "tests/plan/slow_plan.h"

namespace aftercare::engine {
namespace {

// Whether an appointment lies on a day on which its visit may take place.
bool IsInWindow(const v1::Clinic& clinic, const Model::Patient& patient, const record::v1::VisitRecord& record) {
  for (const v1::PathwayVisit& visit : patient.pathway->source().visits()) {
    if (visit.id() != record.visit()) continue;
    const absl::CivilDay procedure = plan::ParseDate(patient.data.procedure_date()).value();
    absl::CivilDay target = plan::MonthsAfter(procedure, visit.target().months()) + visit.target().days();
    while (plan::SlowClosedDate(clinic, target)) ++target;
    const absl::CivilDay date = plan::ParseDate(record.date()).value();
    return target - visit.days_before() <= date && date <= target + visit.days_after();
  }
  return true;
}

// Whether a rule is for the state its visit is in.
bool FitsVisit(const v1::Rule& rule, const v1::Clinic& clinic, const Model::Patient& patient) {
  const auto found = patient.visits.find(rule.visit().visit());
  const v1::VisitState state = found == patient.visits.end() ? v1::VISIT_STATE_UNBOOKED : found->second.state();
  if (rule.has_visit() && rule.visit().state() != state) return false;
  if (!rule.visit().outside_window()) return true;
  return !found->second.outside_window_agreed() && !IsInWindow(clinic, patient, found->second);
}

// Returns a text that lives as long as the program. Views of it may be kept.
absl::string_view Kept(const std::string& text) {
  static auto* const texts = new std::set<std::string>();
  return *texts->insert(text).first;
}

// Returns the offset of an occurrence of a rule that names single days by `on`, or that comes once.
std::optional<plan::Line> LineOf(const v1::Rule& rule, const v1::Span& phase, int number) {
  const v1::Schedule& schedule = rule.schedule();
  if (schedule.has_daily() || schedule.has_weekly() || schedule.has_monthly()) return std::nullopt;
  if (!schedule.on().empty()) {
    const v1::Offset& on = schedule.on((number - 1) / schedule.times_size() % schedule.on_size());
    return plan::Line{on.months(), on.days()};
  }
  const v1::Span& span = schedule.has_span() ? schedule.span() : phase;
  if (span.has_months()) return plan::Line{span.months().first(), 0};
  return plan::Line{0, span.has_days() ? span.days().first() : 7 * (span.weeks().first() - 1) + 1};
}

// Returns what an occurrence tells, without the gap.
plan::Telling TellingOf(const Model::Patient& patient, const plan::Occurrence& occurrence) {
  const v1::Rule& rule = patient.pathway->rule_source(occurrence.rule);
  const v1::Span& phase = patient.pathway->phase_source(patient.pathway->rule(occurrence.rule).phase).span();
  plan::Telling telling;
  // A task tells the care team something, which says nothing to the patient.
  telling.series = Kept(absl::StrCat(rule.audience() == v1::AUDIENCE_CARE_TEAM ? "to the care team: " : "",
                                     rule.series().empty() ? rule.id() : rule.series()));
  telling.rule = Kept(rule.id());
  telling.line = LineOf(rule, phase, occurrence.number);
  if (rule.has_visit()) {
    const v1::VisitState state = rule.visit().state();
    telling.visit = Kept(rule.visit().visit());
    if (state != v1::VISIT_STATE_UNBOOKED) {
      telling.start = absl::FromUnixMicros(patient.visits.at(rule.visit().visit()).start_micros());
    }
    if (rule.visit().outside_window()) {
      telling.outside_by = plan::ParseDate(patient.data.procedure_date()).value();
    }
    telling.fell_through = state == v1::VISIT_STATE_MISSED || state == v1::VISIT_STATE_CANCELLED;
  }
  telling.nominal = occurrence.nominal;
  telling.zone = plan::FindZone(patient.data.time_zone()).value();
  telling.instant = telling.zone.At(absl::CivilSecond(occurrence.nominal)).pre;
  telling.expire =
      plan::SlowClose(rule.schedule().window(), occurrence.nominal, telling.instant, telling.zone);
  telling.times = rule.schedule().times_size();
  return telling;
}

plan::RandomFacts PlanFactsOf(const std::string& clinic_id, const v1::Clinic& clinic, const Model::Patient& patient) {
  plan::RandomFacts facts;
  facts.procedure_date = plan::ParseDate(patient.data.procedure_date()).value();
  facts.zone = plan::FindZone(patient.data.time_zone()).value();
  facts.enroll_time = plan::ToTime(patient.data.enroll_time());
  for (const auto& [from, until] : patient.pauses)
    facts.suspensions.push_back({from, until, v1::REMINDER_REASON_PAUSED});
  if (patient.changed) {
    facts.suspensions.push_back({absl::InfinitePast(), *patient.changed, v1::REMINDER_REASON_MOVED_BY_REANCHOR});
  }
  std::stable_sort(facts.suspensions.begin(), facts.suspensions.end(),
                   [](const plan::Suspension& a, const plan::Suspension& b) { return a.until < b.until; });
  for (int rule = 0; rule < patient.pathway->rule_count(); ++rule) {
    const v1::Rule& source = patient.pathway->rule_source(rule);
    facts.rules[rule] = Model::Applies(source, patient) && FitsVisit(source, clinic, patient);
  }
  facts.contact_hours = patient.data.has_contact_hours() ? patient.data.contact_hours() : clinic.contact_hours();
  facts.clinic = clinic;
  for (const auto& [id, visit] : patient.visits) *facts.history.add_visits() = visit;
  facts.setting.spread_seed = plan::SpreadSeed(clinic_id, patient.id);
  return facts;
}

}  // namespace

bool Model::IsBookedInWindow(const Patient& patient, const record::v1::VisitRecord& record) const {
  return IsInWindow(clinic_, patient, record);
}

// Returns whether a rule is for a patient: every condition holds.
bool Model::Applies(const v1::Rule& rule, const Patient& patient) {
  return std::all_of(rule.conditions().begin(), rule.conditions().end(), [&](const v1::Condition& condition) {
    std::string value;
    for (const v1::Factor& factor : patient.pathway->source().factors()) {
      if (factor.id() == condition.factor()) value = factor.default_value();
    }
    const auto given = patient.data.factors().find(condition.factor());
    if (given != patient.data.factors().end()) value = given->second;
    return std::find(condition.values().begin(), condition.values().end(), value) != condition.values().end();
  });
}

// Copies what the rule and the occurrence say.
void Model::Describe(const v1::Rule& rule, const plan::Occurrence& occurrence, const Patient& patient, Place* place) {
  place->civil = occurrence.nominal;
  Item& item = place->item;
  item.rule = rule.id();
  item.phase = rule.phase();
  item.category = rule.category();
  item.for_care_team = rule.audience() == v1::AUDIENCE_CARE_TEAM;
  item.supersede = rule.supersede();
  item.visit = rule.visit().visit();
  item.answer = rule.answer();
  item.follow_up = rule.follow_up();
  item.reacts = rule.has_reaction();
  item.window = rule.schedule().window();
  item.due = occurrence.due;
  item.expire = occurrence.expire;
  item.outside_contact_hours = occurrence.outside_contact_hours;
  item.missed = occurrence.missed;
  item.missed_time = plan::ToTime(patient.data.enroll_time());
  if (occurrence.missed == v1::REMINDER_REASON_PAUSED) item.missed_time = occurrence.expire;
  if (occurrence.missed == v1::REMINDER_REASON_MOVED_BY_REANCHOR) item.missed_time = *patient.changed;
}

Model::Year Model::YearOf(const Patient& patient) const {
  Year year;
  const plan::RandomFacts facts = PlanFactsOf(id_, clinic_, patient);
  for (const plan::Occurrence& occurrence : plan::SlowPlan(*patient.pathway, facts)) {
    const v1::Rule& rule = patient.pathway->rule_source(occurrence.rule);
    Place& place = year.emplace_back();
    place.telling = TellingOf(patient, occurrence);
    Describe(rule, occurrence, patient, &place);
    place.item.code = plan::NameCodeOf(*patient.pathway, occurrence);
    // A task for the days after the appointment asks what became of it.
    const bool is_booked = rule.visit().state() == v1::VISIT_STATE_BOOKED;
    const bool is_for_later = is_booked && place.item.for_care_team && rule.schedule().on(0).days() > 0;
    if (is_booked && !is_for_later) place.item.begins = *place.telling.start;
  }
  AddReactions(patient, facts, &year);
  std::vector<plan::Telling> tellings;
  for (const Place& place : year) tellings.push_back(place.telling);
  plan::FillGaps(absl::MakeSpan(tellings));
  for (size_t i = 0; i < year.size(); ++i) {
    year[i].telling = tellings[i];
    year[i].item.telling = tellings[i];
    year[i].item.cover = tellings[i];
  }
  return year;
}

std::string Model::TextOf(const Patient& patient, const Item& item) const {
  record::v1::PlanHistory history;
  for (const auto& [id, visit] : patient.visits) *history.add_visits() = visit;
  plan::FieldErrors errors;
  plan::Setting setting;
  setting.calendar = std::make_shared<const plan::ClinicCalendar>(plan::ReadCalendar(clinic_, &errors));
  const plan::PatientFacts facts = plan::TrustedFactsOf(patient.data, *patient.pathway, setting, history);
  const plan::Telling telling = item.cover.value_or(item.telling);
  plan::Occurrence occurrence;
  occurrence.rule = patient.pathway->FindRule(telling.rule);
  occurrence.nominal = telling.nominal;
  occurrence.due = item.due;
  if (occurrence.rule < 0) return "";
  return plan::RenderText(*patient.pathway, facts, patient.data, {clinic_.display_name(), clinic_.phone()}, occurrence);
}

// Returns the instance of the group that each occurrence belongs to, or -1 if it is not of the group. An instance
// begins with each occurrence of the first rule of the group that has any. What comes before is of instance 0.
std::vector<int> Model::InstancesOf(const v1::Pathway& pathway, const std::string& group, const Year& year) {
  std::set<std::string> rules;
  std::multiset<absl::CivilMinute> begins;
  for (const v1::Rule& rule : pathway.rules()) {
    if (rule.group() != group) continue;
    rules.insert(rule.id());
    if (!begins.empty()) continue;
    for (const Place& place : year) {
      if (place.item.rule == rule.id()) begins.insert(place.civil);
    }
  }
  std::vector<int> instances(year.size(), -1);
  for (size_t i = 0; i < year.size(); ++i) {
    if (rules.count(year[i].item.rule) == 0) continue;
    instances[i] = static_cast<int>(std::distance(begins.begin(), begins.upper_bound(year[i].civil)));
  }
  return instances;
}

// Returns, for each occurrence of the plan, why answers make it needless, if they do. An answer ends the unsent
// reminders of its own instance of the group, and every later instance that would begin within the silence. `holders`
// are the items that cover each occurrence, or that had it until something ended them.
std::vector<v1::ReminderReason> Model::NeedlessByAnswers(const Patient& patient, const Year& year,
                                                         const std::vector<const Item*>& holders) const {
  std::vector<v1::ReminderReason> needless(year.size(), v1::REMINDER_REASON_UNSPECIFIED);
  const std::set<std::string> ended = EndedGroups(patient);
  for (const v1::Group& group : patient.pathway->source().groups()) {
    const std::vector<int> instances = InstancesOf(patient.pathway->source(), group.id(), year);
    const absl::Duration silence = absl::Seconds(group.silence().seconds());
    std::map<int, absl::Time> answered, first;  // By instance: the last answer, and the first that is not sent.
    std::vector<size_t> unsent;
    for (size_t i = 0; i < year.size(); ++i) {
      const Item* item = holders[i];
      if (instances[i] < 0) continue;
      if (item != nullptr && item->state == v1::REMINDER_STATE_COMPLETED) {
        // That something was not done begins no silence.
        const absl::Time since = item->did.value_or(true) ? *item->state_time : absl::InfinitePast();
        answered[instances[i]] = std::max(answered[instances[i]], since);
      }
      const bool open = item != nullptr && item->open() && item->expire > now_;
      const bool to_come = (item == nullptr || StandingOf(*item) == plan::Standing::kEndedByChange) &&
                           year[i].item.missed == v1::REMINDER_REASON_UNSPECIFIED && year[i].item.expire > now_;
      if (!open && !to_come) continue;
      unsent.push_back(i);
      const absl::Time due = open ? item->due : year[i].item.due;
      const auto [earliest, is_first] = first.emplace(instances[i], due);
      if (!is_first) earliest->second = std::min(earliest->second, due);
    }
    for (const size_t i : unsent) {
      if (ended.count(group.id()) > 0) needless[i] = v1::REMINDER_REASON_GROUP_ENDED;
      for (const auto& [instance, time] : answered) {
        const bool too_soon = instance < instances[i] && silence > absl::ZeroDuration() &&
                              first[instances[i]] <= time + silence;
        if (too_soon) needless[i] = v1::REMINDER_REASON_SILENCED;
      }
      if (answered.count(instances[i]) > 0) needless[i] = v1::REMINDER_REASON_ANSWERED;
    }
  }
  return needless;
}

// Returns the items of the same instance of the group, with the item itself.
std::set<Model::Key> Model::InstanceOf(const Patient& patient, const Key& key) const {
  std::set<Key> keys = {key};
  const Year year = YearOf(patient);
  const auto place_of = [&](const Item& of) {
    return std::find_if(year.begin(), year.end(), [&](const Place& place) {
      return of.cover && place.telling.rule == of.cover->rule && IsSame(place.telling, *of.cover);
    });
  };
  const auto own = place_of(patient.items.at(key));
  if (own == year.end()) return keys;
  const v1::Rule& rule = patient.pathway->rule_source(patient.pathway->FindRule(own->telling.rule));
  if (rule.group().empty()) return keys;
  const std::vector<int> instances = InstancesOf(patient.pathway->source(), rule.group(), year);
  for (const auto& [other_key, item] : patient.items) {
    const auto other = place_of(item);
    if (other != year.end() && instances[other - year.begin()] == instances[own - year.begin()]) keys.insert(other_key);
  }
  return keys;
}

// Returns whether another item of the same instance of the group was sent, and did not come back.
bool Model::WasAsked(const Patient& patient, const Item& item) const {
  const Key own = {item.rule, item.code};
  const std::set<Key> keys = InstanceOf(patient, own);
  return std::any_of(keys.begin(), keys.end(),
                     [&](const Key& key) { return key != own && patient.items.at(key).done(); });
}

}  // namespace aftercare::engine
