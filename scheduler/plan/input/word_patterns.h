// Finds patterns over the words of a text, by tables of words and patterns. Immutable, so thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_WORD_PATTERNS_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_WORD_PATTERNS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace aftercare::plan {

// A class of words. `words` are separated by spaces. A name of an earlier class stands for its words; a word that ends
// in `*` stands for all words that begin so and are in no table.
struct WordClass {
  absl::string_view name;  // In upper case.
  absl::string_view words;
};

// A sequence of elements, separated by spaces. An element is a word, the name of a class, or several of these with `|`
// between them; `_` is a word that no table names. `?` behind an element makes it optional, `*` allows it any number of
// times. `$` at the end of the pattern stands for the end of a clause.
struct WordPattern {
  int kind;  // What the pattern means to the caller.
  absl::string_view elements;
};

// A word as the tables know it.
struct KnownWord {
  int id = 0;            // 0 if no table names the word.
  uint64_t classes = 0;  // A bit for each class.
  int entry = 0;         // What WordPatterns knows of the patterns that may begin with the word.
};

// At most 64 classes, and 60 elements in a pattern. A fault in a table ends the program, so use the tables in a test.
class WordPatterns {
 public:
  WordPatterns(absl::Span<const WordClass> classes, absl::Span<const WordPattern> patterns);
  WordPatterns(const WordPatterns&) = delete;
  WordPatterns& operator=(const WordPatterns&) = delete;

  // Looks a word up. A long word of a class called MISSPELT also counts with one letter wrong.
  KnownWord Find(const std::string& word) const;

  // Returns the classes with these names, separated by spaces.
  uint64_t ClassesOf(absl::string_view names) const;

  // Returns how many words from the beginning of `words`, which ends where the clause ends, a pattern of this kind
  // covers, or 0 if none begins there. The longest counts. Looks at no more than kLongest words.
  static constexpr size_t kLongest = 24;
  size_t LongestMatch(int kind, absl::Span<const KnownWord> words) const;

 private:
  struct Element {
    uint64_t classes = 0;
    std::vector<int> ids;
    bool is_any = false;
    bool is_optional = false;
    bool repeats = false;
  };
  struct Compiled {
    int kind = 0;
    std::vector<Element> elements;
    std::vector<uint64_t> skips;  // By state: the states that are reached by leaving optional elements out.
    bool to_the_end = false;
  };
  // The patterns that may begin with a word, by kind.
  using Entry = std::vector<std::vector<const Compiled*>>;

  void AddClass(const WordClass& added, int index);
  void AddPattern(const WordPattern& pattern);
  Element ParseElement(absl::string_view text);
  int IdOf(absl::string_view word);
  const KnownWord* FindTypo(const std::string& word) const;
  static bool Matches(const Element& element, const KnownWord& word);
  static bool MayBeginWith(const Compiled& pattern, const KnownWord& word);
  int AddEntry(const KnownWord& word);
  void AddBeginnings();
  void AddEntries();
  void AddTypos();
  static size_t Match(const Compiled& pattern, absl::Span<const KnownWord> words);

  absl::flat_hash_map<std::string, KnownWord> words_;
  absl::flat_hash_map<std::string, uint64_t> class_bits_;
  std::vector<std::pair<std::string, KnownWord>> beginnings_;  // The words that end in `*`.
  absl::flat_hash_map<std::string, std::string> typos_;       // Long words without one letter, to the word.
  std::vector<Compiled> patterns_;
  std::vector<Entry> entries_;  // The first is that of words that no table names.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_WORD_PATTERNS_H_
