#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_LABELS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_LABELS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "aftercare/v1/calendar.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/reaction.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "aftercare/v1/reply.pb.h"
#include "google/protobuf/repeated_field.h"

// Values of the API in a word or two. All functions are pure and thread safe.
namespace aftercare::client {

// Return the short name of a value: `due`, `window-closed`, `sms`. Empty if the value is not set.
std::string StateLabel(v1::ReminderState state);
std::string ReasonLabel(v1::ReminderReason reason);
std::string ChannelLabel(v1::Channel channel);
std::string UrgencyLabel(v1::Urgency urgency);

// Returns the short names of several channels: `sms, email`.
std::string ChannelLabels(const google::protobuf::RepeatedField<int>& channels);

// Returns the contact points to which messages may not go now: `sms stopped, email held`.
std::string ClosedContactPoints(const v1::Enrollment& enrollment);

// Returns what the patient answered: `7`, `done`, `not done`, `choice 2`, or `choice 2 (worse)` if the label of the
// choice is known. Empty if there is no answer. `Answer` is a Reply, a ReplyChange or a Reminder.
template <typename Answer>
std::string AnswerLabel(const Answer& answer, absl::string_view choice_label = "") {
  if (answer.has_score()) return absl::StrCat(answer.score());
  if (answer.has_done()) return answer.done() ? "done" : "not done";
  if (!answer.has_choice()) return "";
  return absl::StrCat("choice ", answer.choice(), choice_label.empty() ? "" : absl::StrCat(" (", choice_label, ")"));
}

// Returns how far a task of the care team is: `step 1`, `acknowledged`, `step 2, acknowledged`. Empty if it has gone no
// escalation step and nobody has acknowledged it, and for messages. `Task` is a Reminder or a ReminderChange.
template <typename Task>
std::string TaskLabel(const Task& task) {
  const std::string step = task.escalation_step() == 0 ? "" : absl::StrCat("step ", task.escalation_step());
  if (!task.has_acknowledge_time()) return step;
  return step.empty() ? "acknowledged" : absl::StrCat(step, ", acknowledged");
}

// Returns how a reply was understood, with its answer if it has one: `stop`, `answer 7`, `answer not done`.
std::string MeaningLabel(const v1::Reply& reply, absl::string_view choice_label = "");

// Returns `Mon-Fri 10:00-16:00`, or `always`.
std::string ContactHoursLabel(const v1::ContactHours& hours);

// Returns `Sat, Sun`. Empty if there is no day.
std::string WeekdayLabels(const google::protobuf::RepeatedField<int>& weekdays);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_LABELS_H_
