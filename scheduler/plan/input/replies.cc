#include "scheduler/plan/input/replies.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "scheduler/plan/input/courtesy.h"
#include "scheduler/plan/input/reply_text.h"
#include "scheduler/plan/input/stop_wishes.h"
#include "scheduler/plan/input/text_normalizer.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxLocales = 50;
constexpr int kMaxWords = 50;
constexpr size_t kMaxWord = 40;
constexpr size_t kMaxWordsOfReplyWord = 20;  // 40 characters have no more.
constexpr size_t kMaxText = 4000;
constexpr size_t kMaxBytesOfCharacter = 4;

using Words = google::protobuf::RepeatedPtrField<std::string>;

// The kinds of words, in the order in which they count.
struct Kind {
  ReplySense sense;
  const char* field;
  const char* name;
  const Words& (v1::ReplyWords::*words)() const;
  Words* (v1::ReplyWords::*mutable_words)();
};
constexpr Kind kKinds[] = {
    {ReplySense::kStop, "stop_words", "stop word", &v1::ReplyWords::stop_words, &v1::ReplyWords::mutable_stop_words},
    {ReplySense::kStopUnlessAsked, "doubtful_stop_words", "doubtful stop word", &v1::ReplyWords::doubtful_stop_words,
     &v1::ReplyWords::mutable_doubtful_stop_words},
    {ReplySense::kStart, "start_words", "start word", &v1::ReplyWords::start_words,
     &v1::ReplyWords::mutable_start_words},
    {ReplySense::kHelp, "help_words", "help word", &v1::ReplyWords::help_words, &v1::ReplyWords::mutable_help_words},
    {ReplySense::kDone, "done_words", "done word", &v1::ReplyWords::done_words, &v1::ReplyWords::mutable_done_words},
    {ReplySense::kNotDone, "not_done_words", "not_done word", &v1::ReplyWords::not_done_words,
     &v1::ReplyWords::mutable_not_done_words}};

// The words of the kinds in kKinds, separated by commas. Said in clinic.proto as well.
struct BuiltIn {
  const char* locale;
  const char* words[std::size(kKinds)];
};
constexpr BuiltIn kBuiltIns[] = {
    {"en",
     {"stop,stopall,unsubscribe,revoke,optout,opt out", "cancel,end,quit", "start,unstop,resume", "help,info",
      "done,yes,y", "no,not done,not yet,n"}},
    {"es",
     {"parar,detener", "alto,baja,cancelar", "iniciar,reanudar,alta", "ayuda,info", "hecho,listo,si,sí",
      "no,todavía no,aún no"}}};

const std::vector<v1::ReplyWords>& DefaultWords() {
  static const auto* const words = [] {
    auto* made = new std::vector<v1::ReplyWords>;
    for (const BuiltIn& built_in : kBuiltIns) {
      v1::ReplyWords& of_language = made->emplace_back();
      of_language.set_locale(built_in.locale);
      for (size_t i = 0; i < std::size(kKinds); ++i) {
        for (const absl::string_view word : absl::StrSplit(built_in.words[i], ',')) {
          (of_language.*kKinds[i].mutable_words)()->Add(std::string(word));
        }
      }
    }
    return made;
  }();
  return *words;
}

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

bool StopsSomehow(ReplySense sense) { return sense == ReplySense::kStop || sense == ReplySense::kStopUnlessAsked; }

const char* NameOf(ReplySense sense) {
  for (const Kind& kind : kKinds) {
    if (kind.sense == sense) return kind.name;
  }
  return "";
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

// Words that only stress an answer, before or after it. Without accents.
constexpr absl::string_view kDoneStresses[] = {
    "i did it", "i did", "i have", "did it", "already", "all", "its", "im", "all is", "it is", "i am", "just now",
    "ya lo hice", "lo hice", "ya", "todo", "ya esta", "esta"};
constexpr absl::string_view kNotDoneStresses[] = {
    "i did not", "i didnt", "i have not", "i havent", "not yet", "yet", "no lo hice", "todavia", "aun", "sorry",
    "i am", "im", "still", "its", "no lo he hecho"};

// As Fold writes them, one by one: marks part words, so that `done.thanks` is two.
std::vector<std::string> FoldedWords(absl::string_view text) {
  std::vector<std::string> words;
  const std::string spaced = absl::StrReplaceAll(text, {{",", " "}, {".", " "}, {"!", " "}, {"/", " "}, {";", " "}});
  for (const absl::string_view word : absl::StrSplit(Fold(spaced), ' ', absl::SkipEmpty())) words.emplace_back(word);
  return words;
}

std::string WithoutAccents(absl::string_view folded) {
  std::vector<std::string> words;
  for (const absl::string_view word : absl::StrSplit(folded, ' ')) words.push_back(PlainWord(word));
  return absl::StrJoin(words, " ");
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
    // In the order of the kinds: the later kind is at fault, in whichever language.
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
      if (place->second == kind.sense || (StopsSomehow(place->second) && StopsSomehow(kind.sense))) continue;
      Fault(field, absl::StrCat("must not be both a ", NameOf(place->second), " and a ", kind.name));
    }
  }

  const v1::Clinic& clinic_;
  FieldErrors& errors_;
  absl::flat_hash_map<std::string, ReplySense> taken_;
};

}  // namespace

