#include "services/client/commands/commands.h"

#include "services/client/commands/adherence.h"
#include "services/client/commands/clinic.h"
#include "services/client/commands/consent.h"
#include "services/client/commands/dead_letter.h"
#include "services/client/commands/delivery.h"
#include "services/client/commands/demo.h"
#include "services/client/commands/enrollment.h"
#include "services/client/commands/enrollment_import.h"
#include "services/client/commands/enrollment_list.h"
#include "services/client/commands/enrollment_migrate.h"
#include "services/client/commands/event.h"
#include "services/client/commands/pathway.h"
#include "services/client/commands/reminder.h"
#include "services/client/commands/reply.h"
#include "services/client/commands/task.h"
#include "services/client/commands/visit.h"

namespace aftercare::client {

// The help lists the commands in this order.
void AddCommands(CLI::App& app, Action* action) {
  AddDemoCommand(app, action);
  AddPreviewCommand(app, action);
  AddPathwayCommand(app, action);
  AddClinicCommand(app, action);
  AddClockCommand(app, action);
  AddEnrollCommand(app, action);
  AddEnrollmentsCommand(app, action);
  AddEndCommand(app, action);
  AddImportCommand(app, action);
  AddUpdateCommand(app, action);
  AddPauseCommand(app, action);
  AddResumeCommand(app, action);
  AddMoveCommand(app, action);
  AddCancelCommand(app, action);
  AddRestoreCommand(app, action);
  AddMigrateCommand(app, action);
  AddTimelineCommand(app, action);
  AddAdherenceCommand(app, action);
  AddDueCommand(app, action);
  AddTasksCommand(app, action);
  AddAcknowledgeCommand(app, action);
  AddCompleteCommand(app, action);
  AddVisitsCommand(app, action);
  AddWhyCommand(app, action);
  AddWatchCommand(app, action);
  AddDeliverCommand(app, action);
  AddReplyCommand(app, action);
  AddRepliesCommand(app, action);
  AddAssignCommand(app, action);
  AddDecideCommand(app, action);
  AddConsentCommand(app, action);
  AddConsentsCommand(app, action);
  AddDeadLettersCommand(app, action);
}

}  // namespace aftercare::client
