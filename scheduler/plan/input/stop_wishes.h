// Wishes to get no more messages, in a patient's own words. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_STOP_WISHES_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_STOP_WISHES_H_

#include "absl/strings/string_view.h"

namespace aftercare::plan {

enum class StopWish {
  kNone,      // Says nothing about messages, or wishes for them: `when can I stop icing?`, `don't stop`.
  kDoubtful,  // Perhaps wishes for no more messages: `enough`, `wrong number`, `do I have to get these?`.
  kPlain,     // Plainly wishes for no more messages: `stop texting me`, `I moved, no more texts please`.
};

// Reads a text for a wish to get no more messages, in English, Spanish or French. `text` must be valid UTF-8. The time
// is linear in its length.
//
// The text is read thought by thought: up to a mark, a conjunction or a word such as `please`. A thought is a plain
// wish if all of its words have a place in a pattern (wish_patterns.h), so a word about a body or a treatment
// (`stop icing`) makes it none. More words may follow if the pattern has messages in it: `no texts to my old phone`. A
// lone `stop` is plain only if nothing but harmless reasons or talk of messages stands around it, and `cancel them`
// only beside talk of messages. A wish with a limit (`don't text me at night`) and a question (`stop these messages?`)
// are doubtful.
StopWish ReadStopWish(absl::string_view text);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_STOP_WISHES_H_
