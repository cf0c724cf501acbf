// Says which occurrences of a new plan the stored reminders of a patient stand for.
//
// A change of facts (the procedure date, the time zone, the pathway revision, an appointment) gives a patient a new
// plan. A reminder that was sent under the old plan still stands for what it told the patient. The occurrence that it
// stands for is not sent again; the reminder is said to *cover* it.
//
// Thread safety: functions are pure and may be called from any thread. The structs are plain values. They refer to
// texts of the caller, which must outlive them.
#ifndef AFTERCARE_SCHEDULER_PLAN_MATCH_H_
#define AFTERCARE_SCHEDULER_PLAN_MATCH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace aftercare::plan {

// The offset of a day that a rule names by `on`. An offset is one line of the rule: day 1 and day 7 tell different
// things.
struct Line {
  int months = 0;
  int days = 0;

  friend bool operator==(const Line& a, const Line& b) { return a.months == b.months && a.days == b.days; }
};

// How far an occurrence is from its nearest neighbour, by the patient's calendar and clock.
struct Gap {
  int64_t days = 0;     // Local days. 0 if the neighbour is on the same day.
  int64_t seconds = 0;  // Between the nominal local times, as if no clock was changed between them.
};

// What an occurrence tells a patient, and for when.
struct Telling {
  // Rules of one series say the same thing to the patient. A message stands only for messages of its own series.
  absl::string_view series;

  // The rule's id. Only breaks ties.
  absl::string_view rule;

  // The line, if the rule names its days by `on`. Nothing for a repeating rule (daily, weekly, monthly).
  std::optional<Line> line;

  // The visit that it is about, and the agreed start of the appointment that it counts from. What counts from the
  // procedure, or from the target date of a visit, has no start.
  absl::string_view visit;
  std::optional<absl::Time> start;

  // Of a task about an appointment outside its window: the procedure date by which it lies there. A procedure that is
  // moved again is another matter.
  std::optional<absl::CivilDay> outside_by;

  // True if it tells the patient that the appointment at `start` was cancelled or missed.
  bool fell_through = false;

  // The nominal time on the patient's calendar and clock, the zone of that clock, and the instant.
  absl::CivilMinute nominal;
  absl::TimeZone zone;
  absl::Time instant;

  // The end of the window.
  absl::Time expire;

  // How many times a day the rule has.
  int times = 1;

  // The gap to the nearest neighbour of the same series and the same anchor (the procedure, or one start). Nothing if
  // the occurrence is alone. See FillGaps.
  std::optional<Gap> gap;
};

// Returns whether two tellings are of one series and count from the same anchor. Only such can stand for each other.
inline bool IsSameSeriesAndAnchor(const Telling& a, const Telling& b) {
  return a.series == b.series && a.visit == b.visit && a.start == b.start && a.outside_by == b.outside_by;
}

// Returns whether two tellings are of the same occurrence, by any rule of the series.
inline bool IsSameOccurrence(const Telling& a, const Telling& b) {
  return a.instant == b.instant && a.expire == b.expire && a.line == b.line && IsSameSeriesAndAnchor(a, b);
}

// What became of a stored reminder, as far as it matters here.
enum class Standing {
  kTold,           // Sent (and not known to have bounced) or answered.
  kSetByPerson,    // Called off or moved by a person, and not sent.
  kEndedUnsent,    // Expired, failed, suppressed or bounced.
  kOpen,           // Due or leased.
  kEndedByChange,  // Cancelled, before it was sent, because a change of facts took its occurrence out of the plan.
};

// A stored reminder.
struct StoredReminder {
  // The reminder's name, which no other reminder of the patient has. Only breaks ties.
  absl::string_view name;

  Telling telling;

  Standing standing = Standing::kOpen;

  // When it was sent, or when its standing was decided. InfiniteFuture if that is not known.
  absl::Time time = absl::InfiniteFuture();

  // The procedure date under which it was sent or decided.
  absl::CivilDay procedure_date;
};

// The facts that the new plan was made from, as far as they matter here.
struct MatchFacts {
  absl::CivilDay procedure_date;
  absl::TimeZone zone;
};

// Returns, for each of a patient's stored reminders, the index of the occurrence in the new plan that it covers, or
// nothing. Each occurrence is covered by one reminder at most.
//
// The result depends neither on the order of the reminders and occurrences nor on earlier plans. So a change that is
// undone restores what was covered before it. An open reminder covers only its own occurrence, and only if nothing else
// covers that. Whether it is open therefore makes no difference to what others cover.
//
// `plan` must hold the whole plan, with its gaps filled. Takes O(n log n) for plans whose series have a bounded number
// of occurrences in one repetition.
std::vector<std::optional<int>> Match(absl::Span<const StoredReminder> reminders, absl::Span<const Telling> plan,
                                      const MatchFacts& facts);

// Returns false if a reminder told the patient something about a procedure that was then postponed. That is so if it
// was sent under an earlier procedure date, before the end of the present day 0, and counts from the procedure. Such a
// reminder stands for no line, and for a repeating rule only on the day it was sent. Always true for a reminder that
// was not sent.
bool StandsForProcedure(const StoredReminder& reminder, const MatchFacts& facts);

// Fills the gaps of a whole plan.
void FillGaps(absl::Span<Telling> plan);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_MATCH_H_
