// Wishes to stop in a patient's own words. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_STOP_WISHES_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_STOP_WISHES_H_

#include <string>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// Removes words of courtesy from the beginning and the end of a reply: `please stop, thank you` becomes `stop`. Takes
// and returns a text as Fold (text_normalizer.h) writes it. One word at least stays.
std::string WithoutCourtesy(absl::string_view folded);

// Returns whether a reply is nothing but a plain wish to get no more messages, in English, Spanish or French: `stop
// texting me`, `no más mensajes`. Takes a text as Fold writes it, without courtesy. Only whole replies count, so that
// nobody who writes about a treatment (`when can I stop icing?`) is taken to wish it.
bool IsPlainStopWish(absl::string_view folded);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_STOP_WISHES_H_
