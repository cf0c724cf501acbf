#include "scheduler/plan/input/word_patterns.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace aftercare::plan {
namespace {

constexpr size_t kLongWord = 7;  // A shorter word with a wrong letter is often another word.
constexpr absl::string_view kMisspelt = "MISSPELT";
constexpr size_t kMaxElements = 60;
constexpr size_t kMaxClasses = 64;

void Require(bool holds, absl::string_view fault) {
  if (holds) return;
  std::fprintf(stderr, "Fault in a table of word patterns: %s\n", std::string(fault).c_str());
  std::abort();
}

bool IsClassName(absl::string_view word) {
  return std::all_of(word.begin(), word.end(), [](unsigned char c) { return absl::ascii_isupper(c); });
}

// Calls `take` with the word without each of its letters in turn. The first letter is seldom wrong and stays.
template <typename Taker>
void ForEachShortened(const std::string& word, const Taker& take) {
  for (size_t i = 1; i < word.size(); ++i) take(absl::StrCat(word.substr(0, i), word.substr(i + 1)));
}

}  // namespace

WordPatterns::WordPatterns(absl::Span<const WordClass> classes, absl::Span<const WordPattern> patterns) {
  Require(classes.size() <= kMaxClasses, "too many classes");
  for (size_t i = 0; i < classes.size(); ++i) AddClass(classes[i], static_cast<int>(i));
  for (const WordPattern& pattern : patterns) AddPattern(pattern);
  AddBeginnings();
  AddEntries();
  AddTypos();
}

// Most patterns begin with none of the words of a text, so that it saves time to know them by their first words.
int WordPatterns::AddEntry(const KnownWord& word) {
  Entry entry;
  for (const Compiled& pattern : patterns_) {
    if (!MayBeginWith(pattern, word)) continue;
    if (entry.size() <= static_cast<size_t>(pattern.kind)) entry.resize(pattern.kind + 1);
    entry[pattern.kind].push_back(&pattern);
  }
  entries_.push_back(std::move(entry));
  return static_cast<int>(entries_.size()) - 1;
}

// A word that a pattern names, but no class, still is of the classes of its beginning.
void WordPatterns::AddBeginnings() {
  for (auto& [word, known] : words_) {
    if (known.classes != 0) continue;
    for (const auto& [beginning, of_beginning] : beginnings_) {
      if (absl::StartsWith(word, beginning)) known.classes |= of_beginning.classes;
    }
  }
}

void WordPatterns::AddEntries() {
  AddEntry(KnownWord());
  for (auto& [word, known] : words_) known.entry = AddEntry(known);
  for (auto& [beginning, known] : beginnings_) known.entry = AddEntry(known);
}

void WordPatterns::AddTypos() {
  std::vector<std::string> sorted;  // So that it does not depend on the order in the map which word a typo is for.
  const auto misspelt = class_bits_.find(kMisspelt);
  for (const auto& [word, known] : words_) {
    if (misspelt != class_bits_.end() && (known.classes & misspelt->second) != 0) sorted.push_back(word);
  }
  std::sort(sorted.begin(), sorted.end());
  for (const std::string& word : sorted) {
    if (word.size() < kLongWord) continue;
    typos_.try_emplace(word, word);
    ForEachShortened(word, [&](const std::string& shortened) { typos_.try_emplace(shortened, word); });
  }
}

void WordPatterns::AddClass(const WordClass& added, int index) {
  Require(IsClassName(added.name), added.name);
  const uint64_t bit = uint64_t{1} << index;
  class_bits_[std::string(added.name)] = bit;
  for (absl::string_view word : absl::StrSplit(added.words, ' ', absl::SkipEmpty())) {
    if (IsClassName(word)) {
      const uint64_t included = ClassesOf(word);
      for (auto& [other, known] : words_) {
        if ((known.classes & included) != 0) known.classes |= bit;
      }
      for (auto& [beginning, known] : beginnings_) {
        if ((known.classes & included) != 0) known.classes |= bit;
      }
    } else if (absl::ConsumeSuffix(&word, "*")) {
      beginnings_.emplace_back(word, KnownWord{0, bit});
    } else {
      IdOf(word);
      words_[std::string(word)].classes |= bit;
    }
  }
}

