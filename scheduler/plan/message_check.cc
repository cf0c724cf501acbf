#include "scheduler/plan/message_check.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/time/time.h"
#include "scheduler/plan/anchor_dates.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/placement.h"
#include "scheduler/plan/rule_days.h"

namespace aftercare::plan {
namespace {

// A date and a time that take as many letters as any.
constexpr absl::CivilMinute kSampleTime(2027, 9, 30, 12, 30);
constexpr absl::CivilDay kSampleProcedureDate(2026, 9, 30);

// A Monday, as a day number.
constexpr int64_t kMonday = 4;

bool IsForPatients(const CompiledRule& rule) { return rule.audience == v1::AUDIENCE_PATIENT; }

// Returns the text of a rule with the sample names.
std::string SampleOf(const CompiledPathway& pathway, int index, const CompiledText& text) {
  const CompiledRule& rule = pathway.rule(index);
  TextFacts facts;
  facts.first_name = kSampleFirstName;
  facts.last_name = kSampleLastName;
  facts.clinic_name = kSampleClinicName;
  facts.clinic_phone = kSampleClinicPhone;
  facts.phase = pathway.phase_source(rule.phase).display_name();
  facts.locale = text.locale;
  facts.due = kSampleTime;
  facts.procedure_date = kSampleProcedureDate;
  if (rule.visit >= 0) {
    facts.visit = pathway.visit_source(rule.visit).display_name();
    facts.visit_date = absl::CivilDay(kSampleTime);
    if (rule.visit_state != v1::VISIT_STATE_UNBOOKED) facts.visit_time = kSampleTime;
  }
  std::string sample;
  text.words.Render(facts, &sample);
  return sample;
}

// Returns whether the hours let out what is due at that time on that day, a day number. The zone does not matter where
// clocks are never changed.
bool IsLetOut(const CompiledRule& rule, int minute, int64_t day, const ContactHours& hours, LocalClock* utc) {
  const int64_t nominal = day * kDaySeconds + int64_t{minute} * 60;
  const int64_t close = WindowClose(rule, day, nominal, utc);
  return hours.NextOpen(nominal, close, utc) < close;
}

bool IsEverLetOut(const CompiledRule& rule, int minute, const ContactHours& hours, LocalClock* utc) {
  for (int weekday = 0; weekday < 7; ++weekday) {
    const bool can_be_due = rule.weekdays == 0 || (rule.weekdays >> weekday & 1) != 0;
    if (can_be_due && IsLetOut(rule, minute, kMonday + weekday, hours, utc)) return true;
  }
  return false;
}

// Finds the most messages of some rules that one patient can get. Gives up looking for more after kMaxSteps.
class MostForOnePatient {
 public:
  // The rules by index, ascending.
  MostForOnePatient(const CompiledPathway& pathway, const std::vector<int>& rules)
      : pathway_(pathway), rules_(rules), allowed_(pathway.factor_count(), ~uint64_t{0}) {
    rest_.assign(rules.size() + 1, 0);
    for (size_t i = rules.size(); i-- > 0;) rest_[i] = rest_[i + 1] + MessagesOf(rules[i]);
    Try(0, 0);
  }

  int messages() const { return most_; }
  const std::vector<int>& rules() const { return best_; }

 private:
  static constexpr int kMaxSteps = 100'000;

  int MessagesOf(int rule) const { return static_cast<int>(pathway_.rule(rule).times.size()); }

  // Goes on from the i-th rule, with `messages` of the rules chosen before.
  void Try(size_t i, int messages) {
    if (++steps_ > kMaxSteps || messages + rest_[i] <= most_) return;
    if (i == rules_.size()) {
      most_ = messages;
      best_ = chosen_;
      return;
    }
    const std::vector<uint64_t> before = allowed_;
    if (Allow(pathway_.rule(rules_[i]))) {
      chosen_.push_back(rules_[i]);
      Try(i + 1, messages + MessagesOf(rules_[i]));
      chosen_.pop_back();
    }
    allowed_ = before;
    if (!pathway_.rule(rules_[i]).conditions.empty()) Try(i + 1, messages);
  }

  // Narrows the factors of the patient to those to whom the rule applies. Returns false if there are none.
  bool Allow(const CompiledRule& rule) {
    for (const CompiledCondition& condition : rule.conditions) {
      if ((allowed_[condition.factor] &= condition.values) == 0) return false;
    }
    return true;
  }

