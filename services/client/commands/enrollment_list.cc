#include "services/client/commands/enrollment_list.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/adherence_text.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

constexpr int kDefaultDays = 14;  // As the server's.

struct ListOptions {
  std::string enrollment;
  std::string patient;
  std::string pathway;
  std::string state;
  std::string order;
  int rate_below = 0;  // 0 in this option and the following ones: not given.
  int days = 0;
  int min_days_asked = 0;
  int silent = 0;
  int limit = 0;

  // Whether adherence is asked for.
  bool ByAdherence() const {
    return !order.empty() || rate_below > 0 || days > 0 || min_days_asked > 0 || silent > 0;
  }
};

absl::Status ShowEnrollment(Session& session, const std::string& id) {
  const absl::StatusOr<v1::Enrollment> enrollment = session.ReadEnrollment(id);
  if (!enrollment.ok()) return enrollment.status();
  session.PrintResult(*enrollment, RenderEnrollment(*enrollment));
  return absl::OkStatus();
}

absl::StatusOr<v1::ListEnrollmentsRequest> RequestOf(const Session& session, const ListOptions& options) {
  v1::ListEnrollmentsRequest request;
  request.set_parent(session.clinic());
  request.set_patient(options.patient);
  if (!options.pathway.empty()) request.set_pathway(PathwayName(session.clinic(), options.pathway));
  if (!options.state.empty()) {
    const absl::StatusOr<int> state = ParseEnum(*v1::EnrollmentState_descriptor(), "--state", options.state);
    if (!state.ok()) return state.status();
    request.set_state(static_cast<v1::EnrollmentState>(*state));
  }
  if (!options.order.empty()) {
    const absl::StatusOr<int> order = ParseEnum(*v1::EnrollmentOrder_descriptor(), "--order", options.order);
    if (!order.ok()) return order.status();
    request.set_order(static_cast<v1::EnrollmentOrder>(*order));
  }
  if (options.ByAdherence()) {
    v1::AdherenceFilter& filter = *request.mutable_adherence();
    filter.set_days(options.days);
    filter.set_rate_below_percent(options.rate_below);
    filter.set_min_days_asked(options.min_days_asked);
    filter.set_silent_days(options.silent);
  }
  return request;
}

// Reads enrollments with their summaries, up to `limit` of them; 0 reads all. The token of the answer tells whether
// there are more.
absl::StatusOr<v1::ListEnrollmentsResponse> ReadWithSummaries(Session& session, v1::ListEnrollmentsRequest request,
                                                              int limit) {
  v1::ListEnrollmentsResponse all;
  do {
    const int left = limit - all.enrollments_size();
    request.set_page_size(limit == 0 ? kMaxPageSize : std::min(kMaxPageSize, left));
    const auto page = session.Call(request);
    if (!page.ok()) return page.status();
    all.clear_next_page_token();
    all.MergeFrom(*page);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && (limit == 0 || all.enrollments_size() < limit));
  return all;
}

// Prints each enrollment as JSON, in an answer of its own, so that its summary goes with it.
void PrintEachAsJson(Session& session, const v1::ListEnrollmentsResponse& list) {
  for (int i = 0; i < list.enrollments_size(); ++i) {
    v1::ListEnrollmentsResponse one;
    *one.add_enrollments() = list.enrollments(i);
    if (i < list.summaries_size()) *one.add_summaries() = list.summaries(i);
    session.PrintJson(one);
  }
}

absl::Status ListByAdherence(Session& session, const v1::ListEnrollmentsRequest& request, const ListOptions& options) {
  const auto list = ReadWithSummaries(session, request, options.limit);
  if (!list.ok()) return list.status();
  if (session.json()) {
    PrintEachAsJson(session, *list);
  } else if (list->enrollments().empty()) {
    session.Print("No enrollments.\n");
  } else {
    const int days = options.days > 0 ? options.days : kDefaultDays;
    session.Print(RenderFollowing(*list, days, {session.list_width(), session.colour(), absl::UTCTimeZone()}));
  }
  if (!list->next_page_token().empty()) {
    session.Note(absl::StrCat("There are more than ", Counted(options.limit, "enrollment"), ".\n"));
  }
  return absl::OkStatus();
}

absl::Status ListEnrollments(Session& session, const ListOptions& options) {
  if (!options.enrollment.empty()) return ShowEnrollment(session, options.enrollment);
  const auto request = RequestOf(session, options);
  if (!request.ok()) return request.status();
  if (options.ByAdherence()) return ListByAdherence(session, *request, options);
  const auto enrollments =
      ReadList(session, *request, &v1::ListEnrollmentsResponse::enrollments, options.limit);
  if (!enrollments.ok()) return enrollments.status();
  PrintList(session, enrollments->items, RenderEnrollments, absl::UTCTimeZone(), "No enrollments.\n");
  if (enrollments->more) {
    session.Note(absl::StrCat("There are more than ", Counted(options.limit, "enrollment"), ".\n"));
  }
  return absl::OkStatus();
}

}  // namespace

void AddEnrollmentsCommand(CLI::App& app, Action* action) {
  CLI::App* list = app.add_subcommand("enrollments", "List the clinic's enrollments, or show one");
  const auto options = std::make_shared<ListOptions>();
  CLI::Option* one = list->add_option("ENROLLMENT", options->enrollment, "Show this one, with all that is known of it");
  const auto select = [&](const char* name, std::string* value, const std::string& description, const char* type) {
    list->add_option(name, *value, description)->type_name(type)->excludes(one);
  };
  const auto count = [&](const char* name, int* value, const std::string& description, int most) {
    list->add_option(name, *value, description)
        ->type_name("N")
        ->check(CLI::Range(1, most).description(""))
        ->excludes(one);
  };
  select("--patient", &options->patient, "Of this patient, by the clinic's own id", "ID");
  select("--pathway", &options->pathway, "On this pathway", "ID");
  select("--state", &options->state, EnumChoices(*v1::EnrollmentState_descriptor()), "STATE");
  select("--order", &options->order,
         "adherence: who does the least of what is asked first; silence: who has not answered for longest first",
         "ORDER");
  count("--rate-below", &options->rate_below, "Who did all that was asked on less than this percentage of days", 100);
  count("--days", &options->days, "Look at the last 7, 14 or 28 days. Default: 14", 28);
  count("--min-days-asked", &options->min_days_asked, "With a rate: who was asked on at least so many days", 28);
  count("--silent", &options->silent, "Who has not answered for at least so many days", 60);
  count("--limit", &options->limit, "How many to print at most. Default: all", 1'000'000);
  list->footer(
      "Adherence is counted to the end of the patient's yesterday: of the days on which something was\n"
      "asked to be done, those on which each such question was answered with yes.\n\n"
      "Examples:\n  aftercare enrollments --clinic demo --state active\n  aftercare enrollments ana\n"
      "  aftercare enrollments --state active --order adherence --min-days-asked 5 --limit 20\n"
      "  aftercare enrollments --state active --rate-below 50 --days 7\n"
      "  aftercare enrollments --state active --order silence --silent 7");
  list->callback([=] { *action = [=](Session& session) { return ListEnrollments(session, *options); }; });
}

}  // namespace aftercare::client
