#include "services/client/commands/visit.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/text_file.h"
#include "services/client/common/values.h"
#include "services/client/input/repeatable_option.h"
#include "services/client/render/diff_text.h"
#include "services/client/render/icalendar.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

struct ListOptions {
  std::string enrollment;
  std::vector<std::string> states;
  bool ended = false;
  std::string ics;
};

struct ScheduleOptions {
  std::string visit;
  std::string start;
  bool outside_window = false;
  bool closed_day = false;
  bool dry_run = false;
};

struct OutcomeOptions {
  std::string visit;
  std::string outcome;
  bool dry_run = false;
};

absl::StatusOr<v1::ListVisitsRequest> ListRequest(Session& session, const ListOptions& options) {
  v1::ListVisitsRequest request;
  request.set_parent(EnrollmentName(session.clinic(), options.enrollment.empty() ? "-" : options.enrollment));
  for (const std::string& text : options.states) {
    const absl::StatusOr<int> state = ParseEnum(*v1::VisitState_descriptor(), "--state", text);
    if (!state.ok()) return state.status();
    request.add_states(static_cast<v1::VisitState>(*state));
  }
  request.set_show_ended(options.ended);
  if (options.ics.empty() || !options.states.empty()) return request;
  // A calendar shows what is going to take place, unless somebody asks for more. It has to be told of what was
  // cancelled, by the end of an enrollment too, since an earlier file may have said that it takes place.
  request.add_states(v1::VISIT_STATE_BOOKED);
  request.add_states(v1::VISIT_STATE_CANCELLED);
  request.set_show_ended(true);
  return request;
}

// Writes the visits to an iCalendar file, or to standard output if the path is `-`.
absl::Status WriteCalendar(Session& session, const std::string& path, const std::vector<v1::Visit>& visits) {
  const std::string calendar = RenderICalendar(visits);
  if (path == "-") {
    session.Print(calendar);
    return absl::OkStatus();
  }
  if (absl::Status status = WriteFileAtomically(path, calendar); !status.ok()) return status;
  const auto has_time = [](const v1::Visit& visit) { return visit.appointment() > 0; };
  session.Print(absl::StrCat(Counted(std::count_if(visits.begin(), visits.end(), has_time), "visit"), " written to ",
                             path, ".\n"));
  return absl::OkStatus();
}

absl::Status List(Session& session, const ListOptions& options) {
  if (!options.ics.empty() && session.json()) return UsageError("choose either --ics or --json");
  const auto request = ListRequest(session, options);
  if (!request.ok()) return request.status();
  const auto list = ReadList(session, *request, &v1::ListVisitsResponse::visits);
  if (!list.ok()) return list.status();
  const std::vector<v1::Visit>& visits = list->items;
  if (!options.ics.empty()) return WriteCalendar(session, options.ics, visits);
  PrintList(session, visits, RenderVisits, absl::UTCTimeZone(), "No visits.\n");
  return absl::OkStatus();
}

// Prints the answer to a change: the visit, and what changed in the plan, or would change.
template <typename Response>
absl::Status Show(Session& session, const Response& response, bool dry_run) {
  if (session.json()) {
    session.PrintJson(response);
    return absl::OkStatus();
  }
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  session.Print(absl::StrCat(RenderVisit(response.visit()), "\n",
                             RenderDiff(response.diff(), {session.list_width(), session.colour(), frame->zone})));
  if (dry_run) session.Note("Checked only: nothing was changed.\n");
  return absl::OkStatus();
}

absl::Status Schedule(Session& session, const ScheduleOptions& options) {
  const absl::StatusOr<std::string> name = VisitName(session.clinic(), options.visit);
  if (!name.ok()) return name.status();
  v1::ScheduleVisitRequest request;
  request.set_name(*name);
  std::string unused;
  if (absl::Time start; absl::ParseTime(absl::RFC3339_full, options.start, &start, &unused)) {
    plan::SetTimestamp(start, request.mutable_start_time());
  } else if (plan::ParseMinute(options.start)) {
    request.set_start_local_time(options.start);
  } else {
    return UsageError(absl::StrCat(
        "\"", options.start, "\" is no time for a visit: write 2026-12-03T14:30, in the clinic's zone, or RFC 3339"));
  }
  request.set_allow_outside_window(options.outside_window);
  request.set_allow_closed_day(options.closed_day);
  request.set_validate_only(options.dry_run);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  return Show(session, *response, options.dry_run);
}

