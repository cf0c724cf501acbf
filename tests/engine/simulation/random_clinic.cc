#include "tests/engine/simulation/random_clinic.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/engine/runtime/names.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

std::string RandomDays(Random& random) {
  switch (random.Upto(4)) {
    case 0:
      return "on { days: 1 } on { days: 3 } on { days: 8 }";
    case 1:
      return absl::StrCat("daily { interval: ", 1 + random.Upto(1), " } span { days { first: ", random.Upto(2),
                          " last: ", 3 + random.Upto(3), " } }");
    case 2:
      return "weekly { weekdays: [WEEKDAY_TUESDAY, WEEKDAY_SUNDAY] } span { weeks { first: 1 last: 2 } }";
    case 3:
      return "monthly {} span { months { first: 0 last: 3 } }";
    default:
      return "";  // once
  }
}

std::string RandomWindow(Random& random) {
  switch (random.Upto(3)) {
    case 0:
      return absl::StrCat(" window { hours: ", 1 + random.Upto(40), " }");
    case 1:
      return absl::StrCat(" window { days: ", random.Upto(3), " }");
    case 2:
      return " window { until: '23:59' }";
    default:
      return "";
  }
}

std::string RandomTimes(Random& random) {
  static const std::vector<std::string> kTimes = {"00:30", "02:30", "08:00", "09:00", "12:00", "18:00", "23:30"};
  const int first = random.Upto(6);
  std::string text = absl::StrCat(" times: '", kTimes[first], "'");
  if (first < 6 && random.OneIn(3))
    absl::StrAppend(&text, " times: '", kTimes[first + 1 + random.Upto(5 - first)], "'");
  return text;
}

std::string RandomText(bool of_visit, Random& random) {
  if (of_visit && random.OneIn(2)) return "See you on {visit_date}, {visit_time}";
  return random.Of<std::string>({"Hello", "Hello", "Hello {first_name} on {date}", "Since {procedure_date}"});
}

std::string RandomSpan(Random& random, int first, int last) {
  return absl::StrFormat("opens: '%02d:%02d' closes: '%02d:00'", first, 30 * random.Upto(1), last);
}

// What a reaction is called, and what it reacts to. A revision gives no name another meaning.
struct ReactionKind {
  const char* id;
  v1::AnswerKind answer;  // That its questions ask for. Unspecified: whatever they ask for.
  const char* when;
};

const std::vector<ReactionKind>& ReactionKinds() {
  static const std::vector<ReactionKind> kKinds = {
      {"alarm", v1::ANSWER_KIND_UNSPECIFIED, "word_list: 'danger'"},
      {"bad", v1::ANSWER_KIND_SCORE, "score_at_least: 5"},
      {"fine", v1::ANSWER_KIND_SCORE, "score_at_most: 6"},
      {"idle", v1::ANSWER_KIND_DONE, "done: false"},
      {"glad", v1::ANSWER_KIND_DONE, "done: true"},
      {"mute", v1::ANSWER_KIND_UNSPECIFIED, "no_answer: true"},
  };
  return kKinds;
}

std::string RandomReactionSchedule(Random& random) {
  std::string text;
  if (random.OneIn(2)) absl::StrAppend(&text, "on { days: ", random.Upto(2), " }");
  if (random.OneIn(2)) absl::StrAppend(&text, RandomTimes(random));
  return absl::StrCat(text, random.OneIn(2) ? absl::StrCat(" window { hours: ", 1 + random.Upto(40), " }")
                                            : absl::StrCat(" window { days: ", random.Upto(3), " }"));
}

// Returns a rule that reacts, without the rules that it reacts to.
v1::Rule RandomReaction(const ReactionKind& kind, Random& random) {
  std::string text = absl::StrCat("id: '", kind.id, "' phase: 'early' category: '", random.OneIn(2) ? "ice" : "rest",
                                  "' texts { key: 'en' value: '", RandomText(false, random), "' } reaction { ",
                                  kind.when, " } schedule { ", RandomReactionSchedule(random), " }");
  if (!random.OneIn(3)) {
    absl::StrAppend(&text, " audience: AUDIENCE_CARE_TEAM urgency: ",
                    random.Of<std::string>({"URGENCY_ROUTINE", "URGENCY_URGENT", "URGENCY_EMERGENCY"}));
  } else if (random.OneIn(2)) {
    absl::StrAppend(&text, " answer: ", random.OneIn(2) ? "ANSWER_KIND_DONE" : "ANSWER_KIND_SCORE");
  }
  if (random.OneIn(4)) absl::StrAppend(&text, " conditions { factor: 'severe' values: 'yes' }");
  return FromText<v1::Rule>(text);
}

