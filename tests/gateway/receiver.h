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

// An HTTP server that remembers what is posted to it, and answers as it is told. Thread safe.
class Receiver {
 public:
  Receiver();
  ~Receiver();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }

  // What it answers from now on; 200 at first.
  void Answer(int status, const std::string& body = "", const httplib::Headers& headers = {});
  // From now on requests are held, until Release or the end of the test.
  void Hold();
  void Release();

  // Waits until so many requests have come, five minutes at most, and answers those that have.
  std::vector<httplib::Request> Await(size_t count);

  // What came, by the names that MakeLease wrote into the texts.
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
};

// A port on which nobody listens, so far.
int FreePort();

// A configuration in text format, loaded as the gateway loads it.
v1::GatewayConfig Configured(const std::string& text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_TESTS_GATEWAY_RECEIVER_H_
