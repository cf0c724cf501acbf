#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_SPARKLINE_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_SPARKLINE_H_

#include <string>
#include <vector>

namespace aftercare::client {

// Draws numbers as a line of bars, one column each: `▁▄█`. The lowest bar stands for `low` and anything below it, the
// highest for `high`, which must be greater, and anything above it. Pure and thread safe.
std::string Sparkline(const std::vector<int>& numbers, int low, int high);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_SPARKLINE_H_
