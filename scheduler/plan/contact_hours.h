// The hours of the week in which a patient may be contacted.
#ifndef AFTERCARE_SCHEDULER_PLAN_CONTACT_HOURS_H_
#define AFTERCARE_SCHEDULER_PLAN_CONTACT_HOURS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "aftercare/v1/calendar.pb.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::plan {

// Contact hours by the patient's clock. An instant is open if the local time that the clock shows at that instant is in
// an opening. This also holds where clocks skip or repeat a time. Immutable and cheap to copy. Thread safe, except for
// the LocalClock that a caller passes.
class ContactHours {
 public:
  // Contact hours that are always open.
  ContactHours() = default;

  // Reads contact hours of the API. Adds an error for every faulty field, whose path begins with `path`; the result is
  // meaningless then.
  static ContactHours Read(const v1::ContactHours& source, const std::string& path, FieldErrors* errors);

  bool always_open() const { return stretches_ == nullptr; }

  // Returns the first open instant at or after `time`, or `end` if that is earlier. Instants are Unix seconds; `time`
  // must not be after `end`. `clock` must be of the patient's zone.
  int64_t NextOpen(int64_t time, int64_t end, LocalClock* clock) const;

  // The first instant after `time` that is closed, or `end` if that is earlier. `time` must be open.
  int64_t NextClosed(int64_t time, int64_t end, LocalClock* clock) const;

  // The hours for people to read: `Mon-Fri 10:00-16:00, Sat 10:00-12:00`, `10:00-16:00` for every day, `always`.
  std::string Text() const;

 private:
  // A span [begin, end) of open seconds, counted from Monday 00:00.
  struct Stretch {
    int32_t begin = 0;
    int32_t end = 0;
  };

  // The hours of one day of the week, `10:00-12:00 and 14:00-16:00`.
  std::string DayText(int weekday) const;

  // Ascending, without overlaps, each within one day. Null if always open.
  std::shared_ptr<const std::vector<Stretch>> stretches_;
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_CONTACT_HOURS_H_
