#include "scheduler/engine/events/wait_list.h"

namespace aftercare::engine {
namespace {

// How many waiters of each kind TakeReady returns at a time.
constexpr int kMaxTaken = 64;

}  // namespace

bool WaitList::Add(Group& group, std::shared_ptr<Waiter> waiter, Time deadline) {
  Waiter* const added = waiter.get();
  added->group_ = &group;
  added->group_wakes_ = group.wakes_;
  added->position_ = group.waiters_.insert(group.waiters_.end(), std::move(waiter));
  added->deadline_ = deadline;
  const auto place = by_deadline_.emplace(deadline, added).first;
  return place == by_deadline_.begin();
}

std::shared_ptr<Waiter> WaitList::Remove(Waiter& waiter) {
  if (waiter.group_ == nullptr) return nullptr;
  Group& group = *waiter.group_;
  const bool woken = waiter.group_wakes_ != group.wakes_;
  std::shared_ptr<Waiter> removed = std::move(*waiter.position_);
  (woken ? woken_ : group.waiters_).erase(waiter.position_);
  by_deadline_.erase({waiter.deadline_, &waiter});
  waiter.group_ = nullptr;
  return removed;
}

void WaitList::WakeAll(Group& group) {
  woken_.splice(woken_.end(), group.waiters_);
  ++group.wakes_;
}

void WaitList::AddReady(std::shared_ptr<Waiter> waiter) { ready_.push_back(std::move(waiter)); }

std::vector<std::shared_ptr<Waiter>> WaitList::TakeReady(Time now) {
  std::vector<std::shared_ptr<Waiter>> taken;
  for (int i = 0; i < kMaxTaken && !ready_.empty(); ++i) {
    taken.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  for (int i = 0; i < kMaxTaken && !woken_.empty(); ++i) taken.push_back(Remove(*woken_.front()));
  for (int i = 0; i < kMaxTaken && !by_deadline_.empty() && by_deadline_.begin()->first <= now; ++i) {
    taken.push_back(Remove(*by_deadline_.begin()->second));
  }
  return taken;
}

std::optional<WaitList::Time> WaitList::NextDeadline() const {
  if (by_deadline_.empty()) return std::nullopt;
  return by_deadline_.begin()->first;
}

}  // namespace aftercare::engine
