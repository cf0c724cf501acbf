#include "services/client/render/lists.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/client/common/care_teams.h"
#include "services/client/common/names.h"
#include "services/client/common/reply_words.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/consent_text.h"
#include "services/client/render/fields.h"
#include "services/client/render/labels.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

std::string FactorsOf(const v1::Enrollment& enrollment) {
  // A protobuf map is not sorted.
  const std::map<std::string, std::string> sorted(enrollment.factors().begin(), enrollment.factors().end());
  return absl::StrJoin(sorted, " ", absl::PairFormatter("="));
}

std::string EnrollmentStateOf(const v1::Enrollment& enrollment) {
  const std::string state = EnumLabel(*v1::EnrollmentState_descriptor(), enrollment.state());
  const std::string reason = EnumLabel(*v1::EndReason_descriptor(), enrollment.end_reason());
  return reason.empty() ? state : absl::StrCat(state, " (", reason, ")");
}

// Returns `2026-09-03 14:30` by the clinic's clock, or an empty string if the visit has no appointment.
std::string BeginOf(const v1::Visit& visit) {
  return absl::StrReplaceAll(visit.start_local_time(), {{"T", " "}});
}

std::string WindowOf(const v1::Visit& visit) {
  return absl::StrCat(visit.window_first_date(), " to ", visit.window_last_date());
}

// Returns the address, and whether somebody there wished to get no messages.
std::string ContactPointText(const v1::ContactPoint& point) {
  const std::string state = EnumLabel(*v1::ContactPointState_descriptor(), point.state());
  return state.empty() ? point.address() : absl::StrCat(point.address(), " (", state, ")");
}

std::vector<std::string> HolidayTexts(const v1::Clinic& clinic) {
  std::vector<std::string> texts;
  for (const v1::Holiday& holiday : clinic.holidays()) {
    texts.push_back(
        absl::StrCat(holiday.date(), holiday.display_name().empty() ? "" : " ", holiday.display_name()));
  }
  return texts;
}

// Returns what the patient decided about messages, as far as it is known how.
std::vector<std::string> DecisionTexts(const v1::Enrollment& enrollment, absl::TimeZone zone) {
  std::vector<std::string> texts;
  if (enrollment.has_consent_source()) {
    v1::ConsentDecision all;
    all.set_consent(enrollment.consent());
    *all.mutable_source() = enrollment.consent_source();
    texts.push_back(ConsentSentence(all, zone));
  }
  for (const v1::ConsentDecision& decision : enrollment.consent_decisions()) {
    texts.push_back(ConsentSentence(decision, zone));
  }
  return texts;
}

// Returns a reminder's state with what there is to say about it: `completed (answered 7)`, `due (step 1,
// acknowledged)`.
std::string StateText(const v1::Reminder& reminder) {
  const std::string reason = ReasonLabel(reminder.reason());
  const std::string answer = AnswerLabel(reminder);
  std::vector<std::string> notes;
  if (reminder.conditional()) notes.push_back("conditional");
  if (!reason.empty() || !answer.empty()) {
    notes.push_back(absl::StrCat(reason, reason.empty() || answer.empty() ? "" : " ", answer));
  }
  if (const std::string task = TaskLabel(reminder); !task.empty()) notes.push_back(task);
  return absl::StrCat(StateLabel(reminder.state()), notes.empty() ? "" : " (", absl::StrJoin(notes, ", "),
                      notes.empty() ? "" : ")");
}

// Returns a cap on messages in words; empty if there is none.
std::string CapText(const v1::MessageCap& cap) {
  std::vector<std::string> parts;
  if (cap.has_per_day()) parts.push_back(absl::StrCat(cap.per_day(), " a day"));
  if (cap.has_per_week()) parts.push_back(absl::StrCat(cap.per_week(), " in seven days"));
  return parts.empty() ? "" : absl::StrCat("at most ", absl::StrJoin(parts, ", "), " to one patient");
}

// Returns how replies of patients are read, and how fast messages are sent.
std::vector<std::string> CareTeamTexts(const v1::Clinic& clinic) {
  std::vector<std::string> texts;
  for (const v1::CareTeam& team : clinic.care_teams()) texts.push_back(CareTeamText(team));
  return texts;
}

std::string MessagingFields(const v1::Clinic& clinic) {
  const int64_t limit = clinic.max_messages_per_minute();
  return absl::StrCat(
      Field("region", clinic.region()),
      Field("limit", limit == 0 ? "" : absl::StrCat(Counted(limit, "message"), " a minute")),
      Field("messages", CapText(clinic.message_cap())),
      Field("decision time", clinic.has_decision_time() ? FormatDuration(clinic.decision_time()) : ""),
      Fields("care team", CareTeamTexts(clinic)),
      Field("quotes", clinic.quote_patients() ? "messages to care teams quote what the patient wrote" : ""),
      Fields("reply words", ReplyWordsTexts(clinic.reply_words())));
}

}  // namespace

