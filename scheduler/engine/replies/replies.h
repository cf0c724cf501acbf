// The use cases of replies: what patients write back.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLIES_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLIES_H_

#include <string>

#include "absl/status/status.h"
#include "aftercare/v1/reply_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Thread safe. Each method calls `done` exactly once, at its end. The request and the response must live until then.
// The errors are those that reply_service.proto documents.
class Replies {
 public:
  // `engine` must outlive this object and every call that was started.
  explicit Replies(EngineContext& engine) : engine_(engine) {}

  void Record(const CallPtr& call, const v1::RecordReplyRequest& request, v1::RecordReplyResponse* response, Done done);
  void List(const CallPtr& call, const v1::ListRepliesRequest& request, v1::ListRepliesResponse* response, Done done);
  void Assign(const CallPtr& call, const v1::AssignReplyRequest& request, v1::AssignReplyResponse* response, Done done);
  void Decide(const CallPtr& call, const v1::DecideReplyRequest& request, v1::DecideReplyResponse* response, Done done);

 private:
  // Runs one of the mutations that settle a reply.
  template <typename Request, typename Response>
  void Settle(const CallPtr& call, const Request& request, const std::string& clinic, Response* response,
              absl::Status (*settle)(EngineContext&, store::WriteTransaction&, const Request&, Response*), Done done);

  EngineContext& engine_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLIES_H_
