// A year of one clinic's traffic, played through the use cases, and a description of what it leaves behind. Databases
// that earlier versions recorded so are kept beside this file: later versions must open them and still tell the same.
#ifndef AFTERCARE_TESTS_ENGINE_RECORDED_RECORDED_YEAR_H_
#define AFTERCARE_TESTS_ENGINE_RECORDED_RECORDED_YEAR_H_

#include <set>
#include <string>

#include "absl/time/time.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// When the year begins and ends.
absl::Time RecordedYearBegin();
absl::Time RecordedYearEnd();

// How long the recorded database keeps events. Shorter than the year, so that the begin of its log is deleted.
inline constexpr absl::Duration kRecordedRetention = absl::Hours(60 * 24);

// Plays the year in clinic `north`, from RecordedYearBegin() on: patients who answer, pause, move, stop messages, miss
// visits and die, messages that fail, bounce and are reported late, a second revision of the pathway.
// Returns the lease of a message that is with a gateway at the end.
std::string PlayRecordedYear(World& world);

// Describes the clinic in lines that a later version must reproduce: each enrollment with its facts, each visit, each
// reminder that is no longer SCHEDULED, each reply, each dead letter and each event of the log.
std::string DescribeClinic(World& world);

// The reminders of the clinic that were sent or completed, by resource name.
std::set<std::string> ToldReminders(World& world);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_RECORDED_RECORDED_YEAR_H_
