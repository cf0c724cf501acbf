#include "scheduler/plan/input/replies.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/input/stop_wishes.h"
#include "scheduler/plan/input/text_normalizer.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxLocales = 50;
constexpr int kMaxWords = 50;
constexpr size_t kMaxWord = 40;
constexpr size_t kMaxText = 4000;
constexpr size_t kMaxBytesOfCharacter = 4;

using Words = google::protobuf::RepeatedPtrField<std::string>;

v1::ReplyWords WordsOf(const char* locale, std::initializer_list<const char*> stop,
                       std::initializer_list<const char*> start, std::initializer_list<const char*> done) {
  v1::ReplyWords words;
  words.set_locale(locale);
  for (const char* word : stop) words.add_stop_words(word);
  for (const char* word : start) words.add_start_words(word);
  for (const char* word : done) words.add_done_words(word);
  return words;
}

// What languages have without being named. Said in clinic.proto as well.
const std::vector<v1::ReplyWords>& DefaultWords() {
  static const auto* const words = new std::vector<v1::ReplyWords>{
      WordsOf("en",
              {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"},
              {"start", "unstop", "resume"}, {"done", "ok", "yes", "y"}),
      WordsOf("es", {"alto", "parar", "baja", "cancelar", "detener"}, {"iniciar", "reanudar", "alta"},
              {"hecho", "listo", "si", "sí"})};
  return *words;
}

// The kinds of words, in the order in which they count.
struct Kind {
  ReplySense sense;
  const char* field;
  const Words& (v1::ReplyWords::*words)() const;
};
constexpr Kind kKinds[] = {{ReplySense::kStop, "stop_words", &v1::ReplyWords::stop_words},
                           {ReplySense::kStart, "start_words", &v1::ReplyWords::start_words},
                           {ReplySense::kDone, "done_words", &v1::ReplyWords::done_words}};

// What the clinic says of a language, or nothing.
const v1::ReplyWords* FindNamed(const v1::Clinic& clinic, absl::string_view locale) {
  const auto& named = clinic.reply_words();
  const auto found = std::find_if(named.begin(), named.end(), [&](const v1::ReplyWords& words) {
    return IsValidLocale(words.locale()) && NormalizeLocale(words.locale()) == locale;
  });
  return found == named.end() ? nullptr : &*found;
}

// The default words of a kind that hold in the clinic: those of languages for which it names none of that kind.
std::vector<std::string> DefaultsOf(const v1::Clinic& clinic, const Kind& kind) {
  std::vector<std::string> words;
  for (const v1::ReplyWords& defaults : DefaultWords()) {
    const v1::ReplyWords* named = FindNamed(clinic, defaults.locale());
    if (named != nullptr && !(named->*kind.words)().empty()) continue;
    words.insert(words.end(), (defaults.*kind.words)().begin(), (defaults.*kind.words)().end());
  }
  return words;
}

bool HasLetter(absl::string_view folded) {
  while (!folded.empty()) {
    const uint32_t c = TakeCharacter(&folded);
    if (c >= 0x80 || absl::ascii_isalpha(static_cast<unsigned char>(c))) return true;
  }
  return false;
}

bool IsReplyWord(const std::string& word) {
  return IsCleanText(word, /*allow_newline=*/false) && CountCharacters(word) <= kMaxWord && HasLetter(Fold(word));
}

// Reads the words of a clinic, collecting faults.
class ReplyWordsChecker {
 public:
  ReplyWordsChecker(const v1::Clinic& clinic, FieldErrors* errors) : clinic_(clinic), errors_(*errors) {}

  void Run() {
    if (clinic_.reply_words_size() > kMaxLocales) Fault("reply_words", absl::StrCat("must have at most ", kMaxLocales));
    const int size = std::min(clinic_.reply_words_size(), kMaxLocales);
    for (int i = 0; i < size; ++i) CheckLocale(i);
    for (const Kind& kind : kKinds) {
      for (const std::string& word : DefaultsOf(clinic_, kind)) taken_.try_emplace(Fold(word), kind.sense);
    }
    // All stop words first: whatever else is one is at fault, in whichever language.
    for (const Kind& kind : kKinds) {
      for (int i = 0; i < size; ++i) CheckWords(kind, i);
    }
  }

 private:
  void Fault(std::string field, std::string description) {
    errors_.push_back({std::move(field), std::move(description)});
  }

  void CheckLocale(int index) {
    const std::string field = absl::StrCat("reply_words[", index, "].locale");
    const std::string& locale = clinic_.reply_words(index).locale();
    if (!IsValidLocale(locale)) return Fault(field, "must be a language tag such as 'en' or 'es-MX'");
    if (FindNamed(clinic_, NormalizeLocale(locale)) != &clinic_.reply_words(index)) {
      Fault(field, absl::StrCat("must not be named twice; '", NormalizeLocale(locale), "' is there already"));
    }
  }

  void CheckWords(const Kind& kind, int index) {
    const Words& words = (clinic_.reply_words(index).*kind.words)();
    const std::string path = absl::StrCat("reply_words[", index, "].", kind.field);
    if (words.size() > kMaxWords) Fault(path, absl::StrCat("must have at most ", kMaxWords));
    for (int i = 0; i < std::min(words.size(), kMaxWords); ++i) {
      const std::string field = absl::StrCat(path, "[", i, "]");
      if (!IsReplyWord(words[i])) {
        Fault(field, absl::StrCat("must have 1 to ", kMaxWord, " characters, a letter among them"));
        continue;
      }
      const auto [place, added] = taken_.try_emplace(Fold(words[i]), kind.sense);
      const bool stops = place->second == ReplySense::kStop || kind.sense == ReplySense::kStop;
      if (stops && place->second != kind.sense) Fault(field, "must not be both a stop word and another");
    }
  }

  const v1::Clinic& clinic_;
  FieldErrors& errors_;
  absl::flat_hash_map<std::string, ReplySense> taken_;
};

}  // namespace

