#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_TERMINAL_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_TERMINAL_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// Text in columns of a terminal. Functions are thread safe; all but the last four are pure.
namespace aftercare::client {

// Colours, by what they say.
enum class Ink { kPlain, kDim, kBold, kGreen, kCyan, kYellow, kRed, kMagenta, kBlue };

// The text in that colour, or as it is where `colour` is off.
std::string Paint(Ink ink, absl::string_view text, bool colour);

// The characters of UTF-8 text, each with its combining marks. Control characters, which could steer the terminal,
// become `?`; line feeds and tabs become spaces.
std::vector<std::string> SplitCharacters(absl::string_view text);

// Columns a character of SplitCharacters takes: 2 for those of East Asian scripts and emoji, else 1.
int CharacterWidth(absl::string_view character);

// Columns the text takes.
int DisplayWidth(absl::string_view text);

// The text made harmless and cut to `width` columns, the last being `…` where something was cut off.
std::string Cut(absl::string_view text, int width);

// The text cut, and filled up with spaces to exactly `width` columns.
std::string Fit(absl::string_view text, int width);

// The text broken into lines of at most `width` columns at spaces, where there are any.
std::vector<std::string> Wrap(absl::string_view text, int width);

// Columns of the terminal behind standard output; where it is none, the COLUMNS of the environment or 100.
int TerminalWidth();

// Whether standard output is a terminal.
bool IsTerminal();

// Whether standard error is one.
bool ErrorsGoToTerminal();

// Whether to use colour on standard output: only on a terminal, and not with NO_COLOR.
bool WantsColour();

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_TERMINAL_H_