// Removes the rules that react, and returns them.
std::vector<v1::Rule> TakeReactions(v1::Pathway* pathway) {
  std::vector<v1::Rule> reactions;
  auto* const rules = pathway->mutable_rules();
  for (const v1::Rule& rule : *rules) {
    if (rule.has_reaction()) reactions.push_back(rule);
  }
  rules->erase(std::remove_if(rules->begin(), rules->end(), [](const v1::Rule& rule) { return rule.has_reaction(); }),
               rules->end());
  return reactions;
}

}  // namespace

absl::Time StartOfSimulation() { return At("2029-03-07T06:00"); }

v1::Rule RandomRule(const std::string& id, Random& random) {
  const bool of_visit = random.OneIn(4);
  std::string text = absl::StrCat("id: '", id, "' phase: '", random.OneIn(3) ? "late" : "early", "' category: '",
                                  random.OneIn(2) ? "ice" : "rest", "' texts { key: 'en' value: '",
                                  RandomText(of_visit, random), "' }");
  if (random.OneIn(2)) absl::StrAppend(&text, " series: '", random.OneIn(3) ? "r0" : "s", "'");
  if (random.OneIn(4)) absl::StrAppend(&text, " audience: AUDIENCE_CARE_TEAM");
  if (random.OneIn(3)) absl::StrAppend(&text, " conditions { factor: 'severe' values: 'yes' }");
  if (random.OneIn(3)) absl::StrAppend(&text, " supersede: true");
  if (random.OneIn(4)) absl::StrAppend(&text, " spread { seconds: ", 60 * (1 + random.Upto(90)), " }");
  if (of_visit) {
    const int first = random.Upto(6) - 5;
    absl::StrAppend(&text, " visit { visit: 'check' state: ",
                    random.Of<std::string>({"VISIT_STATE_UNBOOKED", "VISIT_STATE_BOOKED", "VISIT_STATE_BOOKED",
                                            "VISIT_STATE_BOOKED outside_window: true", "VISIT_STATE_MISSED",
                                            "VISIT_STATE_ATTENDED", "VISIT_STATE_CANCELLED"}),
                    " } schedule { on { days: ", first, " } on { days: ", first + 1 + random.Upto(2), " }",
                    RandomTimes(random), RandomWindow(random), " }");
    return FromText<v1::Rule>(text);
  }
  return FromText<v1::Rule>(
      absl::StrCat(text, " schedule { ", RandomDays(random), RandomTimes(random), RandomWindow(random), " }"));
}

void SetRandomGroup(Random& random, v1::Pathway* pathway) {
  pathway->clear_groups();
  const bool wanted = !random.OneIn(3);
  for (v1::Rule& rule : *pathway->mutable_rules()) {
    rule.clear_group();
    rule.clear_answer();
    rule.clear_follow_up();
    if (rule.audience() == v1::AUDIENCE_CARE_TEAM) continue;
    rule.set_answer(random.Of<v1::AnswerKind>(
        {v1::ANSWER_KIND_UNSPECIFIED, v1::ANSWER_KIND_DONE, v1::ANSWER_KIND_SCORE, v1::ANSWER_KIND_SCORE}));
    if (!wanted || rule.has_visit() || random.OneIn(4)) continue;
    rule.set_group("g");
    if (!pathway->groups().empty()) rule.set_follow_up(random.OneIn(2));
    if (pathway->groups().empty()) pathway->add_groups()->set_id("g");
  }
  const int hours = random.Of<int>({0, 1, 12, 24, 48, 96});
  if (!pathway->groups().empty()) pathway->mutable_groups(0)->mutable_silence()->set_seconds(hours * 3600);
}

