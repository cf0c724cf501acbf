#include "scheduler/plan/pathway_check.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/input/text_validation.h"
#include "scheduler/plan/message_caps.h"
#include "scheduler/plan/observed_check.h"
#include "scheduler/plan/questionnaire_check.h"
#include "scheduler/plan/reaction_check.h"
#include "scheduler/plan/schedule_check.h"
#include "scheduler/plan/text_check.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxFactors = 50;
constexpr int kMaxValues = 50;
constexpr int kMaxPhases = 50;
constexpr int kMaxConditions = 50;
constexpr int kMaxSpread = 4 * 60 * 60;  // Seconds.
constexpr int kMaxVisits = 50;
constexpr int kMaxVisitWindow = 366;           // Days.
constexpr int kMaxDuration = 24 * 60 * 60;     // Seconds.
constexpr int kMaxGroups = 50;
constexpr int kMaxCategories = 50;
constexpr int kMaxScore = 1000;
constexpr int64_t kMaxSilence = int64_t{366} * 24 * 60 * 60;  // Seconds.
constexpr int kDefaultDuration = 30 * 60;
constexpr size_t kMaxName = 100;
constexpr size_t kMaxDescription = 4000;

constexpr char kValueShape[] = "must be 1 to 40 lower-case letters, digits, '_' and '-'";

// Reads one pathway and collects its errors. Of a list that is longer than allowed it looks at the allowed length only,
// so that its work is bounded by the limits of the API.
class PathwayChecker {
 public:
  PathwayChecker(const v1::Pathway& source, FieldErrors* errors) : source_(source), errors_(*errors) {}

  std::optional<PathwayParts> Run() {
    const size_t before = errors_.size();
    CheckHead();
    for (int i = 0, size = Size("factors", source_.factors_size(), 0, kMaxFactors); i < size; ++i) CheckFactor(i);
    for (int i = 0, size = Size("phases", source_.phases_size(), 1, kMaxPhases); i < size; ++i) CheckPhase(i);
    for (int i = 0, size = Size("visits", source_.visits_size(), 0, kMaxVisits); i < size; ++i) CheckVisit(i);
    for (int i = 0, size = Size("groups", source_.groups_size(), 0, kMaxGroups); i < size; ++i) CheckGroup(i);
    for (int i = 0, size = Size("rules", source_.rules_size(), 1, kMaxRules); i < size; ++i) CheckRule(i);
    CheckGroupsAreNamed();
    CheckSafetyCategories();
    CheckEnd();
    CheckImportance();
    TakeQuestionnaireIds(source_, &parts_, &errors_);
    CheckReactions(source_, &parts_, &errors_);
    CheckQuestionnaires(source_, &parts_, &errors_);
    CheckObserved(source_, &parts_, &errors_);
    parts_.caps = CheckMessageCap(source_.message_cap(), "message_cap", &errors_);
    if (occurrences_ > kMaxOccurrences) {
      Fault("rules", absl::StrCat("must not make more than ", kMaxOccurrences, " reminders for one patient"));
    }
    if (errors_.size() != before) return std::nullopt;
    parts_.source = source_;
    return std::move(parts_);
  }

 private:
  void Fault(std::string field, absl::string_view description) {
    errors_.push_back({std::move(field), std::string(description)});
  }

  int Size(const std::string& field, int size, int least, int most) {
    return CheckListSize(field, size, least, most, &errors_);
  }

  void CheckName(const std::string& field, const std::string& name, bool required) {
    if (required && IsBlank(name)) return Fault(field, "must not be empty");
    CheckText(field, name, kMaxName, /*allow_newline=*/false);
  }

  bool CheckText(const std::string& field, const std::string& text, size_t most, bool allow_newline) {
    return CheckPlainText(field, text, most, allow_newline, &errors_);
  }

  // Takes an id of one kind, which must be well-formed and new.
  void TakeId(const std::string& field, const std::string& id, int index, IdIndex* ids) {
    if (!IsPathwayId(id)) return Fault(field, kPathwayIdShape);
    if (!ids->emplace(id, index).second) Fault(field, absl::StrCat("must be unique; '", id, "' is there already"));
  }

