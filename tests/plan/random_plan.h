#ifndef AFTERCARE_TESTS_PLAN_RANDOM_PLAN_H_
#define AFTERCARE_TESTS_PLAN_RANDOM_PLAN_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tests/plan/testing.h"
#include "tests/support/random.h"

// Makes random pathways and patients, and lists all time zones. Functions are thread safe for different `random`.
namespace aftercare::plan {

// Returns the names of all zones and links that the zone database lists and this machine has a file for.
inline std::vector<std::string> AllZones() {
  const char* directory = std::getenv("TZDIR");
  const std::filesystem::path root = directory != nullptr ? directory : "/usr/share/zoneinfo";
  std::ifstream list(root / "tzdata.zi");
  EXPECT_TRUE(list) << root << " has no list of zones";
  std::vector<std::string> names;
  for (std::string line; std::getline(list, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] != "Z" && words[0] != "L") continue;  // `Z name ...` is a zone, `L target name` a link.
    const std::string& name = words[words[0] == "Z" ? 1 : 2];
    if (name != "Factory" && std::filesystem::is_regular_file(root / name)) names.push_back(name);
  }
  EXPECT_GT(names.size(), 300u);
  return names;
}

// Random choices from a seed. Not thread safe.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  // Returns a number from `least` to `most`, both included.
  int Between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(engine_); }
  bool OneIn(int n) { return Between(1, n) == 1; }

 private:
  std::mt19937_64 engine_;
};

// Returns one to four times of day, and a window or none, in text format.
inline std::string TimesText(Random* random) {
  std::vector<int> minutes;
  // Often in the small hours, where clocks change, and at both ends of the day.
  for (int i = random->Between(1, 4); i > 0; --i) {
    minutes.push_back(random->OneIn(2) ? random->Between(0, 240) : random->OneIn(3) ? random->Between(1400, 1438)
                                                                                    : random->Between(0, 1438));
  }
  std::sort(minutes.begin(), minutes.end());
  minutes.erase(std::unique(minutes.begin(), minutes.end()), minutes.end());
  std::string text;
  for (const int m : minutes) absl::StrAppendFormat(&text, " times: '%02d:%02d'", m / 60, m % 60);
  const int until = random->OneIn(2) ? minutes.back() + 1 : random->Between(minutes.back() + 1, 1439);
  switch (random->Between(0, 4)) {
    case 0:
      return absl::StrCat(text, absl::StrFormat(" window { until: '%02d:%02d' }", until / 60, until % 60));
    case 1:
      return absl::StrCat(text, " window { hours: ", random->Between(1, 100), " }");
    case 2:
      return absl::StrCat(text, " window { days: ", random->Between(0, 9), " }");
    default:
      return text;
  }
}

inline std::string SpanText(Random* random) {
  const auto span = [](const char* unit, int first, int last) {
    return absl::StrCat("span { ", unit, " { first: ", first, " last: ", last, " } }");
  };
  const int first = random->Between(0, 60);
  switch (random->Between(0, 2)) {
    case 0:
      return span("days", first, first + random->Between(0, 90));
    case 1:
      return span("weeks", first / 7 + 1, first / 7 + random->Between(1, 12));
    default:
      return span("months", first / 10, first / 10 + random->Between(1, 6));
  }
}

// Returns a recurrence in text format: none (once), or every n-th day or week.
inline std::string RecurrenceText(Random* random) {
  switch (random->Between(0, 2)) {
    case 0:
      return "";
    case 1:
      return absl::StrCat(" daily { interval: ", random->Between(0, 5), " }");
    default: {
      std::string weekdays;
      for (int day = 1; day <= 7; ++day) {
        if (random->OneIn(3)) absl::StrAppend(&weekdays, " weekdays: ", day);
      }
      return absl::StrCat(" weekly { interval: ", random->Between(0, 3), weekdays, " }");
    }
  }
}

// Returns single days in text format. They are within nine days of the monthly dates after month `first`, and not after
// the date of month `last`.
inline std::string OnText(int first, int last, Random* random) {
  std::string on;
  for (int month = first + 1; month <= last; month += random->Between(1, 3)) {
    absl::StrAppend(&on, " on { months: ", month, " days: ", random->Between(-9, month < last ? 9 : 0), " }");
  }
  return on;
}

// Sets the phase and the schedule of a rule. The phase is `year`, in which any days fit, or `own`, which runs from
// month `first` to month `last`.
inline void SetRandomDays(int first, int last, Random* random, v1::Rule* rule) {
  std::string days;
  rule->set_phase(random->OneIn(3) ? "own" : "year");
  if (rule->phase() == "own") {
    days = random->OneIn(3) ? OnText(first, last, random) : RecurrenceText(random);
  } else if (random->OneIn(4)) {
    days = absl::StrCat("span { months { first: ", random->Between(0, 3), " last: ", random->Between(4, 14),
                        " } } monthly { interval: ", random->Between(0, 3), " }");
  } else {
    days = random->OneIn(4) ? OnText(0, random->Between(1, 13), random) : SpanText(random) + RecurrenceText(random);
  }
  *rule->mutable_schedule() = FromText<v1::Schedule>(days + TimesText(random));
}

