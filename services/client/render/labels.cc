#include "services/client/render/labels.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/weekdays.h"
#include "services/client/common/values.h"

namespace aftercare::client {

std::string StateLabel(v1::ReminderState state) { return EnumLabel(*v1::ReminderState_descriptor(), state); }
std::string ReasonLabel(v1::ReminderReason reason) { return EnumLabel(*v1::ReminderReason_descriptor(), reason); }
std::string ChannelLabel(v1::Channel channel) { return EnumLabel(*v1::Channel_descriptor(), channel); }
std::string UrgencyLabel(v1::Urgency urgency) { return EnumLabel(*v1::Urgency_descriptor(), urgency); }

std::string ChannelLabels(const google::protobuf::RepeatedField<int>& channels) {
  return absl::StrJoin(channels, ", ", [](std::string* out, int channel) {
    absl::StrAppend(out, ChannelLabel(static_cast<v1::Channel>(channel)));
  });
}

std::string ClosedContactPoints(const v1::Enrollment& enrollment) {
  std::vector<std::string> closed;
  for (const v1::ContactPoint& point : enrollment.contact_points()) {
    const std::string state = EnumLabel(*v1::ContactPointState_descriptor(), point.state());
    if (!state.empty()) closed.push_back(absl::StrCat(ChannelLabel(point.channel()), " ", state));
  }
  return absl::StrJoin(closed, ", ");
}

std::string MeaningLabel(const v1::Reply& reply, absl::string_view choice_label) {
  const std::string answer = AnswerLabel(reply, choice_label);
  return absl::StrCat(EnumLabel(*v1::ReplyMeaning_descriptor(), reply.meaning()), answer.empty() ? "" : " ", answer);
}

std::string ContactHoursLabel(const v1::ContactHours& hours) {
  plan::FieldErrors ignored;
  return plan::ContactHours::Read(hours, "contact_hours", &ignored).Text();
}

std::string WeekdayLabels(const google::protobuf::RepeatedField<int>& weekdays) {
  std::vector<std::string> names;
  for (const int day : weekdays) {
    if (day >= v1::WEEKDAY_MONDAY && day <= v1::WEEKDAY_SUNDAY) names.push_back(plan::kShortWeekdays[day - 1]);
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace aftercare::client
