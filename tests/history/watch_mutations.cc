#include "tests/history/watch_mutations.h"

#include <algorithm>
#include <map>
#include <string>

#include "tests/history/index.h"
#include "tests/history/mutation_helpers.h"

namespace aftercare::history {

bool SeeTwice(History* history) {
  Segment* segment = LongSegment(history);
  if (segment == nullptr) return false;
  const int middle = segment->events_size() / 2;
  segment->set_events(middle, segment->events(middle - 1));
  return true;
}

bool SeeGap(History* history) {
  Segment* segment = LongSegment(history);
  if (segment == nullptr) return false;
  const auto middle = segment->mutable_events()->begin() + segment->events_size() / 2;
  segment->mutable_events()->erase(middle);
  return true;
}

bool SeeOutOfOrder(History* history) {
  Segment* segment = LongSegment(history);
  if (segment == nullptr) return false;
  segment->mutable_events()->SwapElements(segment->events_size() / 2 - 1, segment->events_size() / 2);
  return true;
}

bool SeeWhatIsNot(History* history) {
  Segment* segment = LongSegment(history);
  if (segment == nullptr) return false;
  segment->set_events(1, history->events_size());
  history->add_events()->set_enrollment("clinics/riverside/enrollments/nobody");
  return true;
}

bool StopEarly(History* history) {
  const std::string watcher = LongSegment(history)->watcher();
  int seen = 0;
  for (const Segment& segment : history->segments()) {
    if (segment.watcher() == watcher) seen = std::max(seen, segment.from() + segment.events_size());
  }
  for (Segment& segment : *history->mutable_segments()) {
    const int beyond = segment.from() + segment.events_size() - seen + 1;
    if (segment.watcher() == watcher && beyond > 0) segment.mutable_events()->Truncate(segment.events_size() - beyond);
  }
  return true;
}

bool ListNothing(History* history) {
  history->clear_listed();
  return true;
}

bool LogOutOfOrder(History* history) {
  const auto is_enrollment = [&](const v1::Event& event) {
    return event.type() == v1::EVENT_TYPE_ENROLLMENT_CREATED;
  };
  auto* log = history->mutable_clinics(0)->mutable_log();
  const int line = FindLine(*history, *log, is_enrollment);
  if (line < 0) return false;
  const int place = log->Get(line);
  log->erase(log->begin() + line);
  log->Add(place);
  return true;
}

}  // namespace aftercare::history
