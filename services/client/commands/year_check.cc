#include "services/client/commands/year_check.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/civil.h"
#include "services/client/common/terminal.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

using plan::Promise;

// Lines longer than this are hard to read.
constexpr int kColumns = 100;

std::string StoryWords(plan::VisitStory story) {
  switch (story) {
    case plan::VisitStory::kNotBooked:
      return "not booked";
    case plan::VisitStory::kAttended:
      return "attended";
    case plan::VisitStory::kMissed:
      return "missed";
    case plan::VisitStory::kCancelled:
      return "cancelled";
    case plan::VisitStory::kNotRecorded:
      return "not recorded";
  }
  return "";
}

// Returns `day 3`, or `days 1-7`.
std::string DaysText(int first, int last) {
  return first == last ? absl::StrCat("day ", first) : absl::StrCat("days ", first, "-", last);
}

// Returns `1-3, 12` for ascending numbers.
std::string RunsText(const std::vector<int>& numbers) {
  std::string out;
  for (size_t begin = 0, end; begin < numbers.size(); begin = end) {
    for (end = begin + 1; end < numbers.size() && numbers[end] == numbers[end - 1] + 1;) ++end;
    absl::StrAppend(&out, out.empty() ? "" : ", ", numbers[begin]);
    if (end - begin > 1) absl::StrAppend(&out, "-", numbers[end - 1]);
  }
  return out;
}

// Returns the ids of rules, each with how often it occurs.
std::string RulesText(const plan::CompiledPathway& pathway, const std::vector<int>& rules) {
  std::vector<int> different;
  for (const int rule : rules) {
    if (std::find(different.begin(), different.end(), rule) == different.end()) different.push_back(rule);
  }
  return absl::StrJoin(different, ", ", [&](std::string* out, int rule) {
    const auto times = std::count(rules.begin(), rules.end(), rule);
    absl::StrAppend(out, pathway.rule_source(rule).id(), times == 1 ? "" : absl::StrCat(" (", times, ")"));
  });
}

// Returns `severity=severe, smoker not recorded`, or `any patient`.
std::string FactorsText(const plan::CompiledPathway& pathway, const plan::YearPatient& patient) {
  if (patient.factors.empty()) return "any patient";
  return absl::StrJoin(patient.factors, ", ", [&](std::string* out, const plan::FactorValue& factor) {
    absl::StrAppend(out, pathway.source().factors(factor.factor).id(),
                    factor.value < 0 ? " not recorded"
                                     : absl::StrCat("=", pathway.factor(factor.factor).values[factor.value]));
  });
}

// Returns `any patient, procedure 2026-12-01 in America/New_York, visits missed`.
std::string PatientText(const plan::CompiledPathway& pathway, const plan::YearPatient& patient, bool with_story) {
  std::string out = FactorsText(pathway, patient);
  if (patient.zone.empty()) return out;
  absl::StrAppend(&out, ", procedure ", plan::FormatDate(patient.procedure_date), " in ", patient.zone);
  if (with_story) absl::StrAppend(&out, ", visits ", StoryWords(patient.story));
  return out;
}

// Adds a line, wrapped and indented.
void AddLine(absl::string_view line, absl::string_view indent, std::string* out) {
  for (const std::string& part : Wrap(line, kColumns - static_cast<int>(indent.size()))) {
    absl::StrAppend(out, indent, part, "\n");
  }
}

// Returns `6 messages, 6 SMS parts in es, 1 for safety`.
std::string LoadText(const plan::Load& load) {
  std::string out = absl::StrCat(Counted(load.messages, "message"), ", ", Counted(load.parts, "SMS part"));
  if (!load.locale.empty()) absl::StrAppend(&out, " in ", load.locale);
  if (load.safety > 0) absl::StrAppend(&out, ", ", load.safety, " for safety");
  return out;
}

void AddLoad(const plan::CompiledPathway& pathway, absl::string_view title, const std::string& when,
             const plan::Load& load, bool with_story, std::string* out) {
  AddLine(absl::StrCat(title, ": ", LoadText(load), when), "  ", out);
  if (load.messages == 0) return;
  if (!load.rules.empty()) AddLine(RulesText(pathway, load.rules), "    ", out);
  AddLine(PatientText(pathway, load.patient, with_story), "    ", out);
}

// Says who hears nothing for longest.
void AddSilence(const plan::CompiledPathway& pathway, const plan::YearReport& report, bool with_story,
                std::string* out) {
  const auto longest = std::max_element(report.phases.begin(), report.phases.end(), [](const auto& a, const auto& b) {
    return a.silent_days < b.silent_days;
  });
  if (longest == report.phases.end() || longest->silent_days == 0) return;
  AddLine(absl::StrCat("longest silence: ", Counted(longest->silent_days, "day"), " from day ", longest->silent_from),
          "  ", out);
  AddLine(PatientText(pathway, longest->patient, with_story), "    ", out);
  const auto& weeks = report.silent_weeks.weeks;
  if (weeks.empty()) return;
  AddLine(absl::StrCat("silent weeks: ", weeks.size(), " of 52 at most, weeks ", RunsText(weeks)), "  ", out);
  AddLine(PatientText(pathway, report.silent_weeks.patient, with_story), "    ", out);
}

