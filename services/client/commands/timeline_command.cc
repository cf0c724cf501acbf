#include <fstream>

#include "absl/strings/str_cat.h"
#include "services/client/commands/commands.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/render/year.h"
#include "services/client/render/year_svg.h"
#include "services/client/render/year_text.h"

namespace aftercare::client {
namespace {

struct TimelineOptions {
  std::string enrollment;
  std::string svg;
  int width = 0;
};

absl::Status WriteFile(const std::string& path, const std::string& content) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << content;
  stream.close();
  return stream.good() ? absl::OkStatus() : UsageError(absl::StrCat("cannot write ", path));
}

absl::Status Timeline(Session& session, const TimelineOptions& options) {
  if (options.width != 0 && options.width < kLeastPictureWidth) {
    return UsageError(absl::StrCat("--width must be at least ", kLeastPictureWidth));
  }
  v1::GetTimelineRequest request;
  request.set_name(EnrollmentName(session.clinic(), options.enrollment));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(*response);
    return absl::OkStatus();
  }
  const Year year = YearOf(*response);
  if (!options.svg.empty()) {
    const absl::Status written = WriteFile(options.svg, RenderYearSvg(year));
    if (!written.ok()) return written;
    session.Note(absl::StrCat("Wrote ", options.svg, "\n"));
    return absl::OkStatus();
  }
  session.Print(RenderYearText(year, options.width == 0 ? TerminalWidth() : options.width, session.colour()));
  return absl::OkStatus();
}

}  // namespace

void AddTimelineCommand(CLI::App& app, Action* action) {
  CLI::App* timeline =
      app.add_subcommand("timeline", "Draw a patient's year: phases, reminders and what became of them");
  const auto options = std::make_shared<TimelineOptions>();
  timeline->add_option("ENROLLMENT", options->enrollment, "Which enrollment")->required();
  timeline->add_option("--svg", options->svg, "Write a picture to this file instead")->type_name("FILE");
  timeline->add_option("--width", options->width, "Columns to draw in. Default: those of the terminal")->type_name("N");
  timeline->footer(
      "Examples:\n  aftercare timeline ana --clinic demo\n  aftercare timeline ana --svg ana.svg\n\n"
      "Colours are used on a terminal only, and not if NO_COLOR is set.");
  timeline->callback([=] { *action = [=](Session& session) { return Timeline(session, *options); }; });
}

}  // namespace aftercare::client
