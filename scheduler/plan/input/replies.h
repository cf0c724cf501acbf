// Reads what patients write back, by the reply words of a clinic. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_REPLIES_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_REPLIES_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/input/scores.h"

namespace aftercare::plan {

// The meaning of a reply, whatever message it answers.
enum class ReplySense {
  kOther,
  kStop,             // a stop word, or a plain wish to stop in other words
  kStopUnlessAsked,  // a doubtful stop word: a wish to stop unless a question is open that it may answer
  kDoubtfulStop,     // perhaps a wish to stop, in other words than the clinic's
  kStart,            // a start word
  kHelp,             // a help word: asks who writes
  kDone,             // a done word: an answer to ANSWER_KIND_DONE
  kNotDone,          // a not_done word: the other answer
  kScore,            // a number: an answer to ANSWER_KIND_SCORE
};

// A reply as it was read.
struct ReadReply {
  ReplySense sense = ReplySense::kOther;
  WrittenScore score{};  // for kScore; whether it answers a question depends on what that asks for

  // The kind of question the reply may answer. UNSPECIFIED for stop words, start words and other texts.
  v1::AnswerKind answer() const {
    if (sense == ReplySense::kDone || sense == ReplySense::kNotDone) return v1::ANSWER_KIND_DONE;
    return sense == ReplySense::kScore ? v1::ANSWER_KIND_SCORE : v1::ANSWER_KIND_UNSPECIFIED;
  }
};

// The reply words of a clinic, in all of its languages at once. Immutable, so thread safe.
class ReplyVocabulary {
 public:
  // Takes the clinic's reply_words, which must have passed CheckReplyWords. For `en` and `es`, also takes the built-in
  // words of each kind for which the clinic names none in that language. A word of several kinds counts as a stop word
  // first, then as a doubtful stop word, a start word, a help word, a done word and a not_done word.
  explicit ReplyVocabulary(const v1::Clinic& clinic);

  // Reads a reply. `text` must be valid UTF-8; a faulty text may be read as anything. What comes first in this list
  // counts:
  // - one of the clinic's words, whatever case, marks and white space it has;
  // - a score (scores.h);
  // - one of the clinic's words with words of courtesy around it (courtesy.h), or several words of one kind: `yes,
  //   done`. `no thanks` is kNotDone;
  // - a wish to stop in other words (stop_wishes.h);
  // - a done word or a not_done word with words that only stress it: `no, I didn't`, `not done yet`.
  // Words without their accents count as the words with them.
  ReadReply Read(absl::string_view text) const;

 private:
  ReplySense FindWord(const std::string& folded) const;
  ReplySense ReadWords(absl::Span<const std::string> words) const;
  ReplySense ReadStressed(absl::Span<const std::string> words) const;

  absl::flat_hash_map<std::string, ReplySense> words_;  // by the word as Fold (text_normalizer.h) writes it
};

// Adds an error for every faulty field of the clinic's reply_words, with its path from the clinic.
void CheckReplyWords(const v1::Clinic& clinic, FieldErrors* errors);

// Returns true if a text may be stored as a reply: 1 to 4,000 characters of valid UTF-8 without control characters
// other than tabs and line ends.
bool IsReplyText(absl::string_view text);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_REPLIES_H_