void SetRandomSafety(Random& random, v1::Pathway* pathway) {
  pathway->clear_safety_categories();
  const v1::Rule& rule = pathway->rules(random.Upto(pathway->rules_size() - 1));
  const bool for_patient = rule.audience() != v1::AUDIENCE_CARE_TEAM;
  if (for_patient && random.OneIn(3)) pathway->add_safety_categories(rule.category());
}

void SetRandomReactions(Random& random, std::vector<v1::Rule> before, v1::Pathway* pathway) {
  for (const ReactionKind& kind : ReactionKinds()) {
    const auto is_of_kind = [&](const v1::Rule& rule) { return rule.id() == kind.id; };
    const auto was = std::find_if(before.begin(), before.end(), is_of_kind);
    const bool stays = was != before.end() && !random.OneIn(4);
    if (!stays && !random.OneIn(3)) continue;
    v1::Rule rule = stays ? *was : RandomReaction(kind, random);
    if (stays && random.OneIn(3)) *rule.mutable_schedule() = RandomReaction(kind, random).schedule();
    v1::Reaction& reaction = *rule.mutable_reaction();
    reaction.clear_rules();
    for (const v1::Rule& question : pathway->rules()) {
      const bool any_kind = kind.answer == v1::ANSWER_KIND_UNSPECIFIED;
      const bool asks = any_kind ? question.answer() != v1::ANSWER_KIND_UNSPECIFIED : question.answer() == kind.answer;
      if (asks && !random.OneIn(4)) reaction.add_rules(question.id());
    }
    if (reaction.has_word_list()) reaction.clear_rules();
    if (reaction.has_word_list() || !reaction.rules().empty()) *pathway->add_rules() = std::move(rule);
  }
}

// Returns a condition on the answers to some of the rules. Nothing if no rule asks.
std::optional<v1::ObservedCondition> RandomCondition(Random& random, const v1::Pathway& pathway) {
  const bool of_scores = random.OneIn(2);
  v1::ObservedCondition condition;
  v1::ObservedAnswers& answers = *condition.mutable_answers();
  for (const v1::Rule& rule : pathway.rules()) {
    const bool asks = rule.answer() == (of_scores ? v1::ANSWER_KIND_SCORE : v1::ANSWER_KIND_DONE);
    if (asks && !random.OneIn(4)) answers.add_rules(rule.id());
  }
  if (answers.rules().empty()) return std::nullopt;
  answers.set_last(1 + random.Upto(1));
  if (!of_scores) {
    answers.set_done(random.OneIn(2));
  } else if (random.OneIn(2)) {
    answers.set_score_at_least(4);
  } else {
    answers.set_score_at_most(6);
  }
  condition.set_unless(random.OneIn(2));
  return condition;
}

// Gives some rules a condition on answers, and some reactions an effect on the plan.
void SetRandomEffects(Random& random, v1::Pathway* pathway) {
  const bool has_group = !pathway->groups().empty();
  for (v1::Rule& rule : *pathway->mutable_rules()) {
    rule.clear_observed();
    if (random.OneIn(3)) {
      if (auto condition = RandomCondition(random, *pathway)) *rule.add_observed() = *std::move(condition);
    }
    if (!rule.has_reaction()) continue;
    v1::Reaction& reaction = *rule.mutable_reaction();
    reaction.clear_effect();
    if (rule.audience() != v1::AUDIENCE_CARE_TEAM) continue;
    if (has_group && random.OneIn(2)) {
      reaction.set_end_group(pathway->groups(0).id());
    } else if (!random.OneIn(4) && rule.conditions().empty()) {
      reaction.mutable_set_factor()->set_factor("severe");
      reaction.mutable_set_factor()->set_value(random.OneIn(2) ? "yes" : "no");
    }
  }
}

