#include "services/client/render/event_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/labels.h"
#include "services/client/render/year.h"

namespace aftercare::client {
namespace {

// Begins every line after the time: what changed, and its new state.
std::string Subject(absl::string_view what, absl::string_view state) {
  return absl::StrCat("  ", Fit(what, 9), " ", Fit(state, 10), " ");
}

std::string Dim(absl::string_view text, const ListStyle& style) { return Paint(Ink::kDim, text, style.colour); }

std::string ReminderText(const v1::Event& event, const ListStyle& style) {
  const v1::ReminderChange& change = event.reminder();
  std::string line =
      absl::StrCat("  reminder  ", Paint(LookOf(change.state()).ink, Fit(StateLabel(change.state()), 10), style.colour),
                   " ", ShortReminder(change.name()));
  if (change.reason() != v1::REMINDER_REASON_UNSPECIFIED) absl::StrAppend(&line, "  ", ReasonLabel(change.reason()));
  const std::string task = TaskLabel(change);
  if (!task.empty()) absl::StrAppend(&line, "  ", task);
  if (change.urgency() > v1::URGENCY_ROUTINE) absl::StrAppend(&line, "  ", UrgencyLabel(change.urgency()));
  return absl::StrCat(line, "  ", Dim(absl::StrCat(event.patient(), " ", change.phase()), style));
}

std::string VisitText(const v1::Event& event, const ListStyle& style) {
  const v1::VisitChange& change = event.visit();
  return absl::StrCat(Subject("visit", EnumLabel(*v1::VisitState_descriptor(), change.state())),
                      ShortVisit(change.name()), "  ", FormatInstant(change.start_time(), style.zone), "  ",
                      Dim(event.patient(), style));
}

// The event of a new reply begins with how it was understood. The event of what the care team did begins with that.
std::string ReplyText(const v1::Event& event, const ListStyle& style) {
  const v1::ReplyChange& change = event.reply();
  const std::string meaning = EnumLabel(*v1::ReplyMeaning_descriptor(), change.meaning());
  const bool received = event.type() == v1::EVENT_TYPE_REPLY_RECEIVED;
  const bool assigned = event.type() == v1::EVENT_TYPE_REPLY_ASSIGNED;
  std::string line = Subject("reply", received ? meaning : assigned ? "assigned" : "decided");
  if (!change.reminder().empty()) {
    line += ShortReminder(change.reminder());
  } else {
    line += IdOf(event.enrollment().empty() ? change.name() : event.enrollment());
  }
  if (!received) absl::StrAppend(&line, "  ", meaning);
  if (change.has_score()) absl::StrAppend(&line, "  score ", change.score());
  if (change.has_done() || change.has_choice()) absl::StrAppend(&line, "  ", AnswerLabel(change));
  if (change.decision() != v1::REPLY_DECISION_UNSPECIFIED) {
    absl::StrAppend(&line, "  decided ", EnumLabel(*v1::ReplyDecision_descriptor(), change.decision()));
  }
  absl::StrAppend(&line, "  by ", ChannelLabel(change.channel()));
  if (change.task() != v1::REPLY_TASK_UNSPECIFIED) {
    absl::StrAppend(&line, "  to do: ", EnumLabel(*v1::ReplyTask_descriptor(), change.task()), " ",
                    IdOf(change.name()));
  }
  return event.patient().empty() ? line : absl::StrCat(line, "  ", Dim(event.patient(), style));
}

std::string ConsentText(const v1::Event& event, const ListStyle& style) {
  const v1::ConsentChange& change = event.consent();
  return absl::StrCat(Subject("consent", EnumLabel(*v1::Consent_descriptor(), change.consent())),
                      change.health_information() ? "health information"
                      : !change.category().empty() ? absl::StrCat("category ", change.category())
                                                   : ChannelLabel(change.channel()),
                      "  ", Dim(event.patient(), style));
}

std::string ClinicText(const v1::Event& event) {
  const bool clock = event.type() == v1::EVENT_TYPE_CLINIC_CLOCK_MOVED;
  return absl::StrCat(Subject("clinic", clock ? "clock" : "updated"), IdOf(event.clinic().name()));
}

std::string PathwayText(const v1::Event& event) {
  return absl::StrCat(Subject("pathway", "revised"), IdOf(event.pathway().name()), " r", event.pathway().revision());
}

// Returns `enrolled`, `paused` and so on.
std::string EnrollmentEventLabel(v1::EventType type) {
  if (type == v1::EVENT_TYPE_ENROLLMENT_CREATED) return "enrolled";
  const std::string label = EnumLabel(*v1::EventType_descriptor(), type);
  return std::string(absl::StripPrefix(label, "enrollment-"));
}

std::string EnrollmentText(const v1::Event& event, const ListStyle& style) {
  const std::string reason = EnumLabel(*v1::EndReason_descriptor(), event.end_reason());
  return absl::StrCat(Subject("patient", EnrollmentEventLabel(event.type())), IdOf(event.enrollment()),
                      reason.empty() ? "" : "  ", reason, "  ", Dim(event.patient(), style));
}

std::string TextOf(const v1::Event& event, const ListStyle& style) {
  switch (event.type()) {
    case v1::EVENT_TYPE_REMINDER_CHANGED:
      return ReminderText(event, style);
    case v1::EVENT_TYPE_VISIT_CHANGED:
      return VisitText(event, style);
    case v1::EVENT_TYPE_REPLY_RECEIVED:
    case v1::EVENT_TYPE_REPLY_ASSIGNED:
    case v1::EVENT_TYPE_REPLY_DECIDED:
      return ReplyText(event, style);
    case v1::EVENT_TYPE_CONSENT_CHANGED:
      return ConsentText(event, style);
    default:
      if (event.has_clinic()) return ClinicText(event);
      return event.has_pathway() ? PathwayText(event) : EnrollmentText(event, style);
  }
}

}  // namespace

std::string RenderEvent(const v1::Event& event, const ListStyle& style) {
  return absl::StrCat(Dim(FormatInstant(event.event_time(), style.zone), style), TextOf(event, style), "\n");
}

}  // namespace aftercare::client
