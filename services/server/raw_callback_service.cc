#include "services/server/raw_callback_service.h"

#include <cstdlib>
#include <iostream>

namespace aftercare::server {

void RefuseTable(absl::string_view problem) {
  std::cerr << "aftercared: " << problem << std::endl;
  std::abort();
}

}  // namespace aftercare::server
