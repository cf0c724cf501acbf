#include "services/client/render/lists.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/labels.h"
#include "services/client/render/table.h"
#include "services/client/render/year.h"

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

std::string Field(absl::string_view name, absl::string_view value) {
  return value.empty() ? "" : absl::StrCat(Fit(name, 16), " ", value, "\n");
}

// Returns `2026-09-03 14:30` by the clinic's clock, or an empty string if the visit has no appointment.
std::string BeginOf(const v1::Visit& visit) {
  return absl::StrReplaceAll(visit.start_local_time(), {{"T", " "}});
}

std::string WindowOf(const v1::Visit& visit) {
  return absl::StrCat(visit.window_first_date(), " to ", visit.window_last_date());
}

// Returns one line for each holiday, the first with the name of the field.
std::string HolidayFields(const v1::Clinic& clinic) {
  std::string out;
  for (const v1::Holiday& holiday : clinic.holidays()) {
    absl::StrAppend(&out, Field(out.empty() ? "holidays" : "",
                                absl::StrCat(holiday.date(), holiday.display_name().empty() ? "" : " ",
                                             holiday.display_name())));
  }
  return out;
}

// Returns `enrolled`, `paused` and so on.
std::string EnrollmentEventLabel(v1::EventType type) {
  if (type == v1::EVENT_TYPE_ENROLLMENT_CREATED) return "enrolled";
  const std::string label = EnumLabel(*v1::EventType_descriptor(), type);
  return std::string(absl::StripPrefix(label, "enrollment-"));
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
  Table table({"ENROLLMENT", "PATIENT", "PATHWAY", "PROCEDURE", "STATE", "TIME ZONE", "LOCALE", "FACTORS"});
  for (const v1::Enrollment& enrollment : enrollments) {
    table.Add({IdOf(enrollment.name()), enrollment.patient(),
               absl::StrCat(IdOf(enrollment.pathway()), " r", enrollment.pathway_revision()),
               enrollment.procedure_date(), EnrollmentStateOf(enrollment), enrollment.time_zone(), enrollment.locale(),
               FactorsOf(enrollment)});
  }
  return table.Render(style.width, style.colour);
}

