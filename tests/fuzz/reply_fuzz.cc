// What patients write, and what clinics say they may: a reply may be stored or not, and is understood as one thing,
// whatever white space stands around it.
#include "scheduler/plan/input/replies.h"
#include "scheduler/plan/input/reply_text.h"
#include "scheduler/plan/input/scores.h"
#include "scheduler/plan/input/stop_wishes.h"
#include "tests/fuzz/fuzzing.h"

namespace aftercare {
namespace {

// A clinic with words of its own in a third language.
const plan::ReplyVocabulary& Vocabulary() {
  static const plan::ReplyVocabulary& vocabulary = *[] {
    v1::Clinic clinic;
    v1::ReplyWords* words = clinic.add_reply_words();
    words->set_locale("fr");
    words->add_stop_words("arrêt");
    words->add_start_words("reprendre");
    words->add_done_words("c'est fait");
    return new plan::ReplyVocabulary(clinic);
  }();
  return vocabulary;
}

bool IsScore(const plan::WrittenScore& score) {
  const int out_of = score.out_of.value_or(0);
  return score.number >= 0 && score.number <= 1000 && out_of >= 0 && out_of <= 1000;
}

// Any bytes may be taken apart, also those that no reply may have.
void AsBytes(const std::string& input) {
  for (const plan::ReplyClause& clause : plan::SplitClauses(input)) {
    Require(!clause.words.empty());
    for (const std::string& word : clause.words) Require(!word.empty());
  }
  const std::optional<plan::WrittenScore> score = plan::ReadScore(input);
  Require(!score || IsScore(*score));
  plan::ReadStopWish(input);
  const plan::ReadReply reply = Vocabulary().Read(input);
  Require(IsScore(reply.score));
}

void AsReply(const std::string& input) {
  if (!plan::IsReplyText(input)) return;
  const plan::ReadReply reply = Vocabulary().Read(input);
  const std::optional<plan::WrittenScore> score = plan::ReadScore(input);
  Require(reply.sense != plan::ReplySense::kScore || score == reply.score);
  const plan::ReadReply spaced = Vocabulary().Read(" " + input + "\n");
  Require(spaced.sense == reply.sense && spaced.score == reply.score);
}

// A word that a clinic may have as a stop word stops.
void AsWord(const std::string& input) {
  v1::Clinic clinic;
  v1::ReplyWords* words = clinic.add_reply_words();
  words->set_locale("fr");
  words->add_stop_words(input);
  plan::FieldErrors errors;
  plan::CheckReplyWords(clinic, &errors);
  for (const plan::FieldError& error : errors) Require(!error.field.empty() && !error.description.empty());
  if (!errors.empty()) return;
  Require(plan::ReplyVocabulary(clinic).Read(input).sense == plan::ReplySense::kStop);
}

}  // namespace

void FuzzOne(const std::string& input) {
  AsBytes(input);
  AsReply(input);
  AsWord(input);
}

}  // namespace aftercare
