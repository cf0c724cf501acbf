// Fixtures for tests that need one clinic with one pathway.
#ifndef AFTERCARE_TESTS_ENGINE_CLINIC_FIXTURE_H_
#define AFTERCARE_TESTS_ENGINE_CLINIC_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/world.h"

namespace aftercare::engine {

// What such a test begins with.
struct FixtureOptions {
  std::string pathway_id = "knee";
  v1::Pathway pathway = KneePathway();
  absl::Time now = At("2029-03-01T08:00");
  World::Wrap wrap = {};
  absl::Duration event_retention = World::kForever;
};

// The base of the fixtures below. Where a helper takes no enrollment it is about the enrollment `e`, which the derived
// fixture makes if it needs one.
class ClinicFixture : public ::testing::Test {
 protected:
  ClinicFixture(const std::string& clinic, const FixtureOptions& options);

  // The resource name of a reminder.
  std::string Name(const std::string& id, const std::string& enrollment = "e") const;

  // `DUE`, or with a reason `EXPIRED/WINDOW_CLOSED`.
  std::string StateOf(const std::string& id, const std::string& enrollment = "e");

  // `DUE 2029-03-02T09:00`: state, reason if any, and due time in UTC.
  std::string Of(const std::string& id, const std::string& enrollment = "e");
  // The same for the first four reminders of a rule.
  std::vector<std::string> All(const std::string& rule);

  const std::string clinic_;
  World world_;
};

// The sandbox `box`.
class SandboxFixture : public ClinicFixture {
 protected:
  explicit SandboxFixture(const FixtureOptions& options = {});

  // Advances the sandbox's clock.
  void Until(const std::string& time) { world_.Advance(clinic_, At(time)); }
};

// The clinic `north`, in real time.
class RealTimeFixture : public ClinicFixture {
 protected:
  explicit RealTimeFixture(const FixtureOptions& options = {});
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_CLINIC_FIXTURE_H_
