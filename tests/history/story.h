// A small history made by hand, in which there is one of each thing that matters, and all promises are kept.
#ifndef AFTERCARE_TESTS_HISTORY_STORY_H_
#define AFTERCARE_TESTS_HISTORY_STORY_H_

#include "tests/history/history.pb.h"

namespace aftercare::history {

History Story();

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_STORY_H_
