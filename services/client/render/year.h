#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_

#include <array>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "services/client/common/terminal.h"

// A patient's year, arranged for drawing as text (year_text.h) or SVG (year_svg.h). All functions are pure and thread
// safe.
namespace aftercare::client {

// How reminders of a state are drawn. Shapes differ as well as colours, so a picture can be read without colours.
struct StateLook {
  v1::ReminderState state;
  const char* glyph;   // The mark in text, one column wide.
  const char* label;   // The word in the legend.
  Ink ink;             // The colour in text.
  const char* colour;  // The colour in SVG.
};

// Returns the looks of all states, the most important first. If several marks share a place, only the most important
// one is shown. States that need somebody to act come first. Then come those that ended unsent, those that are done,
// and `scheduled`.
const std::array<StateLook, 10>& StateLooks();

// Return the look of a state and its index in StateLooks. Unknown states look like scheduled ones.
const StateLook& LookOf(v1::ReminderState state);
int RankOf(v1::ReminderState state);

// A phase of the year.
struct YearPhase {
  std::string label;
  absl::CivilDay first;
  absl::CivilDay last;  // Inclusive.
};

// A reminder in the patient's calendar.
struct YearMark {
  absl::CivilSecond due;
  const v1::Reminder* reminder;  // Belongs to the timeline.
};

// The reminders of one category for one audience, in order of due time.
struct YearRow {
  std::string label;
  bool care_team = false;
  std::vector<YearMark> marks;
  int done = 0;  // How many are sent, delivered or completed.
};

// The whole year.
struct Year {
  std::string title;              // `Ana · P-17 · e1`.
  std::string subtitle;           // Pathway, procedure date, zone, stopped and held contact points, end.
  std::string today;              // `Tue 7 Apr 2026, 09:00 · day 36 · week 6`.
  absl::CivilDay procedure_date;  // Day 0.
  absl::CivilDay last;            // The last day with a phase or a mark.
  absl::CivilSecond now;          // The present by the patient's clock.
  std::vector<YearPhase> phases;  // By first day.
  std::vector<YearRow> rows;      // The patient's rows, then the care team's; each group in order of the first mark.
  std::array<int, 10> counts{};   // The number of reminders in each state, by RankOf.
  int held = 0;                   // How many wait for the care team to decide about a reply.
};

// Returns a sentence about the reminders that are held: how many, and until when. Empty if there are none.
std::string HeldNote(const Year& year);

// Arranges a timeline, which must outlive the year. Dates and times are in the patient's zone, or in UTC if this
// machine does not know it.
Year YearOf(const v1::GetTimelineResponse& timeline);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_