ReplyVocabulary::ReplyVocabulary(const v1::Clinic& clinic) {
  std::vector<std::pair<std::string, ReplySense>> words;
  for (const Kind& kind : kKinds) {
    for (const std::string& word : DefaultsOf(clinic, kind)) words.emplace_back(Fold(word), kind.sense);
    for (const v1::ReplyWords& named : clinic.reply_words()) {
      for (const std::string& word : (named.*kind.words)()) words.emplace_back(Fold(word), kind.sense);
    }
  }
  for (const auto& [word, sense] : words) words_.try_emplace(word, sense);
  // Words without accents come last, so that they never take the place of another word.
  for (const auto& [word, sense] : words) words_.try_emplace(WithoutAccents(word), sense);
}

ReadReply ReplyVocabulary::Read(absl::string_view text) const {
  const std::string folded = Fold(text);
  if (const ReplySense sense = FindWord(folded); sense != ReplySense::kOther) return {sense};
  if (const std::optional<WrittenScore> score = ReadScore(text)) return {ReplySense::kScore, *score};
  const std::vector<std::string> words = WithoutCourtesy(FoldedWords(text));
  if (const ReplySense sense = ReadWords(words); sense != ReplySense::kOther) return {sense};
  const StopWish wish = ReadStopWish(text);
  if (wish != StopWish::kNone) {
    return {wish == StopWish::kPlain ? ReplySense::kStop : ReplySense::kDoubtfulStop};
  }
  return {ReadStressed(words)};
}

ReplySense ReplyVocabulary::FindWord(const std::string& folded) const {
  const auto found = words_.find(folded);
  return found == words_.end() ? ReplySense::kOther : found->second;
}

// The sense of words that can be parted into reply words of one kind.
ReplySense ReplyVocabulary::ReadWords(absl::Span<const std::string> words) const {
  ReplySense all = ReplySense::kOther;
  for (size_t at = 0; at < words.size();) {
    ReplySense sense = ReplySense::kOther;
    size_t taken = std::min(words.size() - at, kMaxWordsOfReplyWord);
    for (; taken > 0; --taken) {
      sense = FindWord(absl::StrJoin(words.subspan(at, taken), " "));
      if (sense != ReplySense::kOther) break;
    }
    if (sense == ReplySense::kOther || (all != ReplySense::kOther && sense != all)) return ReplySense::kOther;
    all = sense;
    at += taken;
  }
  return all;
}

// The sense of an answer with words that only stress it.
ReplySense ReplyVocabulary::ReadStressed(absl::Span<const std::string> words) const {
  const std::string text = WithoutAccents(absl::StrJoin(words, " "));
  const auto is_stressed = [&](ReplySense sense, absl::Span<const absl::string_view> stresses) {
    return std::any_of(stresses.begin(), stresses.end(), [&](absl::string_view stress) {
      absl::string_view rest = text;
      if (!absl::ConsumeSuffix(&rest, absl::StrCat(" ", stress)) &&
          !absl::ConsumePrefix(&rest, absl::StrCat(stress, " "))) {
        return false;
      }
      return ReadWords(std::vector<std::string>(absl::StrSplit(rest, ' '))) == sense;
    });
  };
  if (is_stressed(ReplySense::kDone, kDoneStresses)) return ReplySense::kDone;
  return is_stressed(ReplySense::kNotDone, kNotDoneStresses) ? ReplySense::kNotDone : ReplySense::kOther;
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

}  // namespace aftercare::plan