std::string RenderClinics(const std::vector<v1::Clinic>& clinics, const ListStyle& style) {
  Table table({"CLINIC", "TIME ZONE", "TEST CLOCK", "PHONE", "NAME"});
  for (const v1::Clinic& clinic : clinics) {
    table.Add({IdOf(clinic.name()), clinic.time_zone(),
               FormatInstant(clinic.test_clock_time(), ZoneOrUtc(clinic.time_zone())), clinic.phone(),
               clinic.display_name()});
  }
  return table.Render(style.width, style.colour);
}

std::string RenderPathways(const std::vector<v1::Pathway>& pathways, const ListStyle& style) {
  Table table({"PATHWAY", ">REVISION", ">PHASES", ">RULES", "MADE (UTC)", "NAME"});
  for (const v1::Pathway& pathway : pathways) {
    table.Add({IdOf(pathway.name()), absl::StrCat(pathway.revision()), absl::StrCat(pathway.phases_size()),
               absl::StrCat(pathway.rules_size()), FormatInstant(pathway.revision_create_time(), absl::UTCTimeZone()),
               pathway.display_name()});
  }
  return table.Render(style.width, style.colour);
}

std::string RenderEnrollments(const std::vector<v1::Enrollment>& enrollments, const ListStyle& style) {
  const bool closed = std::any_of(enrollments.begin(), enrollments.end(),
                                  [](const auto& enrollment) { return !ClosedContactPoints(enrollment).empty(); });
  std::vector<std::string> titles = {"ENROLLMENT", "PATIENT", "PATHWAY", "PROCEDURE", "STATE"};
  if (closed) titles.push_back("NOT WRITTEN TO");
  titles.insert(titles.end(), {"TIME ZONE", "LOCALE", "FACTORS"});
  Table table(titles);
  for (const v1::Enrollment& enrollment : enrollments) {
    std::vector<std::string> cells = {IdOf(enrollment.name()), enrollment.patient(),
                                      absl::StrCat(IdOf(enrollment.pathway()), " r", enrollment.pathway_revision()),
                                      enrollment.procedure_date(), EnrollmentStateOf(enrollment)};
    if (closed) cells.push_back(ClosedContactPoints(enrollment));
    cells.insert(cells.end(), {enrollment.time_zone(), enrollment.locale(), FactorsOf(enrollment)});
    table.Add(std::move(cells));
  }
  return table.Render(style.width, style.colour);
}

std::string RenderReminders(const std::vector<v1::Reminder>& reminders, const ListStyle& style) {
  Table table(
      {absl::StrCat("DUE (", style.zone.name(), ")"), "STATE", "REMINDER", "PATIENT", "CATEGORY", "BY", "TEXT"});
  for (const v1::Reminder& reminder : reminders) {
    const bool task = reminder.audience() == v1::AUDIENCE_CARE_TEAM;
    table.Add({FormatInstant(reminder.due_time(), style.zone), StateText(reminder), ShortReminder(reminder.name()),
               reminder.patient(), reminder.category(), task ? "care-team" : ChannelLabel(reminder.channel()),
               reminder.text()});
  }
  return table.Render(style.width, style.colour);
}

std::string RenderDeadLetters(const std::vector<v1::DeadLetter>& letters, const ListStyle& style) {
  Table table({absl::StrCat("DUE (", style.zone.name(), ")"), "REMINDER", "PATIENT", "BY", ">ATTEMPTS", "REASON",
               "CHANNEL SAID", "REDRIVE"});
  for (const v1::DeadLetter& letter : letters) {
    const v1::Reminder& reminder = letter.reminder();
    table.Add({FormatInstant(reminder.due_time(), style.zone), ShortReminder(reminder.name()), reminder.patient(),
               ChannelLabel(reminder.channel()), absl::StrCat(reminder.attempts()), ReasonLabel(reminder.reason()),
               letter.error_code(), letter.redrivable() ? "yes" : "no"});
  }
  return table.Render(style.width, style.colour);
}

std::string RenderVisits(const std::vector<v1::Visit>& visits, const ListStyle& style) {
  const std::string zone = visits.empty() ? "" : absl::StrCat(" (", visits[0].time_zone(), ")");
  Table table({"VISIT", "PATIENT", "STATE", absl::StrCat("BEGINS", zone), "TARGET", "WINDOW", "NAME"});
  for (const v1::Visit& visit : visits) {
    table.Add({ShortVisit(visit.name()), visit.patient(), EnumLabel(*v1::VisitState_descriptor(), visit.state()),
               BeginOf(visit), visit.target_date(), WindowOf(visit), visit.display_name()});
  }
  return table.Render(style.width, style.colour);
}

