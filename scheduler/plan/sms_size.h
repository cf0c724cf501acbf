// How many parts an SMS needs for a text. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_SMS_SIZE_H_
#define AFTERCARE_SCHEDULER_PLAN_SMS_SIZE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// The size of a text as an SMS. In GSM-7, one part has 160 places, each of several parts 153. A text with any character
// that GSM-7 lacks is sent in UCS-2, with 70 places in one part and 67 in each of several.
struct SmsSize {
  int places = 0;
  int parts = 0;

  // The characters that GSM-7 lacks, each once, in the order of the text. Empty for a text in GSM-7.
  std::vector<std::string> not_gsm7;
};

// Returns the size of a text, which must be valid UTF-8.
SmsSize SmsSizeOf(absl::string_view text);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_SMS_SIZE_H_
