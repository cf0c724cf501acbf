// Connections that are idle for long: clients may ping to keep them open, and the server pings to notice dead ones.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A client that speaks HTTP/2 by hand, since gRPC's own decides itself when it pings and whether it answers. One
// thread.
class RawClient {
 public:
  enum FrameType : uint8_t { kData = 0, kHeaders = 1, kSettings = 4, kPing = 6, kGoAway = 7 };
  static constexpr uint8_t kAck = 1;
  static constexpr uint8_t kEndStream = 1;
  static constexpr uint8_t kEndHeaders = 4;

  // Connects. With `answers_pings` false it behaves like a client that is gone, once it has connected.
  RawClient(int port, bool answers_pings) : answers_pings_(answers_pings) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    SendFrame(kSettings, 0, 0, "");
  }
  ~RawClient() { close(socket_); }

  // Begins a call of a unary method that is answered late or never.
  void BeginCall(const std::string& method, const std::string& request) {
    std::string headers;
    const auto add = [&](const std::string& name, const std::string& value) {
      // As literals, which need no table.
      headers.push_back('\0');
      headers.push_back(static_cast<char>(name.size()));
      headers += name;
      headers.push_back(static_cast<char>(value.size()));
      headers += value;
    };
    add(":method", "POST");
    add(":scheme", "http");
    add(":path", method);
    add(":authority", "localhost");
    add("content-type", "application/grpc");
    add("te", "trailers");
    SendFrame(kHeaders, kEndHeaders, 1, headers);
    SendFrame(kData, kEndStream, 1, absl::StrCat(std::string(1, '\0'), BigEndian(request.size(), 4), request));
  }

  void Ping() { SendFrame(kPing, 0, 0, "12345678"); }

  // Reads and answers what comes until `end`, or until the server closes the connection.
  void Read(SteadyClock::time_point end) {
    while (!closed_) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now()).count();
      if (left <= 0) return;
      pollfd waiting = {socket_, POLLIN, 0};
      if (poll(&waiting, 1, static_cast<int>(left)) <= 0) continue;
      char buffer[4096];
      const ssize_t size = recv(socket_, buffer, sizeof(buffer), 0);
      closed_ = size <= 0;
      if (!closed_) input_.append(buffer, static_cast<size_t>(size));
      while (TakeFrame()) continue;
    }
  }

  bool closed() const { return closed_; }
  bool told_to_go_away() const { return told_to_go_away_; }
  int pings_answered() const { return pings_answered_; }  // of ours
  int pings_seen() const { return pings_seen_; }          // of the server's

 private:
  static std::string BigEndian(size_t number, int bytes) {
    std::string result;
    for (int i = bytes - 1; i >= 0; --i) result.push_back(static_cast<char>(number >> (8 * i)));
    return result;
  }

  void Send(const std::string& bytes) { (void)!send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  void SendFrame(FrameType type, uint8_t flags, size_t stream, const std::string& payload) {
    Send(absl::StrCat(BigEndian(payload.size(), 3), BigEndian(type, 1), BigEndian(flags, 1), BigEndian(stream, 4),
                      payload));
  }

  // Handles one whole frame of the input. Returns false if there is none.
  bool TakeFrame() {
    constexpr size_t kHeader = 9;
    if (input_.size() < kHeader) return false;
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(input_[i]); };
    const size_t size = size_t{byte(0)} << 16 | size_t{byte(1)} << 8 | byte(2);
    if (input_.size() < kHeader + size) return false;
    const uint8_t type = byte(3);
    const bool is_ack = (byte(4) & kAck) != 0;
    const std::string payload = input_.substr(kHeader, size);
    input_.erase(0, kHeader + size);
    if (type == kSettings && !is_ack) SendFrame(kSettings, kAck, 0, "");
    if (type == kPing && is_ack) ++pings_answered_;
    if (type == kPing && !is_ack) {
      ++pings_seen_;
      if (answers_pings_) SendFrame(kPing, kAck, 0, payload);
    }
    told_to_go_away_ = told_to_go_away_ || type == kGoAway;
    return true;
  }

  const bool answers_pings_;
  const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string input_;
  bool closed_ = false;
  bool told_to_go_away_ = false;
  int pings_answered_ = 0;
  int pings_seen_ = 0;
};

class KeepaliveTest : public Service {};

// All in one test, since each needs half a minute.
TEST_F(KeepaliveTest, ClientsMayPingEveryTenSecondsAndThoseThatAreGoneAreNoticed) {
  constexpr std::chrono::seconds kInterval(10);
  CreateClinic(*client, "riverside");
  v1::LeaseRemindersRequest lease;
  lease.set_parent("clinics/riverside");
  lease.mutable_wait()->set_seconds(60);
  RawClient idle(server->port(), /*answers_pings=*/true);
  RawClient polling(server->port(), /*answers_pings=*/true);
  polling.BeginCall("/aftercare.v1.DeliveryService/LeaseReminders", lease.SerializeAsString());
  RawClient gone(server->port(), /*answers_pings=*/false);

  // A server with gRPC's defaults closes a connection at the fourth ping that comes too early, and takes two hours to
  // notice a client that is gone.
  constexpr int kPings = 4;
  const auto begin = SteadyClock::now();
  for (int i = 1; i <= kPings; ++i) {
    std::vector<std::thread> readers;
    for (RawClient* each : {&idle, &polling, &gone}) {
      if (each != &gone) each->Ping();
      readers.emplace_back([=] { each->Read(begin + i * kInterval - std::chrono::seconds(i == kPings ? 5 : 0)); });
    }
    for (std::thread& reader : readers) reader.join();
  }
  gone.Read(SteadyClock::now() + kPatience);
  EXPECT_TRUE(gone.closed());
  EXPECT_GT(gone.pings_seen(), 0);
  for (const RawClient* each : {&idle, &polling}) {
    EXPECT_EQ(each->pings_answered(), kPings);
    EXPECT_FALSE(each->told_to_go_away());
    EXPECT_FALSE(each->closed());
  }
}

}  // namespace
}  // namespace aftercare::e2e