  void CheckHead() {
    CheckName("display_name", source_.display_name(), /*required=*/true);
    CheckText("description", source_.description(), kMaxDescription, /*allow_newline=*/true);
    if (IsValidLocale(source_.default_locale())) {
      parts_.default_locale = NormalizeLocale(source_.default_locale());
    } else {
      Fault("default_locale", "must be a language tag such as 'en' or 'es-MX'");
    }
  }

  void CheckFactor(int index) {
    const v1::Factor& source = source_.factors(index);
    const std::string path = absl::StrCat("factors[", index, "]");
    TakeId(path + ".id", source.id(), index, &parts_.factor_ids);
    CheckName(path + ".display_name", source.display_name(), /*required=*/false);
    CompiledFactor& factor = parts_.factors.emplace_back();
    absl::flat_hash_set<absl::string_view> seen;
    for (int i = 0, size = Size(path + ".values", source.values_size(), 1, kMaxValues); i < size; ++i) {
      const std::string& value = source.values(i);
      const std::string field = absl::StrCat(path, ".values[", i, "]");
      if (!IsFactorValue(value)) {
        Fault(field, kValueShape);
      } else if (!seen.insert(value).second) {
        Fault(field, "must not be named twice");
      }
      if (value == source.default_value() && factor.default_value < 0) factor.default_value = i;
      factor.values.push_back(value);
    }
    if (!source.default_value().empty() && factor.default_value < 0) {
      Fault(path + ".default_value", "must be one of the values");
    }
    if (source.default_value().empty()) factor.default_value = -1;
  }

  void CheckPhase(int index) {
    const v1::Phase& source = source_.phases(index);
    const std::string path = absl::StrCat("phases[", index, "]");
    TakeId(path + ".id", source.id(), index, &parts_.phase_ids);
    CheckName(path + ".display_name", source.display_name(), /*required=*/true);
    CheckText(path + ".description", source.description(), kMaxDescription, /*allow_newline=*/true);
    const std::optional<DaySpan> span = CheckSpan(source.span(), path + ".span", &errors_);
    parts_.phases.push_back(span.value_or(DaySpan()));
    if (!span.has_value()) {
      bounds_.push_back(std::nullopt);
      return;
    }
    const DayOffset closing{span->last.months, span->last.days + (source.span().has_months() ? 1 : 0)};
    bounds_.push_back(PhaseBounds{*span, closing});
  }

  void CheckVisit(int index) {
    const v1::PathwayVisit& source = source_.visits(index);
    const std::string path = absl::StrCat("visits[", index, "]");
    CompiledVisit& visit = parts_.visits.emplace_back();
    TakeId(path + ".id", source.id(), index, &parts_.visit_ids);
    CheckName(path + ".display_name", source.display_name(), /*required=*/true);
    visit.days_before = CheckDays(path + ".days_before", source.days_before());
    visit.days_after = CheckDays(path + ".days_after", source.days_after());
    visit.duration = CheckDuration(path + ".duration", source);
    if (!source.has_target()) return Fault(path + ".target", "must say when it should be");
    const std::optional<DayOffset> target = CheckOffset(source.target(), path + ".target", &errors_);
    if (!target.has_value()) return;
    visit.target = *target;
    const DayOffset procedure;
    if (!order_.NeverAfter(procedure, *target)) {
      Fault(path + ".target", "must not be before the procedure date");
    } else if (!order_.NeverAfter(procedure, {target->months, target->days - visit.days_before})) {
      Fault(path + ".days_before", "must not reach before the procedure date");
    }
  }

  // A bound of a visit's window.
  int CheckDays(const std::string& field, int days) {
    if (days >= 0 && days <= kMaxVisitWindow) return days;
    Fault(field, absl::StrCat("must be 0 to ", kMaxVisitWindow));
    return 0;
  }

  int CheckDuration(const std::string& field, const v1::PathwayVisit& source) {
    if (!source.has_duration()) return kDefaultDuration;
    const google::protobuf::Duration& duration = source.duration();
    if (duration.seconds() < 60 || duration.seconds() > kMaxDuration || duration.seconds() % 60 != 0 ||
        duration.nanos() != 0) {
      Fault(field, "must be 1 minute to 24 hours, in whole minutes");
      return kDefaultDuration;
    }
    return static_cast<int>(duration.seconds());
  }

