#include "services/client/render/explanation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/consent_text.h"
#include "services/client/render/labels.h"
#include "services/client/render/observed_text.h"

namespace aftercare::client {
namespace {

// Lines longer than this are hard to read.
constexpr int kColumns = 100;

// The reasons of states, as the end of a sentence that began with the state. See AnsweredText for ANSWERED.
constexpr std::pair<v1::ReminderReason, const char*> kReasons[] = {
    {v1::REMINDER_REASON_LATE_ENROLLMENT, "its window had closed when the patient was enrolled"},
    {v1::REMINDER_REASON_WINDOW_CLOSED, "its window closed before it was sent"},
    {v1::REMINDER_REASON_SUPERSEDED, "a later one of the same rule came due, and only the newest counts"},
    {v1::REMINDER_REASON_NO_CONSENT, "the patient did not agree to receive messages"},
    {v1::REMINDER_REASON_NO_CONTACT_POINT, "the patient has no contact point"},
    {v1::REMINDER_REASON_PAUSED, "its window closed while the enrollment was paused"},
    {v1::REMINDER_REASON_MOVED_BY_REANCHOR, "the enrollment was changed, and the plan of since has no time for it"},
    {v1::REMINDER_REASON_VISIT_CHANGED, "the visit it is about was changed, and the plan of since has no time for it"},
    {v1::REMINDER_REASON_CANCELLED_BY_CLINIC, "the clinic called it off"},
    {v1::REMINDER_REASON_ENROLLMENT_ENDED, "the enrollment ended"},
    {v1::REMINDER_REASON_ATTEMPTS_EXHAUSTED, "sending was tried as often as it may be"},
    {v1::REMINDER_REASON_BOUNCED, "it was sent, and came back"},
    {v1::REMINDER_REASON_REJECTED_BY_CHANNEL, "every contact point was refused for good"},
    {v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS, "no contact hours open inside its window"},
    {v1::REMINDER_REASON_SILENCED, "it would have come too soon after an answer"},
    {v1::REMINDER_REASON_CATEGORY_REFUSED, "the patient wants no messages of this category"},
    {v1::REMINDER_REASON_OPTED_OUT, "the patient opted out of every contact point, or of its channel"},
    {v1::REMINDER_REASON_HELD,
     "held until the care team decides about a reply from the address, which may be a wish to stop (aftercare "
     "replies --held)"},
    {v1::REMINDER_REASON_QUESTION_NOT_SENT, "it follows up a question that was not sent"},
    {v1::REMINDER_REASON_ANSWER_CORRECTED, "the answer that set it off was corrected, or came after all"},
    {v1::REMINDER_REASON_CONDITION_NOT_MET, "a condition on what the patient answered did not hold"},
    {v1::REMINDER_REASON_GROUP_ENDED, "an answer ended the group of messages it belongs to"},
    {v1::REMINDER_REASON_DAILY_CAP,
     "the cap on messages a day left no room for it: used up, or kept for more important ones"},
    {v1::REMINDER_REASON_WEEKLY_CAP,
     "the cap on messages in seven days left no room for it: used up, or kept for more important ones"},
    {v1::REMINDER_REASON_TEAM_NOT_REACHED, "no contact point of its care team took the message about it"},
};

std::string TimeText(const google::protobuf::Timestamp& time, absl::TimeZone zone) {
  const absl::Time instant = plan::ToTime(time);
  const bool whole_minute = absl::ToCivilSecond(instant, zone).second() == 0;
  return absl::FormatTime(whole_minute ? "%a %-d %b %Y %H:%M" : "%a %-d %b %Y %H:%M:%S", instant, zone);
}

// Returns `the patient answered it with 7`, or whether the patient says that it was done.
std::string AnsweredText(const v1::Reminder& reminder, absl::string_view choice_label) {
  if (reminder.state() != v1::REMINDER_STATE_COMPLETED) return "the patient answered another one that asked the same";
  if (reminder.has_done()) return absl::StrCat("the patient answered that it was ", AnswerLabel(reminder));
  const std::string answer = AnswerLabel(reminder, choice_label);
  return absl::StrCat("the patient answered it", answer.empty() ? "" : " with ", answer);
}

std::string ReasonText(const v1::Reminder& reminder, absl::string_view choice_label) {
  if (reminder.reason() == v1::REMINDER_REASON_ANSWERED) return AnsweredText(reminder, choice_label);
  for (const auto& [reason, text] : kReasons) {
    if (reason == reminder.reason()) return text;
  }
  return ReasonLabel(reminder.reason());
}

std::string StateText(const v1::Reminder& reminder, absl::TimeZone zone, absl::string_view choice_label) {
  std::string text = StateLabel(reminder.state());
  if (reminder.has_state_time()) absl::StrAppend(&text, " since ", TimeText(reminder.state_time(), zone));
  if (reminder.reason() != v1::REMINDER_REASON_UNSPECIFIED) {
    absl::StrAppend(&text, ": ", ReasonText(reminder, choice_label));
  }
  const std::string answer = AnswerLabel(reminder, choice_label);
  const bool told = answer.empty() || reminder.reason() == v1::REMINDER_REASON_ANSWERED;
  if (!told) absl::StrAppend(&text, ", answered with ", answer);
  if (reminder.attempts() == 1) absl::StrAppend(&text, ", leased once");
  if (reminder.attempts() > 1) absl::StrAppend(&text, ", leased ", reminder.attempts(), " times");
  return text;
}

// Returns `1. Tue 3 Mar 2026 08:00 to +15550111`, with the words if they are other than those shown.
std::string LeasedText(const v1::Reminder& reminder, const v1::LeasedMessage& message, absl::TimeZone zone) {
  return absl::StrCat(message.attempt(), ". ", TimeText(message.lease_time(), zone), " to ",
                      message.contact_point().address(),
                      message.text() == reminder.text() ? "" : absl::StrCat(": ", message.text()));
}

// Returns whether two messages were leased under the same decisions.
bool SameConsents(const v1::LeasedMessage& a, const v1::LeasedMessage& b) {
  return std::equal(a.consents().begin(), a.consents().end(), b.consents().begin(), b.consents().end(),
                    [](const v1::ConsentDecision& one, const v1::ConsentDecision& other) {
                      return google::protobuf::util::MessageDifferencer::Equals(one, other);
                    });
}

// Returns `window   until ...`. Further lines of the value are indented like the first.
std::string Field(absl::string_view name, absl::string_view value) {
  constexpr int kIndent = 10;
  std::string out;
  for (const std::string& line : Wrap(value, kColumns - kIndent)) {
    absl::StrAppend(&out, Fit(out.empty() ? name : "", kIndent), line, "\n");
  }
  return out;
}

// Returns what was leased, and the decisions of the patient that each message was leased under, where they are others
// than those of the message before.
std::string LeasedFields(const v1::Reminder& reminder, absl::TimeZone zone) {
  std::string out;
  for (int i = 0; i < reminder.leased_messages_size(); ++i) {
    const v1::LeasedMessage& message = reminder.leased_messages(i);
    out += Field(i == 0 ? "leased" : "", LeasedText(reminder, message, zone));
    if (message.discreet()) out += Field("", "the text without health information");
    if (i > 0 && SameConsents(message, reminder.leased_messages(i - 1))) continue;
    for (int j = 0; j < message.consents_size(); ++j) {
      out += Field(j == 0 ? "consent" : "", ConsentSentence(message.consents(j), zone));
    }
  }
  return out;
}

// Returns how soon somebody should see to a task, how far it has escalated, and since when somebody sees to it.
std::string TaskFields(const v1::Reminder& task, absl::TimeZone zone) {
  std::string out;
  const int steps = task.escalation_step();
  if (task.urgency() != v1::URGENCY_UNSPECIFIED) out += Field("urgency", UrgencyLabel(task.urgency()));
  if (steps > 0) {
    out += Field("escalated", absl::StrCat(steps, steps == 1 ? " step" : " steps",
                                           ": nobody had acknowledged it by its deadline. Category, urgency and "
                                           "deadline are those of the last step."));
  }
  if (!task.has_acknowledge_time()) return out;
  return out + Field("seen to", absl::StrCat("since ", TimeText(task.acknowledge_time(), zone)));
}

// Returns what was observed for each condition of the rule, or that this is still to come.
std::string ConditionFields(const v1::Reminder& reminder) {
  if (reminder.conditional()) {
    return Field("only if", "its conditions on what the patient answers hold when it comes due; see the pathway");
  }
  std::string out;
  for (const v1::Observation& observation : reminder.observations()) {
    out += Field(out.empty() ? "observed" : "",
                 absl::StrCat(ConditionText(observation.condition()), "; ", ObservationText(observation)));
  }
  return out;
}

}  // namespace

std::string RenderExplanation(const v1::Reminder& reminder, absl::string_view time_zone,
                              absl::string_view choice_label) {
  const absl::TimeZone zone = ZoneOrUtc(time_zone);
  const bool task = reminder.audience() == v1::AUDIENCE_CARE_TEAM;
  std::string out = Field("reminder", absl::StrCat(ShortReminder(reminder.name()), ", ",
                                                   task ? "a task for the care team" : "a message for the patient",
                                                   " (", reminder.category(), ")"));
  absl::StrAppend(&out, Field("text", reminder.text()), Field("due", TimeText(reminder.due_time(), zone)));
  for (int i = 0; i < reminder.steps_size(); ++i) {
    absl::StrAppend(&out, Field(i == 0 ? "because" : "", absl::StrCat(i + 1, ". ", reminder.steps(i).description())));
  }
  if (!reminder.cause().empty()) {
    const bool is_reminder = absl::StrContains(reminder.cause(), "/reminders/");
    out += Field("cause", is_reminder ? absl::StrCat("the reminder ", ShortReminder(reminder.cause()))
                                          : absl::StrCat("the reply ", IdOf(reminder.cause())));
  }
  absl::StrAppend(&out, Field(task ? "done by" : "window", absl::StrCat(task ? "" : "until ",
                                                                        TimeText(reminder.expire_time(), zone))),
                  TaskFields(reminder, zone), ConditionFields(reminder), Field("state", StateText(reminder, zone, choice_label)));
  return out + LeasedFields(reminder, zone);
}

}  // namespace aftercare::client