void WordPatterns::AddPattern(const WordPattern& pattern) {
  Compiled compiled;
  compiled.kind = pattern.kind;
  for (const absl::string_view element : absl::StrSplit(pattern.elements, ' ', absl::SkipEmpty())) {
    Require(!compiled.to_the_end, pattern.elements);
    if (element == "$") {
      compiled.to_the_end = true;
    } else {
      compiled.elements.push_back(ParseElement(element));
    }
  }
  Require(!compiled.elements.empty() && compiled.elements.size() <= kMaxElements, pattern.elements);
  for (size_t state = 0; state <= compiled.elements.size(); ++state) {
    uint64_t reached = uint64_t{1} << state;
    for (size_t i = state; i < compiled.elements.size() && compiled.elements[i].is_optional; ++i) {
      reached |= uint64_t{1} << (i + 1);
    }
    compiled.skips.push_back(reached);
  }
  patterns_.push_back(std::move(compiled));
}

WordPatterns::Element WordPatterns::ParseElement(absl::string_view text) {
  Element element;
  element.repeats = absl::ConsumeSuffix(&text, "*");
  element.is_optional = absl::ConsumeSuffix(&text, "?") || element.repeats;
  for (const absl::string_view word : absl::StrSplit(text, '|')) {
    Require(!word.empty(), text);
    if (word == "_") {
      element.is_any = true;
    } else if (IsClassName(word)) {
      element.classes |= ClassesOf(word);
    } else {
      element.ids.push_back(IdOf(word));
    }
  }
  return element;
}

int WordPatterns::IdOf(absl::string_view word) {
  const auto [place, added] = words_.try_emplace(std::string(word));
  if (added) place->second.id = static_cast<int>(words_.size());
  return place->second.id;
}

KnownWord WordPatterns::Find(const std::string& word) const {
  const auto found = words_.find(word);
  if (found != words_.end()) return found->second;
  for (const auto& [beginning, known] : beginnings_) {
    if (absl::StartsWith(word, beginning)) return known;
  }
  const KnownWord* meant = FindTypo(word);
  return meant == nullptr ? KnownWord() : *meant;
}

// One letter too many, one too few or one wrong, or one letter in another place.
const KnownWord* WordPatterns::FindTypo(const std::string& word) const {
  constexpr size_t kTooLong = 40;
  if (word.size() + 1 < kLongWord || word.size() > kTooLong) return nullptr;
  const KnownWord* meant = nullptr;
  const auto look_up = [&](const std::string& shortened) {
    const auto whole = typos_.find(shortened);
    if (meant != nullptr || whole == typos_.end()) return;
    meant = &words_.at(whole->second);
  };
  look_up(word);
  ForEachShortened(word, look_up);
  return meant;
}

uint64_t WordPatterns::ClassesOf(absl::string_view names) const {
  uint64_t classes = 0;
  for (const absl::string_view name : absl::StrSplit(names, ' ', absl::SkipEmpty())) {
    const auto found = class_bits_.find(name);
    Require(found != class_bits_.end(), name);
    classes |= found->second;
  }
  return classes;
}

bool WordPatterns::Matches(const Element& element, const KnownWord& word) {
  if ((element.is_any && word.id == 0 && word.classes == 0) || (element.classes & word.classes) != 0) return true;
  return word.id != 0 && std::find(element.ids.begin(), element.ids.end(), word.id) != element.ids.end();
}

bool WordPatterns::MayBeginWith(const Compiled& pattern, const KnownWord& word) {
  for (const Element& element : pattern.elements) {
    if (Matches(element, word)) return true;
    if (!element.is_optional) return false;
  }
  return false;
}

// A state is the number of elements that are done.
size_t WordPatterns::Match(const Compiled& pattern, absl::Span<const KnownWord> words) {
  const size_t size = pattern.elements.size();
  uint64_t states = pattern.skips[0];
  size_t longest = 0;
  for (size_t at = 0; at < std::min(words.size(), kLongest) && states != 0; ++at) {
    uint64_t next = 0;
    for (uint64_t left = states & ~(uint64_t{1} << size); left != 0; left &= left - 1) {
      const int i = std::countr_zero(left);
      if (Matches(pattern.elements[i], words[at])) next |= pattern.skips[pattern.elements[i].repeats ? i : i + 1];
    }
    states = next;
    if ((states >> size & 1) != 0 && (!pattern.to_the_end || at + 1 == words.size())) longest = at + 1;
  }
  return longest;
}

size_t WordPatterns::LongestMatch(int kind, absl::Span<const KnownWord> words) const {
  if (words.empty()) return 0;
  const Entry& entry = entries_[words.front().entry];
  if (static_cast<size_t>(kind) >= entry.size()) return 0;
  size_t longest = 0;
  for (const Compiled* pattern : entry[kind]) longest = std::max(longest, Match(*pattern, words));
  return longest;
}

}  // namespace aftercare::plan