// Makes the rule a task that counts from a change that left messages untold.
inline void SetOnNeverTold(Random* random, v1::Rule* rule) {
  rule->set_on_never_told(true);
  rule->set_audience(v1::AUDIENCE_CARE_TEAM);
  const std::string later = random->OneIn(2) ? absl::StrCat(" on { days: ", random->Between(1, 9), " }") : "";
  *rule->mutable_schedule() = FromText<v1::Schedule>(absl::StrCat("on {}", later, TimesText(random)));
}

// Makes the rule about a visit in a random state, with days before and after the visit.
inline void SetRandomVisit(Random* random, v1::Rule* rule) {
  rule->mutable_visit()->set_visit(random->OneIn(2) ? "early" : "late");
  // Mostly for appointments, which bound what is due more than the other states do.
  rule->mutable_visit()->set_state(random->OneIn(2) ? v1::VISIT_STATE_BOOKED : v1::VisitState(random->Between(1, 5)));
  std::string days;
  for (int day = random->Between(-40, 2); day <= 4; day += random->Between(1, 20)) {
    absl::StrAppend(&days, " on { days: ", day, " }");
  }
  *rule->mutable_schedule() = FromText<v1::Schedule>(days + TimesText(random));
}

inline v1::Pathway RandomPathway(Random* random) {
  auto pathway = FromText<v1::Pathway>(R"(
      display_name: "Random" default_locale: "en"
      visits { id: "early" display_name: "Early" target { days: 45 } }
      visits { id: "late" display_name: "Late" target { months: 6 days: -1 } }
      phases { id: "year" display_name: "Year" span { days { first: 0 last: 3660 } } }
      phases { id: "own" display_name: "Own" span { months {} } })");
  const int first = random->Between(0, 6);
  const int last = first + random->Between(1, 6);
  pathway.mutable_phases(1)->mutable_span()->mutable_months()->set_first(first);
  pathway.mutable_phases(1)->mutable_span()->mutable_months()->set_last(last);
  for (int i = random->Between(1, 6); i > 0; --i) {
    v1::Rule* rule = pathway.add_rules();
    rule->set_id(absl::StrCat("r", i));
    rule->set_category("c");
    SetRandomDays(first, last, random, rule);
    if (random->OneIn(3)) SetRandomVisit(random, rule);
    if (random->OneIn(3)) rule->set_audience(v1::AUDIENCE_CARE_TEAM);
    if (!rule->has_visit() && random->OneIn(8)) SetOnNeverTold(random, rule);
    if (random->OneIn(3)) rule->mutable_spread()->set_seconds(random->Between(1, random->OneIn(2) ? 600 : 4 * 60 * 60));
    (*rule->mutable_texts())["en"] = "Text";
  }
  return pathway;
}

// Returns an instant from just before a patient's procedure to just after a year. It is not always a whole second.
inline absl::Time RandomInstant(const PatientFacts& facts, Random* random) {
  const absl::Time noon = facts.zone.At(absl::CivilHour(facts.procedure_date) + 12).pre;
  return noon + absl::Hours(24 * random->Between(-3, 400)) + absl::Minutes(random->Between(-720, 720)) +
         absl::Nanoseconds(random->OneIn(2) ? 0 : random->Between(0, 999'999'999));
}

// Returns random states and appointments for the visits of RandomPathway, and a change that left messages untold.
inline record::v1::PlanHistory RandomHistory(const PatientFacts& facts, Random* random) {
  record::v1::PlanHistory history;
  history.mutable_never_told()->set_change_micros(absl::ToUnixMicros(RandomInstant(facts, random)));
  for (const char* visit : {"early", "late"}) {
    if (random->OneIn(3)) continue;
    record::v1::VisitRecord* record = history.add_visits();
    record->set_visit(visit);
    record->set_state(v1::VisitState(random->Between(v1::VISIT_STATE_BOOKED, v1::VISIT_STATE_CANCELLED)));
    record->set_appointment(random->Between(1, 3));
    record->set_start_micros(absl::ToUnixSeconds(RandomInstant(facts, random)) / 60 * 60'000'000);
    record->set_since_micros(absl::ToUnixMicros(RandomInstant(facts, random)));
  }
  return history;
}

// Returns contact hours for all days or some. They often begin or end around midnight, or in the small hours, where
// clocks change.
inline v1::ContactHours RandomHours(Random* random) {
  std::vector<int> bounds;
  for (int i = 2 * random->Between(1, 3); i > 0; --i) {
    bounds.push_back(random->OneIn(3) ? 30 * random->Between(0, 8) : random->Between(0, 24 * 60));
  }
  if (random->OneIn(3)) bounds[0] = 0;
  if (random->OneIn(3)) bounds[1] = 24 * 60;
  std::sort(bounds.begin(), bounds.end());
  v1::ContactHours hours;
  for (size_t i = 0; i < bounds.size(); i += 2) {
    if (bounds[i] == bounds[i + 1]) continue;
    v1::Opening* opening = hours.add_openings();
    opening->set_opens(absl::StrFormat("%02d:%02d", bounds[i] / 60, bounds[i] % 60));
    opening->set_closes(absl::StrFormat("%02d:%02d", bounds[i + 1] / 60, bounds[i + 1] % 60));
    if (opening->opens() == "24:00") hours.mutable_openings()->RemoveLast();
    for (int day = 1; day <= 7; ++day) {
      if (random->OneIn(2) && !hours.openings().empty())
        hours.mutable_openings()->rbegin()->add_weekdays(v1::Weekday(day));
    }
  }
  return hours;
}