  void CheckGroup(int index) {
    const v1::Group& source = source_.groups(index);
    const std::string path = absl::StrCat("groups[", index, "]");
    TakeId(path + ".id", source.id(), index, &parts_.group_ids);
    CompiledGroup& group = parts_.groups.emplace_back();
    firsts_.push_back(nullptr);
    const google::protobuf::Duration& silence = source.silence();
    if (silence.seconds() < 0 || silence.seconds() > kMaxSilence || silence.nanos() != 0) {
      Fault(path + ".silence", "must be 0 to 366 days, in whole seconds");
    } else {
      group.silence = silence.seconds();
    }
  }

  // What the patient is asked to reply, and which other rules an answer concerns.
  void CheckAnswer(const std::string& path, const v1::Rule& source, CompiledRule* rule) {
    const bool is_task = rule->audience == v1::AUDIENCE_CARE_TEAM;
    rule->answer = source.answer();
    rule->follow_up = source.follow_up();
    if (!v1::AnswerKind_IsValid(source.answer())) {
      Fault(path + ".answer", "must be a known kind of answer");
    } else if (is_task && source.answer() != v1::ANSWER_KIND_UNSPECIFIED) {
      Fault(path + ".answer", "must not be set for a task of the care team");
    }
    CheckScoreRange(path + ".score_range", source, rule);
    if (source.group().empty()) {
      if (source.follow_up()) Fault(path + ".follow_up", "must not be set in a rule without a group");
      return;
    }
    rule->group = FindIndex(parts_.group_ids, source.group());
    if (rule->group < 0) return Fault(path + ".group", "must be the id of one of the groups");
    if (is_task) Fault(path + ".group", "must not be set for a task of the care team");
    const v1::Rule*& first = firsts_[rule->group];
    if (first == nullptr) first = &source;
    if (source.follow_up() && first == &source) {
      Fault(path + ".follow_up", "must not be set in the first rule of its group, which asks the question");
    }
    if (first->visit().visit() != source.visit().visit() || first->visit().state() != source.visit().state()) {
      Fault(path + ".group", absl::StrCat("must hold rules of one anchor; '", first->id(), "' counts from another"));
    }
  }

  void CheckScoreRange(const std::string& field, const v1::Rule& source, CompiledRule* rule) {
    if (!source.has_score_range()) return;
    const v1::ScoreRange& range = source.score_range();
    if (source.answer() != v1::ANSWER_KIND_SCORE) return Fault(field, "must not be set unless the answer is SCORE");
    if (range.min() < 0 || range.max() > kMaxScore || range.min() >= range.max()) {
      return Fault(field, absl::StrCat("must run from a min of 0 or more to a larger max of at most ", kMaxScore));
    }
    rule->min_score = range.min();
    rule->max_score = range.max();
  }

  void CheckGroupsAreNamed() {
    for (size_t i = 0; i < firsts_.size(); ++i) {
      if (firsts_[i] == nullptr) Fault(absl::StrCat("groups[", i, "].id"), "must be named by one of the rules");
    }
  }

  // Marks the rules whose messages matter for safety.
  void CheckSafetyCategories() {
    absl::flat_hash_set<absl::string_view> of_patients, named;
    for (size_t i = 0; i < parts_.rules.size(); ++i) {
      if (parts_.rules[i].audience == v1::AUDIENCE_PATIENT) of_patients.insert(source_.rules(i).category());
    }
    const int size = Size("safety_categories", source_.safety_categories_size(), 0, kMaxCategories);
    for (int i = 0; i < size; ++i) {
      const std::string& category = source_.safety_categories(i);
      const std::string field = absl::StrCat("safety_categories[", i, "]");
      if (!IsPathwayId(category)) {
        Fault(field, kPathwayIdShape);
      } else if (!named.insert(category).second) {
        Fault(field, "must not be named twice");
      } else if (!of_patients.contains(category)) {
        Fault(field, "must be the category of a rule for patients");
      }
    }
    for (size_t i = 0; i < parts_.rules.size(); ++i) {
      CompiledRule& rule = parts_.rules[i];
      rule.is_safety = rule.audience == v1::AUDIENCE_PATIENT && named.contains(source_.rules(i).category());
    }
  }

