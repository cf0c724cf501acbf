#include "tests/gateway/receiver.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "services/gateway/config.h"

namespace aftercare::gateway {

Receiver::Receiver() {
  http_.new_task_queue = [] { return new httplib::ThreadPool(8); };
  http_.Post("/.*", [this](const auto& request, auto& response) { OnPost(request, response); });
  port_ = http_.bind_to_any_port("127.0.0.1");
  EXPECT_GT(port_, 0);
  thread_ = std::thread([this] { http_.listen_after_bind(); });
  while (!http_.is_running()) std::this_thread::yield();
}

Receiver::~Receiver() {
  Release();
  http_.stop();
  thread_.join();
}

void Receiver::Answer(int status, const std::string& body, const httplib::Headers& headers) {
  absl::MutexLock lock(&mutex_);
  status_ = status;
  body_ = body;
  headers_ = headers;
}

void Receiver::Hold() {
  absl::MutexLock lock(&mutex_);
  held_ = true;
}

void Receiver::Release() {
  absl::MutexLock lock(&mutex_);
  held_ = false;
}

std::vector<httplib::Request> Receiver::Await(size_t count) {
  absl::MutexLock lock(&mutex_);
  const auto are_there = [&] {
    mutex_.AssertHeld();
    return requests_.size() >= count;
  };
  EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&are_there), absl::Minutes(5)));
  return requests_;
}

int Receiver::CountOf(const std::string& name) const {
  absl::MutexLock lock(&mutex_);
  int count = 0;
  for (const httplib::Request& request : requests_) count += absl::StrContains(request.body, "says " + name + "\"");
  return count;
}

int Receiver::CountOfTaken() const {
  absl::MutexLock lock(&mutex_);
  return taken_;
}

void Receiver::OnPost(const httplib::Request& request, httplib::Response& response) {
  absl::MutexLock lock(&mutex_);
  requests_.push_back(request);
  const auto is_free = [&] {
    mutex_.AssertHeld();
    return !held_;
  };
  mutex_.Await(absl::Condition(&is_free));
  response.status = status_;
  taken_ += status_ >= 200 && status_ < 300;
  response.headers = headers_;
  response.set_content(body_, "text/plain");
}

int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(listener);
  return ntohs(address.sin_port);
}

v1::GatewayConfig Configured(const std::string& text) {
  const TempDir directory;
  auto config = LoadConfig(directory.Write("gateway.textproto", text), {}, {});
  EXPECT_TRUE(config.ok()) << config.status();
  return config.ok() ? *config : v1::GatewayConfig();
}

}  // namespace aftercare::gateway
