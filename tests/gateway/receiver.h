#ifndef AFTERCARE_TESTS_GATEWAY_RECEIVER_H_
#define AFTERCARE_TESTS_GATEWAY_RECEIVER_H_

#include <httplib.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "tests/support/temp_dir.h"

namespace aftercare::gateway {

// An HTTP server on loopback that records the requests posted to it, and answers them as the test says. Thread safe.
class Receiver {
 public:
  Receiver();
  ~Receiver();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }

  // Sets the answer to requests from now on. Before the first call, it is 200 with an empty body.
  void Answer(int status, const std::string& body = "", const httplib::Headers& headers = {});
  // From now on requests are recorded but not answered, until Release or the end of the test.
  void Hold();
  void Release();

  // Waits until `count` requests have come since the beginning. Returns all requests so far. Fails the test after five
  // minutes.
  std::vector<httplib::Request> Await(size_t count);

  // Returns how many requests were answered with 2xx.
  int CountOfTaken() const;

  // Returns how many requests hold the text that MakeLease writes for the lease id `name`.
  int CountOf(const std::string& name) const;

 private:
  void OnPost(const httplib::Request& request, httplib::Response& response);

  httplib::Server http_;
  int port_ = 0;
  std::thread thread_;
  mutable absl::Mutex mutex_;
  int status_ ABSL_GUARDED_BY(mutex_) = 200;
  std::string body_ ABSL_GUARDED_BY(mutex_);
  httplib::Headers headers_ ABSL_GUARDED_BY(mutex_);
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<httplib::Request> requests_ ABSL_GUARDED_BY(mutex_);
  int taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Returns a port of loopback on which no program listens. Nothing reserves it.
int FreePort();

// Loads a configuration in text format as the gateway does. Fails the test if it is not valid.
v1::GatewayConfig Configured(const std::string& text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_TESTS_GATEWAY_RECEIVER_H_