  void CheckEnd() {
    if (!source_.has_end()) return;
    const std::optional<DayOffset> end = CheckOffset(source_.end(), "end", &errors_);
    if (!end) return;
    parts_.end = end;
    if (!order_.NeverAfter({0, 1}, *end)) return Fault("end", "must be at least a day after the procedure date");
    CheckVisitsBefore(*end);
    for (size_t i = 0; i < bounds_.size(); ++i) {
      if (!bounds_[i] || order_.NeverAfter(bounds_[i]->closing, *end)) continue;
      Fault("end", absl::StrCat("must not be before the last day of a phase; '", source_.phases(i).id(), "' lasts longer"));
    }
  }

  // No visit may take place after the end.
  void CheckVisitsBefore(const DayOffset& end) {
    for (size_t i = 0; i < parts_.visits.size(); ++i) {
      const CompiledVisit& visit = parts_.visits[i];
      if (order_.NeverAfter({visit.target.months, visit.target.days + visit.days_after}, end)) continue;
      Fault("end", absl::StrCat("must not be before the last day of a visit; '", source_.visits(i).id(),
                                "' may be later"));
    }
  }

  // Gives each rule the place of its category in the order of importance.
  void CheckImportance() {
    std::map<absl::string_view, int> places;
    const int size = Size("important_categories", source_.important_categories_size(), 0, kMaxCategories);
    for (int i = 0; i < size; ++i) {
      const std::string& category = source_.important_categories(i);
      const std::string field = absl::StrCat("important_categories[", i, "]");
      if (!IsPathwayId(category)) {
        Fault(field, kPathwayIdShape);
      } else if (!places.emplace(category, i).second) {
        Fault(field, "must not be named twice");
      } else if (std::none_of(source_.rules().begin(), source_.rules().end(), [&](const v1::Rule& rule) {
                   return rule.category() == category && rule.audience() != v1::AUDIENCE_CARE_TEAM;
                 })) {
        Fault(field, "must be the category of a rule for patients");
      }
    }
    for (size_t i = 0; i < parts_.rules.size(); ++i) {
      const auto place = places.find(source_.rules(i).category());
      parts_.rules[i].importance = place == places.end() ? size : place->second;
    }
  }

  void CheckRule(int index) {
    const v1::Rule& source = source_.rules(index);
    const std::string path = absl::StrCat("rules[", index, "]");
    CompiledRule& rule = parts_.rules.emplace_back();
    TakeId(path + ".id", source.id(), index, &parts_.rule_ids);
    if (!IsPathwayId(source.category())) Fault(path + ".category", kPathwayIdShape);
    if (!source.series().empty() && !IsPathwayId(source.series())) Fault(path + ".series", kPathwayIdShape);
    const int phase = FindIndex(parts_.phase_ids, source.phase());
    if (phase < 0) Fault(path + ".phase", "must be the id of one of the phases");
    rule.phase = std::max(phase, 0);
    rule.audience = source.audience() == v1::AUDIENCE_UNSPECIFIED ? v1::AUDIENCE_PATIENT : source.audience();
    if (!v1::Audience_IsValid(source.audience())) Fault(path + ".audience", "must be a known audience");
    for (int i = 0, size = Size(path + ".conditions", source.conditions_size(), 0, kMaxConditions); i < size; ++i) {
      CheckCondition(absl::StrCat(path, ".conditions[", i, "]"), source.conditions(i), &rule);
    }
    if (source.has_visit()) CheckAnchor(path, source, &rule);
    if (source.on_never_told()) CheckOnNeverTold(path, source, &rule);
    rule.reaction.kind = KindOf(source.reaction());
    const bool is_in_phase = !source.has_visit() && !source.on_never_told() && !rule.IsReaction();
    const bool bound = phase >= 0 && bounds_[phase].has_value() && is_in_phase;
    const int64_t occurrences = CheckSchedule(source.schedule(), bound ? &*bounds_[phase] : nullptr, path + ".schedule",
                                              &order_, &rule, &errors_);
    occurrences_ += occurrences * (source.has_visit() ? kMaxAppointments : rule.IsReaction() ? kMaxTriggers : 1);
    CheckSpread(path + ".spread", source.spread(), &rule);
    rule.supersede = source.supersede();
    rule.series = absl::StrCat(rule.audience == v1::AUDIENCE_CARE_TEAM ? "task:" : "",
                               source.series().empty() ? source.id() : source.series());
    CheckAnswer(path, source, &rule);
    auto texts = CheckTexts(path + ".texts", source.texts(), source.has_visit(), parts_.default_locale, &errors_);
    rule.texts.assign(std::make_move_iterator(texts.begin()), std::make_move_iterator(texts.end()));
    rule.discreet_texts = CheckDiscreetTexts(path + ".discreet_texts", source, parts_.default_locale, &errors_);
  }

