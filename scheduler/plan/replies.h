// What patients reply: how a text is read, by the words of a clinic.
#ifndef AFTERCARE_SCHEDULER_PLAN_REPLIES_H_
#define AFTERCARE_SCHEDULER_PLAN_REPLIES_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::plan {

// What a reply says, whatever it answers.
enum class ReplySense { kOther, kStop, kStart, kDone, kScore };

struct ReadReply {
  ReplySense sense = ReplySense::kOther;
  int score = 0;  // of kScore, 0 to 10

  // What it may answer: nothing for stop and start words and for what says nothing.
  v1::AnswerKind answer() const {
    if (sense == ReplySense::kDone) return v1::ANSWER_KIND_DONE;
    return sense == ReplySense::kScore ? v1::ANSWER_KIND_SCORE : v1::ANSWER_KIND_UNSPECIFIED;
  }
};

// The words by which a clinic's patients are understood, in all of its languages at once. Immutable, so thread safe.
class ReplyVocabulary {
 public:
  // Of the clinic's reply_words, and of those that `en` and `es` have without being named. Where it has a word that is
  // a stop word and something else, it is a stop word; then a start word.
  explicit ReplyVocabulary(const v1::Clinic& clinic);

  // `text` is valid UTF-8.
  ReadReply Read(absl::string_view text) const;

 private:
  absl::flat_hash_map<std::string, ReplySense> words_;  // folded
};

// Adds what is wrong with the clinic's reply_words, by path from the clinic.
void CheckReplyWords(const v1::Clinic& clinic, FieldErrors* errors);

// Whether a text may be stored as a reply: 1 to 4,000 characters of UTF-8 without control characters other than tabs
// and line ends.
bool IsReplyText(absl::string_view text);

// A whole number from 0 to 10, alone or as part of ten (`7/10`), white space around it and marks after it aside.
std::optional<int> ReadScore(absl::string_view text);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_REPLIES_H_
