// What is read ahead for a stream that leases batch after batch.
#include "scheduler/engine/delivery/lease_prefetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LeasePrefetchTest : public RealTimeFixture {
 protected:
  LeasePrefetchTest() : RealTimeFixture({.now = At("2029-03-01T08:00")}) {
    for (const char* id : {"e1", "e2", "e3"}) world_.Enrol("north", id, KneePatient("north", absl::StrCat("p-", id)));
    world_.CreateClinic("south");
    world_.CreatePathway("south", "knee", KneePathway());
    world_.Enrol("south", "e4", KneePatient("south"));
    world_.MoveTo(due_);
  }

  // Reads ahead into a cache that is empty. Returns the enrollments that it holds then.
  std::vector<std::string> Prefetched(const std::string& parent, absl::Time now, int max,
                                      const std::string& filter = "") {
    EnrollmentCache cache;
    Engine& engine = world_.engine();
    DeliveryContext context{engine.context, cache, engine.enrollment_index_cache, engine.lease_revocations};
    plan::FieldErrors errors;
    const LeaseTerms terms = ReadLeaseTerms(parent, FromText<v1::ReminderFilter>(filter), nullptr, &errors);
    EXPECT_TRUE(errors.empty());
    std::vector<std::string> held;
    world_.Read([&](store::ReadTransaction& tx) {
      absl::Status status = PrefetchLeasable(context, tx, terms, now, max);
      for (const char* id : {"e1", "e2", "e3", "e4"}) {
        const std::string clinic = std::string(id) == "e4" ? "south" : "north";
        // What is not in the cache is made anew each time.
        auto first = cache.Require(engine.context, tx, clinic, id);
        auto second = cache.Require(engine.context, tx, clinic, id);
        if (first.ok() && second.ok() && *first == *second) held.push_back(id);
      }
      return status;
    });
    return held;
  }

  const absl::Time due_ = At("2029-03-02T09:00");
};

TEST_F(LeasePrefetchTest, TheFirstThatMayBeLeasedAreRead) {
  EXPECT_THAT(Prefetched("clinics/north", due_, 2), ElementsAre("e1", "e2"));
  EXPECT_THAT(Prefetched("clinics/north", due_, 9), ElementsAre("e1", "e2", "e3"));
  EXPECT_THAT(Prefetched("clinics/south", due_, 9), ElementsAre("e4"));
  EXPECT_THAT(Prefetched("clinics/-", due_, 9), ElementsAre("e1", "e2", "e3", "e4"));
}

TEST_F(LeasePrefetchTest, WhatMayNotBeLeasedIsNotRead) {
  EXPECT_THAT(Prefetched("clinics/north", due_ - absl::Seconds(1), 9), IsEmpty());
  EXPECT_THAT(Prefetched("clinics/north", due_, 9, "channel: CHANNEL_EMAIL"), IsEmpty());
  world_.Lease("north");
  EXPECT_THAT(Prefetched("clinics/north", due_, 9), IsEmpty());
}

}  // namespace
}  // namespace aftercare::engine