absl::Status RecordOutcome(Session& session, const OutcomeOptions& options) {
  const absl::StatusOr<std::string> name = VisitName(session.clinic(), options.visit);
  if (!name.ok()) return name.status();
  const absl::StatusOr<int> outcome = ParseEnum(*v1::VisitState_descriptor(), "OUTCOME", options.outcome);
  if (!outcome.ok()) return outcome.status();
  v1::RecordVisitOutcomeRequest request;
  request.set_name(*name);
  request.set_outcome(static_cast<v1::VisitState>(*outcome));
  request.set_validate_only(options.dry_run);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  return Show(session, *response, options.dry_run);
}

void AddList(CLI::App* visits, Action* action) {
  CLI::App* list = visits->add_subcommand("list", "List visits, or write them to a calendar file");
  const auto options = std::make_shared<ListOptions>();
  list->add_option("ENROLLMENT", options->enrollment, "Of this enrollment. Default: of all that are running");
  AddRepeatableOption(list, "--state", &options->states,
                      EnumChoices(*v1::VisitState_descriptor()) + "; may be repeated")
      ->type_name("STATE");
  list->add_flag("--ended", options->ended, "Of enrollments that have ended, too");
  list->add_option("--ics", options->ics,
                   "Write booked and cancelled visits to this iCalendar file; - for standard output")
      ->type_name("FILE");
  list->footer(
      "Examples:\n"
      "  aftercare visits list ana --clinic demo\n"
      "  aftercare visits list --state unbooked --state missed\n"
      "  aftercare visits list --ics visits.ics");
  list->callback([=] { *action = [=](Session& session) { return List(session, *options); }; });
}

void AddSchedule(CLI::App* visits, Action* action) {
  CLI::App* schedule = visits->add_subcommand("schedule", "Book a visit, or move it; what is unsent moves with it");
  const auto options = std::make_shared<ScheduleOptions>();
  schedule->add_option("VISIT", options->visit, "ENROLLMENT/VISIT, or its full name")->required();
  schedule->add_option("TIME", options->start, "When it begins: 2026-12-03T14:30 in the clinic's zone, or RFC 3339")
      ->required();
  schedule->add_flag("--outside-window", options->outside_window, "Even outside the window the pathway gives");
  schedule->add_flag("--closed-day", options->closed_day, "Even on a day on which the clinic is closed");
  schedule->add_flag("--dry-run", options->dry_run, "Only show what would become of it");
  schedule->footer("Example:\n  aftercare visits schedule ana/month-6 2026-12-03T14:30 --clinic demo");
  schedule->callback([=] { *action = [=](Session& session) { return Schedule(session, *options); }; });
}

void AddOutcome(CLI::App* visits, Action* action) {
  CLI::App* outcome = visits->add_subcommand("outcome", "Record what became of an appointment");
  const auto options = std::make_shared<OutcomeOptions>();
  outcome->add_option("VISIT", options->visit, "ENROLLMENT/VISIT, or its full name")->required();
  outcome->add_option("OUTCOME", options->outcome, "attended, missed or cancelled")->required();
  outcome->add_flag("--dry-run", options->dry_run, "Only show what would become of it");
  outcome->footer("Example:\n  aftercare visits outcome ana/month-6 missed --clinic demo");
  outcome->callback([=] { *action = [=](Session& session) { return RecordOutcome(session, *options); }; });
}

}  // namespace

void AddVisitsCommand(CLI::App& app, Action* action) {
  CLI::App* visits = app.add_subcommand("visits", "List, book and close follow-up visits; export them to a calendar");
  visits->require_subcommand(1);
  AddList(visits, action);
  AddSchedule(visits, action);
  AddOutcome(visits, action);
}

}  // namespace aftercare::client
