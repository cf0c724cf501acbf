#include "services/client/commands.h"
namespace aftercare::client { void AddDemoCommand(CLI::App&, Action*) {} }
