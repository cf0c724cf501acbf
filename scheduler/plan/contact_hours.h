#ifndef AFTERCARE_SCHEDULER_PLAN_CONTACT_HOURS_H_
#define AFTERCARE_SCHEDULER_PLAN_CONTACT_HOURS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "aftercare/v1/calendar.pb.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::plan {

// When a patient may be contacted: what the patient's clock shows decides, also where clocks skip or repeat a time.
// A small value, cheap to copy; const methods are thread safe, but for the clock they are given.
class ContactHours {
 public:
  // Always open.
  ContactHours() = default;

  // Checks and reads what the API says; every fault is added to `errors`, its field beginning with `path`. Where there
  // are faults the result says nothing.
  static ContactHours Read(const v1::ContactHours& source, const std::string& path, FieldErrors* errors);

  bool always_open() const { return stretches_ == nullptr; }

  // The first open instant that is not before `time`, or `end` where that comes first. Unix seconds, `clock` being the
  // patient's.
  int64_t NextOpen(int64_t time, int64_t end, LocalClock* clock) const;

  // The first instant after `time`, which is open, that is not open, or `end` where that comes first.
  int64_t NextClosed(int64_t time, int64_t end, LocalClock* clock) const;

  // For people: `Mon-Fri 10:00-16:00, Sat 10:00-12:00`, `10:00-16:00` for every day, `always`.
  std::string Text() const;

 private:
  // Open seconds of the week, counted from Monday 00:00: [begin, end).
  struct Stretch {
    int32_t begin = 0;
    int32_t end = 0;
  };

  std::string DayText(int weekday) const;

  std::shared_ptr<const std::vector<Stretch>> stretches_;  // Ascending, apart or touching, each within a day.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_CONTACT_HOURS_H_
