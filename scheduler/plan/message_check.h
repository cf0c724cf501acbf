// Finds what is no fault of a pathway but may be a mistake in its messages: texts too long for one SMS, messages that
// contact hours never let out, and days with too many messages.
//
// Thread safety: functions are pure, so they may be called from any thread.
#ifndef AFTERCARE_SCHEDULER_PLAN_MESSAGE_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_MESSAGE_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/sms_size.h"

namespace aftercare::plan {

// The names with which FindLongTexts fills in texts: of ordinary length, with letters that every SMS has.
inline constexpr char kSampleFirstName[] = "Margaret";
inline constexpr char kSampleLastName[] = "Whitfield";
inline constexpr char kSampleClinicName[] = "Riverside Knee Clinic";
inline constexpr char kSampleClinicPhone[] = "(212) 555-0100";

// A text that takes several SMS parts with the sample names.
struct LongText {
  int rule = 0;  // By index.
  std::string locale;
  SmsSize size;
  bool discreet = false;  // It is one of the texts without health information.
};

// Returns the texts for patients that take more than one SMS part, in the order of the rules and their texts, of each
// rule those without health information last, at most `most` of them. Dates are filled in as 30 September, times as
// 12:30, appointments in the patient's own zone.
std::vector<LongText> FindLongTexts(const CompiledPathway& pathway, size_t most);

// A rule for patients at one of its times of day.
struct TimeOfRule {
  int rule = 0;    // By index.
  int minute = 0;  // Since midnight.
};

// Returns the times at which rules for patients are due and that no opening of the contact hours lets out before their
// windows close, on no weekday on which they can be due. In the order of the rules and their times, at most `most`.
std::vector<TimeOfRule> FindAlwaysSuppressed(const CompiledPathway& pathway, const ContactHours& hours, size_t most);

// A run of days with the same messages, too many of them.
struct BusyDays {
  // Days after the procedure.
  int64_t first = 0;
  int64_t last = 0;

  int messages = 0;        // On each of the days.
  std::vector<int> rules;  // The rules that make them, by index, ascending.
};

// The most messages to one patient in a day that are not too many.
inline constexpr int kMostMessagesADay = 5;

// Returns the days on which one patient can be due more than kMostMessagesADay messages, with the most for any
// procedure date and any factors, ascending, at most `most` runs. Counts nominal times of rules that count from the
// procedure, and of rules for visits that are not booked. A rule counts once for each of its times of day. Where very
// many rules with different conditions share a day, it may find fewer messages than there can be.
std::vector<BusyDays> FindBusyDays(const CompiledPathway& pathway, size_t most);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_MESSAGE_CHECK_H_
