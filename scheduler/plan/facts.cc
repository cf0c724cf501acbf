#include "scheduler/plan/facts.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/mix_hash.h"
#include "scheduler/plan/input/contact_points.h"
#include "scheduler/plan/input/text_validation.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxFactors = 50;
constexpr size_t kMaxName = 100;
constexpr size_t kMaxPatientId = 64;
constexpr size_t kMaxWording = 2000;

int ValueIndex(const CompiledFactor& factor, absl::string_view value) {
  const auto found = std::find(factor.values.begin(), factor.values.end(), value);
  return found == factor.values.end() ? -1 : static_cast<int>(found - factor.values.begin());
}

// Returns whether there is what the rule's days count from.
bool HasAnchor(const CompiledRule& rule, int index, const PatientFacts& facts) {
  if (rule.on_never_told) return facts.never_told.has_value();
  if (rule.IsReaction()) return !TriggersOf(index, facts).empty();
  if (rule.visit < 0) return true;
  const VisitFacts& visit = facts.visits[rule.visit];
  return visit.state == rule.visit_state && (visit.outside_window || !rule.outside_window);
}

// Which rules apply to a patient with these visits and the enrollment's factors, the defaults standing for those it
// does not name.
std::bitset<kMaxRules> RulesFor(const v1::Enrollment& enrollment, const CompiledPathway& pathway,
                                const PatientFacts& facts) {
  absl::InlinedVector<int, 16> values(pathway.factor_count());
  for (int i = 0; i < pathway.factor_count(); ++i) values[i] = pathway.factor(i).default_value;
  for (const auto& [id, value] : enrollment.factors()) {
    const int factor = pathway.FindFactor(id);
    if (factor >= 0) values[factor] = ValueIndex(pathway.factor(factor), value);
  }
  std::bitset<kMaxRules> rules;
  for (int i = 0; i < pathway.rule_count(); ++i) {
    const CompiledRule& rule = pathway.rule(i);
    const auto holds = [&values](const CompiledCondition& condition) {
      const int value = values[condition.factor];
      return value >= 0 && (condition.values >> value & 1) != 0;
    };
    rules[i] = HasAnchor(rule, i, facts) && std::all_of(rule.conditions.begin(), rule.conditions.end(), holds);
  }
  return rules;
}

// Returns what tells the triggers of a rule apart: the local day, or the local minute for a rule without times of day.
absl::CivilMinute PlaceOf(const CompiledRule& rule, absl::Time time, absl::TimeZone zone) {
  return rule.at_answer ? absl::ToCivilMinute(time, zone) : absl::CivilMinute(absl::ToCivilDay(time, zone));
}

// Returns the triggers of the records that are not withdrawn: the first of each place, and the last kMaxTriggers of
// each rule. Where clocks are set back, triggers of one place need not follow each other.
std::vector<Trigger> TriggersIn(const CompiledPathway& pathway, absl::TimeZone zone,
                                const record::v1::PlanHistory& history) {
  std::map<std::pair<int, absl::CivilMinute>, absl::Time> firsts;  // By rule and place.
  for (const record::v1::ReactionRecord& record : history.reactions()) {
    const int rule = record.withdrawn() ? -1 : pathway.FindRule(record.rule());
    if (rule < 0 || !pathway.rule(rule).IsReaction()) continue;
    const absl::Time time = absl::FromUnixMicros(record.time_micros());
    absl::Time& first = firsts.try_emplace({rule, PlaceOf(pathway.rule(rule), time, zone)}, time).first->second;
    first = std::min(first, time);
  }
  std::vector<Trigger> triggers;
  for (const auto& [place, time] : firsts) triggers.push_back({place.first, time});
  std::sort(triggers.begin(), triggers.end(), [](const Trigger& a, const Trigger& b) {
    return a.rule != b.rule ? a.rule < b.rule : a.time < b.time;
  });
  const auto counts = [&](size_t i) {
    return i + kMaxTriggers >= triggers.size() || triggers[i + kMaxTriggers].rule != triggers[i].rule;
  };
  std::vector<Trigger> last;
  for (size_t i = 0; i < triggers.size(); ++i) {
    if (counts(i)) last.push_back(triggers[i]);
  }
  return last;
}

