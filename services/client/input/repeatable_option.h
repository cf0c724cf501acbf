#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_REPEATABLE_OPTION_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_REPEATABLE_OPTION_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace aftercare::client {

// Adds an option that may be given several times, with one value each time, and collects the values. Unlike the vector
// options of CLI11 it does not take the positional arguments after it. `values` must outlive the parsing. Not thread
// safe.
CLI::Option* AddRepeatableOption(CLI::App* command, const std::string& name, std::vector<std::string>* values,
                                 const std::string& description);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_REPEATABLE_OPTION_H_
