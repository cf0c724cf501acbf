#include "services/common/address.h"

#include <regex>

namespace aftercare {

bool IsLoopback(const std::string& address) {
  static const std::regex& form = *new std::regex(R"((127(\.\d{1,3}){3}|\[::1\]|localhost):(\d{1,5}))");
  std::smatch parts;
  return std::regex_match(address, parts, form) && std::stoi(parts[3]) <= 65535;
}

}  // namespace aftercare
