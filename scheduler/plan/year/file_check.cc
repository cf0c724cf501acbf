#include "scheduler/plan/year/file_check.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace aftercare::plan {
namespace {

// A message this many days before an appointment, or later, reminds of it.
constexpr int kReminderDays = 7;

class FileCheck {
 public:
  FileCheck(const CompiledPathway& pathway, const PatientKinds& kinds, const RuleSet& walked, const RuleSet& occurring,
            BrokenPromises* broken)
      : pathway_(pathway), kinds_(kinds), never_(walked & ~occurring), broken_(*broken) {}

  void CheckAll() {
    for (const int reaction : pathway_.reactions()) CheckReaction(reaction);
    for (int i = 0; i < pathway_.questionnaire_count(); ++i) CheckQuestionnaire(i);
    for (int visit = 0; visit < pathway_.visit_count(); ++visit) CheckVisit(visit);
    for (const std::string& locale : CommonLocales()) CheckTexts(locale);
    for (int i = 0; i < pathway_.rule_count(); ++i) CheckRule(i);
  }

 private:
  // Notes a broken promise for the kinds that `shares` chooses.
  template <typename Shares>
  void NoteFor(const BrokenPromise& broken, const Shares& shares) {
    for (int kind = 0; kind < kinds_.count(); ++kind) {
      if (shares(kinds_.rules(kind))) broken_.Note(broken, kind, 0, 0, 0);
    }
  }

  // Whether some patient has all of the rules.
  bool AnyoneHas(const RuleSet& rules) const {
    for (int kind = 0; kind < kinds_.count(); ++kind) {
      if ((kinds_.rules(kind) & rules) == rules) return true;
    }
    return false;
  }

  bool Applies(int rule) const { return AnyoneHas(RuleSet().set(rule)); }

  void CheckReaction(int index) {
    if (!Applies(index)) return;  // That is said once, by CheckRule.
    const CompiledReaction& reaction = pathway_.rule(index).reaction;
    BrokenPromise broken;
    broken.promise = Promise::kReaction;
    broken.rule = index;
    for (const int question : reaction.rules) {
      if (!never_[question] && AnyoneHas(RuleSet().set(index).set(question))) continue;
      broken.question = question;
      NoteFor(broken, [&](const RuleSet& rules) { return rules[index]; });
    }
    if (reaction.questionnaire < 0) return;
    RuleSet all = RuleSet().set(index);
    for (const int question : pathway_.questionnaire(reaction.questionnaire).rules) all.set(question);
    if ((all & never_).none() && AnyoneHas(all)) return;
    broken.question = -1;
    broken.questionnaire = reaction.questionnaire;
    NoteFor(broken, [&](const RuleSet& rules) { return rules[index]; });
  }

  void CheckQuestionnaire(int index) {
    const std::vector<int>& questions = pathway_.questionnaire(index).rules;
    BrokenPromise broken;
    broken.promise = Promise::kQuestionnaire;
    broken.questionnaire = index;
    for (size_t i = 1; i < questions.size(); ++i) {
      broken.question = questions[i];
      NoteFor(broken, [&](const RuleSet& rules) { return rules[questions[0]] && !rules[questions[i]]; });
    }
  }

  void CheckVisit(int visit) {
    RuleSet asks, reminds;
    for (int i = 0; i < pathway_.rule_count(); ++i) {
      const CompiledRule& rule = pathway_.rule(i);
      if (rule.visit != visit || rule.audience != v1::AUDIENCE_PATIENT) continue;
      if (rule.visit_state == v1::VISIT_STATE_UNBOOKED) asks.set(i);
      const bool late_enough = std::any_of(rule.on.begin(), rule.on.end(), [](const DayOffset& offset) {
        return offset.months > 0 || offset.days >= -kReminderDays;
      });
      if (rule.visit_state == v1::VISIT_STATE_BOOKED && !rule.outside_window && late_enough) reminds.set(i);
    }
    BrokenPromise broken;
    broken.visit = visit;
    broken.promise = Promise::kVisitAskedFor;
    NoteFor(broken, [&](const RuleSet& rules) { return (rules & asks).none(); });
    broken.promise = Promise::kVisitReminder;
    NoteFor(broken, [&](const RuleSet& rules) { return (rules & reminds).none(); });
  }

  // The languages that more than half of the messages have a text in.
  std::vector<std::string> CommonLocales() const {
    std::map<std::string, int> rules;
    int messages = 0;
    for (int i = 0; i < pathway_.rule_count(); ++i) {
      if (pathway_.rule(i).audience != v1::AUDIENCE_PATIENT) continue;
      ++messages;
      for (const CompiledText& text : pathway_.rule(i).texts) ++rules[text.locale];
    }
    std::vector<std::string> common;
    for (const auto& [locale, count] : rules) {
      if (2 * count > messages) common.push_back(locale);
    }
    return common;
  }

  void CheckTexts(const std::string& locale) {
    for (int i = 0; i < pathway_.rule_count(); ++i) {
      if (pathway_.rule(i).audience != v1::AUDIENCE_PATIENT) continue;
      CheckText(i, locale, false);
      if (!pathway_.rule(i).discreet_texts.empty()) CheckText(i, locale, true);
    }
  }

  // A text in `es` serves patients of `es-MX`.
  void CheckText(int rule, const std::string& locale, bool discreet) {
    const std::string& found = pathway_.TextFor(rule, locale, discreet).locale;
    if (found == locale || absl::StartsWith(locale, absl::StrCat(found, "-"))) return;
    BrokenPromise broken;
    broken.promise = Promise::kText;
    broken.rule = rule;
    broken.locale = locale;
    broken.discreet = discreet;
    broken_.NoteForRule(broken, rule);
  }

  void CheckRule(int rule) {
    BrokenPromise broken;
    broken.rule = rule;
    if (!Applies(rule)) {
      broken.promise = Promise::kApplies;
      NoteFor(broken, [](const RuleSet&) { return true; });
    } else if (never_[rule]) {
      broken.promise = Promise::kOccurs;
      broken_.NoteForRule(broken, rule);
    }
  }

  const CompiledPathway& pathway_;
  const PatientKinds& kinds_;
  const RuleSet never_;  // Rules that never occur.
  BrokenPromises& broken_;
};

}  // namespace

void CheckFile(const CompiledPathway& pathway, const PatientKinds& kinds, const RuleSet& walked,
               const RuleSet& occurring, BrokenPromises* broken) {
  FileCheck(pathway, kinds, walked, occurring, broken).CheckAll();
}

}  // namespace aftercare::plan
