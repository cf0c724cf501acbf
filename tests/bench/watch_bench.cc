// Fan-out of a clinic's log, in one run beside its limit: the same bytes in the same messages, as raw gRPC server
// streaming from a process that does nothing else. Server and clients share the machine.
//
//   watch_bench [EVENTS [IDLE_WATCHERS]]
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/io/coded_stream.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "tests/bench/running.h"
#include "tests/e2e/harness.h"

namespace aftercare::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kRawFlag[] = "--serve-raw";
constexpr char kMethod[] = "/aftercare.v1.ReminderService/WatchEvents";

double Since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Of a WatchEventsResponse that is not decoded.
int64_t EventsIn(const grpc::ByteBuffer& message) {
  grpc::ByteBuffer copy(message);
  grpc::ProtoBufferReader reader(&copy);
  google::protobuf::io::CodedInputStream in(&reader);
  int64_t events = 0;
  while (const uint32_t tag = in.ReadTag()) {
    uint32_t size = 0;
    if (!in.ReadVarint32(&size) || !in.Skip(static_cast<int>(size))) break;
    if (tag == (v1::WatchEventsResponse::kEventsFieldNumber << 3 | 2)) ++events;
  }
  return events;
}

std::string BytesOf(const grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!message.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// Watches with clients that count events and decode nothing.
class Crowd {
 public:
  // Each of `channels` is a connection of its own.
  Crowd(const std::string& address, int channels) {
    for (int i = 0; i < channels; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stubs_.push_back(std::make_unique<grpc::GenericStub>(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments)));
    }
  }
  ~Crowd() { Stop(); }

  // Begins `count` watches.
  void Watch(int count, const std::string& token) {
    v1::WatchEventsRequest request;
    request.set_parent("clinics/bench");
    request.set_resume_token(token);
    const std::string bytes = request.SerializeAsString();
    for (int i = 0; i < count; ++i) {
      readers_.push_back(std::make_unique<Reader>(*this, bytes, i == 0 ? recorded_ : nullptr));
      readers_.back()->Start(*stubs_[i % stubs_.size()]);
    }
  }

  // Waits until all together have seen so many events, or so many messages. Ends the program when a watch breaks.
  void AwaitEvents(int64_t events) {
    Await([&] { return events_ >= events; });
  }
  void AwaitMessages(int64_t messages) {
    Await([&] { return messages_ >= messages; });
  }
  int64_t events() const { return events_; }

  // The messages of the first watch that begins from now on.
  void Record(std::vector<std::string>* messages) { recorded_ = messages; }

  void Stop() {
    stopping_ = true;
    for (const auto& reader : readers_) reader->Cancel();
    Await([&] { return done_ == static_cast<int64_t>(readers_.size()); });
    readers_.clear();
    done_ = 0;
    stopping_ = false;
  }

 private:
  class Reader : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    Reader(Crowd& crowd, const std::string& request, std::vector<std::string>* recorded)
        : crowd_(crowd), request_(BufferOf(request)), recorded_(recorded) {}
    void Start(grpc::GenericStub& stub) {
      stub.PrepareBidiStreamingCall(&context_, kMethod, grpc::StubOptions(), this);
      StartWriteLast(&request_, grpc::WriteOptions());
      StartRead(&message_);
      StartCall();
    }
    void Cancel() { context_.TryCancel(); }
    void OnReadDone(bool ok) override {
      if (!ok) return;
      if (recorded_ != nullptr) recorded_->push_back(BytesOf(message_));
      crowd_.Take(message_);
      message_.Clear();
      StartRead(&message_);
    }
    void OnDone(const grpc::Status& status) override { crowd_.Ended(status); }

   private:
    Crowd& crowd_;
    grpc::ClientContext context_;
    grpc::ByteBuffer request_;
    std::vector<std::string>* const recorded_;
    grpc::ByteBuffer message_;
  };

  void Take(const grpc::ByteBuffer& message) {
    events_ += EventsIn(message);
    ++messages_;
  }

  void Ended(const grpc::Status& status) {
    if (!stopping_) {
      std::cerr << "a watch ended: " << status.error_message() << std::endl;
      std::exit(1);
    }
    ++done_;
  }

  // Looks every millisecond; being woken for each message would cost more than what is measured.
  template <typename Condition>
  void Await(Condition condition) {
    while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<std::string>* recorded_ = nullptr;
  std::atomic<int64_t> events_{0};
  std::atomic<int64_t> messages_{0};
  std::atomic<int64_t> done_{0};
  std::atomic<bool> stopping_{false};
};