// Returns a clinic that is closed on some days of the week and has some holidays in the patient's year.
inline v1::Clinic RandomClinic(const std::string& zone, absl::CivilDay procedure_date, Random* random) {
  v1::Clinic clinic;
  clinic.set_time_zone(zone);
  const int open = random->Between(1, 7);
  for (int day = 1; day <= 7; ++day) {
    if (day != open && random->OneIn(3)) clinic.add_closed_weekdays(v1::Weekday(day));
  }
  absl::CivilDay date = procedure_date - 10;
  for (int i = random->Between(0, 30); i > 0; --i) {
    date += random->OneIn(2) ? 1 : random->Between(1, 30);
    if (ParseDate(FormatDate(date)).has_value()) clinic.add_holidays()->set_date(FormatDate(date));
  }
  return clinic;
}

// A patient's facts, and the messages they were made from. SlowPlan reads the messages.
struct RandomFacts : PatientFacts {
  v1::ContactHours contact_hours;
  v1::Clinic clinic;
  record::v1::PlanHistory history;  // Has visits only.
};

// Returns a day at most 60 days before the clocks of the zone change, from 1990 on. If they change no more after a
// random day from 1990 to 2090, returns that day.
inline absl::CivilDay DayBeforeAChange(absl::TimeZone zone, Random* random) {
  absl::CivilDay day = absl::CivilDay(1990, 1, 1) + random->Between(0, 100 * 365);
  absl::TimeZone::CivilTransition change;
  const bool changes = zone.NextTransition(zone.At(absl::CivilSecond(day)).pre, &change);
  if (changes && change.to.year() < 2199) day = absl::CivilDay(change.to) - random->Between(0, 60);
  return day;
}

// Returns a patient to whom most rules apply, whatever state the visits are in. The procedure may be on any day from
// 1970 to 2199. For a third of the patients it is shortly before the clocks change. A third have no enrollment time, so
// nothing is late for them. Half have contact hours. Half have a clinic with closed days, usually in their own zone and
// sometimes in `other_zone`.
inline RandomFacts RandomPatient(const CompiledPathway& pathway, const std::string& zone, const std::string& other_zone,
                                 Random* random) {
  RandomFacts facts{FactsFor("1970-01-01", zone), {}, {}, {}};
  const int days = static_cast<int>(absl::CivilDay(2199, 12, 31) - facts.procedure_date);
  // Half of them in the years in which zones have changed their minds.
  facts.procedure_date += random->Between(0, random->OneIn(2) ? days : 60 * 365);
  if (random->OneIn(3)) facts.procedure_date = DayBeforeAChange(facts.zone, random);
  for (int i = 0; i < 6; ++i) facts.rules[i] = !random->OneIn(6);
  if (!random->OneIn(3)) facts.enroll_time = RandomInstant(facts, random);
  for (int i = random->OneIn(2) ? 0 : random->Between(1, 3); i > 0; --i) {
    const absl::Time until = RandomInstant(facts, random);
    facts.suspensions.push_back(
        {until - absl::Minutes(random->Between(0, 60 * 24 * 30)), until, v1::REMINDER_REASON_PAUSED});
  }
  if (random->OneIn(3)) {
    facts.suspensions.push_back(
        {absl::InfinitePast(), RandomInstant(facts, random), v1::REMINDER_REASON_MOVED_BY_REANCHOR});
  }
  std::sort(facts.suspensions.begin(), facts.suspensions.end(),
            [](const Suspension& a, const Suspension& b) { return a.until < b.until; });
  FieldErrors errors;
  if (random->OneIn(2)) facts.contact_hours = RandomHours(random);
  facts.hours = ContactHours::Read(facts.contact_hours, "contact_hours", &errors);
  facts.clinic.set_time_zone(zone);
  if (random->OneIn(2)) facts.clinic = RandomClinic(random->OneIn(3) ? other_zone : zone, facts.procedure_date, random);
  facts.setting.calendar = std::make_shared<const ClinicCalendar>(ReadCalendar(facts.clinic, &errors));
  facts.history = RandomHistory(facts, random);
  facts.visits = VisitsOf(pathway, facts.procedure_date, facts.zone, facts.setting.calendar.get(), facts.history);
  facts.never_told = absl::FromUnixMicros(facts.history.never_told().change_micros());
  facts.setting.spread_seed = static_cast<uint64_t>(random->Between(0, 1'000'000));
  for (const std::string& line : LinesOf(errors)) ADD_FAILURE() << line << " in " << facts.clinic.ShortDebugString()
                                                                << " and " << facts.contact_hours.ShortDebugString();
  return facts;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_RANDOM_PLAN_H_
