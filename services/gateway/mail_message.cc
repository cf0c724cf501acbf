#include "services/gateway/mail_message.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace aftercare::gateway {
namespace {

constexpr size_t kLongestLine = 76;
constexpr size_t kEncodedBytes = 45;  // of an encoded word: 60 characters of base64

bool IsPlain(char c) { return c >= 0x20 && c < 0x7f; }

// Where a text may be cut at or before `end`: not inside a character.
size_t CutBefore(const std::string& text, size_t begin, size_t end) {
  if (end >= text.size()) return text.size();
  while (end > begin + 1 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return end;
}

std::string Quoted(const std::string& name) {
  if (HeaderText(name) != name) return HeaderText(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

}  // namespace

std::string HeaderText(const std::string& text) {
  std::string line = text;
  bool plain = line.size() <= kLongestLine;
  for (char& c : line) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
    plain = plain && IsPlain(c);
  }
  // What looks like an encoded word would be read as one.
  if (plain && line.find("=?") == std::string::npos) return line;
  std::string encoded;
  for (size_t begin = 0; begin < line.size();) {
    const size_t end = CutBefore(line, begin, begin + kEncodedBytes);
    absl::StrAppend(&encoded, begin == 0 ? "" : "\r\n ", "=?UTF-8?B?",
                    absl::Base64Escape(line.substr(begin, end - begin)), "?=");
    begin = end;
  }
  return encoded;
}

std::string QuotedPrintable(const std::string& text) {
  std::string out;
  size_t column = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool line_ends = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool as_is = IsPlain(c) && c != '=' && !(c == ' ' && line_ends);
    const std::string piece = as_is ? std::string(1, c) : absl::StrFormat("=%02X", static_cast<unsigned char>(c));
    if (column + piece.size() > kLongestLine - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  }
  return out + "\r\n";
}

std::string MailMessage(const v1::EmailChannel& config, const v1::Lease& lease, absl::Time now) {
  const std::string& from = config.from_address();
  const std::string sender =
      config.from_name().empty() ? from : absl::StrCat(Quoted(config.from_name()), " <", from, ">");
  return absl::StrCat(
      "Date: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", now, absl::UTCTimeZone()), "\r\n",  //
      "From: ", sender, "\r\n",                                                                     //
      "To: ", lease.contact_point().address(), "\r\n",                                              //
      "Subject: ", HeaderText(config.subject()), "\r\n",                                            //
      "Message-ID: <", lease.idempotency_key(), from.substr(from.find('@')), ">\r\n",               //
      "Auto-Submitted: auto-generated\r\n",                                                         //
      "MIME-Version: 1.0\r\n",                                                                      //
      "Content-Type: text/plain; charset=utf-8\r\n",                                                //
      "Content-Transfer-Encoding: quoted-printable\r\n",                                            //
      "\r\n", QuotedPrintable(lease.text()));
}

}  // namespace aftercare::gateway
