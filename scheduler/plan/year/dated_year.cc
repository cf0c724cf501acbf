#include "scheduler/plan/year/dated_year.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"

namespace aftercare::plan {
namespace {

// The states in which rules of a visit may apply.
constexpr v1::VisitState kStates[] = {v1::VISIT_STATE_UNBOOKED, v1::VISIT_STATE_BOOKED, v1::VISIT_STATE_ATTENDED,
                                      v1::VISIT_STATE_MISSED, v1::VISIT_STATE_CANCELLED};

}  // namespace

DatedYears::DatedYears(const CompiledPathway& pathway, ContactHours hours)
    : pathway_(pathway), hours_(std::move(hours)), stories_({VisitStory::kNotBooked}) {
  for (const v1::VisitState state : kStates) of_visits_.emplace_back(state, RuleSet());
  bool has_visits = false;
  for (int i = 0; i < pathway.rule_count(); ++i) {
    const CompiledRule& rule = pathway.rule(i);
    if (rule.IsReaction()) {
      reactions_[i] = rule.audience == v1::AUDIENCE_PATIENT;
    } else if (rule.visit >= 0 && !rule.outside_window) {
      has_visits = true;
      for (auto& [state, rules] : of_visits_) rules[i] = rules[i] || rule.visit_state == state;
    } else if (rule.visit < 0 && !rule.on_never_told) {
      of_procedure_.set(i);
    }
  }
  walked_ = of_procedure_;
  for (const auto& [unused, rules] : of_visits_) walked_ |= rules;
  if (!has_visits) return;
  stories_ = {VisitStory::kNotBooked, VisitStory::kAttended, VisitStory::kMissed, VisitStory::kCancelled,
              VisitStory::kNotRecorded};
}

PatientFacts DatedYears::FactsOf(const DateAndZone& date) const {
  PatientFacts facts;
  facts.procedure_date = date.date;
  facts.zone = date.zone;
  facts.hours = hours_;
  facts.visits = VisitsOf(pathway_, date.date, date.zone, nullptr, {});
  return facts;
}

std::vector<DatedYear> DatedYears::At(const DateAndZone& date) {
  PatientFacts facts = FactsOf(date);
  DatedYear base{&date, VisitStory::kNotBooked, {}, {}, {}};
  for (int phase = 0; phase < pathway_.phase_count(); ++phase) {
    const DateRange dates = PhaseDates(pathway_, phase, date.date);
    base.phases.emplace_back(static_cast<int>(dates.first - date.date), static_cast<int>(dates.last - date.date));
  }
  facts.rules = of_procedure_;
  Walk(facts, nullptr, &base);
  if (reactions_.any()) WalkReactions(date);
  std::vector<DatedYear> years;
  for (const VisitStory story : stories_) {
    DatedYear& year = years.emplace_back(base);
    year.story = story;
    for (VisitStage& stage : StagesOf(pathway_, story, date.date, date.zone)) {
      facts.rules = std::find_if(of_visits_.begin(), of_visits_.end(), [&](const auto& of_state) {
                      return of_state.first == stage.state;
                    })->second;
      if (facts.rules.none()) continue;
      facts.visits = stage.visits;
      Walk(facts, &stage, &year);
    }
    AddFurtherQuestions(&year);
    std::stable_sort(year.messages.begin(), year.messages.end(),
                     [](const DatedMessage& a, const DatedMessage& b) { return a.day < b.day; });
  }
  return years;
}

void DatedYears::Walk(const PatientFacts& facts, const VisitStage* stage, DatedYear* year) {
  const int64_t procedure = DayNumber(facts.procedure_date);
  const int64_t end = pathway_.end().has_value() ? DayNumber(DateOf(*pathway_.end(), facts.procedure_date))
                                                 : std::numeric_limits<int64_t>::max();
  LocalClock clock(facts.zone);
  Plan plan(pathway_, facts);
  for (Occurrence occurrence; plan.Next(&occurrence);) {
    const CompiledRule& rule = pathway_.rule(occurrence.rule);
    const int64_t day = clock.DayAt(absl::ToUnixSeconds(occurrence.due));
    if (day > end) continue;  // The enrollment has ended.
    // What comes too late for an appointment that was booked late is no fault.
    const bool booked_late = rule.visit_state == v1::VISIT_STATE_BOOKED &&
                             occurrence.missed == v1::REMINDER_REASON_VISIT_CHANGED;
    const bool is_due = Examine(occurrence, &clock, *year);
    if (is_due || booked_late) occurring_.set(occurrence.rule);
    if (rule.audience != v1::AUDIENCE_PATIENT || (!is_due && rule.group < 0)) continue;
    if (stage != nullptr && occurrence.due >= stage->until[rule.visit]) continue;
    auto& messages = is_due ? year->messages : year->unsent;
    messages.push_back({static_cast<int>(day - procedure), occurrence.rule, occurrence.nominal, is_due});
  }
}

void DatedYears::WalkReactions(const DateAndZone& date) {
  PatientFacts facts = FactsOf(date);
  facts.rules = reactions_;
  const absl::Time noon = InstantOf(absl::CivilSecond(absl::CivilHour(date.date + 1) + 12), date.zone);
  for (int i = 0; i < pathway_.rule_count(); ++i) {
    if (reactions_[i]) facts.triggers.push_back({i, noon});
  }
  DatedYear unused{&date, VisitStory::kNotBooked, {}, {}, {}};
  Walk(facts, nullptr, &unused);
}

bool DatedYears::Examine(const Occurrence& occurrence, LocalClock* clock, const DatedYear& year) {
  const CompiledRule& rule = pathway_.rule(occurrence.rule);
  const bool is_message = rule.audience == v1::AUDIENCE_PATIENT;
  if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) {
    const bool too_late = occurrence.missed == v1::REMINDER_REASON_WINDOW_CLOSED;
    if (is_message && too_late && rule.visit >= 0) Note(Promise::kBeforeVisit, occurrence, 0, year);
    return false;
  }
  if (!is_message) return true;
  if (occurrence.outside_contact_hours) {
    Note(Promise::kContactHours, occurrence, 0, year);
    return false;
  }
  const int minutes = OpenMinutes(occurrence, clock);
  if (minutes < kShortestWindow) Note(Promise::kOpenWindow, occurrence, minutes, year);
  return true;
}

