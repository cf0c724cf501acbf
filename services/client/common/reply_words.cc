#include "services/client/common/reply_words.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

using google::protobuf::FieldDescriptor;

// One option.
struct Change {
  std::string locale;
  const FieldDescriptor* kind;
  std::vector<std::string> words;
};

// Returns the fields that hold words, one for each kind.
std::vector<const FieldDescriptor*> Kinds() {
  std::vector<const FieldDescriptor*> kinds;
  const google::protobuf::Descriptor& type = *v1::ReplyWords::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->is_repeated()) kinds.push_back(type.field(i));
  }
  return kinds;
}

std::string LabelOf(const FieldDescriptor* kind) {
  return absl::StrReplaceAll(absl::StripSuffix(kind->name(), "_words"), {{"_", "-"}});
}

absl::Status FailureOf(absl::string_view option, absl::string_view why) {
  return UsageError(absl::StrCat("--reply-words \"", option, "\": ", why));
}

absl::StatusOr<Change> Parse(const std::string& option) {
  const size_t equals = option.find('=');
  const size_t dot = option.substr(0, equals).rfind('.');
  if (equals == std::string::npos || dot == std::string::npos || dot == 0) {
    return FailureOf(option, "write LANGUAGE.KIND=WORD,WORD, as in es.stop=parar,detener");
  }
  Change change = {option.substr(0, dot), nullptr, {}};
  const std::string label = option.substr(dot + 1, equals - dot - 1);
  for (const FieldDescriptor* kind : Kinds()) {
    if (LabelOf(kind) == label) change.kind = kind;
  }
  if (change.kind == nullptr) return FailureOf(option, absl::StrCat("choose the kind from ", ReplyWordsKinds()));
  const std::string list(absl::StripAsciiWhitespace(option.substr(equals + 1)));
  if (list.empty()) return change;
  for (const absl::string_view word : absl::StrSplit(list, ',')) {
    change.words.emplace_back(absl::StripAsciiWhitespace(word));
    if (change.words.back().empty()) return FailureOf(option, "a word is missing before or after a comma");
  }
  return change;
}

void Apply(const Change& change, ReplyWordsList* words) {
  // Upper and lower case of a language tag do not matter.
  auto entry = std::find_if(words->begin(), words->end(), [&](const v1::ReplyWords& each) {
    return absl::EqualsIgnoreCase(each.locale(), change.locale);
  });
  if (entry == words->end()) {
    words->Add()->set_locale(change.locale);
    entry = words->end() - 1;
  }
  const google::protobuf::Reflection& fields = *entry->GetReflection();
  fields.ClearField(&*entry, change.kind);
  for (const std::string& word : change.words) fields.AddString(&*entry, change.kind, word);
}

bool HasWords(const v1::ReplyWords& words) {
  const std::vector<const FieldDescriptor*> kinds = Kinds();
  return std::any_of(kinds.begin(), kinds.end(), [&](const FieldDescriptor* kind) {
    return words.GetReflection()->FieldSize(words, kind) > 0;
  });
}

}  // namespace

std::string ReplyWordsKinds() {
  return absl::StrJoin(Kinds(), ", ",
                       [](std::string* out, const FieldDescriptor* kind) { absl::StrAppend(out, LabelOf(kind)); });
}

absl::Status ApplyReplyWords(const std::vector<std::string>& options, ReplyWordsList* words) {
  if (std::find(options.begin(), options.end(), "none") != options.end()) words->Clear();
  std::set<std::pair<std::string, const FieldDescriptor*>> seen;
  for (const std::string& option : options) {
    if (option == "none") continue;
    const absl::StatusOr<Change> change = Parse(option);
    if (!change.ok()) return change.status();
    if (!seen.emplace(absl::AsciiStrToLower(change->locale), change->kind).second) {
      return FailureOf(option, "this language and kind is given twice");
    }
    Apply(*change, words);
  }
  // An entry without words says nothing.
  words->erase(std::remove_if(words->begin(), words->end(), [](const auto& entry) { return !HasWords(entry); }),
               words->end());
  return absl::OkStatus();
}

std::vector<std::string> ReplyWordsTexts(const ReplyWordsList& words) {
  std::vector<std::string> texts;
  for (const v1::ReplyWords& entry : words) {
    for (const FieldDescriptor* kind : Kinds()) {
      const auto& list = entry.GetReflection()->GetRepeatedPtrField<std::string>(entry, kind);
      if (list.empty()) continue;
      texts.push_back(absl::StrCat(entry.locale(), " ", LabelOf(kind), ": ", absl::StrJoin(list, ", ")));
    }
  }
  return texts;
}

}  // namespace aftercare::client
