// Helpers for mutations: they find and erase entries of a recorded history. Pointers point into the history, and are
// null if there is no such entry. Not thread safe.
#ifndef AFTERCARE_TESTS_HISTORY_MUTATION_HELPERS_H_
#define AFTERCARE_TESTS_HISTORY_MUTATION_HELPERS_H_

#include <algorithm>
#include <functional>
#include <set>
#include <string>

#include "tests/history/index.h"

namespace aftercare::history {

// Returns the last entry for which `is` returns true.
template <typename Field, typename Is>
auto* FindLast(Field* field, Is is) {
  const auto found = std::find_if(field->rbegin(), field->rend(), is);
  return found == field->rend() ? nullptr : &*found;
}

template <typename Field, typename Is>
int EraseIf(Field* field, Is is) {
  const auto rest = std::remove_if(field->begin(), field->end(), is);
  const int erased = static_cast<int>(field->end() - rest);
  field->erase(rest, field->end());
  return erased;
}

inline bool Done(const Observation& call) { return call.outcome() == OUTCOME_DONE; }

inline Observation* DoneChange(History* history, Change::Kind kind) {
  return FindLast(history->mutable_observations(),
                  [&](const Observation& call) { return call.change().kind() == kind && Done(call); });
}

inline Observation* LeaseOf(History* history, const std::string& lease_id) {
  return FindLast(history->mutable_observations(),
                  [&](const Observation& call) { return call.lease().lease_id() == lease_id; });
}

// Returns the last such report on a message to a patient that was acknowledged.
inline Observation* DoneReport(History* history, v1::DeliveryOutcome outcome) {
  return FindLast(history->mutable_observations(), [&](const Observation& call) {
    if (call.report().outcome() != outcome || !Done(call)) return false;
    const Observation* lease = LeaseOf(history, call.report().lease_id());
    return lease != nullptr && !IsAlarm(lease->lease().reminder());
  });
}

// Returns the last lease of a message to a patient of a clinic in real time. Sandboxes do not serve: their time is
// known only within bounds.
inline Observation* LastLease(History* history) {
  std::set<std::string> sandboxes;
  for (const Clinic& clinic : history->clinics()) {
    if (clinic.sandbox()) sandboxes.insert(clinic.name());
  }
  return FindLast(history->mutable_observations(), [&](const Observation& call) {
    const std::string& reminder = call.lease().reminder();
    return call.has_lease() && !IsAlarm(reminder) && sandboxes.count(ClinicOf(reminder)) == 0;
  });
}

inline v1::Reminder* LastState(History* history, const std::string& reminder) {
  return FindLast(history->mutable_timelines(), [&](const v1::Reminder& each) { return each.name() == reminder; });
}

// Returns the log of the clinic that the resource `name` belongs to.
inline google::protobuf::RepeatedField<int32_t>* LogOf(History* history, const std::string& name) {
  for (Clinic& clinic : *history->mutable_clinics()) {
    if (clinic.name() == ClinicOf(name)) return clinic.mutable_log();
  }
  return nullptr;
}

// Erases the events for which `is` returns true from the log of the clinic of `name`. Returns whether there were any.
inline bool EraseLines(History* history, const std::string& name, const std::function<bool(const v1::Event&)>& is) {
  return EraseIf(LogOf(history, name), [&](int place) { return is(history->events(place)); }) > 0;
}

// Returns the position in `log` of the first event for which `is` returns true, or -1.
inline int FindLine(const History& history, const google::protobuf::RepeatedField<int32_t>& log,
             const std::function<bool(const v1::Event&)>& is) {
  for (int i = 0; i < log.size(); ++i) {
    if (is(history.events(log.Get(i)))) return i;
  }
  return -1;
}

// Returns the last segment, of at least four events, of a watcher that sees everything from the beginning. The two
// events in its middle differ.
inline Segment* LongSegment(History* history) {
  return FindLast(history->mutable_segments(), [&](const Segment& segment) {
    const Watcher* watcher = FindLast(history->mutable_watchers(),
                                      [&](const Watcher& each) { return each.name() == segment.watcher(); });
    const int size = segment.events_size();
    return size >= 4 && watcher->start() == Watcher::START_FIRST && watcher->filter().ByteSizeLong() == 0 &&
           segment.events(size / 2) != segment.events(size / 2 - 1);
  });
}

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_MUTATION_HELPERS_H_