std::string RenderCounts(const v1::CountRemindersResponse& counts, const ListStyle& style) {
  std::vector<std::string> phases;  // As the server orders them.
  std::map<std::pair<std::string, int>, int64_t> cells;
  std::map<int, int64_t> by_state;
  for (const v1::ReminderCount& count : counts.counts()) {
    if (std::find(phases.begin(), phases.end(), count.phase()) == phases.end()) phases.push_back(count.phase());
    cells[{count.phase(), count.state()}] += count.count();
    by_state[count.state()] += count.count();
  }
  std::vector<std::string> titles = {"PHASE"};
  for (const auto& [state, unused] : by_state)
    titles.push_back(">" + StateLabel(static_cast<v1::ReminderState>(state)));
  titles.push_back(">all");
  Table table(titles);
  for (const std::string& phase : phases) {
    std::vector<std::string> line = {phase};
    int64_t sum = 0;
    for (const auto& [state, unused] : by_state) {
      const int64_t count = cells[{phase, state}];
      line.push_back(count == 0 ? "" : Thousands(count));
      sum += count;
    }
    line.push_back(Thousands(sum));
    table.Add(std::move(line));
  }
  std::vector<std::string> sums = {"all"};
  for (const auto& [unused, count] : by_state) sums.push_back(Thousands(count));
  sums.push_back(Thousands(counts.total_count()));
  table.Add(std::move(sums));
  return table.Render(style.width, style.colour);
}

std::string RenderLease(const v1::Lease& lease, const ListStyle& style) {
  std::string out = absl::StrCat(
      Paint(Ink::kBold,
            absl::StrCat(ChannelLabel(lease.contact_point().channel()), " to ", lease.contact_point().address()),
            style.colour),
      Paint(Ink::kDim,
            absl::StrCat("  ", ShortReminder(lease.reminder()), "  due ", FormatInstant(lease.due_time(), style.zone)),
            style.colour));
  if (lease.attempt() > 1) absl::StrAppend(&out, "  attempt ", lease.attempt());
  out += "\n";
  for (const std::string& line : Wrap(lease.text(), style.width > 8 ? style.width - 4 : 1'000'000)) {
    absl::StrAppend(&out, "    ", line, "\n");
  }
  return out;
}

std::string RenderClinic(const v1::Clinic& clinic) {
  const absl::TimeZone zone = ZoneOrUtc(clinic.time_zone());
  return absl::StrCat(
      Field("clinic", clinic.name()), Field("name", clinic.display_name()), Field("phone", clinic.phone()),
      Field("time zone", clinic.time_zone()),
      Field("contact hours", clinic.has_contact_hours() ? ContactHoursLabel(clinic.contact_hours()) : ""),
      Field("closed", WeekdayLabels(clinic.closed_weekdays())), Fields("holidays", HolidayTexts(clinic)),
      MessagingFields(clinic),
      Field("test clock", FormatInstant(clinic.test_clock_time(), zone)),
      Field("made", FormatInstant(clinic.create_time(), zone)));
}

std::string RenderVisit(const v1::Visit& visit) {
  const std::string begins = BeginOf(visit);
  return absl::StrCat(Field("visit", visit.name()), Field("name", visit.display_name()),
                      Field("patient", visit.patient()),
                      Field("state", EnumLabel(*v1::VisitState_descriptor(), visit.state())),
                      Field("begins", begins.empty() ? "" : absl::StrCat(begins, " (", visit.time_zone(), ")")),
                      Field("appointment", visit.appointment() == 0 ? "" : absl::StrCat(visit.appointment())),
                      Field("target", visit.target_date()), Field("window", WindowOf(visit)));
}

std::string RenderEnrollment(const v1::Enrollment& enrollment) {
  const absl::TimeZone zone = ZoneOrUtc(enrollment.time_zone());
  std::string out = absl::StrCat(
      Field("enrollment", enrollment.name()), Field("patient", enrollment.patient()),
      Field("pathway", absl::StrCat(IdOf(enrollment.pathway()), " revision ", enrollment.pathway_revision())),
      Field("procedure date", enrollment.procedure_date()), Field("time zone", enrollment.time_zone()),
      Field("locale", enrollment.locale()), Field("factors", FactorsOf(enrollment)));
  for (const v1::ContactPoint& point : enrollment.contact_points()) {
    absl::StrAppend(&out, Field(ChannelLabel(point.channel()), ContactPointText(point)));
  }
  if (enrollment.has_contact_hours()) {
    absl::StrAppend(&out, Field("contact hours", ContactHoursLabel(enrollment.contact_hours())));
  }
  absl::StrAppend(&out, Field("consent", EnumLabel(*v1::Consent_descriptor(), enrollment.consent())),
                  Field("opted out of", ChannelLabels(enrollment.opted_out_channels())),
                  Fields("decided", DecisionTexts(enrollment, zone)),
                  Field("state", EnrollmentStateOf(enrollment)),
                  Field("enrolled", FormatInstant(enrollment.enroll_time(), zone)),
                  Field("paused", FormatInstant(enrollment.pause_time(), zone)),
                  Field("ended", FormatInstant(enrollment.end_time(), zone)));
  return out;
}

}  // namespace aftercare::client
