#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_

#include <array>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "services/client/common/terminal.h"

// A patient's year, arranged for drawing, whatever it is drawn on. Functions are pure and thread safe.
namespace aftercare::client {

// How a state is drawn. Shapes differ as well as colours, so that a picture can be read without them.
struct StateLook {
  v1::ReminderState state;
  const char* glyph;   // One column wide.
  const char* label;   // In the legend.
  Ink ink;             // On a terminal.
  const char* colour;  // In an SVG.
};

// All states, the most important first: where several share a place, the first of them is seen. What needs somebody
// comes before what went wrong, that before what is done, and what is done before what is to come.
const std::array<StateLook, 10>& StateLooks();

// The look of a state, and its rank in StateLooks; unknown states look like scheduled ones.
const StateLook& LookOf(v1::ReminderState state);
int RankOf(v1::ReminderState state);

// A phase of the year.
struct YearPhase {
  std::string label;
  absl::CivilDay first;
  absl::CivilDay last;  // Inclusive.
};

// One mark: a reminder by the patient's calendar. Refers to the response it comes from.
struct YearMark {
  absl::CivilSecond due;
  const v1::Reminder* reminder;
};

// The reminders of one category for one audience, in order of due time.
struct YearRow {
  std::string label;
  bool care_team = false;
  std::vector<YearMark> marks;

  // How many are sent or completed.
  int done = 0;
};

// The whole.
struct Year {
  std::string title;              // `Ana · P-17 · enrollment e1`.
  std::string subtitle;           // Pathway, procedure date, zone, what became of the enrollment.
  std::string today;              // `Tue 7 Apr 2026, 09:00 · day 36 · week 6`.
  absl::CivilDay procedure_date;  // Day 0.
  absl::CivilDay last;            // The last day that holds a phase or a mark.
  absl::CivilSecond now;
  std::vector<YearPhase> phases;  // By first day.
  std::vector<YearRow> rows;      // Those for the patient, then those for the care team, each by first mark.
  std::array<int, 10> counts{};    // By rank of state.
};

// Arranges a timeline, which must outlive the year. Dates and times are those of the patient's zone (UTC if this
// machine lacks it).
Year YearOf(const v1::GetTimelineResponse& timeline);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_
