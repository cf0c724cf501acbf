// Checks the texts of a pathway, and compiles those of its rules.
//
// Thread safety: functions are pure, so they may be called from any thread.
#ifndef AFTERCARE_SCHEDULER_PLAN_TEXT_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_TEXT_CHECK_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "aftercare/v1/pathway.pb.h"
#include "google/protobuf/map.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// Checks that a text is clean (IsCleanText) and has at most `most` characters. Returns false, and adds the errors, if
// it is not.
bool CheckPlainText(const std::string& field, const std::string& text, size_t most, bool allow_newline,
                    FieldErrors* errors);

// Checks texts by locale, whose path is `path`, and compiles them, in the order of their locales. `of_visit` says
// whether they are of a rule for a visit, which has placeholders of its own. `default_locale` is the one that must be
// among them; empty if that of the pathway is faulty.
std::vector<CompiledText> CheckTexts(const std::string& path,
                                     const google::protobuf::Map<std::string, std::string>& texts, bool of_visit,
                                     const std::string& default_locale, FieldErrors* errors);

// Does the same for Rule.discreet_texts, of which there may be none.
std::vector<CompiledText> CheckDiscreetTexts(const std::string& path, const v1::Rule& rule,
                                             const std::string& default_locale, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_TEXT_CHECK_H_