v1::Pathway RandomPathway(Random& random, bool reacts, bool has_effects) {
  auto pathway = FromText<v1::Pathway>(R"pb(
    display_name: "Random"
    default_locale: "en"
    phases {
      id: "early"
      display_name: "Early"
      span { days { first: 0 last: 100 } }
    }
    phases {
      id: "late"
      display_name: "Late"
      span { days { first: 0 last: 101 } }
    }
    visits {
      id: "check"
      display_name: "Check"
      target { days: 9 }
      days_before: 3
      days_after: 3
    }
    factors {
      id: "severe"
      values: [ "yes", "no" ]
    }
    word_lists {
      id: "danger"
      words { locale: "en" words: "fever" words: "chest pain" }
      words { locale: "es" words: "fiebre" }
    }
  )pb");
  if (random.OneIn(2)) pathway.mutable_factors(0)->set_default_value("yes");
  for (int i = 0; i <= 1 + random.Upto(2); ++i) *pathway.add_rules() = RandomRule(absl::StrCat("r", i), random);
  SetRandomGroup(random, &pathway);
  SetRandomSafety(random, &pathway);
  if (reacts) SetRandomReactions(random, {}, &pathway);
  if (has_effects) SetRandomEffects(random, &pathway);
  return pathway;
}

void ChangeSchedule(Random& random, v1::Rule* rule) {
  const v1::Schedule other = RandomRule(rule->id(), random).schedule();
  v1::Schedule& schedule = *rule->mutable_schedule();
  if (random.OneIn(2)) *schedule.mutable_times() = other.times();
  if (random.OneIn(2)) *schedule.mutable_window() = other.window();
  if (!rule->has_visit() && random.OneIn(2)) {
    const google::protobuf::RepeatedPtrField<std::string> times = schedule.times();
    const v1::Window window = schedule.window();
    schedule = FromText<v1::Schedule>(RandomDays(random));
    *schedule.mutable_times() = times;
    *schedule.mutable_window() = window;
  }
  // A window until a time of day must end after the times.
  if (schedule.window().has_until()) schedule.mutable_window()->set_until("23:59");
}

void RenameRule(const std::string& id, v1::Rule* rule) {
  if (rule->series().empty()) rule->set_series(rule->id());
  rule->set_id(id);
}

void SetRandomDiscreetTexts(Random& random, v1::Pathway* pathway) {
  for (v1::Rule& rule : *pathway->mutable_rules()) {
    if (rule.audience() == v1::AUDIENCE_CARE_TEAM || random.OneIn(2)) continue;
    (*rule.mutable_discreet_texts())["en"] =
        random.Of<std::string>({"A message from {clinic_name}", "{first_name}, we wrote you"});
  }
}

v1::Pathway RandomRevision(v1::Pathway pathway, Random& random, bool reacts, bool has_effects) {
  auto* rules = pathway.mutable_rules();
  const std::vector<v1::Rule> reactions = TakeReactions(&pathway);
  if (random.OneIn(2)) ChangeSchedule(random, rules->Mutable(random.Upto(rules->size() - 1)));
  if (rules->size() > 1 && random.OneIn(2)) {
    rules->erase(rules->begin() + random.Upto(rules->size() - 1));
  }
  if (random.OneIn(2)) {
    v1::Rule& rule = *rules->Mutable(random.Upto(rules->size() - 1));
    rule = RandomRule(rule.id(), random);
  }
  if (rules->size() < 5 && random.OneIn(2)) {
    const std::string id = absl::StrCat("n", random.Upto(9));
    const bool taken = std::any_of(rules->begin(), rules->end(), [&](const v1::Rule& rule) { return rule.id() == id; });
    if (!taken && random.OneIn(2)) {
      RenameRule(id, rules->Mutable(random.Upto(rules->size() - 1)));
    } else if (!taken) {
      *rules->Add() = RandomRule(id, random);
    }
  }
  SetRandomGroup(random, &pathway);
  SetRandomSafety(random, &pathway);
  if (reacts) SetRandomReactions(random, reactions, &pathway);
  if (has_effects) SetRandomEffects(random, &pathway);
  return pathway;
}

v1::ContactHours RandomHours(Random& random) {
  v1::ContactHours hours;
  switch (random.Upto(3)) {
    case 0:
      break;  // always
    case 1:
      *hours.add_openings() = FromText<v1::Opening>(RandomSpan(random, random.Upto(11), 12 + random.Upto(12)));
      break;
    case 2:
      *hours.add_openings() = FromText<v1::Opening>(
          absl::StrCat(RandomSpan(random, 9, 17),
                       " weekdays: [WEEKDAY_MONDAY, WEEKDAY_TUESDAY, WEEKDAY_WEDNESDAY, WEEKDAY_FRIDAY]"));
      *hours.add_openings() = FromText<v1::Opening>(RandomSpan(random, 18, 20));
      break;
    default:
      *hours.add_openings() = FromText<v1::Opening>(RandomSpan(random, 0, 1 + random.Upto(8)));
      *hours.add_openings() = FromText<v1::Opening>(RandomSpan(random, 12, 14 + random.Upto(10)));
  }
  return hours;
}