ContactHours HoursFor(const v1::Enrollment& enrollment, const Setting& setting) {
  if (!enrollment.has_contact_hours()) return setting.calendar != nullptr ? setting.calendar->hours : ContactHours();
  FieldErrors ignored;
  return ContactHours::Read(enrollment.contact_hours(), "contact_hours", &ignored);
}

absl::Time EnrollTimeOf(const v1::Enrollment& enrollment) {
  return enrollment.has_enroll_time() ? ToTime(enrollment.enroll_time()) : absl::InfinitePast();
}

std::vector<Suspension> SuspensionsOf(const record::v1::PlanHistory& history) {
  std::vector<Suspension> suspensions;
  for (const record::v1::Pause& pause : history.pauses()) {
    suspensions.push_back({absl::FromUnixMicros(pause.begin_micros()), absl::FromUnixMicros(pause.end_micros()),
                           v1::REMINDER_REASON_PAUSED});
  }
  if (history.replan_micros() != 0) {
    suspensions.push_back(
        {absl::InfinitePast(), absl::FromUnixMicros(history.replan_micros()), v1::REMINDER_REASON_MOVED_BY_REANCHOR});
  }
  std::stable_sort(suspensions.begin(), suspensions.end(),
                   [](const Suspension& a, const Suspension& b) { return a.until < b.until; });
  return suspensions;
}

bool IsPatientId(absl::string_view id) {
  return !id.empty() && id.size() <= kMaxPatientId && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
}

// Reads one enrollment, collecting faults. A class only to share what every check needs.
class EnrollmentChecker {
 public:
  EnrollmentChecker(const v1::Enrollment& source, FieldErrors* errors) : source_(source), errors_(*errors) {}

  std::optional<PatientFacts> Run(const CompiledPathway& pathway, const Setting& setting) {
    const size_t before = errors_.size();
    CheckAllButFactors();
    CheckFactors(pathway);
    if (errors_.size() != before) return std::nullopt;
    return TrustedFactsOf(source_, pathway, setting);
  }

  void CheckAllButFactors() {
    CheckPerson();
    if (!ParseDate(source_.procedure_date())) {
      Fault("procedure_date", "must be a date, YYYY-MM-DD, from 1970-01-01 to 2199-12-31");
    }
    if (!FindZone(source_.time_zone())) {
      Fault("time_zone", "must be the name of an IANA time zone, such as America/New_York");
    }
    if (!source_.locale().empty() && !IsValidLocale(source_.locale())) {
      Fault("locale", "must be a language tag such as 'en' or 'es-MX'");
    }
    CheckContactPoints();
    if (source_.consent() != v1::CONSENT_GRANTED && source_.consent() != v1::CONSENT_REFUSED) {
      Fault("consent", "must say whether the patient agreed");
    }
    CheckConsentSource(source_.consent_source(), "consent_source", &errors_);
    ContactHours::Read(source_.contact_hours(), "contact_hours", &errors_);
  }

 private:
  void Fault(std::string field, absl::string_view description) {
    errors_.push_back({std::move(field), std::string(description)});
  }

  void CheckPerson() {
    if (!IsPatientId(source_.patient())) Fault("patient", "must be 1 to 64 letters, digits, '.', '_' and '-'");
    if (IsBlank(source_.first_name())) Fault("first_name", "must not be empty");
    CheckName("first_name", source_.first_name());
    CheckName("last_name", source_.last_name());
  }

  void CheckName(const char* field, const std::string& name) {
    if (!IsCleanText(name, /*allow_newline=*/false)) Fault(field, "must be valid UTF-8 without control characters");
    if (CountCharacters(name) > kMaxName) Fault(field, absl::StrCat("must be at most ", kMaxName, " characters"));
  }

