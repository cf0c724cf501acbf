#include "services/client/demo/demo_report.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/labels.h"
#include "services/client/render/table.h"
#include "services/client/session.h"

namespace aftercare::client {
namespace {

bool IsOf(const std::string& reminder, const DemoPatient& patient) {
  return absl::StartsWith(reminder, patient.enrollment.name() + "/");
}

std::string Indented(absl::string_view text, int indent, int width, Ink ink, bool colour) {
  std::string out;
  for (const std::string& line : Wrap(text, width - indent)) {
    absl::StrAppend(&out, std::string(indent, ' '), Paint(ink, line, colour), "\n");
  }
  return out;
}

// Returns `Tue 3 Mar 08:00`, by the patient's clock.
std::string When(const google::protobuf::Timestamp& time, const v1::Enrollment& enrollment) {
  const absl::TimeZone zone = ZoneOrUtc(enrollment.time_zone());
  return absl::FormatTime("%a %-d %b %H:%M", plan::ToTime(time), zone);
}

std::string Short(absl::Duration duration) { return absl::StrFormat("%.2f s", absl::ToDoubleSeconds(duration)); }

// Returns `ice 9, rest 6`.
template <typename Counts>
std::string Listed(const Counts& counts) {
  return absl::StrJoin(
      counts, ", ", [](std::string* out, const auto& count) { absl::StrAppend(out, count.first, " ", count.second); });
}

std::string PhaseHeading(const DemoPhase& phase, const DemoPatient& patient) {
  const auto first = plan::ParseDate(phase.span.first_date());
  const auto last = plan::ParseDate(phase.span.last_date());
  const auto day0 = plan::ParseDate(patient.enrollment.procedure_date());
  if (!first.has_value() || !last.has_value() || !day0.has_value()) return "";
  return absl::StrCat("  days ", *first - *day0, " to ", *last - *day0, ", ", FormatLongDate(*first), " to ",
                      FormatLongDate(*last));
}

// Returns the first message a patient was sent in the phase.
std::string RenderExample(const DemoPhase& phase, const DemoPatient& patient, int width, bool colour) {
  const auto lease = std::find_if(phase.sent.begin(), phase.sent.end(),
                                  [&](const v1::Lease& sent) { return IsOf(sent.reminder(), patient); });
  if (lease == phase.sent.end()) return "";
  const std::string head =
      absl::StrCat(patient.enrollment.first_name(), ", ", When(lease->due_time(), patient.enrollment), " in ",
                   patient.enrollment.time_zone(), ", ", ChannelLabel(lease->contact_point().channel()), ":");
  return absl::StrCat(Indented(head, 2, width, Ink::kDim, colour),
                      Indented(absl::StrCat("\"", lease->text(), "\""), 4, width, Ink::kCyan, colour));
}

// Returns the number of tasks of the phase, and its first task as an example.
std::string RenderTasks(const DemoPhase& phase, int width, bool colour) {
  const v1::Reminder* first = nullptr;
  int done = 0;
  int open = 0;
  for (const v1::Reminder& reminder : phase.reminders) {
    if (reminder.audience() != v1::AUDIENCE_CARE_TEAM) continue;
    if (first == nullptr) first = &reminder;
    ++(reminder.state() == v1::REMINDER_STATE_COMPLETED ? done : open);
  }
  if (first == nullptr) return "";
  const std::string head = absl::StrCat(Counted(done + open, "task"), " for the care team, ", done, " done",
                                        open > 0 ? absl::StrCat(", ", open, " open") : "", ". The first:");
  return absl::StrCat(Indented(head, 2, width, Ink::kDim, colour),
                      Indented(absl::StrCat("\"", first->text(), "\""), 4, width, Ink::kGreen, colour));
}

}  // namespace

bool WasSent(const v1::Reminder& message) {
  const bool is_answered = message.state() == v1::REMINDER_STATE_COMPLETED && message.attempts() > 0;
  return message.state() == v1::REMINDER_STATE_SENT || is_answered;
}

DemoTally TallyOf(const DemoPhase& phase, const DemoPatient& patient) {
  DemoTally tally;
  for (const v1::Reminder& reminder : phase.reminders) {
    if (!IsOf(reminder.name(), patient)) continue;
    if (reminder.audience() == v1::AUDIENCE_CARE_TEAM) {
      ++tally.tasks;
      if (reminder.state() == v1::REMINDER_STATE_COMPLETED) ++tally.tasks_done;
      continue;
    }
    ++tally.messages;
    if (WasSent(reminder)) {
      ++tally.sent;
    } else {
      const std::string reason = ReasonLabel(reminder.reason());
      ++tally.unsent[absl::StrCat(StateLabel(reminder.state()), reason.empty() ? "" : " ", reason)];
    }
    const auto known = std::find_if(tally.categories.begin(), tally.categories.end(),
                                    [&](const auto& count) { return count.first == reminder.category(); });
    if (known == tally.categories.end()) {
      tally.categories.emplace_back(reminder.category(), 1);
    } else {
      ++known->second;
    }
  }
  for (const v1::Lease& lease : phase.sent) {
    if (IsOf(lease.reminder(), patient)) ++tally.channels[ChannelLabel(lease.contact_point().channel())];
  }
  return tally;
}

std::string RenderDemoIntroduction(const v1::Clinic& clinic, const v1::Pathway& pathway,
                                   const std::vector<DemoPatient>& patients, int width, bool colour) {
  const TimeFrame frame = FrameOf(clinic);
  std::string out =
      absl::StrCat(Paint(Ink::kBold, "Aftercare: a year after the procedure, in seconds", colour), "\n\n");
  const std::string scene = absl::StrCat(
      "Clinic ", IdOf(clinic.name()), " is a sandbox: it is ",
      absl::FormatTime("%A, %-d %B %Y, %H:%M", frame.now, frame.zone),
      " there until its clock is moved. The pathway is ", IdOf(pathway.name()), " (", pathway.display_name(),
      "): ", Counted(pathway.phases_size(), "phase"), ", ", Counted(pathway.rules_size(), "rule"), ". ",
      Counted(static_cast<int64_t>(patients.size()), "invented patient"), " had the procedure today:");
  absl::StrAppend(&out, Indented(scene, 0, width, Ink::kPlain, colour), "\n");
  for (const DemoPatient& patient : patients) {
    const v1::Enrollment& facts = patient.enrollment;
    const std::string channels = absl::StrJoin(
        facts.contact_points(), ", then ",
        [](std::string* text, const auto& point) { absl::StrAppend(text, ChannelLabel(point.channel())); });
    const std::string head =
        absl::StrCat("  ", Paint(Ink::kBold, Fit(facts.first_name(), 7), colour), " ", facts.patient(), "  ",
                     Fit(facts.time_zone(), 17), " ", Fit(facts.locale(), 3), " ", Fit(channels, 16), " ",
                     absl::StrFormat("%4d", patient.planned), " reminders");
    const std::map<std::string, std::string> sorted(facts.factors().begin(), facts.factors().end());
    absl::StrAppend(&out, head, "\n",
                    Indented(absl::StrJoin(sorted, ", ", absl::PairFormatter("=")), 10, width, Ink::kDim, colour));
  }
  return absl::StrCat(
      out, "\n",
      Indented(
          "Now the clock goes from one due time to the next. At each, a gateway leases what is due, \"sends\" it, and "
          "reports it sent. Ana's answers are alarming, Mateo does what is asked, Yuki never answers. The care team does "
          "its tasks a day later, and calls half an hour after an alarming answer. Counts are what the server answers "
          "when a phase is over.",
          0, width, Ink::kPlain, colour));
}

std::string RenderDemoPhase(const DemoPhase& phase, const std::vector<DemoPatient>& patients,
                            const DemoPatient& example, int width, bool colour) {
  const std::string name = phase.span.display_name().empty() ? phase.span.phase() : phase.span.display_name();
  const std::string heading = patients.empty() ? "" : PhaseHeading(phase, patients.front());
  std::string out = absl::StrCat("\n", Paint(Ink::kBold, name, colour), Paint(Ink::kDim, heading, colour), "\n");
  Table table({"  PATIENT", ">CAME DUE", ">SENT", "BY", "WHAT"});
  for (const DemoPatient& patient : patients) {
    const DemoTally tally = TallyOf(phase, patient);
    std::string what = Listed(tally.categories);
    if (!tally.unsent.empty()) absl::StrAppend(&what, "; not sent: ", Listed(tally.unsent));
    table.Add({"  " + patient.enrollment.first_name(), Thousands(tally.messages), Thousands(tally.sent),
               Listed(tally.channels), what});
  }
  absl::StrAppend(&out, table.Render(width, colour), RenderExample(phase, example, width, colour),
                  RenderTasks(phase, width, colour));
  for (const std::string& note : phase.notes) absl::StrAppend(&out, Indented(note, 2, width, Ink::kYellow, colour));
  return out;
}

std::string RenderDemoTotals(const DemoTotals& totals, int width, bool colour) {
  std::string out = absl::StrCat("\n", Paint(Ink::kBold, "The year in numbers", colour), "\n");
  absl::StrAppend(
      &out, Indented(absl::StrCat(Counted(totals.planned, "reminder"), " were planned, and answers set off ",
                                  Thousands(totals.set_off), " more: ", Thousands(totals.sent), " sent, ",
                                  Thousands(totals.answered), " of them answered, ",
                                  Counted(totals.tasks_done, "task"), " done, ",
                                  Counted(totals.tasks_open, "task"), " still open, ", Thousands(totals.other_ends),
                                  " ended otherwise. Checked: none is left without an end, none was offered "
                                  "early, none was sent twice."),
                     2, width, Ink::kPlain, colour));
  const std::string calls = absl::StrJoin(totals.calls, ", ", [](std::string* text, const auto& kind) {
    absl::StrAppend(text, Thousands(kind.second.first), " ", kind.first, " ", Short(kind.second.second));
  });
  absl::StrAppend(&out,
                  Indented(absl::StrCat("It took ", Short(totals.elapsed), " and ", Counted(totals.clock_steps, "step"),
                                        " of the clock. Calls: ", calls, "."),
                           2, width, Ink::kDim, colour));
  return out;
}

std::string RenderNextSteps(const std::string& program, const std::string& options, const std::string& enrollment,
                            const std::string& start_token, bool colour) {
  std::string out = absl::StrCat("\n", Paint(Ink::kBold, "Try", colour), "\n");
  const auto add = [&](const std::string& command, absl::string_view what) {
    absl::StrAppend(&out, "  ", Paint(Ink::kDim, absl::StrCat("# ", what), colour), "\n  ", program, " ", command,
                    "\n");
  };
  add(absl::StrCat("timeline ", enrollment, options),
      "A patient's year as a picture. With --svg FILE to print or publish.");
  add(absl::StrCat("due", options), "What is due now: the tasks still open. `complete REMINDER` does one.");
  add(absl::StrCat("watch", options, " --from-token ", start_token),
      "Every event of the year, then what comes, until Ctrl-C.");
  return out;
}

JsonObject JsonOf(const DemoPhase& phase, const DemoPatient& patient) {
  const DemoTally tally = TallyOf(phase, patient);
  int unsent = 0;
  for (const auto& [unused, count] : tally.unsent) unsent += count;
  JsonObject object;
  object.Add("kind", "phase").Add("phase", phase.span.phase()).Add("enrollment", patient.enrollment.name());
  object.Add("messages", tally.messages).Add("sent", tally.sent).Add("unsent", unsent);
  return object.Add("tasks", tally.tasks).Add("tasksDone", tally.tasks_done);
}

JsonObject JsonOf(const DemoTotals& totals) {
  JsonObject object;
  object.Add("kind", "total").Add("planned", totals.planned).Add("setOff", totals.set_off);
  object.Add("sent", totals.sent).Add("answered", totals.answered);
  object.Add("tasksDone", totals.tasks_done).Add("tasksOpen", totals.tasks_open).Add("otherEnds", totals.other_ends);
  object.Add("leases", totals.leases).Add("clockSteps", totals.clock_steps);
  return object.Add("elapsedMilliseconds", absl::ToInt64Milliseconds(totals.elapsed));
}

}  // namespace aftercare::client
