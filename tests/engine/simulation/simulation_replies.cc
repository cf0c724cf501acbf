// The steps of a Simulation in which patients consent, refuse and answer.
#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/names.h"
#include "tests/engine/simulation/simulation.h"

namespace aftercare::engine {
namespace {

// All random patients share one address for each channel.
std::string AddressOf(v1::Channel channel) {
  return channel == v1::CHANNEL_SMS ? "+15550100" : channel == v1::CHANNEL_EMAIL ? "Ana@Example.com" : "nowhere";
}

v1::Channel ChooseChannel(Random& random) {
  return random.Of<v1::Channel>({v1::CHANNEL_SMS, v1::CHANNEL_SMS, v1::CHANNEL_SMS, v1::CHANNEL_EMAIL,
                                 v1::CHANNEL_EMAIL, random.OneIn(8) ? v1::CHANNEL_WEBHOOK : v1::CHANNEL_SMS});
}

// `ANSWER e0/r1.2`, `STOP e0`.
std::string Shown(const v1::Reply& reply) {
  return absl::StrCat(v1::ReplyMeaning_Name(reply.meaning()).substr(14), " ", IdOf(reply.enrollment()),
                      reply.reminder().empty() ? "" : "/" + IdOf(reply.reminder()));
}

}  // namespace

std::string Simulation::SetConsent(Random& random) {
  v1::SetChannelConsentRequest request;
  request.set_parent(ClinicNameOf(clinic_));
  request.set_patient(absl::StrCat("p-", random.Upto(1)));
  request.set_channel(ChooseChannel(random));
  request.set_consent(random.OneIn(2) ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
  const std::string engine = ErrorOf(world_.Call(&Engine::consents, &Consents::SetChannel, request).status());
  return Told(absl::StrCat("SetChannelConsent ", request.ShortDebugString()), engine,
              model_->SetConsent(request.patient(), request.channel(), request.consent()));
}

std::string Simulation::Reply(Random& random) {
  Model::Reply reply;
  reply.channel = ChooseChannel(random);
  v1::RecordReplyRequest request;
  request.set_parent(ClinicNameOf(clinic_));
  request.set_channel(reply.channel);
  request.set_address(AddressOf(reply.channel));
  const int kind = random.Upto(11);
  if (kind == 0) {
    request.set_text("Stop!");
    reply.decision = v1::REPLY_MEANING_STOP;
  } else if (kind <= 2) {
    request.set_text("ALTA");
    reply.decision = v1::REPLY_MEANING_START;
  } else if (kind <= 4) {
    request.set_text("hecho");
    reply.answer = v1::ANSWER_KIND_DONE;
  } else if (kind <= 10) {
    reply.score = random.Upto(10);
    request.set_text(absl::StrCat(*reply.score, "/10"));
    reply.answer = v1::ANSWER_KIND_SCORE;
  } else {
    request.set_text("11");
  }
  const auto chosen = ChooseItem(random);
  if (chosen && random.OneIn(3)) {
    request.set_reminder(chosen->name);
    reply.named.emplace(chosen->enrollment, chosen->key);
  }
  const auto response = world_.Call(&Engine::replies, &Replies::Record, request);
  const std::string engine = response.ok() ? Shown(response->reply()) : ErrorOf(response.status());
  return Told(absl::StrCat("RecordReply ", request.ShortDebugString()), engine, model_->RecordReply(reply));
}

}  // namespace aftercare::engine
