#include "services/client/render/sparkline.h"

#include <algorithm>
#include <iterator>

namespace aftercare::client {
namespace {

constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

}  // namespace

std::string Sparkline(const std::vector<int>& numbers, int low, int high) {
  constexpr int kHighest = static_cast<int>(std::size(kBars)) - 1;
  const int range = high - low;
  std::string line;
  for (const int number : numbers) {
    const int height = std::clamp(number, low, high) - low;
    line += kBars[(height * kHighest + range / 2) / range];  // Rounded to the nearest bar.
  }
  return line;
}

}  // namespace aftercare::client
