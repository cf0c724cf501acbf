// Tokens of every kind: those nobody sealed are refused; what is sealed, of whatever shape, is read or refused, and
// what is read is written the same again.
#include "scheduler/engine/delivery/lease_id.h"
#include "scheduler/engine/events/resume_token.h"
#include "scheduler/engine/reminders/due_position.h"
#include "scheduler/engine/runtime/tokens.h"
#include "tests/fuzz/fuzzing.h"

namespace aftercare {
namespace {

using engine::Tokens;

const Tokens& Mine() {
  static const Tokens& tokens = *new Tokens(std::string(16, 's'));
  return tokens;
}

// As a client sends it.
void Foreign(const std::string& input) {
  const auto payload = Mine().Open("context", input);
  // Nobody finds a seal by trying.
  Require(!payload || Mine().Open("context", Mine().Seal("context", *payload)) == payload);
  Require(!engine::ParseResumeToken(Mine(), "clinic", input) || input.size() < 100);
  engine::ParseLeaseId(Mine(), input);
}

// As if we had made it.
void Sealed(const std::string& payload) {
  for (const std::string& context : {std::string("watch/clinic"), std::string("lease"), payload}) {
    const std::string token = Mine().Seal(context, payload);
    if (payload.size() < 500) Require(Mine().Open(context, token) == payload);
    Require(!Mine().Open(context + "x", token));
  }
  if (const auto place = engine::ParseResumeToken(Mine(), "clinic", Mine().Seal("watch/clinic", payload))) {
    Require(*place >= 0);
    Require(engine::ParseResumeToken(Mine(), "clinic", engine::MakeResumeToken(Mine(), "clinic", *place)) == place);
    Require(!engine::ParseResumeToken(Mine(), "other", engine::MakeResumeToken(Mine(), "clinic", *place)));
  }
  if (const auto lease = engine::ParseLeaseId(Mine(), Mine().Seal("lease", payload))) {
    const auto again = engine::ParseLeaseId(Mine(), engine::MakeLeaseId(Mine(), *lease));
    Require(again && again->key == lease->key && again->attempt == lease->attempt);
  }
  if (const auto position = engine::DecodeDuePosition(payload)) {
    const auto again = engine::DecodeDuePosition(engine::EncodeDuePosition(*position));
    Require(again && again->due == position->due && again->enrollment_row_id == position->enrollment_row_id &&
            again->rule == position->rule && again->code == position->code);
  }
}

}  // namespace

void FuzzOne(const std::string& input) {
  Foreign(input);
  Sealed(input);
}

}  // namespace aftercare