ReplyVocabulary::ReplyVocabulary(const v1::Clinic& clinic) {
  for (const Kind& kind : kKinds) {
    for (const std::string& word : DefaultsOf(clinic, kind)) words_.try_emplace(Fold(word), kind.sense);
    for (const v1::ReplyWords& named : clinic.reply_words()) {
      for (const std::string& word : (named.*kind.words)()) words_.try_emplace(Fold(word), kind.sense);
    }
  }
}

ReadReply ReplyVocabulary::Read(absl::string_view text) const {
  const std::string folded = Fold(text);
  if (const auto found = words_.find(folded); found != words_.end()) return {found->second};
  if (const std::optional<int> score = ReadScore(text)) return {ReplySense::kScore, *score};
  const std::string wish = WithoutCourtesy(folded);
  if (IsPlainStopWish(wish)) return {ReplySense::kStop};
  const auto found = words_.find(wish);
  const bool is_decision = found != words_.end() && found->second != ReplySense::kDone;
  return is_decision ? ReadReply{found->second} : ReadReply();
}

void CheckReplyWords(const v1::Clinic& clinic, FieldErrors* errors) { ReplyWordsChecker(clinic, errors).Run(); }

bool IsReplyText(absl::string_view text) {
  if (text.empty() || text.size() > kMaxBytesOfCharacter * kMaxText) return false;
  size_t characters = 0;
  while (!text.empty()) {
    const uint32_t c = TakeCharacter(&text);
    if (c == kNoCharacter || ++characters > kMaxText) return false;
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    if (control && c != '\t' && c != '\n' && c != '\r') return false;
  }
  return true;
}

std::optional<int> ReadScore(absl::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    const uint32_t c = TakeCharacter(&text);
    if (c == kNoCharacter) return std::nullopt;
    if (characters.empty() && IsSpace(c)) continue;
    characters.push_back(IsSpace(c) ? ' ' : c);
  }
  // What stands before a number, a sign or a point, is part of it; what follows means nothing.
  while (!characters.empty() && (characters.back() == ' ' || IsMark(characters.back()))) characters.pop_back();
  std::string number;
  for (const char32_t c : characters) {
    if (c >= 0x80) return std::nullopt;
    number.push_back(static_cast<char>(c));
  }
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(number, absl::MaxSplits('/', 1));
  const absl::string_view score = absl::StripTrailingAsciiWhitespace(parts.first);
  const bool has_slash = number.size() > parts.first.size();
  if (has_slash && absl::StripLeadingAsciiWhitespace(parts.second) != "10") return std::nullopt;
  if (score == "10") return 10;
  if (score.size() != 1 || !absl::ascii_isdigit(static_cast<unsigned char>(score[0]))) return std::nullopt;
  return score[0] - '0';
}

}  // namespace aftercare::plan
