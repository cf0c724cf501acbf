#ifndef AFTERCARE_TESTS_CLIENT_OUTPUT_H_
#define AFTERCARE_TESTS_CLIENT_OUTPUT_H_

#include <string>
#include <vector>

#include "google/protobuf/struct.pb.h"

// Reads what the program `aftercare` printed. All functions are thread safe.
namespace aftercare::client {

// Splits a text into lines, without their line feeds.
std::vector<std::string> LinesOf(const std::string& text);

// Splits a command at spaces.
std::vector<std::string> Words(const std::string& command);

// Parses a text of one JSON object per line. Fails the test if a line is not one.
std::vector<google::protobuf::Struct> ObjectsOf(const std::string& text);

// Returns the text that the member `name` of an object holds, or an empty string if there is none.
std::string TextOf(const google::protobuf::Struct& object, const std::string& name);

// Fails the test if the text has a line wider than `columns`, or a control character other than a line feed.
void ExpectPlain(const std::string& text, int columns);

}  // namespace aftercare::client

#endif  // AFTERCARE_TESTS_CLIENT_OUTPUT_H_