void DatedYears::Note(Promise promise, const Occurrence& occurrence, int minutes, const DatedYear& year) {
  const auto [place, is_new] = broken_.try_emplace({promise, occurrence.rule});
  BrokenPromise& broken = place->second;
  if (!is_new && minutes >= broken.count) return;
  broken.promise = promise;
  broken.rule = occurrence.rule;
  broken.count = minutes;
  broken.limit = promise == Promise::kOpenWindow ? kShortestWindow : 0;
  broken.nominal = occurrence.nominal;
  broken.first_day = broken.last_day = static_cast<int>(absl::CivilDay(occurrence.nominal) - year.date->date);
  broken.patient.procedure_date = year.date->date;
  broken.patient.zone = year.date->zone_name;
  broken.patient.story = year.story;
}

int DatedYears::OpenMinutes(const Occurrence& occurrence, LocalClock* clock) const {
  const int64_t end = absl::ToUnixSeconds(occurrence.expire);
  int64_t time = absl::ToUnixSeconds(occurrence.due);
  int64_t open = 0;
  while (time < end && open < kShortestWindow * 60) {
    const int64_t closed = hours_.NextClosed(time, end, clock);
    open += closed - time;
    time = closed < end ? hours_.NextOpen(closed, end, clock) : end;
  }
  return static_cast<int>(std::min<int64_t>(open / 60, kShortestWindow));
}

void DatedYears::AddFurtherQuestions(DatedYear* year) const {
  for (int i = 0; i < pathway_.questionnaire_count(); ++i) {
    const std::vector<int>& questions = pathway_.questionnaire(i).rules;
    const size_t count = year->messages.size();
    for (size_t message = 0; message < count; ++message) {
      const DatedMessage first = year->messages[message];
      if (first.rule != questions[0]) continue;
      for (size_t q = 1; q < questions.size(); ++q) {
        if (pathway_.rule(questions[q]).at_answer) year->messages.push_back({first.day, questions[q], first.nominal});
      }
    }
  }
}

}  // namespace aftercare::plan
