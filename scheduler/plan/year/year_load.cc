#include "scheduler/plan/year/year_load.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <tuple>

#include "scheduler/plan/message_check.h"

namespace aftercare::plan {
namespace {

// Languages whose texts take different numbers of SMS parts; see YearLoad::parts_.
std::vector<std::pair<std::string, std::vector<int>>> PartsByLanguage(const CompiledPathway& pathway) {
  const std::vector<LongText> long_texts = FindLongTexts(pathway, std::numeric_limits<size_t>::max());
  std::vector<std::pair<std::string, std::vector<int>>> languages;
  if (long_texts.empty()) return languages;
  std::set<std::string> locales;
  for (int i = 0; i < pathway.rule_count(); ++i) {
    for (const CompiledText& text : pathway.rule(i).texts) locales.insert(text.locale);
    for (const CompiledText& text : pathway.rule(i).discreet_texts) locales.insert(text.locale);
  }
  for (const std::string& locale : locales) {
    std::vector<int> parts(pathway.rule_count(), 1);
    for (const LongText& text : long_texts) {
      // Of the two versions of a text, the longer one counts.
      const bool is_read = pathway.TextFor(text.rule, locale, text.discreet).locale == text.locale;
      if (is_read) parts[text.rule] = std::max(parts[text.rule], text.size.parts);
    }
    const bool is_new = std::none_of(languages.begin(), languages.end(),
                                     [&](const auto& language) { return language.second == parts; });
    if (is_new) languages.emplace_back(locale, std::move(parts));
  }
  return languages;
}

// The rules whose messages a kind gets whatever the answers are.
RuleSet CertainRules(const CompiledPathway& pathway, const RuleSet& rules) {
  RuleSet certain;
  std::set<int> groups;  // Whose first rule has been seen.
  for (int i = 0; i < pathway.rule_count(); ++i) {
    const CompiledRule& rule = pathway.rule(i);
    if (!rules[i]) continue;
    const bool is_first = rule.group < 0 || groups.insert(rule.group).second;
    certain[i] = is_first && rule.observed.empty() && !rule.IsReaction();
  }
  return certain;
}

}  // namespace

YearLoad::YearLoad(const CompiledPathway& pathway, const PatientKinds& kinds, int most_silent_days,
                   BrokenPromises* broken)
    : pathway_(pathway),
      kinds_(kinds),
      most_silent_days_(most_silent_days),
      broken_(*broken),
      parts_(PartsByLanguage(pathway)),
      phases_(pathway.phase_count()) {
  for (int kind = 0; kind < kinds.count(); ++kind) certain_.push_back(CertainRules(pathway, kinds.rules(kind)));
  for (auto& phase : phases_) phase.value.least = std::numeric_limits<int>::max();
}

void YearLoad::Count(const DatedYear& year) {
  ++year_number_;
  ReadYear(year);
  for (int kind = 0; kind < kinds_.count(); ++kind) {
    ReadDays(year, kind);
    CountDays(year, kind);
    CountYear(year, kind);
    CountPhases(year, kind);
    CountSilence(year, kind);
    CountSilentWeeks(year, kind);
    CheckFollowUps(year, kind);
  }
}

void YearLoad::ReadYear(const DatedYear& year) {
  phase_of_day_.fill(-1);
  for (size_t phase = 0; phase < year.phases.size(); ++phase) {
    const auto [first, last] = year.phases[phase];
    for (int day = std::max(first, 0); day <= std::min(last, kYearDays); ++day) {
      int& of_day = phase_of_day_[day];
      if (of_day < 0 || first >= year.phases[of_day].first) of_day = static_cast<int>(phase);
    }
  }
  std::set<int> with_follow_ups;
  for (int i = 0; i < pathway_.rule_count(); ++i) {
    if (pathway_.rule(i).follow_up) with_follow_ups.insert(pathway_.rule(i).group);
  }
  groups_.clear();
  for (const int group : with_follow_ups) {
    std::vector<DatedMessage>& members = groups_.emplace_back();
    for (const auto* messages : {&year.messages, &year.unsent}) {
      std::copy_if(messages->begin(), messages->end(), std::back_inserter(members),
                   [&](const DatedMessage& message) { return pathway_.rule(message.rule).group == group; });
    }
    std::stable_sort(members.begin(), members.end(), [](const DatedMessage& a, const DatedMessage& b) {
      return std::tie(a.nominal, a.rule) < std::tie(b.nominal, b.rule);
    });
  }
}

void YearLoad::ReadDays(const DatedYear& year, int kind) {
  const RuleSet& rules = kinds_.rules(kind);
  const RuleSet& certain = certain_[kind];
  days_.clear();
  phase_messages_.assign(phases_.size(), 0);
  phase_certain_.assign(phases_.size(), 0);
  for (size_t i = 0; i < year.messages.size(); ++i) {
    const DatedMessage& message = year.messages[i];
    if (!rules[message.rule]) continue;
    if (days_.empty() || days_.back().day != message.day) days_.push_back({message.day, 0, i, false});
    const int phase = pathway_.rule(message.rule).phase;
    ++days_.back().messages;
    ++phase_messages_[phase];
    if (!certain[message.rule]) continue;
    days_.back().certain = true;
    ++phase_certain_[phase];
  }
}

void YearLoad::CountDays(const DatedYear& year, int kind) {
  int week = 0;  // Messages of the seven days that end with the present one.
  for (size_t i = 0, begin = 0; i < days_.size(); ++i) {
    const Day& day = days_[i];
    NoteLoad(year, kind, day.begin, day.day, day.day, day.messages);
    for (week += day.messages; days_[begin].day <= day.day - 7; ++begin) week -= days_[begin].messages;
    NoteLoad(year, kind, days_[begin].begin, days_[begin].day, days_[begin].day + 6, week);
  }
}

void YearLoad::NoteLoad(const DatedYear& year, int kind, size_t begin, int first, int last, int messages) {
  Worst<Load>& heaviest = first == last ? day_ : week_;
  if (messages >= heaviest.value.messages) {
    const bool is_heavier = messages > heaviest.value.messages;
    Load load = is_heavier || !one_part_each() ? LoadOf(year, kind, begin, first, last) : heaviest.value;
    if (is_heavier || load.parts > heaviest.value.parts) {
      heaviest.value = std::move(load);
      heaviest.shared.Begin(kind, year_number_, first, kinds_);
    } else if (load.parts == heaviest.value.parts) {
      heaviest.shared.Join(kind, year_number_, first);
    }
  }
  const int cap = first == last ? pathway_.caps().per_day : pathway_.caps().per_week;
  if (cap == 0 || messages <= cap) return;
  BrokenPromise whose;
  whose.promise = first == last ? Promise::kDailyCap : Promise::kWeeklyCap;
  if (BrokenPromise* const broken = broken_.Note(whose, kind, messages, year_number_, first); broken != nullptr) {
    broken->limit = cap;
    broken->first_day = first;
    broken->last_day = last;
    broken->rules = LoadOf(year, kind, begin, first, last).rules;
    broken->patient = PatientOf(year);
  }
  broken_.NoteDay(whose, first);
}

Load YearLoad::LoadOf(const DatedYear& year, int kind, size_t begin, int first, int last) const {
  Load load;
  load.first_day = first;
  load.patient = PatientOf(year);
  std::vector<int> parts(parts_.size(), 0);
  for (size_t i = begin; i < year.messages.size() && year.messages[i].day <= last; ++i) {
    const int rule = year.messages[i].rule;
    if (!kinds_.rules(kind)[rule]) continue;
    load.rules.push_back(rule);
    load.safety += pathway_.rule(rule).is_safety ? 1 : 0;
    for (size_t language = 0; language < parts.size(); ++language) parts[language] += parts_[language].second[rule];
  }
  load.messages = static_cast<int>(load.rules.size());
  SetParts(parts, &load);
  return load;
}

void YearLoad::SetParts(const std::vector<int>& by_language, Load* load) const {
  load->parts = load->messages;
  if (by_language.empty()) return;
  const auto most = std::max_element(by_language.begin(), by_language.end());
  load->parts = *most;
  const bool all_alike = *std::min_element(by_language.begin(), by_language.end()) == *most;
  load->locale = all_alike ? "" : parts_[most - by_language.begin()].first;
}

void YearLoad::CountYear(const DatedYear& year, int kind) {
  int messages = 0;
  for (const Day& day : days_) messages += day.day >= 0 && day.day <= kYearDays ? day.messages : 0;
  if (one_part_each() && messages < whole_year_.value.parts) return;
  const auto first = std::find_if(days_.begin(), days_.end(), [](const Day& day) { return day.day >= 0; });
  if (first == days_.end() || messages == 0) return;
  Load load = LoadOf(year, kind, first->begin, 0, kYearDays);
  load.rules.clear();
  if (load.parts == whole_year_.value.parts) whole_year_.shared.Join(kind, year_number_, 0);
  if (load.parts <= whole_year_.value.parts) return;
  whole_year_.value = std::move(load);
  whole_year_.shared.Begin(kind, year_number_, 0, kinds_);
}

void YearLoad::CountPhases(const DatedYear& year, int kind) {
  for (size_t i = 0; i < phases_.size(); ++i) {
    PhaseLoad& phase = phases_[i].value;
    phase.most = std::max(phase.most, phase_messages_[i]);
    phase.least = std::min(phase.least, phase_certain_[i]);
    if (phase_certain_[i] > 0) continue;
    BrokenPromise whose;
    whose.promise = Promise::kPhase;
    whose.phase = static_cast<int>(i);
    if (BrokenPromise* const broken = broken_.Note(whose, kind, 0, year_number_, 0); broken != nullptr) {
      broken->first_day = year.phases[i].first;
      broken->last_day = year.phases[i].second;
      broken->patient = PatientOf(year);
    }
  }
}

void YearLoad::CountSilence(const DatedYear& year, int kind) {
  size_t next = 0;
  int silent = 0;  // Days of silence before the present day.
  for (int day = 0; day <= kYearDays; ++day) {
    while (next < days_.size() && (days_[next].day < day || !days_[next].certain)) ++next;
    const bool heard = next < days_.size() && days_[next].day == day;
    if (!heard && phase_of_day_[day] >= 0) {
      ++silent;
      continue;
    }
    if (silent > 0) NoteSilence(year, kind, day - silent, silent);
    silent = 0;
  }
  if (silent > 0) NoteSilence(year, kind, kYearDays + 1 - silent, silent);
}

void YearLoad::NoteSilence(const DatedYear& year, int kind, int first, int days) {
  const int index = phase_of_day_[first];
  Worst<PhaseLoad>& phase = phases_[index];
  if (days == phase.value.silent_days) phase.shared.Join(kind, year_number_, first);
  if (days > phase.value.silent_days) {
    phase.shared.Begin(kind, year_number_, first, kinds_);
    phase.value.silent_days = days;
    phase.value.silent_from = first;
    phase.value.patient = PatientOf(year);
  }
  if (days <= most_silent_days_) return;
  BrokenPromise whose;
  whose.promise = Promise::kSilence;
  whose.phase = index;
  if (BrokenPromise* const broken = broken_.Note(whose, kind, days, year_number_, first); broken != nullptr) {
    broken->limit = most_silent_days_;
    broken->first_day = first;
    broken->last_day = first + days - 1;
    broken->patient = PatientOf(year);
  }
}

void YearLoad::CountSilentWeeks(const DatedYear& year, int kind) {
  std::array<bool, kYearWeeks + 1> silent;
  silent.fill(true);
  for (const Day& day : days_) {
    if (day.certain && day.day >= 1 && day.day <= 7 * kYearWeeks) silent[(day.day + 6) / 7] = false;
  }
  int count = 0;
  for (int week = 1; week <= kYearWeeks; ++week) {
    for (int day = 7 * week - 6; silent[week] && day <= 7 * week; ++day) silent[week] = phase_of_day_[day] >= 0;
    count += silent[week] ? 1 : 0;
  }
  const int most = static_cast<int>(silent_weeks_.value.weeks.size());
  if (count > 0 && count == most) silent_weeks_.shared.Join(kind, year_number_, 0);
  if (count <= most) return;
  silent_weeks_.value = {{}, PatientOf(year)};
  silent_weeks_.shared.Begin(kind, year_number_, 0, kinds_);
  for (int week = 1; week <= kYearWeeks; ++week) {
    if (silent[week]) silent_weeks_.value.weeks.push_back(week);
  }
}

// As groups.h defines the instances of a group.
void YearLoad::CheckFollowUps(const DatedYear& year, int kind) {
  for (const std::vector<DatedMessage>& members : groups_) {
    int first = kMaxRules;
    for (const DatedMessage& member : members) {
      if (kinds_.rules(kind)[member.rule]) first = std::min(first, member.rule);
    }
    bool is_asked = false;
    for (const DatedMessage& member : members) {
      if (!kinds_.rules(kind)[member.rule]) continue;
      if (member.rule == first) is_asked = false;  // A new instance.
      if (!pathway_.rule(member.rule).follow_up) is_asked = is_asked || member.is_sent;
      if (is_asked || !member.is_sent || !pathway_.rule(member.rule).follow_up) continue;
      BrokenPromise whose;
      whose.promise = Promise::kQuestion;
      whose.rule = member.rule;
      if (BrokenPromise* const broken = broken_.Note(whose, kind, 0, year_number_, member.day); broken != nullptr) {
        broken->nominal = member.nominal;
        broken->first_day = broken->last_day = member.day;
        broken->patient = PatientOf(year);
      }
    }
  }
}

YearPatient YearLoad::PatientOf(const DatedYear& year) {
  return {{}, year.date->date, year.date->zone_name, year.story};
}

void YearLoad::Report(YearReport* report) const {
  report->heaviest_day = day_.value;
  report->heaviest_day.patient.factors = day_.shared.Factors(kinds_);
  report->heaviest_week = week_.value;
  report->heaviest_week.patient.factors = week_.shared.Factors(kinds_);
  report->heaviest_year = whole_year_.value;
  report->heaviest_year.patient.factors = whole_year_.shared.Factors(kinds_);
  report->silent_weeks = silent_weeks_.value;
  report->silent_weeks.patient.factors = silent_weeks_.shared.Factors(kinds_);
  for (const Worst<PhaseLoad>& phase : phases_) {
    PhaseLoad& load = report->phases.emplace_back(phase.value);
    load.patient.factors = phase.shared.Factors(kinds_);
    if (load.most == 0) load.least = 0;
  }
}

}  // namespace aftercare::plan
