#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_REACTION_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_REACTION_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "aftercare/v1/pathway.pb.h"

// What a pathway does about answers, as text for a terminal. All functions are pure and thread safe.
namespace aftercare::client {

// Returns the label of a choice, given by its number, which counts from 1. It is the label in `locale`, or else in the
// first language. Returns an empty string if the rule has no such choice.
std::string ChoiceLabel(const v1::Rule& rule, int choice, absl::string_view locale);

// Returns the choices of a rule with their labels in `locale`: `1 better, 2 the same, 3 worse`. Empty if it has none.
std::string ChoicesText(const v1::Rule& rule, absl::string_view locale);

// Returns what sets a reaction off: `a score of 7 or more to pain-am or pain-pm`. `rule` must be a rule of the pathway
// that is a reaction.
std::string ReactionCondition(const v1::Pathway& pathway, const v1::Rule& rule);

// Returns when a reaction is due: `at once`, `at 09:00`, `2 days later at 09:00`.
std::string ReactionTime(const v1::Rule& rule);

// Lists reactions, which have no fixed day: what sets each of them off, when it is due then, and for whom. `rules` are
// their indexes in the pathway. Every line ends with a line feed and is at most `width` columns wide. Returns an empty
// string if there are none.
std::string RenderReactions(const v1::Pathway& pathway, const std::vector<int>& rules, int width, bool colour);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_REACTION_TEXT_H_
