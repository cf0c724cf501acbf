#ifndef AFTERCARE_SERVICES_CHANNEL_SERVER_ACCESS_H_
#define AFTERCARE_SERVICES_CHANNEL_SERVER_ACCESS_H_

#include <string>
#include <vector>

namespace aftercare {

// Stands in place of a file for the authorities of this machine.
inline constexpr char kSystemAuthorities[] = "system";

// Where the server is, and how a program proves to it who it is.
struct ServerAccess {
  std::string address = {};     // HOST:PORT, or `unix:PATH` for a Unix socket
  std::string ca_file = {};     // PEM file of the authorities to trust, or kSystemAuthorities; empty: no TLS
  std::string cert_file = {};   // PEM file of the client certificate; empty: none
  std::string key_file = {};    // PEM file of its private key
  std::string token_file = {};  // file of the token; empty: none
};

// What is wrong with one setting.
struct AccessFault {
  std::string setting;
  std::string what;
};

// Returns everything that is wrong with `access`, and nothing if it can be used: addresses that are malformed or need
// TLS, settings that do not go together, and files that cannot be used. `names` holds, in the place of each setting,
// what the user calls it. Reads the files; does not connect. Thread safe.
std::vector<AccessFault> FaultsOf(const ServerAccess& access, const ServerAccess& names);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_CHANNEL_SERVER_ACCESS_H_
