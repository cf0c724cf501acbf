#include "scheduler/plan/input/wish_thoughts.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/input/wish_patterns.h"
#include "scheduler/plan/input/wish_words.h"

namespace aftercare::plan {
namespace {

using Phrase = std::vector<std::string>;

struct Rule {
  Phrase written;
  Phrase meant;
};

// Rewordings by the first word, the longest first.
class Rewriter {
 public:
  Rewriter() {
    for (const Rewording& rewording : Rewordings()) {
      const Phrase meant = absl::StrSplit(rewording.meant, ' ', absl::SkipEmpty());
      for (const absl::string_view written : absl::StrSplit(rewording.written, '|')) {
        Rule rule{absl::StrSplit(written, ' ', absl::SkipEmpty()), meant};
        std::vector<Rule>& rules = rules_[rule.written.front()];
        rules.push_back(std::move(rule));
      }
    }
    for (auto& [first, rules] : rules_) {
      std::stable_sort(rules.begin(), rules.end(),
                       [](const Rule& a, const Rule& b) { return a.written.size() > b.written.size(); });
    }
  }

  Phrase Rewrite(const Phrase& words) const {
    Phrase out;
    for (size_t at = 0; at < words.size();) {
      const Rule* rule = FindRule(words, at);
      if (rule == nullptr) {
        out.push_back(words[at++]);
      } else {
        out.insert(out.end(), rule->meant.begin(), rule->meant.end());
        at += rule->written.size();
      }
    }
    return out;
  }

 private:
  const Rule* FindRule(const Phrase& words, size_t at) const {
    const auto found = rules_.find(words[at]);
    if (found == rules_.end()) return nullptr;
    for (const Rule& rule : found->second) {
      if (rule.written.size() > words.size() - at) continue;
      if (std::equal(rule.written.begin(), rule.written.end(), words.begin() + at)) return &rule;
    }
    return nullptr;
  }

  absl::flat_hash_map<std::string, std::vector<Rule>> rules_;
};

const Rewriter& TheRewriter() {
  static const auto* const rewriter = new Rewriter;
  return *rewriter;
}

}  // namespace

const WordPatterns& WishGrammar() {
  static const auto* const grammar = [] {
    std::vector<WordPattern> patterns(WishPatterns().begin(), WishPatterns().end());
    patterns.insert(patterns.end(), StructurePatterns().begin(), StructurePatterns().end());
    patterns.insert(patterns.end(), DoubtPatterns().begin(), DoubtPatterns().end());
    return new WordPatterns(WishWordClasses(), patterns);
  }();
  return *grammar;
}

WishClause RewordClause(const ReplyClause& clause, bool stp_is_stop, bool* has_stp) {
  Phrase words = clause.words;
  for (std::string& word : words) {
    if (word != "stp") continue;
    *has_stp = true;
    word = stp_is_stop ? "stop" : "+";
  }
  // Twice, because what is left out may stand inside a phrase: `I really don't want`.
  words = TheRewriter().Rewrite(TheRewriter().Rewrite(words));
  static const uint64_t blocks = WishGrammar().ClassesOf("BLOCK");
  WishClause reworded;
  reworded.is_question = clause.is_question;
  Beginning begins = Beginning::kSure;
  for (const std::string& word : words) {
    if (word == "+") reworded.asks = true;
    if (word == "+" || word == "&" || word == ",") {
      const bool blocked = !reworded.words.empty() && (reworded.words.back().classes & blocks) != 0;
      if (word == "&") begins = std::max(begins, Beginning::kPerhaps);
      if (word == ",") begins = Beginning::kSure;
      if (word == "+" && (!blocked || begins != Beginning::kNone)) begins = Beginning::kSure;
      continue;
    }
    reworded.words.push_back(WishGrammar().Find(word));
    reworded.begins.push_back(begins);
    begins = Beginning::kNone;
  }
  return reworded;
}

}  // namespace aftercare::plan