void SetRandomCalendar(Random& random, v1::Clinic* clinic) {
  clinic->clear_contact_hours();
  clinic->clear_closed_weekdays();
  clinic->clear_holidays();
  if (random.OneIn(2)) *clinic->mutable_contact_hours() = RandomHours(random);
  if (random.OneIn(2)) {
    clinic->add_closed_weekdays(v1::WEEKDAY_SUNDAY);
    if (random.OneIn(2)) clinic->add_closed_weekdays(static_cast<v1::Weekday>(1 + random.Upto(5)));
  }
  for (int day = 5 + random.Upto(5); day < 31 && random.OneIn(2); day += 1 + random.Upto(5)) {
    clinic->add_holidays()->set_date(absl::StrFormat("2029-03-%02d", day));
  }
}

std::string RandomZone(Random& random) {
  return random.Of<std::string>(
      {"UTC", "America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"});
}

std::string RandomProcedureDate(Random& random) {
  return absl::FormatCivilTime(absl::CivilDay(2029, 3, 8) + (random.Upto(12) - 7));
}

void SetRandomFactors(Random& random, v1::Enrollment* enrollment) {
  enrollment->clear_factors();
  if (random.OneIn(2)) (*enrollment->mutable_factors())["severe"] = random.OneIn(2) ? "yes" : "no";
}

std::string RandomAddress(v1::Channel channel, int number, Random& random) {
  static const std::vector<std::vector<std::string>> kNumbers = {
      {"+15550100", "+15550100", "15550100", "001 555-0100", "+1 (555) 01-00"},
      {"+15550111", "15550111", "0015550111", "+1.555.0111"},
      {"+15550122", "1 555 0122"}};
  static const std::vector<std::vector<std::string>> kMails = {
      {"ana@example.com", "Ana@Example.com"}, {"BEA@example.com", "bea@example.com"}, {"cal@example.com"}};
  if (channel == v1::CHANNEL_WEBHOOK) return "nowhere";
  return random.Of((channel == v1::CHANNEL_SMS ? kNumbers : kMails)[number]);
}

// A number that is stored says with a plus or two zeros that it has a country code.
std::string Storable(std::string address, v1::Channel channel) {
  const bool says_so = address[0] == '+' || address[0] == '0';
  return channel == v1::CHANNEL_SMS && !says_so ? "+" + address : address;
}

// Most patients share the first addresses.
void SetRandomContactPoints(Random& random, v1::Enrollment* enrollment) {
  auto* const points = enrollment->mutable_contact_points();
  points->Clear();
  for (const v1::Channel channel : {v1::CHANNEL_SMS, v1::CHANNEL_EMAIL}) {
    const int first = random.OneIn(3) ? 1 : 0;
    for (int i = 0; i <= (random.OneIn(3) ? 1 : 0); ++i) {
      v1::ContactPoint* const point = points->Add();
      point->set_channel(channel);
      point->set_address(Storable(RandomAddress(channel, (first + i) % 2, random), channel));
    }
  }
  points->SwapElements(0, random.Upto(points->size() - 1));
  while (!points->empty() && random.OneIn(3)) points->RemoveLast();
}

v1::Enrollment RandomEnrollment(const std::string& clinic, Random& random) {
  v1::Enrollment patient = KneePatient(clinic, absl::StrCat("p-", random.Upto(1)));
  if (!random.OneIn(4)) patient.set_time_zone(RandomZone(random));
  patient.set_procedure_date(RandomProcedureDate(random));
  patient.set_consent(random.OneIn(8) ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
  SetRandomContactPoints(random, &patient);
  SetRandomFactors(random, &patient);
  if (random.OneIn(4)) *patient.mutable_contact_hours() = RandomHours(random);
  return patient;
}

}  // namespace aftercare::engine
