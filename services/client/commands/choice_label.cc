#include "services/client/commands/choice_label.h"

#include <set>

#include "services/client/common/names.h"
#include "services/client/render/reaction_text.h"

namespace aftercare::client {
namespace {

// Of a pathway with more revisions, the label is not worth the calls.
constexpr int kMostRevisions = 50;

}  // namespace

std::string FindChoiceLabel(Session& session, const std::string& reminder, int choice) {
  const auto enrollment = session.ReadEnrollment(EnrollmentOf(reminder));
  // A reminder does not come from a later revision than its enrollment's.
  if (!enrollment.ok() || enrollment->pathway_revision() > kMostRevisions) return "";
  const std::string id = IdOf(reminder);
  const std::string rule_id = id.substr(0, id.find('.'));
  std::set<std::string> labels;
  for (int revision = 1; revision <= enrollment->pathway_revision(); ++revision) {
    v1::GetPathwayRequest request;
    request.set_name(enrollment->pathway());
    request.set_revision(revision);
    const auto response = session.Call(request);
    if (!response.ok()) return "";
    const v1::Pathway& pathway = response->pathway();
    for (const v1::Rule& rule : pathway.rules()) {
      const bool asks = rule.id() == rule_id && rule.answer() == v1::ANSWER_KIND_CHOICE;
      if (asks) labels.insert(ChoiceLabel(rule, choice, pathway.default_locale()));
    }
  }
  return labels.size() == 1 ? *labels.begin() : "";
}

}  // namespace aftercare::client