  void CheckFactors(const CompiledPathway& pathway) {
    const std::map<std::string, std::string> factors(source_.factors().begin(), source_.factors().end());
    int checked = 0;
    for (const auto& [id, value] : factors) {  // In a fixed order, and no more than a pathway can have.
      if (++checked > kMaxFactors) return Fault("factors", absl::StrCat("must have at most ", kMaxFactors));
      const std::string field = absl::StrCat("factors[\"", absl::Utf8SafeCEscape(id), "\"]");
      const int factor = pathway.FindFactor(id);
      if (factor < 0) {
        Fault(field, "must be a factor of the pathway");
      } else if (ValueIndex(pathway.factor(factor), value) < 0) {
        Fault(field, absl::StrCat("must be one of: ", absl::StrJoin(pathway.factor(factor).values, ", ")));
      }
    }
  }

  void CheckContactPoints() {
    if (source_.contact_points_size() > kMaxContactPoints) {
      Fault("contact_points", absl::StrCat("must have at most ", kMaxContactPoints));
    }
    for (int i = 0; i < std::min(source_.contact_points_size(), kMaxContactPoints); ++i) {
      CheckContactPoint(absl::StrCat("contact_points[", i, "]"), source_.contact_points(i), &errors_);
    }
  }

  const v1::Enrollment& source_;
  FieldErrors& errors_;
};

}  // namespace

uint64_t SpreadSeed(absl::string_view clinic, absl::string_view enrollment) {
  return MixHash(MixHash(0, clinic), enrollment);
}

absl::CivilDay AnchorOf(const CompiledRule& rule, const PatientFacts& facts) {
  if (rule.on_never_told && facts.never_told) return absl::ToCivilDay(*facts.never_told, facts.zone);
  return rule.visit < 0 ? facts.procedure_date : facts.visits[rule.visit].anchor;
}

absl::Span<const Trigger> TriggersOf(int rule, const PatientFacts& facts) {
  const auto first = std::partition_point(facts.triggers.begin(), facts.triggers.end(),
                                          [rule](const Trigger& trigger) { return trigger.rule < rule; });
  const auto last =
      std::find_if(first, facts.triggers.end(), [rule](const Trigger& trigger) { return trigger.rule != rule; });
  return absl::MakeConstSpan(facts.triggers).subspan(first - facts.triggers.begin(), last - first);
}

std::optional<PatientFacts> FactsOf(const v1::Enrollment& enrollment, const CompiledPathway& pathway,
                                    FieldErrors* errors, const Setting& setting) {
  return EnrollmentChecker(enrollment, errors).Run(pathway, setting);
}

void CheckConsentSource(const v1::ConsentSource& source, const std::string& path, FieldErrors* errors) {
  if (!v1::ConsentMethod_IsValid(source.method())) {
    errors->push_back({path + ".method", "must be WRITTEN, VERBAL, ELECTRONIC or MESSAGE, if it is known"});
  }
  if (!IsCleanText(source.wording(), /*allow_newline=*/true)) {
    errors->push_back({path + ".wording", "must be valid UTF-8 without control characters other than line ends"});
  }
  if (CountCharacters(source.wording()) > kMaxWording) {
    errors->push_back({path + ".wording", absl::StrCat("must be at most ", kMaxWording, " characters")});
  }
}

void CheckEnrollment(const v1::Enrollment& enrollment, FieldErrors* errors) {
  EnrollmentChecker(enrollment, errors).CheckAllButFactors();
}

PatientFacts TrustedFactsOf(const v1::Enrollment& enrollment, const CompiledPathway& pathway, const Setting& setting,
                            const record::v1::PlanHistory& history) {
  PatientFacts facts;
  facts.procedure_date = ParseDate(enrollment.procedure_date()).value_or(absl::CivilDay(1970, 1, 1));
  facts.zone = FindZone(enrollment.time_zone()).value_or(absl::UTCTimeZone());
  facts.enroll_time = EnrollTimeOf(enrollment);
  facts.suspensions = SuspensionsOf(history);
  facts.visits = VisitsOf(pathway, facts.procedure_date, facts.zone, setting.calendar.get(), history);
  if (history.has_never_told()) facts.never_told = absl::FromUnixMicros(history.never_told().change_micros());
  if (!pathway.reactions().empty()) facts.triggers = TriggersIn(pathway, facts.zone, history);
  facts.rules = RulesFor(enrollment, pathway, facts);
  facts.hours = HoursFor(enrollment, setting);
  facts.setting = setting;
  return facts;
}

}  // namespace aftercare::plan
