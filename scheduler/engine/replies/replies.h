// The use cases of replies: what patients write back.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLIES_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLIES_H_

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Thread safe. Each method ends with one call of `done`, until which its request and response must live; errors are
// those the API names.
class Replies {
 public:
  // The references must outlive this and every call under way.
  explicit Replies(EngineContext& engine) : engine_(engine) {}

  void Record(const CallPtr& call, const v1::RecordReplyRequest& request, v1::RecordReplyResponse* response, Done done);
  void List(const CallPtr& call, const v1::ListRepliesRequest& request, v1::ListRepliesResponse* response, Done done);

 private:
  EngineContext& engine_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLIES_H_
