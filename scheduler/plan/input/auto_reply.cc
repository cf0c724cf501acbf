#include "scheduler/plan/input/auto_reply.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace aftercare::plan {
namespace {

// The texts of one language. {call} stands for `call`, if the clinic has a phone.
struct Texts {
  absl::string_view language;
  absl::string_view start_word;
  absl::string_view stopped;
  absl::string_view started;
  absl::string_view help;
  absl::string_view call;
};

// Without letters that would make an SMS twice as long, as Spanish vowels with an accent do.
constexpr Texts kTexts[] = {
    {"en", "START", "{clinic}: you will get no more messages here. To get them again, reply {start}.{call}",
     "{clinic}: you will get messages again. To stop them, reply {stop}.",
     "{clinic} sends you reminders after your procedure. Replies are not read at once.{call} To stop messages, reply "
     "{stop}.",
     " Questions: call {phone}."},
    {"es", "INICIAR", "{clinic}: ya no le enviaremos mensajes. Para recibirlos de nuevo, responda {start}.{call}",
     "{clinic}: le enviaremos mensajes de nuevo. Para dejar de recibirlos, responda {stop}.",
     "Recordatorios de {clinic}. Las respuestas no se leen enseguida.{call} Para dejar de recibirlos, responda {stop}.",
     " Preguntas: llame al {phone}."},
    {"fr", "START", "{clinic} : vous ne recevrez plus de messages. Pour en recevoir de nouveau, répondez {start}.{call}",
     "{clinic} : vous recevrez de nouveau des messages. Pour ne plus en recevoir, répondez {stop}.",
     "Rappels de {clinic}. Les réponses ne sont pas lues tout de suite.{call} Pour ne plus en recevoir, répondez {stop}.",
     " Questions : appelez le {phone}."}};

absl::string_view LanguageOf(absl::string_view locale) { return locale.substr(0, locale.find('-')); }

const Texts& TextsOf(absl::string_view locale) {
  const auto* const found = std::find_if(std::begin(kTexts), std::end(kTexts), [&](const Texts& texts) {
    return texts.language == LanguageOf(locale);
  });
  return found == std::end(kTexts) ? kTexts[0] : *found;
}

// Returns the first word of a kind that the clinic names in a language, in capitals, or `otherwise`.
std::string WordOf(const v1::Clinic& clinic, absl::string_view language,
                   const google::protobuf::RepeatedPtrField<std::string>& (v1::ReplyWords::*kind)() const,
                   absl::string_view otherwise) {
  for (const v1::ReplyWords& words : clinic.reply_words()) {
    const bool is_of_language = LanguageOf(absl::AsciiStrToLower(words.locale())) == language;
    if (is_of_language && !(words.*kind)().empty()) return absl::AsciiStrToUpper((words.*kind)().Get(0));
  }
  return std::string(otherwise);
}

}  // namespace

std::string AutoReplyText(ReplySense sense, const v1::Clinic& clinic, absl::string_view locale) {
  const Texts& texts = TextsOf(locale);
  absl::string_view text;
  if (sense == ReplySense::kStop) text = texts.stopped;
  if (sense == ReplySense::kStart) text = texts.started;
  if (sense == ReplySense::kHelp) text = texts.help;
  const std::string call =
      clinic.phone().empty() ? "" : absl::StrReplaceAll(texts.call, {{"{phone}", clinic.phone()}});
  return absl::StrReplaceAll(
      text, {{"{clinic}", clinic.display_name()},
             {"{call}", call},
             {"{start}", WordOf(clinic, texts.language, &v1::ReplyWords::start_words, texts.start_word)},
             {"{stop}", WordOf(clinic, texts.language, &v1::ReplyWords::stop_words, "STOP")}});
}

}  // namespace aftercare::plan
