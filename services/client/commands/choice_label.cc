#include "services/client/commands/choice_label.h"

#include <set>

#include "services/client/commands/listing.h"
#include "services/client/common/names.h"
#include "services/client/render/reaction_text.h"

namespace aftercare::client {

std::string FindChoiceLabel(Session& session, const std::string& reminder, int choice) {
  const auto enrollment = session.ReadEnrollment(EnrollmentOf(reminder));
  if (!enrollment.ok()) return "";
  v1::ListPathwayRevisionsRequest request;
  request.set_name(enrollment->pathway());
  const auto revisions = ReadList(session, request, &v1::ListPathwayRevisionsResponse::pathways);
  if (!revisions.ok()) return "";
  const std::string id = IdOf(reminder);
  const std::string rule_id = id.substr(0, id.find('.'));
  std::set<std::string> labels;
  for (const v1::Pathway& pathway : revisions->items) {
    // A reminder does not come from a later revision than its enrollment's.
    if (pathway.revision() > enrollment->pathway_revision()) continue;
    for (const v1::Rule& rule : pathway.rules()) {
      const bool asks = rule.id() == rule_id && rule.answer() == v1::ANSWER_KIND_CHOICE;
      if (asks) labels.insert(ChoiceLabel(rule, choice, pathway.default_locale()));
    }
  }
  return labels.size() == 1 ? *labels.begin() : "";
}

}  // namespace aftercare::client
