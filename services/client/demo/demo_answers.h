#ifndef AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_ANSWERS_H_
#define AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_ANSWERS_H_

#include <cstddef>
#include <optional>
#include <string>

#include "aftercare/v1/pathway.pb.h"

// What the patients of the demonstration write back. Functions are pure and thread safe.
namespace aftercare::client {

// How a patient answers.
enum class DemoManner {
  kAlarming,  // Bad pain, then a sign of danger; says that little was done and that it got worse.
  kAdherent,  // Answers every question; does what is asked and gets better.
  kSilent,    // Never answers.
};

// Returns the manner of one of DemoPatients, given its index.
DemoManner MannerOf(size_t patient);

// Returns what a patient of that manner writes back to a message of a rule, after having written `before` times.
// Nothing if the message asks for no answer, or the patient is silent.
std::optional<std::string> DemoAnswer(DemoManner manner, const v1::Rule& rule, int before);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_ANSWERS_H_
