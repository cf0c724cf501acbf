#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_SCORE_SCALE_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_SCORE_SCALE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "aftercare/v1/pathway.pb.h"

// The scales of scores, and scores drawn on them. All functions are pure and thread safe.
namespace aftercare::client {

// The lowest and the highest score that there can be.
struct ScoreScale {
  double low = 0;
  double high = 10;

  auto operator<=>(const ScoreScale&) const = default;
};

// Returns the scale of a rule's scores. If the pathway has no such rule: 0 to 10.
ScoreScale ScaleOfRule(const v1::Pathway& pathway, absl::string_view rule);

// Returns the scale of a questionnaire's scores. Nothing if the pathway has no such questionnaire.
std::optional<ScoreScale> ScaleOfQuestionnaire(const v1::Pathway& pathway, absl::string_view questionnaire);

// Returns `0-10`.
std::string ScaleText(const ScoreScale& scale);

// Draws scores as a sparkline: the lowest bar stands for the low end of the scale, the highest for the other. Draws the
// last 40 scores. The scale's ends may be equal.
std::string DrawScores(const std::vector<double>& scores, const ScoreScale& scale);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_SCORE_SCALE_H_
