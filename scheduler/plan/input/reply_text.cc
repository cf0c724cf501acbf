#include "scheduler/plan/input/reply_text.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "scheduler/plan/input/text_normalizer.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

bool IsApostrophe(uint32_t c) {
  return c == '\'' || c == '`' || c == 0xB4 || c == 0x2BC || c == 0x2018 || c == 0x2019 || c == 0x2032;
}

bool IsHyphen(uint32_t c) { return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212; }

// Marks between two clauses. A hyphen is one only with white space before it; see ClauseSplitter.
bool EndsClause(uint32_t c) {
  constexpr absl::string_view kAscii = ".,;:!?()[]\n\r\"";
  if (c < 0x80) return absl::StrContains(kAscii, static_cast<char>(c));
  return c == 0xA1 || c == 0xBF || c == 0x2026 || c == 0x3002 || c == 0x2028 || c == 0x2029 || c == 0x60C || c == 0x61F;
}

bool IsQuestionMark(uint32_t c) { return c == '?' || c == 0x37E || c == 0x61F || c == 0xFF1F; }

// The whole words of French that lose their vowel before an apostrophe.
absl::string_view WholeOfElided(absl::string_view word) {
  constexpr std::pair<absl::string_view, absl::string_view> kElided[] = {
      {"m", "me"}, {"d", "de"}, {"n", "ne"}, {"l", "le"}, {"j", "je"}, {"c", "ce"}, {"t", "te"}, {"qu", "que"}};
  for (const auto& [elided, whole] : kElided) {
    if (word == elided) return whole;
  }
  return "";
}

class ClauseSplitter {
 public:
  std::vector<ReplyClause> Split(absl::string_view text) {
    uint32_t before = ' ';
    while (!text.empty()) {
      const uint32_t c = TakeCharacter(&text);
      if (c == kNoCharacter) break;
      Take(c, before);
      before = c;
    }
    EndClause();
    return std::move(clauses_);
  }

 private:
  void Take(uint32_t c, uint32_t before) {
    if (IsApostrophe(c)) return EndElided();
    if (IsQuestionMark(c) && word_.empty() && clause_.words.empty() && !clauses_.empty()) {
      clauses_.back().is_question = true;  // The question mark of `really?!?`.
    }
    if (EndsClause(c) || IsQuestionMark(c) || (IsHyphen(c) && IsSpace(before))) {
      clause_.is_question = IsQuestionMark(c);
      return EndClause();
    }
    if (IsHyphen(c) && word_ == "non") return;  // `non-stop` is one word.
    if (c == '#' || c == '&') return TakeSign(c == '#' ? "number" : "and");
    if (c == '*' || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F)) return;  // `f**k`
    if (IsSpace(c) || IsMark(c)) return EndWord();
    if (DigitValue(c) >= 0) {
      word_.push_back(static_cast<char>('0' + DigitValue(c)));
    } else {
      word_ += raw(c);
    }
  }

  // The character in UTF-8.
  static std::string raw(uint32_t c) {
    std::string out;
    if (c < 0x80) return std::string(1, static_cast<char>(c));
    const int tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
    out.push_back(static_cast<char>(kLead[tail] | c >> (6 * tail)));
    for (int i = tail - 1; i >= 0; --i) out.push_back(static_cast<char>(0x80 | (c >> (6 * i) & 0x3F)));
    return out;
  }

  void TakeSign(absl::string_view word) {
    EndWord();
    clause_.words.emplace_back(word);
  }

  void EndElided() {
    const std::string word = PlainWord(Fold(word_));
    const absl::string_view whole = WholeOfElided(word);
    if (whole.empty()) return;
    clause_.words.emplace_back(whole);
    word_.clear();
  }

  void EndWord() {
    const std::string word = PlainWord(Fold(word_));
    if (!word.empty()) clause_.words.push_back(word);
    word_.clear();
  }

  void EndClause() {
    EndWord();
    if (!clause_.words.empty()) clauses_.push_back(std::move(clause_));
    clause_ = ReplyClause();
  }

  std::vector<ReplyClause> clauses_;
  ReplyClause clause_;
  std::string word_;  // As written, so that Fold sees letters with the accents that follow them.
};

}  // namespace

std::vector<ReplyClause> SplitClauses(absl::string_view text) { return ClauseSplitter().Split(text); }

std::vector<std::string> BareWords(absl::string_view text) {
  std::vector<std::string> words;
  for (const ReplyClause& clause : SplitClauses(text)) {
    for (const std::string& word : clause.words) words.push_back(absl::StrReplaceAll(word, {{"é", "e"}}));
  }
  return words;
}

std::string PlainWord(absl::string_view folded) {
  std::string ending;
  for (const absl::string_view accented : {"é", "ée", "és", "ées"}) {
    if (folded.size() > accented.size() && absl::EndsWith(folded, accented)) ending = std::string(accented);
  }
  if (!ending.empty()) folded.remove_suffix(ending.size());
  const std::string bare = absl::StrReplaceAll(
      folded, {{"á", "a"}, {"à", "a"}, {"â", "a"}, {"ä", "a"}, {"é", "e"}, {"è", "e"}, {"ê", "e"}, {"ë", "e"},
               {"í", "i"}, {"ì", "i"}, {"î", "i"}, {"ï", "i"}, {"ó", "o"}, {"ò", "o"}, {"ô", "o"}, {"ö", "o"},
               {"ú", "u"}, {"ù", "u"}, {"û", "u"}, {"ü", "u"}, {"ç", "c"}, {"ñ", "n"}, {"œ", "oe"}});
  std::string plain;
  for (size_t i = 0; i < bare.size(); ++i) {
    size_t run = 1;
    while (i + run < bare.size() && bare[i + run] == bare[i] && bare[i] >= 'a' && bare[i] <= 'z') ++run;
    plain.append(run >= 3 ? 1 : run, bare[i]);
    i += run - 1;
  }
  return plain + ending;
}

int DigitValue(uint32_t character) {
  for (const uint32_t zero : {uint32_t{'0'}, 0x660u, 0x6F0u, 0x966u, 0xFF10u}) {
    if (character >= zero && character <= zero + 9) return static_cast<int>(character - zero);
  }
  return -1;
}

}  // namespace aftercare::plan
