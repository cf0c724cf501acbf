#include "services/client/input/repeatable_option.h"

namespace aftercare::client {

CLI::Option* AddRepeatableOption(CLI::App* command, const std::string& name, std::vector<std::string>* values,
                                 const std::string& description) {
  return command->add_option(name, *values, description)->allow_extra_args(false)->expected(1)->take_all();
}

}  // namespace aftercare::client
