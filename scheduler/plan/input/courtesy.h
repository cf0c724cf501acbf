// Words of courtesy around a reply. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_COURTESY_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_COURTESY_H_

#include <string>
#include <vector>

namespace aftercare::plan {

// Removes words of courtesy, in English, Spanish and French, from the beginning and the end of a reply: `please stop,
// thank you` becomes `stop`. Takes words as Fold (text_normalizer.h) writes them, with or without accents. One word at
// least stays, if there is one.
std::vector<std::string> WithoutCourtesy(std::vector<std::string> words);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_COURTESY_H_