  const CompiledPathway& pathway_;
  const std::vector<int>& rules_;
  std::vector<uint64_t> allowed_;  // By factor, a bit for each value that the patient may have.
  std::vector<int> rest_;          // The messages of the rules from the i-th on.
  std::vector<int> chosen_, best_;
  int most_ = 0;
  int steps_ = 0;
};

// Returns the rules that can be due on each day after a procedure date, where they make more than kMostMessagesADay.
std::map<int64_t, std::vector<int>> CrowdedDays(const CompiledPathway& pathway, absl::CivilDay procedure) {
  std::vector<std::pair<int64_t, int>> due;  // Day and rule.
  for (int i = 0; i < pathway.rule_count(); ++i) {
    const CompiledRule& rule = pathway.rule(i);
    if (!IsForPatients(rule) || rule.IsOfEvent()) continue;
    const RuleDays days(rule, rule.visit < 0 ? procedure : DateOf(pathway.visit(rule.visit).target, procedure));
    for (int day = 0; day < days.count(); ++day) due.emplace_back(days.At(day) - DayNumber(procedure), i);
  }
  std::sort(due.begin(), due.end());
  std::map<int64_t, std::vector<int>> crowded;
  for (size_t begin = 0, end; begin < due.size(); begin = end) {
    int messages = 0;
    for (end = begin; end < due.size() && due[end].first == due[begin].first; ++end) {
      messages += static_cast<int>(pathway.rule(due[end].second).times.size());
    }
    if (messages <= kMostMessagesADay) continue;
    std::vector<int>& rules = crowded[due[begin].first];
    for (size_t i = begin; i < end; ++i) rules.push_back(due[i].second);
  }
  return crowded;
}

}  // namespace

std::vector<LongText> FindLongTexts(const CompiledPathway& pathway, size_t most) {
  std::vector<LongText> found;
  for (int rule = 0; rule < pathway.rule_count(); ++rule) {
    if (!IsForPatients(pathway.rule(rule))) continue;
    const auto look_at = [&](const CompiledText& text, bool discreet) {
      if (found.size() == most) return;
      SmsSize size = SmsSizeOf(SampleOf(pathway, rule, text));
      if (size.parts > 1) found.push_back({rule, text.locale, std::move(size), discreet});
    };
    for (const CompiledText& text : pathway.rule(rule).texts) look_at(text, false);
    for (const CompiledText& text : pathway.rule(rule).discreet_texts) look_at(text, true);
  }
  return found;
}

std::vector<TimeOfRule> FindAlwaysSuppressed(const CompiledPathway& pathway, const ContactHours& hours, size_t most) {
  std::vector<TimeOfRule> found;
  LocalClock utc(absl::UTCTimeZone());
  for (int rule = 0; rule < pathway.rule_count(); ++rule) {
    if (!IsForPatients(pathway.rule(rule)) || pathway.rule(rule).at_answer) continue;
    for (const int minute : pathway.rule(rule).times) {
      if (found.size() == most) return found;
      if (!IsEverLetOut(pathway.rule(rule), minute, hours, &utc)) found.push_back({rule, minute});
    }
  }
  return found;
}

std::vector<BusyDays> FindBusyDays(const CompiledPathway& pathway, size_t most) {
  std::map<std::vector<int>, BusyDays> known;  // By the rules that can be due, what one patient gets of them.
  std::map<int64_t, BusyDays> days;
  for (const absl::CivilDay procedure : AllKindsOfAnchor()) {
    for (const auto& [day, rules] : CrowdedDays(pathway, procedure)) {
      const auto [place, is_new] = known.try_emplace(rules);
      if (is_new) {
        const MostForOnePatient patient(pathway, rules);
        place->second = {0, 0, patient.messages(), patient.rules()};
      }
      if (place->second.messages <= kMostMessagesADay) continue;
      BusyDays& busiest = days[day];
      if (place->second.messages > busiest.messages) busiest = {day, day, place->second.messages, place->second.rules};
    }
  }
  std::vector<BusyDays> runs;
  for (const auto& [day, busy] : days) {
    if (!runs.empty() && runs.back().last == day - 1 && runs.back().rules == busy.rules) {
      runs.back().last = day;
    } else if (runs.size() == most) {
      break;
    } else {
      runs.push_back(busy);
    }
  }
  return runs;
}

}  // namespace aftercare::plan
