#include "scheduler/plan/input/stop_wishes.h"

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "scheduler/plan/input/reply_text.h"
#include "scheduler/plan/input/wish_patterns.h"
#include "scheduler/plan/input/wish_thoughts.h"

namespace aftercare::plan {
namespace {

// Words with a part in a pattern.
struct Part {
  WishKind kind = kReason;
  size_t length = 0;  // 0: there is none.
  bool is_own = false;    // Begins with `I want to` or the like.
  bool is_asked = false;  // Begins with `can you` or the like, so that a question mark is nothing but courtesy.
};

// Of parts of equal length the first counts. A wish that may stand in more places comes before one that may not.
constexpr WishKind kWishKinds[] = {kCounterWish, kContactWish, kHeldWish,     kOpenWish,   kClearWish,
                                   kAnywhereWish, kPlainWish,  kBareWish,     kPoliteWish, kPronounWish,
                                   kMessageDoubt, kDoubt,      kReason};

// Classes of words, by what they do around wishes.
struct Roles {
  uint64_t clinical = WishGrammar().ClassesOf("CLINICAL CLINICALES");
  uint64_t question = WishGrammar().ClassesOf("QUESTION");
  uint64_t block = WishGrammar().ClassesOf("BLOCK");
  uint64_t reason_end = WishGrammar().ClassesOf("REASONEND");
  uint64_t starter = WishGrammar().ClassesOf("STARTER");
  uint64_t leaving = WishGrammar().ClassesOf("UNSUB REMOVEME");
  uint64_t ending = WishGrammar().ClassesOf("STOP HALT NOWANT NONEED");
  uint64_t messages = WishGrammar().ClassesOf("MESSAGE SENDING SENDES SENDINF SENDFR CONTACTED");
  uint64_t any_end = WishGrammar().ClassesOf("CEASE UNSUB REMOVEME NOWANT NONEED ENDING");
  uint64_t unwanted = WishGrammar().ClassesOf("NOWANT NONEED");
  uint64_t any_message = WishGrammar().ClassesOf("MESSAGE SENDING SENDES SENDINF SENDFR DEVICE");
  uint64_t named = WishGrammar().ClassesOf("MESSAGES");
  uint64_t to = WishGrammar().ClassesOf("TO");
  uint64_t limit = WishGrammar().ClassesOf("LIMIT");
  uint64_t family = WishGrammar().ClassesOf("FAMILY");
  uint64_t harmless = WishGrammar().ClassesOf("HARMLESS THING SENDING SENDI");
};
const Roles& TheRoles() {
  static const auto* const roles = new Roles;
  return *roles;
}

// What the clauses of a text say together.
struct Findings {
  bool counter = false;
  bool plain = false;
  bool bare = false;
  bool bare_question = false;  // `stop now?`
  bool polite = false;
  bool pronoun = false;
  bool message_doubt = false;
  bool doubt = false;
  bool mentions_end = false;      // An end, or that something is not wanted, outside of questions.
  bool mentions_both = false;     // In one clause.
  bool mentions_unwanted = false;
  bool mentions_message = false;  // Messages, or that somebody writes.
  bool says_messages = false;      // Messages, not one of them, in questions too.
  bool asks = false;         // `please` is somewhere.
  bool clinical = false;     // A word about a body or a treatment is outside of all parts.
  bool all_harmless = true;  // All words outside of parts are harmless.
};

// Reads one clause from its first word to its last.
class ClauseReader {
 public:
  ClauseReader(const WishClause& clause, Findings* findings) : clause_(clause), findings_(*findings) {}

  void Read() {
    findings_.asks = findings_.asks || clause_.asks;
    NoteMentions();
    bool after_part = false;
    bool has_part = false;
    for (size_t at = 0; at < clause_.words.size();) {
      const Part part = FindPart(at, after_part);
      after_part = part.length > 0 && Note(part, at + part.length);
      if (after_part) {
        at += part.length;
        has_part = true;
      } else {
        NoteLoose(at++);
      }
    }
    if (!has_part && MentionsWishAndMessages()) findings_.message_doubt = true;
  }

 private:
  absl::Span<const KnownWord> From(size_t at) const { return absl::MakeConstSpan(clause_.words).subspan(at); }

  bool Is(size_t at, uint64_t role) const { return (clause_.words[at].classes & role) != 0; }

  // Whether a wish may stand in the middle of a clause without a mark before it.
  bool MayFollow(size_t at) const {
    return !Is(0, roles_.question) && !Is(at - 1, roles_.block);
  }

