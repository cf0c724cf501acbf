#include "scheduler/engine/runtime/definition_cache.h"

#include <gtest/gtest.h>

#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using Compiled = std::shared_ptr<const plan::CompiledPathway>;

class DefinitionCacheTest : public RealTimeFixture {
 protected:
  absl::StatusOr<Compiled> Get(const std::string& pathway, int revision) {
    absl::StatusOr<Compiled> compiled;
    world_.Read([&](store::ReadTransaction& tx) {
      compiled = definitions_.Pathway(tx, "north", pathway, revision);
      return absl::OkStatus();
    });
    return compiled;
  }

  DefinitionCache definitions_;
};

TEST_F(DefinitionCacheTest, ARevisionIsCompiledOnce) {
  const Compiled first = Good(Get("knee", 1));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->rule_count(), 3);
  EXPECT_EQ(Good(Get("knee", 1)), first);
}

TEST_F(DefinitionCacheTest, RevisionsAreKeptApart) {
  v1::UpdatePathwayRequest request;
  *request.mutable_pathway() = KneePathway();
  request.mutable_pathway()->set_name("clinics/north/pathways/knee");
  request.mutable_pathway()->mutable_rules()->RemoveLast();
  Good(world_.Call(&Engine::pathways, &Pathways::Update, request));
  EXPECT_EQ(Good(Get("knee", 1))->rule_count(), 3);
  EXPECT_EQ(Good(Get("knee", 2))->rule_count(), 2);
}

TEST_F(DefinitionCacheTest, WhatIsNotStoredIsNotFound) {
  EXPECT_EQ(ErrorOf(Get("knee", 2).status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
  EXPECT_EQ(ErrorOf(Get("hip", 1).status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
}

TEST_F(DefinitionCacheTest, WhatWasForgottenIsReadAgain) {
  const Compiled first = Good(Get("knee", 1));
  definitions_.Clear();
  EXPECT_NE(Good(Get("knee", 1)), first);
}

TEST_F(DefinitionCacheTest, AStoredPathwayThatIsNotValidIsLostData) {
  world_.Write([](store::WriteTransaction& tx) {
    return tx.InsertPathwayRevision({"north", "broken", 1, At("2029-03-01T08:00"), v1::Pathway()});
  });
  EXPECT_EQ(Get("broken", 1).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace aftercare::engine
