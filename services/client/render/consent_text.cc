#include "services/client/render/consent_text.h"

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/labels.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

// The columns that a wording takes at most.
constexpr int kWording = 60;

std::string DecisionLabel(const v1::ConsentDecision& decision) {
  return EnumLabel(*v1::Consent_descriptor(), decision.consent());
}

std::string MethodLabel(const v1::ConsentDecision& decision) {
  return EnumLabel(*v1::ConsentMethod_descriptor(), decision.source().method());
}

}  // namespace

std::string ConsentScopeText(const v1::ConsentDecision& decision) {
  if (decision.has_channel()) return absl::StrCat("messages by ", ChannelLabel(decision.channel()));
  if (decision.has_category()) return absl::StrCat("messages of category ", decision.category());
  return decision.has_health_information() ? "health information" : "all messages";
}

std::string ConsentSentence(const v1::ConsentDecision& decision, absl::TimeZone zone) {
  const v1::ConsentSource& source = decision.source();
  std::string text = absl::StrCat(ConsentScopeText(decision), ": ", DecisionLabel(decision));
  const std::string method = MethodLabel(decision);
  if (!method.empty()) absl::StrAppend(&text, ", ", method);
  if (source.has_record_time()) {
    absl::StrAppend(&text, ", recorded", source.actor().empty() ? "" : absl::StrCat(" by ", source.actor()), " on ",
                    absl::FormatTime("%a %-d %b %Y %H:%M", plan::ToTime(source.record_time()), zone));
  }
  if (!source.wording().empty()) absl::StrAppend(&text, ": \"", Cut(source.wording(), kWording), "\"");
  return text;
}

std::string RenderConsents(const std::vector<v1::ConsentDecision>& decisions, const ListStyle& style) {
  Table table({"RECORDED", "ABOUT", "DECISION", "HOW", "BY", "WORDING"});
  for (const v1::ConsentDecision& decision : decisions) {
    const v1::ConsentSource& source = decision.source();
    table.Add({FormatInstant(source.record_time(), style.zone), ConsentScopeText(decision), DecisionLabel(decision),
               MethodLabel(decision), source.actor(), Cut(source.wording(), kWording)});
  }
  return table.Render(style.width, style.colour);
}

}  // namespace aftercare::client
