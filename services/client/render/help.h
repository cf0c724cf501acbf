#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_HELP_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_HELP_H_

#include <memory>
#include <string>

#include "CLI/CLI.hpp"

// What the program says of its own command line: help texts, and why a line makes no sense.
namespace aftercare::client {

// Writes help whose lines of options fit in `width` columns (at least 60 are assumed). Every command's help names the
// options it shares with the others.
std::shared_ptr<CLI::Formatter> HelpFormatter(int width);

// Why the command line of `app` could not be read, in lines for a reader: the fault, or the commands to choose from
// where none was named.
std::string RenderParseFailure(const CLI::App* app, const CLI::Error& error);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_HELP_H_