std::string RenderReminders(const std::vector<v1::Reminder>& reminders, const ListStyle& style) {
  Table table(
      {absl::StrCat("DUE (", style.zone.name(), ")"), "STATE", "REMINDER", "PATIENT", "CATEGORY", "BY", "TEXT"});
  for (const v1::Reminder& reminder : reminders) {
    std::string state = StateLabel(reminder.state());
    if (reminder.reason() != v1::REMINDER_REASON_UNSPECIFIED) {
      absl::StrAppend(&state, " (", ReasonLabel(reminder.reason()), ")");
    }
    const bool task = reminder.audience() == v1::AUDIENCE_CARE_TEAM;
    table.Add({FormatInstant(reminder.due_time(), style.zone), state, ShortReminder(reminder.name()),
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

std::string RenderReplies(const std::vector<v1::Reply>& replies, const ListStyle& style) {
  Table table({absl::StrCat("RECEIVED (", style.zone.name(), ")"), "PATIENT", "BY", "MEANING", "REMINDER", "TEXT"});
  for (const v1::Reply& reply : replies) {
    const auto score = reply.has_score() ? std::optional<int>(reply.score()) : std::nullopt;
    table.Add({FormatInstant(reply.receive_time(), style.zone), reply.patient(), ChannelLabel(reply.channel()),
               MeaningLabel(reply.meaning(), score), ShortReminder(reply.reminder()), reply.text()});
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

std::string RenderEvent(const v1::Event& event, const ListStyle& style) {
  std::string line = Paint(Ink::kDim, FormatInstant(event.event_time(), style.zone), style.colour);
  if (event.type() == v1::EVENT_TYPE_REMINDER_CHANGED) {
    const v1::ReminderChange& change = event.reminder();
    const StateLook& look = LookOf(change.state());
    absl::StrAppend(&line, "  reminder  ", Paint(look.ink, Fit(StateLabel(change.state()), 10), style.colour), " ",
                    ShortReminder(change.name()));
    if (change.reason() != v1::REMINDER_REASON_UNSPECIFIED) {
      absl::StrAppend(&line, "  ", ReasonLabel(change.reason()));
    }
    absl::StrAppend(&line, "  ", Paint(Ink::kDim, absl::StrCat(event.patient(), " ", change.phase()), style.colour));
  } else if (event.type() == v1::EVENT_TYPE_VISIT_CHANGED) {
    const v1::VisitChange& change = event.visit();
    absl::StrAppend(&line, "  visit     ", Fit(EnumLabel(*v1::VisitState_descriptor(), change.state()), 10), " ",
                    ShortVisit(change.name()), "  ", FormatInstant(change.start_time(), style.zone), "  ",
                    Paint(Ink::kDim, event.patient(), style.colour));
  } else if (event.type() == v1::EVENT_TYPE_REPLY_RECEIVED) {
    const v1::ReplyChange& change = event.reply();
    absl::StrAppend(&line, "  reply     ", Fit(EnumLabel(*v1::ReplyMeaning_descriptor(), change.meaning()), 10), " ",
                    change.reminder().empty() ? IdOf(event.enrollment()) : ShortReminder(change.reminder()));
    if (change.has_score()) absl::StrAppend(&line, "  score ", change.score());
    absl::StrAppend(&line, "  by ", ChannelLabel(change.channel()), "  ",
                    Paint(Ink::kDim, event.patient(), style.colour));
  } else if (event.type() == v1::EVENT_TYPE_CONSENT_CHANGED) {
    const v1::ConsentChange& change = event.consent();
    absl::StrAppend(&line, "  consent   ", Fit(EnumLabel(*v1::Consent_descriptor(), change.consent()), 10), " ",
                    ChannelLabel(change.channel()), "  ", Paint(Ink::kDim, event.patient(), style.colour));
  } else if (event.has_clinic()) {
    const bool clock = event.type() == v1::EVENT_TYPE_CLINIC_CLOCK_MOVED;
    absl::StrAppend(&line, "  clinic    ", Fit(clock ? "clock" : "updated", 10), " ", IdOf(event.clinic().name()));
  } else if (event.has_pathway()) {
    absl::StrAppend(&line, "  pathway   ", Fit("revised", 10), " ", IdOf(event.pathway().name()), " r",
                    event.pathway().revision());
  } else {
    const bool ended = event.end_reason() != v1::END_REASON_UNSPECIFIED;
    absl::StrAppend(&line, "  patient   ", Fit(EnrollmentEventLabel(event.type()), 10), " ", IdOf(event.enrollment()));
    if (ended) absl::StrAppend(&line, "  ", EnumLabel(*v1::EndReason_descriptor(), event.end_reason()));
    absl::StrAppend(&line, "  ", Paint(Ink::kDim, event.patient(), style.colour));
  }
  return line + "\n";
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
      Field("closed", WeekdayLabels(clinic.closed_weekdays())), HolidayFields(clinic),
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

std::string RenderReply(const v1::Reply& reply) {
  const auto score = reply.has_score() ? std::optional<int>(reply.score()) : std::nullopt;
  return absl::StrCat(Field("reply", reply.name()), Field("patient", reply.patient()),
                      Field("enrollment", reply.enrollment()),
                      Field("understood as", MeaningLabel(reply.meaning(), score)),
                      Field("answers", ShortReminder(reply.reminder())));
}

std::string RenderEnrollment(const v1::Enrollment& enrollment) {
  const absl::TimeZone zone = ZoneOrUtc(enrollment.time_zone());
  std::string out = absl::StrCat(
      Field("enrollment", enrollment.name()), Field("patient", enrollment.patient()),
      Field("pathway", absl::StrCat(IdOf(enrollment.pathway()), " revision ", enrollment.pathway_revision())),
      Field("procedure date", enrollment.procedure_date()), Field("time zone", enrollment.time_zone()),
      Field("locale", enrollment.locale()), Field("factors", FactorsOf(enrollment)));
  for (const v1::ContactPoint& point : enrollment.contact_points()) {
    absl::StrAppend(&out, Field(ChannelLabel(point.channel()), point.address()));
  }
  if (enrollment.has_contact_hours()) {
    absl::StrAppend(&out, Field("contact hours", ContactHoursLabel(enrollment.contact_hours())));
  }
  absl::StrAppend(&out, Field("consent", EnumLabel(*v1::Consent_descriptor(), enrollment.consent())),
                  Field("opted out of", ChannelLabels(enrollment.opted_out_channels())),
                  Field("state", EnrollmentStateOf(enrollment)),
                  Field("enrolled", FormatInstant(enrollment.enroll_time(), zone)),
                  Field("paused", FormatInstant(enrollment.pause_time(), zone)),
                  Field("ended", FormatInstant(enrollment.end_time(), zone)));
  return out;
}

}  // namespace aftercare::client