std::string PhasesTable(const plan::CompiledPathway& pathway, const plan::YearReport& report) {
  Table table({"  PHASE", ">MESSAGES", ">LONGEST SILENCE", ">FROM DAY"});
  for (size_t i = 0; i < report.phases.size(); ++i) {
    const plan::PhaseLoad& phase = report.phases[i];
    const bool is_silent = phase.silent_days > 0;
    table.Add({absl::StrCat("  ", pathway.phase_source(static_cast<int>(i)).id()),
               phase.least == phase.most ? absl::StrCat(phase.most) : absl::StrCat(phase.least, "-", phase.most),
               is_silent ? Counted(phase.silent_days, "day") : "-", is_silent ? absl::StrCat(phase.silent_from) : ""});
  }
  return table.Render(0, false);
}

std::string RuleText(const plan::CompiledPathway& pathway, int rule) {
  return absl::StrCat("rule \"", pathway.rule_source(rule).id(), "\"");
}

// Returns ` on 2026-12-03 at 19:30`.
std::string NominalText(const plan::BrokenPromise& broken) {
  if (!broken.nominal.has_value()) return "";
  return absl::StrFormat(" on %s at %02d:%02d", plan::FormatDate(absl::CivilDay(*broken.nominal)),
                         broken.nominal->hour(), broken.nominal->minute());
}

std::string CapText(const plan::CompiledPathway& pathway, const plan::BrokenPromise& broken) {
  std::string out = absl::StrCat(Counted(broken.count, "message"), " on ", DaysText(broken.first_day, broken.last_day),
                                 ", though message_cap allows ", broken.limit, ": ",
                                 RulesText(pathway, broken.rules));
  if (broken.days.size() < 2) return out;
  return absl::StrCat(out, "; so it is ", broken.promise == Promise::kDailyCap ? "on days " : "in weeks from days ",
                      RunsText(broken.days));
}

// Says what breaks with single messages. `hours` are the contact hours.
std::string MessageText(const plan::CompiledPathway& pathway, const plan::BrokenPromise& broken,
                        const plan::ContactHours& hours) {
  const std::string message = absl::StrCat(RuleText(pathway, broken.rule), NominalText(broken));
  if (broken.promise == Promise::kContactHours) {
    return absl::StrCat(message, " is never sent: the contact hours (", hours.Text(),
                        ") do not open before its window closes");
  }
  if (broken.promise == Promise::kBeforeVisit) {
    return absl::StrCat(message, " is never sent: by then the appointment has begun");
  }
  if (broken.promise == Promise::kQuestion) return absl::StrCat(message, " follows up a question that was not asked");
  return absl::StrCat(message, " can be sent for ", Counted(broken.count, "minute"), " only, less than ", broken.limit);
}

// Says what breaks in a phase.
std::string PhaseText(const plan::CompiledPathway& pathway, const plan::BrokenPromise& broken) {
  const std::string phase = absl::StrCat("phase \"", pathway.phase_source(broken.phase).id(), "\"");
  if (broken.promise == Promise::kPhase) {
    return absl::StrCat(phase, " (", DaysText(broken.first_day, broken.last_day),
                        ") has no message that does not depend on answers");
  }
  return absl::StrCat(phase, " is silent from day ", broken.first_day, " to day ", broken.last_day, ": ",
                      Counted(broken.count, "day"), " without a message, more than ", broken.limit);
}

// Says what breaks about answers.
std::string AnswersText(const plan::CompiledPathway& pathway, const plan::BrokenPromise& broken) {
  const std::string questionnaire =
      broken.questionnaire < 0
          ? ""
          : absl::StrCat("questionnaire \"", pathway.questionnaire_source(broken.questionnaire).id(), "\"");
  if (broken.promise == Promise::kQuestionnaire) {
    return absl::StrCat(questionnaire, " breaks off: ", RuleText(pathway, broken.question),
                        " does not apply to all who get the first question");
  }
  return absl::StrCat(RuleText(pathway, broken.rule), " reacts to ",
                      questionnaire.empty() ? RuleText(pathway, broken.question) : questionnaire,
                      ", which none of its patients get");
}

