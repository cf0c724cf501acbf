#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_TASK_LIST_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_TASK_LIST_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/reminder.pb.h"
#include "services/client/render/lists.h"

// The tasks of the care team as a list to work off. All functions are pure and thread safe.
namespace aftercare::client {

// Sorts tasks: the most urgent first, of equal urgency the one with the earliest deadline.
void SortTasks(std::vector<v1::Reminder>* tasks);

// Returns a table with one line for each task, in the given order. `now` is the time by the clinic's clock: deadlines
// that have passed are marked. Every line ends with a line feed.
std::string RenderTasks(const std::vector<v1::Reminder>& tasks, absl::Time now, const ListStyle& style);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_TASK_LIST_H_
