#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_CONSENT_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_CONSENT_TEXT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "services/client/render/lists.h"

// What patients decided about messages, as text. All functions are pure and thread safe.
namespace aftercare::client {

// Returns what a decision is about: `all messages`, `messages by sms`, `messages of category ice` or `health
// information`.
std::string ConsentScopeText(const v1::ConsentDecision& decision);

// Returns a decision as a sentence without its end: `all messages: granted, written, recorded by local-operator on Mon
// 2 Mar 2026 09:12: "I agree to ..."`. A long wording is cut.
std::string ConsentSentence(const v1::ConsentDecision& decision, absl::TimeZone zone);

// Returns a table of decisions.
std::string RenderConsents(const std::vector<v1::ConsentDecision>& decisions, const ListStyle& style);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_CONSENT_TEXT_H_
