// The use cases of pathways.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_PATHWAYS_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_PATHWAYS_H_

#include "aftercare/v1/pathway_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Pathways, their revisions, and previews of their plans. Thread safe. Each method calls `done` exactly once, at its
// end. The request and the response must live until then. The errors are those that pathway_service.proto documents.
class Pathways {
 public:
  // `engine` must outlive this object and every call that was started.
  explicit Pathways(EngineContext& engine) : engine_(engine) {}

  void Create(const CallPtr& call, const v1::CreatePathwayRequest& request, v1::CreatePathwayResponse* response,
              Done done);
  void Get(const CallPtr& call, const v1::GetPathwayRequest& request, v1::GetPathwayResponse* response, Done done);
  void List(const CallPtr& call, const v1::ListPathwaysRequest& request, v1::ListPathwaysResponse* response, Done done);
  // Stores a new revision if the pathway differs from the newest revision. Otherwise returns the newest one.
  void Update(const CallPtr& call, const v1::UpdatePathwayRequest& request, v1::UpdatePathwayResponse* response,
              Done done);
  void ListRevisions(const CallPtr& call, const v1::ListPathwayRevisionsRequest& request,
                     v1::ListPathwayRevisionsResponse* response, Done done);
  void Preview(const CallPtr& call, const v1::PreviewPlanRequest& request, v1::PreviewPlanResponse* response,
               Done done);

 private:
  EngineContext& engine_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_PATHWAYS_H_
