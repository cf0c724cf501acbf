// Decides what a lease stream does next, so that a stream costs bounded memory: nothing is leased for a gateway that
// does not read, and nothing more is read from a gateway that does not read the responses to what it sent.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_FLOW_CONTROL_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_FLOW_CONTROL_H_

namespace aftercare::engine {

// The state of a stream, without its data. The stream tells it what happens, and asks it for the next step whenever
// something has happened. Steps may overlap: a gateway's message may be handled while leases are looked for. But
// kCheckLeases and kLease exclude each other: only one of them is under way at a time. Not thread safe.
class StreamFlowControl {
 public:
  enum class Step {
    kNone,         // there is nothing to do until something happens
    kReadMessage,  // ask the gateway for its next message
    kWrite,        // write output; a writer is waiting for it
    kCheckLeases,  // check whether held leases have ended
    kLease,        // look for reminders to lease, at most LeaseLimit()
    kEnd,          // end the stream; a writer is waiting to be told
  };

  // How many reminders one look leases at most.
  static constexpr int kMaxLeasesPerLook = 1000;

  // Allows leasing, up to `max_outstanding` leases with the gateway at a time.
  void Configure(int max_outstanding);

  // A message was read. Returns false if the stream is ending. Then the caller must ignore the message.
  bool OnMessage();
  // The message has been handled, and its responses are in the output.
  void OnMessageHandled();
  // Step kReadMessage was done.
  void OnReadRequested() { requesting_read_ = false; }

  // The transport is ready to write.
  void OnWriterReady() { writer_ready_ = true; }

  // There may be more to lease than at the last look.
  void OnMoreToLease() { more_to_lease_ = true; }

  // Step kLease or kCheckLeases was done.
  void OnWorkDone() { work_ = Work::kNone; }

  // The gateway sends no more messages. No more is leased, and the stream ends once the output is written.
  void Close();

  // Ends the stream as soon as nothing is under way and the writer is ready, without writing the output. Returns false,
  // with no effect, if the stream was aborted before or is over.
  bool Abort();

  // Returns the next step, and notes that it has begun. `has_output`: there is something to write. `needs_check`: held
  // leases may have ended. `held`: the number of leases with the gateway.
  Step NextStep(bool has_output, bool needs_check, int held);

  // Returns how many reminders may be leased now, if the gateway holds `held` leases; at least 0.
  int LeaseLimit(int held) const;

  // True while step kLease is under way.
  bool is_leasing() const { return work_ == Work::kLease; }
  // True once the stream was aborted or is over. Not true after Close alone.
  bool is_ending() const { return phase_ >= Phase::kAborted; }
  // True once NextStep has returned kEnd.
  bool is_over() const { return phase_ == Phase::kOver; }

 private:
  enum class Phase { kOpen, kClosed, kAborted, kOver };  // in this order
  enum class Message {
    kNone,      // there is no message: the transport is reading the next one, or there are no more
    kHandling,  // a message is being handled
    kHandled,   // a message was handled; its responses may not have been written yet
  };
  enum class Work { kNone, kLease, kCheck };

  Step End();

  int max_outstanding_ = 0;  // 0 until the stream is configured
  Phase phase_ = Phase::kOpen;
  Message message_ = Message::kNone;
  Work work_ = Work::kNone;
  bool requesting_read_ = false;  // step kReadMessage is under way; the next message may come before it is done
  bool writer_ready_ = false;
  bool more_to_lease_ = false;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_FLOW_CONTROL_H_
