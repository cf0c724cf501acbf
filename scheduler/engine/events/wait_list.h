#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_WAIT_LIST_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_WAIT_LIST_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace aftercare::engine {

class Waiter;

// The readers that wait, and those whose wait is over but whom the feed's thread has not resumed yet. A wait ends when
// the waiter's group is woken, at the waiter's deadline, or when the waiter is removed.
//
// The list owns a reference to each waiter until it hands the waiter out, and never calls a waiter itself.
//
// Not thread safe. The feed's list is guarded by the feed's lock.
class WaitList {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Waiters that are woken together: the readers at the end of one log. Must live until the list has handed out its
  // waiters. Guarded by the same lock as the list.
  class Group {
   public:
    // Returns whether the group has no waiters, not counting those that were woken already.
    bool empty() const { return waiters_.empty(); }

   private:
    friend class WaitList;

    std::list<std::shared_ptr<Waiter>> waiters_;
    uint64_t wakes_ = 0;  // how many times the whole group was woken
  };

  WaitList() = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  // Begins a wait until the group is woken, or until `deadline`. The waiter must not be waiting yet. Returns true if no
  // other wait has an earlier deadline: a thread that sleeps until NextDeadline must then wake up and ask again.
  bool Add(Group& group, std::shared_ptr<Waiter> waiter, Time deadline);

  // Ends a wait and returns the waiter, which TakeReady then does not return. Returns null if the waiter does not wait,
  // or was added by AddReady.
  std::shared_ptr<Waiter> Remove(Waiter& waiter);

  // Ends the waits of a group: TakeReady will return its waiters. Takes constant time, however many wait.
  void WakeAll(Group& group);

  // Adds a waiter whose wait, for something else than a group, is over already.
  void AddReady(std::shared_ptr<Waiter> waiter);

  // Takes waiters whose wait is over at `now` out of the list: a limited number at a time, so that the caller's lock is
  // not held for long. Returns an empty list only if no wait is over. The caller resumes the waiters without the lock.
  std::vector<std::shared_ptr<Waiter>> TakeReady(Time now);

  // Returns the earliest deadline of all waits, if there are any.
  std::optional<Time> NextDeadline() const;

 private:
  std::deque<std::shared_ptr<Waiter>> ready_;
  std::list<std::shared_ptr<Waiter>> woken_;        // moved here from groups
  std::set<std::pair<Time, Waiter*>> by_deadline_;  // all waiters in groups and in woken_
};

// Somebody who waits in a WaitList. One wait at a time.
class Waiter : public std::enable_shared_from_this<Waiter> {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() = default;

  // Goes on after a wait. Called exactly once for each wait, while the caller holds no lock.
  virtual void Resume() = 0;

 private:
  friend class WaitList;

  // Used by the list only, and valid while this waits. The waiter is in woken_ if its group was woken since the wait
  // began, and in the group otherwise.
  WaitList::Group* group_ = nullptr;  // null: not waiting
  uint64_t group_wakes_ = 0;          // the group's wakes_ when the wait began
  std::list<std::shared_ptr<Waiter>>::iterator position_;
  WaitList::Time deadline_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_WAIT_LIST_H_
