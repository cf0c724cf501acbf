#ifndef AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_REPLY_H_
#define AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_REPLY_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/reply.pb.h"

// What the model knows of addresses and of what patients write back.
namespace aftercare::engine {

// An address of a channel. Two ways to write one address are equal.
using Address = std::pair<v1::Channel, std::string>;

// The random addresses are telephone numbers with a country code, and e-mail addresses.
Address ReadAddress(v1::Channel channel, const std::string& written);
// Returns an address as an enrollment keeps it.
std::string StoredAddress(v1::Channel channel, const std::string& written);

// What somebody wrote.
struct Saying {
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  std::string address;                                        // as it is written
  v1::ReplyMeaning wish = v1::REPLY_MEANING_UNSPECIFIED;      // STOP, START, DOUBTFUL or HELP
  bool may_answer = false;                                    // A stop word that is DOUBTFUL while a question is open.
  v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;        // The kind of question that it may answer.
  std::optional<int> score;
  std::optional<bool> done;
  std::optional<std::pair<std::string, std::pair<std::string, int64_t>>> named;  // enrollment and reminder
  bool danger = false;  // It has a word of the list `danger`.
  std::string whose;    // The enrollment that the engine takes it for, where messages to several were sent at one time.
};

// A reply as the clinic keeps it.
struct KeptReply {
  Saying saying;
  absl::Time time;
  v1::ReplyMeaning meaning = v1::REPLY_MEANING_UNSPECIFIED;
  std::string enrollment;                                      // Its id. Empty while nobody knows.
  std::optional<std::pair<std::string, int64_t>> reminder{};  // That it answers.
  v1::ReplyTask task = v1::REPLY_TASK_UNSPECIFIED;
  v1::ReplyDecision decision = v1::REPLY_DECISION_UNSPECIFIED;
  bool danger = false;  // The enrollment's pathway has the list `danger`, and the text a word of it.
  std::set<Address> holds{};  // The addresses that are held until it is decided.
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_MODEL_REPLY_H_