// Says what breaks. `hours` are the contact hours.
std::string BrokenText(const plan::CompiledPathway& pathway, const plan::BrokenPromise& broken,
                       const plan::ContactHours& hours) {
  const std::string visit = broken.visit < 0 ? "" : pathway.visit_source(broken.visit).id();
  switch (broken.promise) {
    case Promise::kDailyCap:
    case Promise::kWeeklyCap:
      return CapText(pathway, broken);
    case Promise::kContactHours:
    case Promise::kBeforeVisit:
    case Promise::kOpenWindow:
    case Promise::kQuestion:
      return MessageText(pathway, broken, hours);
    case Promise::kPhase:
    case Promise::kSilence:
      return PhaseText(pathway, broken);
    case Promise::kReaction:
    case Promise::kQuestionnaire:
      return AnswersText(pathway, broken);
    case Promise::kVisitAskedFor:
      return absl::StrCat("no message asks to book visit \"", visit, "\"");
    case Promise::kVisitReminder:
      return absl::StrCat("no message reminds of visit \"", visit, "\" in the week before it");
    case Promise::kText:
      return absl::StrCat(RuleText(pathway, broken.rule), " has no ", broken.discreet ? "discreet " : "", "text in \"",
                          broken.locale, "\", as most messages have");
    case Promise::kApplies:
      return absl::StrCat(RuleText(pathway, broken.rule), " applies to no patient");
    case Promise::kOccurs:
      return absl::StrCat(RuleText(pathway, broken.rule), " is never due");
  }
  return "";
}

// Returns the field that a broken promise is about.
std::string FieldOf(const plan::BrokenPromise& broken) {
  if (broken.promise == Promise::kDailyCap) return "message_cap.per_day";
  if (broken.promise == Promise::kWeeklyCap) return "message_cap.per_week";
  if (broken.promise == Promise::kText) {
    return absl::StrCat("rules[", broken.rule, broken.discreet ? "].discreet_texts" : "].texts");
  }
  if (broken.promise == Promise::kReaction) return absl::StrCat("rules[", broken.rule, "].reaction");
  if (broken.promise == Promise::kApplies) return absl::StrCat("rules[", broken.rule, "].conditions");
  if (broken.promise == Promise::kQuestion) return absl::StrCat("rules[", broken.rule, "].follow_up");
  if (broken.rule >= 0) return absl::StrCat("rules[", broken.rule, "].schedule");
  if (broken.phase >= 0) return absl::StrCat("phases[", broken.phase, "]");
  if (broken.visit >= 0) return absl::StrCat("visits[", broken.visit, "]");
  return absl::StrCat("questionnaires[", broken.questionnaire, "]");
}

}  // namespace

std::string RenderYear(const plan::CompiledPathway& pathway, const plan::YearOptions& options,
                       const plan::YearReport& report) {
  const bool with_story = report.stories.size() > 1;
  std::string out = absl::StrCat("Procedures from ", plan::FormatDate(options.first_date), " to ",
                                 plan::FormatDate(options.first_date + options.dates - 1), "\n");
  const auto some = [](int64_t walked, int64_t all) {
    return walked == all ? "" : absl::StrCat(Thousands(walked), " of ");
  };
  std::string walked = absl::StrCat("walked: ", some(report.walked_combinations, report.combinations),
                                    Counted(report.combinations, "combination"), " of factors (",
                                    Thousands(report.kinds), " different), ", some(report.walked_dates, report.dates),
                                    Counted(report.dates, "date"), ", in ", absl::StrJoin(options.zones, ", "));
  if (with_story) {
    absl::StrAppend(&walked, "; visits ", absl::StrJoin(report.stories, ", ", [](std::string* words, auto story) {
                      absl::StrAppend(words, StoryWords(story));
                    }));
  }
  AddLine(walked, "  ", &out);
  AddLine(absl::StrCat("contact hours: ", options.hours.Text()), "  ", &out);
  AddLoad(pathway, "heaviest day", absl::StrCat(", on day ", report.heaviest_day.first_day), report.heaviest_day,
          with_story, &out);
  AddLoad(pathway, "heaviest week",
          absl::StrCat(", on ", DaysText(report.heaviest_week.first_day, report.heaviest_week.first_day + 6)),
          report.heaviest_week, with_story, &out);
  AddLoad(pathway, "heaviest year", "", report.heaviest_year, with_story, &out);
  AddSilence(pathway, report, with_story, &out);
  return out + PhasesTable(pathway, report);
}

plan::FieldErrors BrokenPromiseFaults(const PathwayFile& file, const plan::CompiledPathway& pathway,
                                      const plan::YearOptions& options, const plan::YearReport& report) {
  plan::FieldErrors faults;
  for (const plan::BrokenPromise& broken : report.broken) {
    const bool of_rule = broken.rule >= 0;
    const bool with_story =
        report.stories.size() > 1 && (of_rule ? pathway.rule(broken.rule).visit >= 0 : broken.visit < 0);
    std::string text = BrokenText(pathway, broken, options.hours);
    if (!broken.patient.zone.empty() || !broken.patient.factors.empty()) {
      absl::StrAppend(&text, ". Example: ", PatientText(pathway, broken.patient, with_story));
    }
    if (broken.combinations < report.walked_combinations) {
      absl::StrAppend(&text, "; ", Thousands(broken.combinations), " of ", Thousands(report.walked_combinations),
                      " combinations");
    }
    faults.push_back({file.Locate(FieldOf(broken)), std::move(text)});
  }
  return faults;
}

}  // namespace aftercare::client
