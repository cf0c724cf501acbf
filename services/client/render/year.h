#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_

#include <array>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "services/client/common/terminal.h"
#include "services/client/render/questions.h"

// A patient's year, arranged for drawing as text (year_text.h) or SVG (year_svg.h). All functions are pure and thread
// safe.
namespace aftercare::client {

// What became of the question that a message asks.
enum class Answering {
  kNothing,     // It asks for no answer, or has not been sent, or still waits for its answer.
  kAnswered,    // There is an answer.
  kUnanswered,  // It was sent, and its window has closed without an answer.
};

// How reminders are drawn, by what became of their question, or else by their state. Shapes differ as well as colours,
// so a picture can be read without colours.
struct MarkLook {
  v1::ReminderState state;  // Makes no difference if `answering` is not kNothing.
  Answering answering;
  const char* glyph;   // The mark in text, one column wide.
  const char* label;   // The word in the legend.
  Ink ink;             // The colour in text.
  const char* colour;  // The colour in SVG.
};

inline constexpr int kMarkLooks = 12;

// Returns all looks, the most important first. If several marks share a place, only the most important one is shown.
// States that need somebody to act come first. Then come those that ended unsent, what was not answered, those that are
// done, and `scheduled`.
const std::array<MarkLook, kMarkLooks>& MarkLooks();

// Returns the index in MarkLooks of the look of a reminder. Unknown states look like scheduled ones.
int RankOf(v1::ReminderState state, Answering answering = Answering::kNothing);

// Returns the look of a state, without regard to answers.
const MarkLook& LookOf(v1::ReminderState state);

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
  int rank = 0;                  // Its look, as an index in MarkLooks.
};

// The reminders of one category for one audience, in order of due time.
struct YearRow {
  std::string label;
  bool care_team = false;
  std::vector<YearMark> marks;
  int done = 0;  // How many are sent, delivered or completed.
};

// A score that the patient answered, or that of a round of a questionnaire.
struct YearScore {
  absl::CivilSecond time;  // When it was answered.
  double score = 0;
  std::string reminder;  // The id of the reminder that asked, or that asked the last question of the round.
};

// The scores of one category that have one scale, or those of one questionnaire.
struct YearCurve {
  std::string label;  // The category, or the id of the questionnaire.
  ScoreScale scale;
  std::vector<YearScore> scores;  // By time. Never empty.
};

// The whole year.
struct Year {
  std::string title;               // `Ana · P-17 · e1`.
  std::string subtitle;            // Pathway, procedure date, zone, stopped and held contact points, end.
  std::string today;               // `Tue 7 Apr 2026, 09:00 · day 36 · week 6`.
  std::string answers;             // How the patient follows the care plan. Empty if nothing was asked so far.
  absl::CivilDay procedure_date;   // Day 0.
  absl::CivilDay last;             // The last day with a phase or a mark.
  absl::CivilSecond now;           // The present by the patient's clock.
  std::vector<YearPhase> phases;   // By first day.
  std::vector<YearRow> rows;       // The patient's rows, then the care team's; each group in order of the first mark.
  std::vector<YearCurve> curves;   // In the order of CurvesOf.
  std::array<int, kMarkLooks> counts{};  // The number of reminders of each look, by RankOf.
  int held = 0;                    // How many wait for the care team to decide about a reply.
};

// Returns a sentence about the reminders that are held: how many, and until when. Empty if there are none.
std::string HeldNote(const Year& year);

// Returns the name of a group of curves: `scores 0-10`.
std::string ScaleLabel(const ScoreScale& scale);

// Returns the first and the last score of a curve, `7 → 3`, or the only one. Rounded to one decimal.
std::string TrendLabel(const YearCurve& curve);

// Arranges a timeline, which must outlive the year. `questions` are those of the patient's pathway. What has no entry
// there counts as a question only if it has an answer. Dates and times are in the patient's zone, or in UTC if this
// machine does not know it.
Year YearOf(const v1::GetTimelineResponse& timeline, const Questions& questions = {});

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_H_