  bool MayBegin(WishKind kind, size_t at, Beginning begins) const {
    if (begins == Beginning::kSure || kind == kCounterWish || kind == kMessageDoubt) return true;
    const bool names_messages = kind >= kClearWish && kind <= kPronounWish;
    if (begins == Beginning::kPerhaps) return names_messages || kind == kHeldWish || kind == kContactWish;
    if (!MayFollow(at)) return false;
    if (kind == kAnywhereWish || kind == kPronounWish) return !seen_clinical_;
    if (kind == kBareWish) return !seen_other_ && Is(at - 1, roles_.reason_end);
    return kind == kClearWish || kind == kOpenWish;
  }

  // The longest part that begins at a word; of two, the one whose kind comes first.
  Part FindPart(size_t at, bool after_part) const {
    const Beginning begins = after_part ? Beginning::kSure : clause_.begins[at];
    Part best;
    FindCore(at, 0, begins, /*after_self=*/false, &best);
    if (begins == Beginning::kNone && !MayFollow(at)) return best;
    if (const size_t you = WishGrammar().LongestMatch(kAskYou, From(at)); you > 0) {
      FindCore(at, you, begins, /*after_self=*/false, &best);
    }
    if (const size_t self = WishGrammar().LongestMatch(kAskSelf, From(at)); self > 0) {
      FindCore(at, self, begins, /*after_self=*/true, &best);
    }
    return best;
  }

  // Looks for a wish behind the `asking` words that begin at `at`.
  void FindCore(size_t at, size_t asking, Beginning begins, bool after_self, Part* best) const {
    if (at + asking >= clause_.words.size()) return;
    for (const WishKind kind : kWishKinds) {
      if (!MayBegin(kind, at, begins)) continue;
      if (asking > 0 && kind == kCounterWish) continue;
      if (after_self && kind == kBareWish) continue;
      const size_t length = WishGrammar().LongestMatch(kind, From(at + asking));
      if (length > 0 && asking + length > best->length) *best = {kind, asking + length, after_self, asking > 0};
    }
  }

  // Whether a statement without a part of a wish has words for the end of something and for messages all the same.
  bool MentionsWishAndMessages() const {
    if (clause_.words.empty() || seen_clinical_ || Is(0, roles_.question)) return false;
    uint64_t all = 0;
    for (const KnownWord& word : clause_.words) all |= word.classes;
    return (all & roles_.leaving) != 0 || ((all & roles_.ending) != 0 && (all & roles_.messages) != 0);
  }

  // Takes note of words for an end and for messages anywhere.
  void NoteMentions() {
    for (const KnownWord& word : clause_.words) {
      findings_.says_messages = findings_.says_messages || (word.classes & roles_.named) != 0;
    }
    if (clause_.is_question || clause_.words.empty() || Is(0, roles_.question)) return;
    uint64_t all = 0;
    for (const KnownWord& word : clause_.words) all |= word.classes;
    const bool end = (all & roles_.any_end) != 0;
    const bool message = (all & roles_.any_message) != 0;
    findings_.mentions_end = findings_.mentions_end || end;
    findings_.mentions_message = findings_.mentions_message || message;
    findings_.mentions_both = findings_.mentions_both || (end && message);
    findings_.mentions_unwanted = findings_.mentions_unwanted || (all & roles_.unwanted) != 0;
  }

  // Whether a new thought begins at a word, or the clause ends there.
  bool IsEndOfThought(size_t at) const {
    if (at >= clause_.words.size() || clause_.begins[at] != Beginning::kNone || Is(at, roles_.starter)) return true;
    return FindPart(at, /*after_part=*/true).length > 0;
  }

  // Whether what limits or follows a wish is about a treatment, or asks something.
  bool IsAboutTreatment(size_t at) const {
    if (Is(at, roles_.question)) return true;
    for (; at < clause_.words.size() && clause_.begins[at] == Beginning::kNone; ++at) {
      if (Is(at, roles_.clinical)) return true;
    }
    return false;
  }

  // Whether a part has a word for messages, so that it is about them whatever follows.
  bool Names(const Part& part, size_t end) const {
    if (part.kind == kOpenWish) return true;
    for (size_t at = end - part.length; at < end; ++at) {
      if (Is(at, roles_.named)) return true;
    }
    return false;
  }

  // Whether what follows a wish does not limit it: not `at night`, not to somebody else only.
  bool IsUnlimited(size_t end) const {
    if (end + 1 < clause_.words.size() && Is(end + 1, roles_.family) && !Is(end, roles_.starter)) return false;
    for (size_t at = end; !IsEndOfThought(at); ++at) {
      if (Is(at, roles_.limit)) return false;
    }
    return true;
  }

