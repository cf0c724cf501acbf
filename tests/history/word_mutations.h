// Mutations of what patients decided about messages. Each returns whether the history has something to change.
#ifndef AFTERCARE_TESTS_HISTORY_WORD_MUTATIONS_H_
#define AFTERCARE_TESTS_HISTORY_WORD_MUTATIONS_H_

#include "tests/history/history.pb.h"

namespace aftercare::history {

bool LoseConsent(History* history);
bool OfferUnwanted(History* history);
bool OfferToStopped(History* history);
bool LoseWord(History* history);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_WORD_MUTATIONS_H_
