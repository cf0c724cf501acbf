#include "absl/strings/str_cat.h"
#include "services/client/commands.h"
#include "services/client/failure.h"
#include "services/client/filter_options.h"
#include "services/client/interrupt.h"
#include "services/client/lists.h"
#include "services/common/backoff.h"

namespace aftercare::client {
namespace {

struct WatchOptions {
  FilterOptions filter;
  std::string from_token;
};

// A token of now. With it a watch that breaks before its first message misses nothing either.
absl::StatusOr<std::string> TokenOfNow(Session& session) {
  v1::ListRemindersRequest request;
  request.set_parent(session.clinic());
  request.mutable_filter()->add_states(v1::REMINDER_STATE_LEASED);
  request.set_page_size(1);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  return response->resume_token();
}

// Prints one stream until it ends. `token` moves on with what was printed; `backoff` is reset by any message.
absl::Status PrintStream(Session& session, const ListStyle& style, v1::WatchEventsRequest* request, Backoff* backoff) {
  const std::unique_ptr<EventStream> stream = session.connection().Watch(*request);
  v1::WatchEventsResponse response;
  while (stream->Next(&response)) {
    backoff->Reset();
    for (const v1::Event& event : response.events()) {
      if (session.json()) {
        session.PrintJson(event);
      } else {
        session.Print(RenderEvent(event, style));
      }
    }
    if (!response.resume_token().empty()) request->set_resume_token(response.resume_token());
  }
  return stream->Finish();
}

absl::Status Watch(Session& session, const WatchOptions& options) {
  const absl::Status sensible = CheckFilter(options.filter);
  if (!sensible.ok()) return sensible;
  Interrupt interrupt([&] { session.connection().StopWaiting(); });
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  const auto filter = FilterOf(options.filter, session.clinic(), *frame);
  if (!filter.ok()) return filter.status();
  v1::WatchEventsRequest request;
  request.set_parent(session.clinic());
  *request.mutable_filter() = *filter;
  const absl::StatusOr<std::string> token =
      options.from_token.empty() ? TokenOfNow(session) : absl::StatusOr<std::string>(options.from_token);
  if (!token.ok()) return token.status();
  request.set_resume_token(*token);
  session.Note(absl::StrCat("Watching ", session.clinic(), ". Ctrl-C stops.\n"));

  const ListStyle style{0, session.colour(), frame->zone};
  Backoff backoff;
  while (!interrupt.Happened()) {
    const absl::Status ended = PrintStream(session, style, &request, &backoff);
    if (interrupt.Happened()) break;
    if (!ended.ok() && !MayComeBack(ended)) return ended;
    const absl::Duration pause = backoff.Next();
    session.Note(
        absl::StrCat("The connection broke; going on from the last event in ", absl::FormatDuration(pause), "\n"));
    interrupt.Pause(pause);
  }
  session.Note(absl::StrCat("To go on from here: aftercare watch --clinic ", session.options().clinic, " --from-token ",
                            request.resume_token(), "\n"));
  return absl::OkStatus();
}

}  // namespace

void AddWatchCommand(CLI::App& app, Action* action) {
  CLI::App* watch = app.add_subcommand("watch", "Print what happens as it happens, until Ctrl-C");
  const auto options = std::make_shared<WatchOptions>();
  watch
      ->add_option("--from-token", options->from_token, "Go on from here: the token of an event or of an earlier watch")
      ->type_name("TOKEN");
  AddFilterOptions(watch, &options->filter);
  watch->footer(
      "Examples:\n  aftercare watch --clinic demo\n  aftercare watch --patient P-17 --state sent --json\n\n"
      "When the connection breaks it goes on from the last event printed: none is missed or repeated.");
  watch->callback([=] { *action = [=](Session& session) { return Watch(session, *options); }; });
}

}  // namespace aftercare::client