  // Takes note of a part that ends before the word at `end`. Returns false if it is none in view of what follows.
  bool Note(const Part& part, size_t end) {
    const bool is_question = clause_.is_question && !part.is_asked;
    const bool ends = IsEndOfThought(end);
    switch (part.kind) {
      case kCounterWish:
      case kContactWish:
        findings_.counter = true;
        return true;
      case kPlainWish:
      case kClearWish:
      case kAnywhereWish:
      case kOpenWish:
        if (!ends && part.kind != kClearWish && !Names(part, end) && IsAboutTreatment(end)) return false;
        NoteWish(part, end, is_question);
        return true;
      case kPronounWish:
        if (!ends && (IsAboutTreatment(end) || !IsUnlimited(end))) return false;
        (is_question ? findings_.doubt : findings_.pronoun) = true;
        return true;
      case kBareWish:
      case kPoliteWish:
        if (!ends) return false;
        NoteBare(part, is_question);
        return true;
      case kHeldWish:
      case kMessageDoubt:
        if (!ends && IsAboutTreatment(end)) return false;
        findings_.message_doubt = true;
        return true;
      case kDoubt:
        findings_.doubt = true;
        return true;
      default:
        return true;
    }
  }

  // Whether a part that names no messages ends in the middle of `to the wrong address`.
  bool BreaksOff(const Part& part, size_t end) const {
    if (end >= clause_.words.size() || part.length < 3) return false;
    for (size_t at = end - part.length; at < end; ++at) {
      if (Is(at, roles_.named)) return false;
    }
    return Is(end - 1, roles_.to) || Is(end - 2, roles_.to);
  }

  void NoteWish(const Part& part, size_t end, bool is_question) {
    const bool may_go_on = part.kind == kOpenWish;
    const bool is_whole = (!BreaksOff(part, end) && IsEndOfThought(end)) ||
                          (may_go_on && !IsAboutTreatment(end) && IsUnlimited(end));
    (is_whole && !is_question ? findings_.plain : findings_.message_doubt) = true;
  }

  void NoteBare(const Part& part, bool is_question) {
    if (is_question) {
      findings_.bare_question = true;
    } else if (part.kind == kBareWish) {
      findings_.bare = true;
    } else {
      (part.is_own ? findings_.doubt : findings_.polite) = true;
    }
  }

  // Takes note of a word outside of all parts.
  void NoteLoose(size_t at) {
    const bool clinical = Is(at, roles_.clinical);
    seen_clinical_ = seen_clinical_ || clinical;
    findings_.clinical = findings_.clinical || clinical;
    if (clinical || !Is(at, roles_.harmless)) seen_other_ = true;
    findings_.all_harmless = findings_.all_harmless && !seen_other_;
  }

  const Roles& roles_ = TheRoles();
  const WishClause& clause_;
  Findings& findings_;
  bool seen_clinical_ = false;
  bool seen_other_ = false;  // A word that is not harmless.
};

StopWish Judge(const Findings& found) {
  const bool doubtful = found.bare || found.polite || found.message_doubt ||
                        ((found.doubt || found.pronoun) && !found.clinical) ||
                        (found.bare_question && found.all_harmless);
  const bool is_unwanted = found.mentions_unwanted && found.mentions_message;
  if (found.counter) return found.plain || is_unwanted ? StopWish::kDoubtful : StopWish::kNone;
  if (found.plain) return StopWish::kPlain;
  // What else the text says shows that a wish is about messages.
  const bool about_messages = !found.clinical && (found.says_messages || found.message_doubt);
  const bool has_reason = !found.clinical && found.doubt;
  if (found.pronoun && (about_messages || has_reason)) return StopWish::kPlain;
  const bool is_bare = found.bare || (found.polite && found.asks);
  if (is_bare && (found.all_harmless || (found.asks && !found.clinical))) return StopWish::kPlain;
  if ((found.bare || found.polite) && about_messages) return StopWish::kPlain;
  // Whoever writes of an end and of messages may mean the end of messages, in words that no pattern has.
  const bool mentions_apart = found.mentions_end && found.mentions_message && !found.clinical;
  if (found.mentions_both || mentions_apart) return StopWish::kDoubtful;
  return doubtful ? StopWish::kDoubtful : StopWish::kNone;
}

StopWish ReadClauses(const std::vector<ReplyClause>& clauses, bool stp_is_stop, bool* has_stp) {
  Findings findings;
  for (const ReplyClause& clause : clauses) ClauseReader(RewordClause(clause, stp_is_stop, has_stp), &findings).Read();
  return Judge(findings);
}

}  // namespace

StopWish ReadStopWish(absl::string_view text) {
  const std::vector<ReplyClause> clauses = SplitClauses(text);
  bool has_stp = false;
  const StopWish wish = ReadClauses(clauses, /*stp_is_stop=*/false, &has_stp);
  return wish == StopWish::kNone && has_stp ? ReadClauses(clauses, /*stp_is_stop=*/true, &has_stp) : wish;
}

}  // namespace aftercare::plan
