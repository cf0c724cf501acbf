#include "services/client/commands/enrollment_migrate.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/commands/progress.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/render/diff_text.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

constexpr int kBatch = 200;

struct MigrateOptions {
  std::string pathway;
  int revision = 0;
  bool allow_drop = false;
  bool dry_run = false;
};

// The sum of all batches.
struct Migrated {
  v1::MigrateEnrollmentsResponse sum;
  std::set<std::string> dropped_rules;
  std::set<std::string> new_rules_due_now;
};

// Adds the result of one batch.
void AddBatch(const v1::MigrateEnrollmentsResponse& batch, Migrated* all) {
  v1::MigrateEnrollmentsResponse& sum = all->sum;
  sum.set_revision(batch.revision());
  sum.set_migrated_count(sum.migrated_count() + batch.migrated_count());
  sum.set_unchanged_count(sum.unchanged_count() + batch.unchanged_count());
  sum.mutable_failures()->MergeFrom(batch.failures());
  AddDiffCounts(batch.diff(), sum.mutable_diff());
  all->dropped_rules.insert(batch.dropped_rules().begin(), batch.dropped_rules().end());
  all->new_rules_due_now.insert(batch.new_rules_due_now().begin(), batch.new_rules_due_now().end());
}

// Migrates all enrollments, batch by batch.
absl::Status RunBatches(Session& session, v1::MigrateEnrollmentsRequest request, Migrated* all) {
  std::unique_ptr<Progress> progress;
  do {
    const auto batch = session.Call(request);
    if (!batch.ok()) return batch.status();
    if (progress == nullptr) progress = std::make_unique<Progress>(session, batch->total_count(), "enrollment");
    AddBatch(*batch, all);
    progress->Show(all->sum.migrated_count() + all->sum.unchanged_count() + all->sum.failures_size(),
                   all->sum.failures_size());
    request.set_page_token(batch->next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

void Print(Session& session, const MigrateOptions& options, const Migrated& all) {
  v1::MigrateEnrollmentsResponse sum = all.sum;
  for (const std::string& rule : all.dropped_rules) sum.add_dropped_rules(rule);
  for (const std::string& rule : all.new_rules_due_now) sum.add_new_rules_due_now(rule);
  if (session.json()) return session.PrintJson(sum);
  session.Print(absl::StrCat("revision ", sum.revision(), ": ", Counted(sum.migrated_count(), "enrollment"),
                             options.dry_run ? " would move, " : " moved, ", Thousands(sum.unchanged_count()),
                             " there already, ", Thousands(sum.failures_size()), " failed\nreminders: ",
                             DiffSummary(sum.diff()), "\n"));
  if (!all.dropped_rules.empty()) {
    const bool is_refused = options.dry_run && !options.allow_drop;
    session.Print(absl::StrCat("rules it lacks: ", absl::StrJoin(all.dropped_rules, ", "),
                               is_refused ? " (their reminders are pending: only --allow-drop moves anything)" : "",
                               "\n"));
  }
  if (!all.new_rules_due_now.empty()) {
    session.Print(absl::StrCat("warning: new rules that ", options.dry_run ? "would be" : "are", " sent at once: ",
                               absl::StrJoin(all.new_rules_due_now, ", "),
                               "\nIf one of them replaces another rule, give it the series of that rule in the pathway "
                               "(its `series`, or else its id),\nput the pathway, and migrate to that revision: then "
                               "nobody is told twice.\n"));
  }
}

// Returns the failure of the command if enrollments cannot be moved.
absl::Status FailureOf(const v1::MigrateEnrollmentsResponse& sum) {
  constexpr int kShown = 20;
  plan::FieldErrors faults;
  for (int i = 0; i < std::min(kShown, sum.failures_size()); ++i) {
    faults.push_back({IdOf(sum.failures(i).enrollment()), RenderItemStatus(sum.failures(i).status())});
  }
  return FaultsError(absl::StrCat(Counted(sum.failures_size(), "enrollment"), " cannot be moved and stay as they are"),
                     faults);
}

// Makes a dry run first, so that a refusal comes before anything has moved.
absl::Status Migrate(Session& session, const MigrateOptions& options) {
  if (options.revision < 0) return UsageError("--revision must be a number from 1");
  v1::MigrateEnrollmentsRequest request;
  request.set_pathway(PathwayName(session.clinic(), options.pathway));
  request.set_revision(options.revision);
  request.set_allow_drop(options.allow_drop);
  request.set_page_size(kBatch);
  if (options.dry_run || !options.allow_drop) {
    Migrated preview;
    request.set_validate_only(true);
    if (absl::Status status = RunBatches(session, request, &preview); !status.ok()) return status;
    if (options.dry_run) {
      Print(session, options, preview);
      session.Note("Checked only: nothing was moved.\n");
      return preview.sum.failures().empty() ? absl::OkStatus() : FailureOf(preview.sum);
    }
    if (!preview.dropped_rules.empty()) {
      constexpr int kFailedPrecondition = 9;
      return ServerError(kFailedPrecondition,
                         absl::StrCat("revision ", preview.sum.revision(), " lacks rules with pending reminders (",
                                      absl::StrJoin(preview.dropped_rules, ", "), "): ",
                                      Counted(preview.sum.diff().dropped_count(), "reminder"),
                                      " would be dropped. Nothing was moved; --allow-drop drops them"),
                         "");
    }
    request.set_validate_only(false);
    request.set_revision(preview.sum.revision());
  }
  Migrated all;
  const absl::Status status = RunBatches(session, request, &all);
  if (!status.ok()) {
    session.Note(absl::StrCat("Stopped after ", Counted(all.sum.migrated_count(), "enrollment"),
                              ". Run the same command again to go on: nothing is moved twice.\n"));
    return status;
  }
  Print(session, options, all);
  return all.sum.failures().empty() ? absl::OkStatus() : FailureOf(all.sum);
}

}  // namespace

void AddMigrateCommand(CLI::App& app, Action* action) {
  CLI::App* migrate =
      app.add_subcommand("migrate", "Move the running enrollments of a pathway to another revision of it");
  const auto options = std::make_shared<MigrateOptions>();
  migrate->add_option("PATHWAY", options->pathway, "Id of the pathway")->required();
  migrate->add_option("--revision", options->revision, "To which. Default: the newest")->type_name("N");
  migrate->add_flag("--allow-drop", options->allow_drop, "Even if reminders are pending of rules it lacks");
  migrate->add_flag("--dry-run", options->dry_run, "Count what would change, change nothing");
  migrate->footer(
      "Without it, enrollments stay on their revision for ever. It goes in batches; broken off, it goes on\n"
      "where it was when it is run again.\n\n"
      "Examples:\n  aftercare migrate knee_stem_cell --dry-run\n  aftercare migrate knee_stem_cell --revision 3");
  migrate->callback([=] { *action = [=](Session& session) { return Migrate(session, *options); }; });
}

}  // namespace aftercare::client
