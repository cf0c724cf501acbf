#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_TERMINAL_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_TERMINAL_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// Text in the columns of a terminal: its colours, its width, and where it is cut and wrapped. All functions are thread
// safe. All but the last four, which look at the terminal and the environment, are pure.
namespace aftercare::client {

// A colour or a weight of text.
enum class Ink { kPlain, kDim, kBold, kGreen, kCyan, kYellow, kRed, kMagenta, kBlue };

// Returns the text in that ink, or the bare text if `colour` is false.
std::string Paint(Ink ink, absl::string_view text, bool colour);

// Splits UTF-8 text into characters, each with its combining marks. Control characters, which could steer the terminal,
// become `?`. Line feeds and tabs become spaces.
std::vector<std::string> SplitCharacters(absl::string_view text);

// Returns how many columns a character of SplitCharacters takes: 2 for East Asian scripts and emoji, else 1.
int CharacterWidth(absl::string_view character);

// Returns how many columns the text takes.
int DisplayWidth(absl::string_view text);

// Returns the text without control characters, cut to `width` columns. Text that was cut ends in `…`.
std::string Cut(absl::string_view text, int width);

// Returns the text cut, or padded with spaces, to exactly `width` columns.
std::string Fit(absl::string_view text, int width);

// Breaks the text at spaces and line feeds into lines of at most `width` columns. A word that is wider is cut. Text
// without words gives one empty line.
std::vector<std::string> Wrap(absl::string_view text, int width);

// Returns the width of the terminal on standard output. Without a terminal it returns the environment variable COLUMNS,
// or 100 if that is not set.
int TerminalWidth();

// Returns whether standard output is a terminal.
bool IsTerminal();

// Returns whether standard error is a terminal.
bool ErrorsGoToTerminal();

// Returns whether standard output should have colours: only on a terminal, and not if NO_COLOR is set or TERM is
// `dumb`.
bool WantsColour();

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_TERMINAL_H_
