#include "services/common/address.h"

#include <regex>

#include "absl/strings/match.h"

namespace aftercare {
namespace {

// Matches the whole text, and the last group is a port.
bool MatchesWithPort(const std::string& text, const std::regex& form) {
  std::smatch parts;
  return std::regex_match(text, parts, form) && std::stoi(parts[parts.size() - 1]) <= 65535;
}

}  // namespace

bool IsLoopback(const std::string& address) {
  static const std::regex& form = *new std::regex(R"((127(\.\d{1,3}){3}|\[::1\]|localhost):(\d{1,5}))");
  return MatchesWithPort(address, form);
}

bool IsHostAndPort(const std::string& address) {
  static const std::regex& form =
      *new std::regex(R"(([A-Za-z0-9]([A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\]):(\d{1,5}))");
  return MatchesWithPort(address, form);
}

std::string UnixPathOf(const std::string& address) {
  return absl::StartsWith(address, "unix:") ? address.substr(5) : "";
}

}  // namespace aftercare
