// Texts that answer a reply at once: the confirmation of a stop or start word, and the answer to a help word. Functions
// are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_AUTO_REPLY_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_AUTO_REPLY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "aftercare/v1/clinic.pb.h"
#include "scheduler/plan/input/replies.h"

namespace aftercare::plan {

// Returns the text that answers a reply of this sense (kStop, kStart or kHelp), in the language of `locale` if that is
// English, Spanish or French, and otherwise in English. Names the clinic, its phone if it has one, and the word to
// reply with, which is the clinic's own in that language if it names one. Has only characters of the SMS alphabet, if
// the clinic's name, phone and words do. Returns an empty text for other senses.
std::string AutoReplyText(ReplySense sense, const v1::Clinic& clinic, absl::string_view locale);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_AUTO_REPLY_H_
