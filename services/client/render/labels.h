#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_LABELS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_LABELS_H_

#include <optional>
#include <string>

#include "aftercare/v1/calendar.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "aftercare/v1/reply.pb.h"
#include "google/protobuf/repeated_field.h"

// Values of the API in a word or two. All functions are pure and thread safe.
namespace aftercare::client {

// Return the short name of a value: `due`, `window-closed`, `sms`. Empty if the value is not set.
std::string StateLabel(v1::ReminderState state);
std::string ReasonLabel(v1::ReminderReason reason);
std::string ChannelLabel(v1::Channel channel);

// Returns the short names of several channels: `sms, email`.
std::string ChannelLabels(const google::protobuf::RepeatedField<int>& channels);

// Returns how a reply was understood, with its score if it has one: `stop`, `answer 7`.
std::string MeaningLabel(v1::ReplyMeaning meaning, const std::optional<int>& score);

// Returns `Mon-Fri 10:00-16:00`, or `always`.
std::string ContactHoursLabel(const v1::ContactHours& hours);

// Returns `Sat, Sun`. Empty if there is no day.
std::string WeekdayLabels(const google::protobuf::RepeatedField<int>& weekdays);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_LABELS_H_
