#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_HELP_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_HELP_H_

#include <memory>
#include <string>

#include "CLI/CLI.hpp"

// Help texts, and the messages for command lines that make no sense. All functions are thread safe.
namespace aftercare::client {

// Returns a formatter of help that breaks descriptions to `width` columns (at least 60). The help of every command ends
// with the names of the options that all commands share.
std::shared_ptr<CLI::Formatter> MakeHelpFormatter(int width);

// Explains why `app` could not parse its command line: the fault, or the commands to choose from if none was named.
std::string RenderParseFailure(const CLI::App* app, const CLI::Error& error);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_HELP_H_
