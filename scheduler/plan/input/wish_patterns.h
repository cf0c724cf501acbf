// The patterns by which stop_wishes.cc finds wishes in a text. Constant, so thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_PATTERNS_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_PATTERNS_H_

#include "absl/types/span.h"
#include "scheduler/plan/input/word_patterns.h"

namespace aftercare::plan {

// What a pattern means.
enum WishKind {
  kCounterWish,    // Wishes for messages: `don't stop`, `keep texting me`.
  kContactWish,    // The same at the beginning of a thought only: `call me`.
  kHeldWish,       // Doubtful, though it looks plain: `dar de baja` also puts somebody on sick leave.
  kClearWish,      // A plain wish for no more messages, whatever stands around it: `I am well stop texting me`.
  kPlainWish,      // The same, at the beginning of a thought only.
  kAnywhereWish,   // The same, also in the middle: `I moved stop texting me`.
  kOpenWish,       // The same, also with words behind that do not limit it: `I moved stop texting my old phone`.
  kPronounWish,    // Plain if the text speaks of messages elsewhere: `turn them off`. Doubtful otherwise.
  kBareWish,       // Plain if nothing but harmless reasons stands around it: `stop`.
  kPoliteWish,     // Doubtful, but a bare wish with `please`: `no more`.
  kMessageDoubt,   // Doubtful, and about messages: `too many messages`.
  kDoubt,          // Doubtful if the text says nothing of a treatment: `enough`.
  kReason,         // A reason, which alone says nothing: `I moved`.
  kAskYou,         // Begins a request: `can you`. A bare wish may follow.
  kAskSelf,        // Begins a wish of one's own: `I want to`. A bare wish must not follow.
};

// Beginnings of requests, and the wishes that are plain, alone or with `please`.
absl::Span<const WordPattern> WishPatterns();

// Wishes by their structure: a word for an end, for not writing or for taking off, and what it is about.
absl::Span<const WordPattern> StructurePatterns();

// What is doubtful, and what wishes for messages.
absl::Span<const WordPattern> DoubtPatterns();

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_PATTERNS_H_
