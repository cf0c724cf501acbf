#include "services/client/render/help.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {
namespace {

constexpr int kLeastWidth = 60;
constexpr int kNameColumns = 28;

class Formatter final : public CLI::Formatter {
 public:
  explicit Formatter(int width) : width_(std::max(width, kLeastWidth)) {}

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string name = make_option_name(option, is_positional);
    // A positional is its own placeholder, so it needs no type.
    if (!is_positional && option->get_type_size() != 0) absl::StrAppend(&name, " ", option->get_type_name());
    std::string description = option->get_description();
    const auto add = [&](absl::string_view words) {
      absl::StrAppend(&description, description.empty() ? "" : ". ", words);
    };
    if (option->get_required() && !is_positional) add("Required");
    if (!option->get_default_str().empty()) add("Default: " + option->get_default_str());
    if (!option->get_envname().empty()) add("Environment: " + option->get_envname());
    return Entry(name, description);
  }

  std::string make_subcommand(const CLI::App* command) const override {
    return Entry(command->get_name(), command->get_description());
  }

  std::string make_usage(const CLI::App* app, std::string name) const override {
    return absl::StrCat("\n", CLI::Formatter::make_usage(app, std::move(name)));
  }

  std::string make_footer(const CLI::App* app) const override {
    const CLI::App* parent = app->get_parent();
    if (parent == nullptr) return app->get_footer() + "\n";
    // A command of CLI11 inherits the footer of its parent, which does not fit.
    const std::string own = app->get_footer() == parent->get_footer() ? "" : app->get_footer() + "\n\n";
    if (!app->get_subcommands({}).empty()) return own + "Each has a --help of its own.\n";
    return own + "Options of every command: --server, --clinic, --json, --timeout; see aftercare --help.\n";
  }

 private:
  std::string Entry(const std::string& name, const std::string& description) const {
    const std::vector<std::string> lines = Wrap(description, width_ - kNameColumns);
    std::string out = absl::StrCat("  ", name);
    const std::string indent(kNameColumns, ' ');
    if (DisplayWidth(out) + 2 > kNameColumns) {
      absl::StrAppend(&out, "\n", indent);
    } else {
      out.resize(kNameColumns, ' ');
    }
    for (size_t i = 0; i < lines.size(); ++i) absl::StrAppend(&out, i == 0 ? "" : indent, lines[i], "\n");
    return out;
  }

  const int width_;
};

// Returns the innermost command that was named.
const CLI::App* Named(const CLI::App* app) {
  for (auto chosen = app->get_subcommands(); !chosen.empty(); chosen = app->get_subcommands()) app = chosen.front();
  return app;
}

std::string FullName(const CLI::App* app) {
  return app->get_parent() == nullptr ? app->get_name()
                                      : absl::StrCat(FullName(app->get_parent()), " ", app->get_name());
}

}  // namespace

std::shared_ptr<CLI::Formatter> MakeHelpFormatter(int width) { return std::make_shared<Formatter>(width); }

std::string RenderParseFailure(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* named = Named(app);
  const std::vector<std::string> unknown = app->remaining(/*recurse=*/true);
  const std::vector<const CLI::App*> commands = named->get_subcommands({});
  std::string out = "aftercare: ";
  if (commands.empty()) {
    absl::StrAppend(&out, error.what(), "\n");
  } else {
    const bool option = !unknown.empty() && unknown.front()[0] == '-';
    absl::StrAppend(&out,
                    unknown.empty()
                        ? "which command?"
                        : absl::StrCat("there is no ", option ? "option " : "command ", unknown.front(), "."),
                    " Choose a command:\n");
    for (const CLI::App* command : commands) {
      absl::StrAppend(&out, "  ", Fit(command->get_name(), 13), " ", command->get_description(), "\n");
    }
  }
  return absl::StrCat(out, "Run ", FullName(named), " --help for more.\n");
}

}  // namespace aftercare::client
