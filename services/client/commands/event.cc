#include "services/client/commands/event.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/client/commands/filter.h"
#include "services/client/common/failure.h"
#include "services/client/common/interrupt.h"
#include "services/client/input/filter_options.h"
#include "services/client/input/resume_file.h"
#include "services/client/render/event_text.h"
#include "services/common/backoff.h"

namespace aftercare::client {
namespace {

struct WatchOptions {
  FilterOptions filter;
  std::string from_token;
  std::string resume_file;
};

// Returns a token of the present. With it, a watch that breaks before its first message misses nothing.
absl::StatusOr<std::string> TokenOfNow(Session& session) {
  v1::ListRemindersRequest request;
  request.set_parent(session.clinic());
  request.mutable_filter()->add_states(v1::REMINDER_STATE_LEASED);
  request.set_page_size(1);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  return response->resume_token();
}

// Prints event streams, one after the other. Lives for one command. Not thread safe.
class EventPrinter {
 public:
  EventPrinter(Session& session, const ListStyle& style, ResumeFile& file)
      : session_(session), style_(style), file_(file) {}

  // Returns OK, or why no more events can be printed or no token can be saved.
  const absl::Status& status() const { return status_; }

  // Opens a stream and prints it until it ends, and returns why it ended. Sets the token of `request` to that of the
  // last message printed, and resets `backoff` with every message.
  absl::Status PrintStream(v1::WatchEventsRequest* request, Backoff* backoff) {
    const std::unique_ptr<EventStream> stream = session_.connection().Watch(*request);
    v1::WatchEventsResponse response;
    while (status_.ok() && stream->Next(&response)) {
      backoff->Reset();
      status_ = PrintEvents(response, request);
    }
    return status_.ok() ? stream->Finish() : status_;
  }

 private:
  // Saves the token after its events are printed: after a crash some events may come again, but none is left out.
  absl::Status PrintEvents(const v1::WatchEventsResponse& response, v1::WatchEventsRequest* request) {
    for (const v1::Event& event : response.events()) {
      if (session_.json()) {
        session_.PrintJson(event);
      } else {
        session_.Print(RenderEvent(event, style_));
      }
    }
    if (absl::Status status = Session::CheckOutput(); !status.ok()) return status;
    if (response.resume_token().empty()) return absl::OkStatus();
    request->set_resume_token(response.resume_token());
    return file_.Save(response.resume_token());
  }

  Session& session_;
  const ListStyle style_;
  ResumeFile& file_;
  absl::Status status_;
};

// Returns the token to begin with: the one of the options, else the one in the file, else one of the present, which is
// then saved in the file.
absl::StatusOr<std::string> FirstToken(Session& session, const WatchOptions& options, ResumeFile& file) {
  if (!options.from_token.empty()) return options.from_token;
  auto saved = file.Load();
  if (!saved.ok()) return saved.status();
  if (saved->has_value()) return **std::move(saved);
  absl::StatusOr<std::string> now = TokenOfNow(session);
  if (!now.ok()) return now.status();
  if (absl::Status status = file.Save(*now); !status.ok()) return status;
  return now;
}

// Returns whether to open another stream. A server may be overloaded for a while if many watchers return at once.
bool ShouldReconnect(const absl::Status& ended) {
  return ended.ok() || IsRetryable(ended) || absl::IsResourceExhausted(ended);
}

void ExplainExpiry(Session& session, const ResumeFile& file) {
  session.Note(absl::StrCat(
      "What happened since then is no longer in the log, which keeps events for a while only.\n",
      file.path().empty() ? "Watch without --from-token" : absl::StrCat("Remove ", file.path(), " and watch again"),
      ", which begins now; then list what you need to know: aftercare due --all.\n"));
}

absl::Status Watch(Session& session, const WatchOptions& options) {
  Interrupt interrupt([&] { session.connection().StopWaiting(); });
  const absl::StatusOr<ClinicFilter> filter = ReadFilter(session, options.filter);
  if (!filter.ok()) return filter.status();
  v1::WatchEventsRequest request;
  request.set_parent(session.clinic());
  *request.mutable_filter() = filter->filter;
  ResumeFile file(options.resume_file);
  const absl::StatusOr<std::string> token = FirstToken(session, options, file);
  if (!token.ok()) return token.status();
  request.set_resume_token(*token);
  session.Note(absl::StrCat("Watching ", session.clinic(), ". Ctrl-C stops.\n"));

  EventPrinter printer(session, ListStyle{0, session.colour(), filter->frame.zone}, file);
  Backoff backoff;
  while (!interrupt.Happened()) {
    const absl::Status ended = printer.PrintStream(&request, &backoff);
    if (!printer.status().ok()) return printer.status();
    if (interrupt.Happened()) break;
    if (ReasonOf(ended) == "RESUME_TOKEN_EXPIRED") ExplainExpiry(session, file);
    if (!ShouldReconnect(ended)) return ended;
    const absl::Duration pause = backoff.Next();
    session.Note(
        absl::StrCat("The connection broke; going on from the last event in ", absl::FormatDuration(pause), "\n"));
    interrupt.WaitFor(pause);
  }
  session.Note(absl::StrCat("To go on from here: aftercare watch --clinic ", session.options().clinic,
                            file.path().empty() ? absl::StrCat(" --from-token ", request.resume_token())
                                                : absl::StrCat(" --resume ", file.path()),
                            "\n"));
  return absl::OkStatus();
}

}  // namespace

void AddWatchCommand(CLI::App& app, Action* action) {
  CLI::App* watch = app.add_subcommand("watch", "Print what happens as it happens, until Ctrl-C");
  const auto options = std::make_shared<WatchOptions>();
  watch
      ->add_option("--from-token", options->from_token, "Go on from here: the token of an event or of an earlier watch")
      ->type_name("TOKEN");
  watch
      ->add_option("--resume", options->resume_file,
                   "Keep where it has come to in this file, and go on from there if the file exists")
      ->type_name("FILE")
      ->excludes("--from-token");
  AddFilterOptions(watch, &options->filter);
  watch->footer(
      "Examples:\n  aftercare watch --clinic demo\n  aftercare watch --patient P-17 --state sent --json\n"
      "  aftercare watch --resume /var/lib/clinic/events.token --json >> events.jsonl\n\n"
      "When the connection breaks it goes on from the last event printed: none is missed or repeated.\n"
      "With --resume neither is any when it is stopped and run again; after a crash the last message\n"
      "may be printed once more.");
  watch->callback([=] { *action = [=](Session& session) { return Watch(session, *options); }; });
}

}  // namespace aftercare::client