  void CheckAnchor(const std::string& path, const v1::Rule& source, CompiledRule* rule) {
    rule->visit = FindIndex(parts_.visit_ids, source.visit().visit());
    rule->visit_state = source.visit().state();
    if (rule->visit < 0) Fault(path + ".visit.visit", "must be the id of one of the visits");
    if (rule->visit_state == v1::VISIT_STATE_UNSPECIFIED || !v1::VisitState_IsValid(rule->visit_state)) {
      Fault(path + ".visit.state", "must be UNBOOKED, BOOKED, ATTENDED, MISSED or CANCELLED");
    }
    rule->outside_window = source.visit().outside_window();
    if (rule->outside_window && rule->visit_state != v1::VISIT_STATE_BOOKED) {
      Fault(path + ".visit.outside_window", "must not be set unless the state is BOOKED");
    }
    if (source.schedule().on().empty()) Fault(path + ".schedule.on", "must name the days of a rule for a visit");
  }

  void CheckOnNeverTold(const std::string& path, const v1::Rule& source, CompiledRule* rule) {
    rule->on_never_told = true;
    if (source.has_visit()) Fault(path + ".on_never_told", "must not be set in a rule for a visit");
    if (source.audience() != v1::AUDIENCE_CARE_TEAM) {
      Fault(path + ".on_never_told", "must not be set unless the audience is CARE_TEAM");
    }
    if (source.schedule().on().empty()) Fault(path + ".schedule.on", "must name the days of a rule with on_never_told");
  }

  void CheckSpread(const std::string& field, const google::protobuf::Duration& spread, CompiledRule* rule) {
    if (spread.seconds() < 0 || spread.seconds() > kMaxSpread || spread.nanos() != 0) {
      return Fault(field, "must be 0 to 4 hours, in whole seconds");
    }
    rule->spread = static_cast<int>(spread.seconds());
  }

  void CheckCondition(const std::string& path, const v1::Condition& source, CompiledRule* rule) {
    const int factor = FindIndex(parts_.factor_ids, source.factor());
    if (factor < 0) Fault(path + ".factor", "must be the id of one of the factors");
    CompiledCondition condition{factor, 0};
    for (int i = 0, size = Size(path + ".values", source.values_size(), 1, kMaxValues); i < size; ++i) {
      if (factor < 0) continue;
      const std::vector<std::string>& values = parts_.factors[factor].values;
      const auto value = std::find(values.begin(), values.end(), source.values(i));
      if (value == values.end()) {
        Fault(absl::StrCat(path, ".values[", i, "]"), "must be one of the factor's values");
      } else {
        condition.values |= uint64_t{1} << (value - values.begin());
      }
    }
    rule->conditions.push_back(condition);
  }

  const v1::Pathway& source_;
  FieldErrors& errors_;
  PathwayParts parts_;
  std::vector<std::optional<PhaseBounds>> bounds_;  // By phase; nothing where its span is faulty.
  std::vector<const v1::Rule*> firsts_;             // By group; the first rule that names it.
  OffsetOrder order_;
  int64_t occurrences_ = 0;
};

}  // namespace

std::optional<PathwayParts> CheckPathway(const v1::Pathway& pathway, FieldErrors* errors) {
  return PathwayChecker(pathway, errors).Run();
}

}  // namespace aftercare::plan
