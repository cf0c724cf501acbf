#include "services/client/commands/adherence.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/input/csv.h"
#include "services/client/render/adherence_text.h"

namespace aftercare::client {
namespace {

struct AdherenceOptions {
  std::string enrollment;
  bool csv = false;
  bool scores = false;
};

void PrintCsv(Session& session, const std::vector<std::vector<std::string>>& records) {
  std::string text;
  for (const std::vector<std::string>& record : records) text += CsvLine(record);
  session.Print(text);
}

absl::Status ShowAdherence(Session& session, const AdherenceOptions& options) {
  if (options.csv && session.json()) return UsageError("--csv and --json do not go together");
  v1::GetAdherenceRequest request;
  request.set_name(EnrollmentName(session.clinic(), options.enrollment));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  const v1::Adherence& adherence = response->adherence();
  if (options.csv) {
    PrintCsv(session, options.scores ? ScoreRecords(adherence) : AdherenceRecords(adherence));
    return absl::OkStatus();
  }
  if (session.json()) {
    session.PrintJson(adherence);
    return absl::OkStatus();
  }
  // Days and times are by the patient's clock.
  const absl::StatusOr<v1::Enrollment> enrollment = session.ReadEnrollment(options.enrollment);
  if (!enrollment.ok()) return enrollment.status();
  v1::Pathway pathway;
  if (!adherence.scores().empty() || !adherence.questionnaires().empty()) {
    v1::GetPathwayRequest scales;
    scales.set_name(enrollment->pathway());
    scales.set_revision(enrollment->pathway_revision());
    auto read = session.Call(scales);
    if (!read.ok()) return read.status();
    pathway = std::move(*read->mutable_pathway());
  }
  session.Print(RenderAdherence(
      adherence, pathway, {session.list_width(), session.colour(), ZoneOrUtc(enrollment->time_zone())}));
  return absl::OkStatus();
}

}  // namespace

void AddAdherenceCommand(CLI::App& app, Action* action) {
  CLI::App* adherence =
      app.add_subcommand("adherence", "Show how a patient follows the care plan, as far as answers tell");
  const auto options = std::make_shared<AdherenceOptions>();
  adherence->add_option("ENROLLMENT", options->enrollment, "Which enrollment")->required();
  CLI::Option* csv = adherence->add_flag("--csv", options->csv,
                                         "Print comma-separated values: a line for each category or phase and period");
  adherence->add_flag("--scores", options->scores, "With --csv: print the scores instead")->needs(csv);
  adherence->footer(
      "A percentage is that of days: of those on which the patient was asked whether something was\n"
      "done, the days on which each such question was answered with yes, or recorded as done. Behind\n"
      "it stand the questions answered and asked, scores and choices among them. A question and its\n"
      "follow-up are one. A question counts from the day after it was sent, an answer from the day\n"
      "after it came, so that the numbers change once a day. What was never sent, or came back, was\n"
      "not asked. Scores are shown with those of today; a questionnaire has one for each round in which\n"
      "every question was answered.\n\n"
      "Examples:\n  aftercare adherence ana\n"
      "  aftercare adherence ana --csv > ana.csv\n"
      "  aftercare adherence ana --csv --scores > ana-scores.csv");
  adherence->callback([=] { *action = [=](Session& session) { return ShowAdherence(session, *options); }; });
}

}  // namespace aftercare::client