// Answers every stream with the messages of a file, then keeps it open.
class RawService : public grpc::CallbackGenericService {
 public:
  explicit RawService(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    uint32_t size = 0;
    while (file.read(reinterpret_cast<char*>(&size), sizeof(size))) {
      std::string bytes(size, '\0');
      file.read(bytes.data(), size);
      messages_.emplace_back(bytes);
    }
  }

 private:
  class Stream : public grpc::ServerGenericBidiReactor {
   public:
    explicit Stream(const std::vector<grpc::Slice>& messages) : messages_(messages) { StartRead(&request_); }
    void OnReadDone(bool ok) override {
      if (ok) Write();
    }
    void OnWriteDone(bool ok) override {
      if (ok) Write();
    }
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }

   private:
    void Write() {
      if (next_ == messages_.size()) return;
      out_ = grpc::ByteBuffer(&messages_[next_++], 1);
      StartWrite(&out_);
    }

    const std::vector<grpc::Slice>& messages_;
    size_t next_ = 0;
    grpc::ByteBuffer request_;
    grpc::ByteBuffer out_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Stream(messages_);
  }

  std::vector<grpc::Slice> messages_;
};

int ServeRaw(const std::string& path) {
  RawService service(path);
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&service);
  return Serve(builder);
}

// Seconds of processor time a process has had.
double ProcessorSeconds(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::vector<std::string> fields = absl::StrSplit(text.substr(text.rfind(')') + 2), ' ');
  int64_t user = 0, system = 0;
  if (!absl::SimpleAtoi(fields[11], &user) || !absl::SimpleAtoi(fields[12], &system)) return 0;
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

class Bench {
 public:
  Bench(std::string self, int64_t events, int idle) : self_(std::move(self)), wanted_(events), idle_(idle) {}

  int Run() {
    Running server({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + dir_.File("aftercare.db")});
    Fill(server);
    Measure(server);
    Follow(server);
    Idle(server);
    server.process.Signal(SIGTERM);
    return server.process.Wait().exit_code;
  }

 private:
  // A log of at least so many events, all after `begin_`.
  void Fill(Running& server) {
    e2e::CreateClinic(*server.client, "bench", "2026-03-01T12:00:00Z");
    e2e::CreatePathway(*server.client, "bench", "knee", e2e::KneePathway());
    begin_ = Now(server);
    Crowd counter(server.address, 1);
    counter.Watch(1, begin_);
    for (int month = 0; counter.events() < wanted_; ++month) {
      for (int i = 0; i < 500; ++i) {
        e2e::Enroll(*server.client, e2e::Patient("bench", absl::StrCat("p", month, "-", i), "2026-03-01",
                                                 "factors { key: 'severity' value: 'severe' }"));
      }
      e2e::Advance(*server.client, "bench", absl::StrFormat("20%02d-03-01T12:00:00Z", 27 + month));
      // Until no more come for a while: how many there are is what we want to know.
      for (int64_t before = -1; before != counter.events();) {
        before = counter.events();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
      }
    }
    events_ = counter.events();
    std::cout << events_ << " events in the log" << std::endl;
  }

  std::string Now(Running& server) {
    v1::ListRemindersRequest request;
    request.set_parent("clinics/bench");
    return e2e::Call(*server.client->reminders, &v1::ReminderService::Stub::ListReminders, request)->resume_token();
  }

  double Rate(const std::string& address, int watchers, std::vector<std::string>* messages = nullptr) {
    Crowd crowd(address, watchers);
    crowd.Record(messages);
    const auto start = SteadyClock::now();
    crowd.Watch(watchers, begin_);
    crowd.AwaitEvents(events_ * watchers);
    const double rate = static_cast<double>(events_ * watchers) / Since(start);
    crowd.Stop();
    if (crowd.events() != events_ * watchers) {
      std::cerr << "some events came twice" << std::endl;
      std::exit(1);
    }
    return rate;
  }

  void Measure(Running& server) {
    for (const int watchers : {1, 10, 100}) {
      std::vector<std::string> messages;
      Rate(server.address, watchers, &messages);  // to see what is sent, and to warm up
      const std::string path = dir_.File("messages");
      size_t bytes = 0;
      {
        std::ofstream file(path, std::ios::binary);
        for (const std::string& message : messages) {
          const auto size = static_cast<uint32_t>(message.size());
          file.write(reinterpret_cast<const char*>(&size), sizeof(size));
          file << message;
          bytes += message.size();
        }
      }
      Running raw({self_, kRawFlag, path});
      Rate(raw.address, watchers);
      double best = 0, limit = 0;
      for (int i = 0; i < 3; ++i) {  // turn by turn: the machine is noisy
        best = std::max(best, Rate(server.address, watchers));
        limit = std::max(limit, Rate(raw.address, watchers));
      }
      std::cout << absl::StrFormat(
                       "%4d watchers: %9.0f events/s  %5.1f %% of raw streaming of the same bytes (%.0f /s; messages "
                       "of %.0f events, %.0f KB)",
                       watchers, best, 100 * best / limit, limit,
                       static_cast<double>(events_) / static_cast<double>(messages.size()),
                       static_cast<double>(bytes) / 1e3 / static_cast<double>(messages.size()))
                << std::endl;
    }
    std::cout << absl::StrFormat("server: %.0f MB resident after that", ResidentBytes(server.process.pid()) / 1e6)
              << std::endl;
  }

  // As they are written.
  void Follow(Running& server) {
    constexpr int kWatchers = 100;
    Crowd crowd(server.address, kWatchers);
    crowd.Watch(kWatchers, Now(server));
    constexpr int kPatients = 5000;
    const auto start = SteadyClock::now();
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 10; ++writer) {
      writers.emplace_back([&, writer] {
        for (int i = writer; i < kPatients; i += 10) {
          e2e::Enroll(*server.client, e2e::Patient("bench", absl::StrCat("live-", i), "2060-03-01"));
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    const double written = Since(start);
    crowd.AwaitEvents(int64_t{kPatients} * kWatchers);
    std::cout << absl::StrFormat(
                     "%4d watchers of what is being written: %.0f enrollments/s written, %.0f events/s delivered, the "
                     "last %.0f ms after it was acknowledged",
                     kWatchers, kPatients / written, kPatients * kWatchers / Since(start),
                     1e3 * (Since(start) - written))
              << std::endl;
  }

  void Idle(Running& server) {
    const pid_t pid = server.process.pid();
    const int64_t before = ResidentBytes(pid);
    Crowd crowd(server.address, 50);
    const auto start = SteadyClock::now();
    crowd.Watch(idle_, "");
    crowd.AwaitMessages(idle_);  // each says at once where it stands
    const double opened = Since(start);
    const int64_t resident = ResidentBytes(pid) - before;
    constexpr double kSeconds = 20;
    const double cpu = ProcessorSeconds(pid);
    std::this_thread::sleep_for(std::chrono::duration<double>(kSeconds));
    const double load = (ProcessorSeconds(pid) - cpu) / kSeconds;
    std::cout << absl::StrFormat(
                     "%4d idle watchers: open in %.2f s, %.1f KB each, %.1f %% of a engine for their bookmarks", idle_,
                     opened, static_cast<double>(resident) / 1e3 / idle_, 100 * load)
              << std::endl;
    const auto woken = SteadyClock::now();
    const int64_t seen = crowd.events();
    e2e::Enroll(*server.client, e2e::Patient("bench", "wake", "2060-03-01"));
    const double answered = Since(woken);
    crowd.AwaitEvents(seen + idle_);
    std::cout << absl::StrFormat("one event to all of them: answered after %.1f ms, all have it after %.0f ms",
                                 1e3 * answered, 1e3 * Since(woken))
              << std::endl;
  }

  const std::string self_;
  const int64_t wanted_;
  const int idle_;
  TempDir dir_;
  std::string begin_;
  int64_t events_ = 0;
};

}  // namespace
}  // namespace aftercare::bench

int main(int argc, char** argv) {
  using namespace aftercare::bench;  // NOLINT: main only composes.
  if (argc > 2 && std::string(argv[1]) == kRawFlag) return ServeRaw(argv[2]);
  return Bench(argv[0], argc > 1 ? std::atoll(argv[1]) : 100000, argc > 2 ? std::atoi(argv[2]) : 5000).Run();
}
