#include "scheduler/plan/input/stop_wishes.h"

#include <initializer_list>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace aftercare::plan {
namespace {

// What is said below is written without apostrophes, as Fold leaves it.

constexpr absl::string_view kCourtesies[] = {
    "please", "pls", "plz", "thanks", "thank you", "thank u", "thx", "ty", "hi", "hello",
    "por favor", "porfavor", "porfa", "gracias", "muchas gracias", "hola",
    "sil vous plaît", "sil vous plait", "sil te plaît", "sil te plait", "svp", "stp", "merci", "bonjour"};

// Many leave accents out, and so do the wishes below.
std::string WithoutAccents(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"á", "a"}, {"à", "a"}, {"â", "a"}, {"é", "e"}, {"è", "e"}, {"ê", "e"}, {"ë", "e"},
                                    {"í", "i"}, {"î", "i"}, {"ï", "i"}, {"ó", "o"}, {"ô", "o"}, {"ú", "u"}, {"ù", "u"},
                                    {"û", "u"}, {"ç", "c"}, {"ñ", "n"}});
}

// Combines beginnings and ends; an empty end stands for the beginning alone.
void Add(std::initializer_list<const char*> beginnings, std::initializer_list<const char*> ends,
         absl::flat_hash_set<std::string>* wishes) {
  for (const char* beginning : beginnings) {
    for (const char* end : ends) wishes->insert(*end == '\0' ? beginning : absl::StrCat(beginning, " ", end));
  }
}

void AddEnglish(absl::flat_hash_set<std::string>* wishes) {
  Add({"stop", "you can stop", "can you stop", "could you stop", "i want you to stop"},
      {"all", "texting", "texting me", "messaging", "messaging me", "contacting me", "writing me", "writing to me",
       "texts", "messages", "text messages", "all texts", "all messages", "these texts", "these messages", "the texts",
       "the messages", "sending texts", "sending messages", "sending me texts", "sending me messages",
       "sending me text messages", "sending me these", "sending me these texts", "sending me these messages",
       "sending these", "sending these texts", "sending these messages", "now"},
      wishes);
  Add({"unsubscribe me", "opt me out", "remove me", "take me off", "i want to unsubscribe", "i want to opt out",
       "i would like to unsubscribe", "i would like to opt out", "id like to unsubscribe", "id like to opt out"},
      {"", "now", "from this list", "from your list", "of this list", "of your list", "this list", "your list", "the list",
       "from these texts", "from these messages"},
      wishes);
  Add({"do not", "dont"},
      {"text me", "text me again", "text me anymore", "text me any more", "text this number", "text this number again",
       "message me", "message me again", "message me anymore", "contact me", "contact me again", "contact me anymore",
       "send me texts", "send me messages", "send me any more texts", "send me any more messages",
       "send me anymore texts", "send me anymore messages", "send any more messages", "write to me", "write me"},
      wishes);
  Add({"no more", "i dont want", "i do not want", "i dont want any more", "i do not want any more",
       "i dont want to receive", "i do not want to receive", "i no longer want", "i no longer want to receive",
       "cancel", "end", "quit sending me"},
      {"texts", "messages", "text messages", "these texts", "these messages", "any more texts", "any more messages",
       "any more of these messages", "reminders", "these reminders"},
      wishes);
  Add({"remove my number", "delete my number", "take my number off", "wrong number stop"},
      {"", "from this list", "from your list", "this list", "your list"}, wishes);
}

void AddSpanish(absl::flat_hash_set<std::string>* wishes) {
  Add({"dar de baja", "darme de baja", "deme de baja", "denme de baja", "dame de baja", "dadme de baja",
       "quiero darme de baja", "quiero la baja", "quiero dar de baja", "quisiera darme de baja", "no mas",
       "ya no mas"},
      {""}, wishes);
  Add({"no mas", "ya no mas", "ya no quiero", "ya no quiero mas", "no quiero", "no quiero mas", "no quiero recibir",
       "no quiero recibir mas", "ya no quiero recibir", "parar", "parar los", "pare los", "paren los", "cancelar",
       "cancelar los", "cancele los", "cancelen los", "basta de", "no me envie", "no me envie mas", "no me envien",
       "no me envien mas", "no me mande", "no me mande mas", "no me manden", "no me manden mas", "deje de enviar",
       "dejen de enviar", "deje de mandar", "dejen de mandar", "deje de enviarme", "dejen de enviarme",
       "deje de mandarme", "dejen de mandarme", "deja de enviarme", "deja de mandarme"},
      {"mensajes", "sms", "mensajes de texto", "estos mensajes"}, wishes);
  Add({"no me escriba", "no me escriban", "no me escribas", "no me escriba mas", "no me escriban mas",
       "no me escribas mas", "ya no me escriban", "ya no me escriba", "deje de escribirme", "dejen de escribirme",
       "deja de escribirme", "no me contacten", "no me contacten mas"},
      {""}, wishes);
}

void AddFrench(absl::flat_hash_set<std::string>* wishes) {
  Add({"stop", "arret", "arreter", "arretez", "arrete", "stopper", "stoppez", "annuler", "annulez"},
      {"sms", "les sms", "messages", "les messages", "ces messages", "denvoyer des messages", "denvoyer des sms",
       "de menvoyer des messages", "de menvoyer des sms", "de menvoyer ces messages", "de mecrire", "tout"},
      wishes);
  Add({"arretez", "plus de messages", "plus aucun message", "plus de sms", "desinscription", "desinscrivezmoi",
       "desinscrire", "desabonnement", "desabonnezmoi", "je veux me desabonner", "je veux me desinscrire",
       "je souhaite me desabonner", "je souhaite me desinscrire", "ne mecrivez plus", "ne mecris plus",
       "ne menvoyez plus de messages", "ne menvoyez plus de sms", "ne menvoyez plus rien", "ne menvoyez plus ces messages",
       "je ne veux plus de messages", "je ne veux plus de sms", "je ne veux plus recevoir de messages",
       "je ne veux plus recevoir de sms", "je ne veux plus recevoir ces messages", "je ne souhaite plus recevoir de messages",
       "je ne souhaite plus recevoir de sms", "ne plus recevoir de messages", "retirezmoi de la liste",
       "retirezmoi de votre liste"},
      {""}, wishes);
}

const absl::flat_hash_set<std::string>& Wishes() {
  static const auto* const wishes = [] {
    auto* made = new absl::flat_hash_set<std::string>;
    AddEnglish(made);
    AddSpanish(made);
    AddFrench(made);
    return made;
  }();
  return *wishes;
}

// Removes one word of courtesy before or after other words. Returns whether there was one.
bool TakeCourtesy(absl::string_view* text) {
  for (const absl::string_view courtesy : kCourtesies) {
    absl::string_view rest = *text;
    const std::string before = absl::StrCat(courtesy, " ");
    const std::string after = absl::StrCat(" ", courtesy);
    if (absl::ConsumePrefix(&rest, before) || absl::ConsumeSuffix(&rest, after)) {
      *text = rest;
      return true;
    }
  }
  return false;
}

// `stop stop stop`.
bool IsRepeatedStop(absl::string_view text) {
  while (absl::ConsumePrefix(&text, "stop ")) continue;
  return text == "stop";
}

}  // namespace

std::string WithoutCourtesy(absl::string_view folded) {
  while (TakeCourtesy(&folded)) continue;
  return std::string(folded);
}

bool IsPlainStopWish(absl::string_view folded) {
  const std::string plain = WithoutAccents(folded);
  return Wishes().contains(plain) || IsRepeatedStop(plain);
}

}  // namespace aftercare::plan
