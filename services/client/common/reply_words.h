#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_REPLY_WORDS_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_REPLY_WORDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "aftercare/v1/clinic.pb.h"
#include "google/protobuf/repeated_field.h"

// The words by which a clinic's replies are understood, as users type them and as they are shown. Words have a language
// and a kind. The kinds are the fields of ReplyWords: `stop` is stop_words, `not-done` is not_done_words. All functions
// are pure and thread safe.
namespace aftercare::client {

using ReplyWordsList = google::protobuf::RepeatedPtrField<v1::ReplyWords>;

// Returns all kinds, for help texts: `stop, start, done, not-done, help, doubtful-stop`.
std::string ReplyWordsKinds();

// Changes a clinic's words as the options say. Each option is `LANGUAGE.KIND=WORD,WORD` and replaces the words of that
// language and kind, or `LANGUAGE.KIND=` and removes them. The option `none` removes all words that no other option
// gives. All other words stay. Returns a usage error, and then may have changed some words, if an option makes no sense
// or two options are about the same language and kind. The server checks languages and words.
absl::Status ApplyReplyWords(const std::vector<std::string>& options, ReplyWordsList* words);

// Returns one text for each language and kind that has words: `es doubtful-stop: alto, baja`.
std::vector<std::string> ReplyWordsTexts(const ReplyWordsList& words);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_REPLY_WORDS_H_
