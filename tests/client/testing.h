#ifndef AFTERCARE_TESTS_CLIENT_TESTING_H_
#define AFTERCARE_TESTS_CLIENT_TESTING_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/terminal.h"
#include "services/client/render/questions.h"

namespace aftercare::client {

// Builds a timeline for tests that draw it. The patient is Ana, in UTC. Day 0 is 2 March 2026, and the present is 10
// days later, at 10:00. Not thread safe.
class TimelineMaker {
 public:
  TimelineMaker() {
    v1::Enrollment* enrollment = timeline.mutable_enrollment();
    enrollment->set_name("clinics/demo/enrollments/ana");
    enrollment->set_patient("P-17");
    enrollment->set_first_name("Ana");
    enrollment->set_pathway("clinics/demo/pathways/knee");
    enrollment->set_pathway_revision(2);
    enrollment->set_procedure_date("2026-03-02");
    enrollment->set_time_zone("UTC");
    Now(absl::CivilMinute(2026, 3, 12, 10, 0));
  }

  TimelineMaker& Now(absl::CivilMinute now) {
    plan::SetTimestamp(absl::FromCivil(now, absl::UTCTimeZone()), timeline.mutable_current_time());
    return *this;
  }

  TimelineMaker& Phase(const std::string& id, const std::string& name, const std::string& first,
                       const std::string& last) {
    v1::TimelinePhase* phase = timeline.add_phases();
    phase->set_phase(id);
    phase->set_display_name(name);
    phase->set_first_date(first);
    phase->set_last_date(last);
    return *this;
  }

  // Adds a reminder with a window of two hours. Returns it, to be changed before the next Add.
  v1::Reminder& Add(const std::string& id, const std::string& phase, const std::string& category, absl::CivilMinute due,
                    v1::ReminderState state = v1::REMINDER_STATE_SCHEDULED,
                    v1::Audience audience = v1::AUDIENCE_PATIENT) {
    v1::Reminder& reminder = *timeline.add_reminders();
    reminder.set_name(absl::StrCat("clinics/demo/enrollments/ana/reminders/", id));
    reminder.set_patient("P-17");
    reminder.set_phase(phase);
    reminder.set_category(category);
    reminder.set_audience(audience);
    plan::SetTimestamp(absl::FromCivil(due, absl::UTCTimeZone()), reminder.mutable_due_time());
    plan::SetTimestamp(absl::FromCivil(due + 120, absl::UTCTimeZone()), reminder.mutable_expire_time());
    reminder.set_state(state);
    reminder.set_text(absl::StrCat("Text of ", id.substr(0, id.rfind('.')), "."));
    return reminder;
  }

  // Adds a score to the adherence, answered to the reminder with that id.
  TimelineMaker& Score(const std::string& id, absl::CivilMinute time, int score) {
    v1::AnsweredScore& answered = *timeline.mutable_adherence()->add_scores();
    answered.set_reminder(absl::StrCat("clinics/demo/enrollments/ana/reminders/", id));
    answered.set_rule(id.substr(0, id.find('.')));
    plan::SetTimestamp(absl::FromCivil(time, absl::UTCTimeZone()), answered.mutable_answer_time());
    answered.set_score(score);
    return *this;
  }

  // Adds the score of a round of a questionnaire, whose last question a reminder asked.
  TimelineMaker& Round(const std::string& questionnaire, const std::string& last, absl::CivilMinute time,
                       double score) {
    v1::QuestionnaireScore& round = *timeline.mutable_adherence()->add_questionnaires();
    round.set_questionnaire(questionnaire);
    round.add_reminders("clinics/demo/enrollments/ana/reminders/first.2026-03-01");
    round.add_reminders(absl::StrCat("clinics/demo/enrollments/ana/reminders/", last));
    plan::SetTimestamp(absl::FromCivil(time, absl::UTCTimeZone()), round.mutable_answer_time());
    round.set_score(score);
    return *this;
  }

  v1::GetTimelineResponse timeline;
};

// Returns the questions of a pathway, in text format.
inline Questions QuestionsOf(const std::string& pathway) {
  Questions questions;
  v1::Pathway parsed;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(pathway, &parsed)) << pathway;
  questions.Add(parsed);
  return questions;
}

// Returns a timeline of a year. The first phase has three days with three sent reminders each. The second phase has the
// rest of the year, with a reminder a week, one reminder in each of seven other states, and a task for the care team.
inline v1::GetTimelineResponse WholeYear() {
  TimelineMaker maker;
  maker.Phase("first", "First days", "2026-03-03", "2026-03-05")
      .Phase("rest", "Rest of the year", "2026-03-06", "2027-03-01");
  for (int day = 3; day <= 5; ++day) {
    for (const int hour : {8, 13, 18}) {
      maker.Add(absl::StrFormat("ice.2026-03-%02d-%02d00", day, hour), "first", "ice",
                absl::CivilMinute(2026, 3, day, hour, 0), v1::REMINDER_STATE_SENT);
    }
  }
  for (int week = 0; week < 50; ++week) {
    const absl::CivilDay day(2026, 3, 9 + 7 * week);
    maker.Add(absl::StrCat("therapy.", absl::FormatCivilTime(day)), "rest", "therapy", absl::CivilMinute(day) + 9 * 60);
  }
  const v1::ReminderState states[] = {v1::REMINDER_STATE_DUE,        v1::REMINDER_STATE_LEASED,
                                      v1::REMINDER_STATE_FAILED,     v1::REMINDER_STATE_EXPIRED,
                                      v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_STATE_CANCELLED,
                                      v1::REMINDER_STATE_COMPLETED};
  for (int i = 0; i < 7; ++i) {
    maker.Add(absl::StrFormat("mixed.2026-03-%02d", 6 + i), "rest", "mixed", absl::CivilMinute(2026, 3, 6 + i, 9, 0),
              states[i]);
  }
  maker.Add("book.2026-09-01", "rest", "visit", absl::CivilMinute(2026, 9, 1, 9, 0), v1::REMINDER_STATE_SCHEDULED,
            v1::AUDIENCE_CARE_TEAM);
  return maker.timeline;
}

// Fails the test for each line that is wider than `columns`.
inline void ExpectFits(const std::string& text, int columns) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    EXPECT_LE(DisplayWidth(line), columns) << line;
  }
}

// Returns the first line that begins with `begin`, or an empty string.
inline std::string LineOf(const std::string& text, const std::string& begin) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    if (line.compare(0, begin.size(), begin) == 0) return line;
  }
  return "";
}

}  // namespace aftercare::client

#endif  // AFTERCARE_TESTS_CLIENT_TESTING_H_
