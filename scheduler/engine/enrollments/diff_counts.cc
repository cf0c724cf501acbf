#include "scheduler/engine/enrollments/diff_counts.h"

namespace aftercare::engine {

void AddCounts(const v1::PlanDiff& one, v1::PlanDiff* all) {
  all->set_moved_count(all->moved_count() + one.moved_count());
  all->set_added_count(all->added_count() + one.added_count());
  all->set_dropped_count(all->dropped_count() + one.dropped_count());
  all->set_already_sent_count(all->already_sent_count() + one.already_sent_count());
  all->set_sent_again_count(all->sent_again_count() + one.sent_again_count());
  all->set_also_today_count(all->also_today_count() + one.also_today_count());
  all->set_not_called_off_count(all->not_called_off_count() + one.not_called_off_count());
  all->set_not_moved_by_hand_count(all->not_moved_by_hand_count() + one.not_moved_by_hand_count());
  all->set_suppressed_count(all->suppressed_count() + one.suppressed_count());
  all->set_never_told_count(all->never_told_count() + one.never_told_count());
  all->set_visits_outside_window_count(all->visits_outside_window_count() + one.visits_outside_window_count());
}

}  // namespace aftercare::engine
