// Fixtures for tests that need one clinic with one pathway.
#ifndef AFTERCARE_TESTS_ENGINE_CLINIC_FIXTURE_H_
#define AFTERCARE_TESTS_ENGINE_CLINIC_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/world.h"

namespace aftercare::engine {

// What a fixture begins with.
struct FixtureOptions {
  std::string pathway_id = "knee";
  v1::Pathway pathway = KneePathway();
  absl::Time now = At("2029-03-01T08:00");
  World::Wrap wrap = {};
  absl::Duration event_retention = World::kForever;
};

// The base of the fixtures below. It makes no enrollment. If a test does not name an enrollment, helpers are about the
// enrollment `e`, which the test must have made.
class ClinicFixture : public ::testing::Test {
 protected:
  ClinicFixture(const std::string& clinic, const FixtureOptions& options);

  // Returns the resource name of a reminder.
  std::string Name(const std::string& id, const std::string& enrollment = "e") const;

  // Returns a reminder's state: `DUE`, or with a reason `EXPIRED/WINDOW_CLOSED`.
  std::string StateOf(const std::string& id, const std::string& enrollment = "e");

  // Returns a reminder's state, its reason if there is one, and its due time in UTC: `DUE 2029-03-02T09:00`.
  std::string Of(const std::string& id, const std::string& enrollment = "e");
  // Returns what Of returns for each reminder of a rule, in order of their names.
  std::vector<std::string> All(const std::string& rule);

  const std::string clinic_;
  World world_;
};

// A test with the sandbox `box`.
class SandboxFixture : public ClinicFixture {
 protected:
  explicit SandboxFixture(const FixtureOptions& options = {});

  // Advances the sandbox's clock to `time`, as At reads it.
  void Until(const std::string& time) { world_.Advance(clinic_, At(time)); }
};

// A test with the clinic `north`, which lives in real time: the clock of the World.
class RealTimeFixture : public ClinicFixture {
 protected:
  explicit RealTimeFixture(const FixtureOptions& options = {});
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_CLINIC_FIXTURE_H_
