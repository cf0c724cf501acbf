#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_LISTS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_LISTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "aftercare/v1/reminder_service.pb.h"
#include "aftercare/v1/reply.pb.h"
#include "aftercare/v1/visit.pb.h"

// Messages as lines for a terminal. Lines end with line feeds; `width` is the widest a line may be, 0 for no limit.
// Functions are pure and thread safe.
namespace aftercare::client {

// How lists are to be written.
struct ListStyle {
  int width = 0;
  bool colour = false;

  // Of the times.
  absl::TimeZone zone = absl::UTCTimeZone();
};

std::string RenderClinics(const std::vector<v1::Clinic>& clinics, const ListStyle& style);
std::string RenderPathways(const std::vector<v1::Pathway>& pathways, const ListStyle& style);
std::string RenderEnrollments(const std::vector<v1::Enrollment>& enrollments, const ListStyle& style);
std::string RenderReminders(const std::vector<v1::Reminder>& reminders, const ListStyle& style);
std::string RenderVisits(const std::vector<v1::Visit>& visits, const ListStyle& style);

// A table of phases by states, with sums.
std::string RenderDeadLetters(const std::vector<v1::DeadLetter>& letters, const ListStyle& style);
std::string RenderCounts(const v1::CountRemindersResponse& counts, const ListStyle& style);

std::string RenderReplies(const std::vector<v1::Reply>& replies, const ListStyle& style);

// One reply, a field a line, without its text.
std::string RenderReply(const v1::Reply& reply);

// How a reply was understood: `answer 7`, `stop`.
std::string MeaningText(v1::ReplyMeaning meaning, const std::optional<int>& score);

// What a patient opted out of: `sms, email`.
std::string ChannelsText(const google::protobuf::RepeatedField<int>& channels);

// One line: when, what, to which reminder or enrollment, its state and reason.
std::string RenderEvent(const v1::Event& event, const ListStyle& style);

// To whom, how and what, on two lines or more.
std::string RenderLease(const v1::Lease& lease, const ListStyle& style);

// One clinic or enrollment, a field a line.
std::string RenderClinic(const v1::Clinic& clinic);
std::string RenderEnrollment(const v1::Enrollment& enrollment);

// One visit, a field a line, times in `zone`.
std::string RenderVisit(const v1::Visit& visit, absl::TimeZone zone);

// Short names: `due`, `window-closed`, `sms`.
std::string StateLabel(v1::ReminderState state);
std::string ReasonLabel(v1::ReminderReason reason);
std::string ChannelLabel(v1::Channel channel);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_LISTS_H_
