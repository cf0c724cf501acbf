#include "tests/gateway/postfix.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"

namespace aftercare::gateway {
namespace {

constexpr char kMain[] = R"(
compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
maillog_file = DIR/log
maillog_file_prefixes = DIR
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
local_transport = error:none
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = clinic.test
virtual_mailbox_base = DIR/mail
virtual_mailbox_maps = texthash:DIR/boxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = DIR/cert.pem
smtpd_tls_key_file = DIR/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = DIR/sasl
smtpd_sasl_local_domain = clinic.test
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
)";

constexpr char kMaster[] = R"(
127.0.0.1:PORT inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
)";

constexpr char kSasl[] = R"(
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: DIR/sasldb
mech_list: PLAIN LOGIN
)";

constexpr char kPrepare[] = R"(
set -e
cd DIR
chmod 755 .
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 \
  -addext subjectAltName=IP:127.0.0.1
mkdir -p queue data mail sasl
chown postfix data
chown 65534:65534 mail
printf secret | saslpasswd2 -p -c -f sasldb -u clinic.test gateway
chown postfix sasldb
postfix -c DIR check
)";

}  // namespace

void AwaitPort(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (const absl::Time end = absl::Now() + absl::Minutes(5); absl::Now() < end;) {
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool listens = connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(connection);
    if (listens) return;
    absl::SleepFor(absl::Milliseconds(20));  // nobody tells when another process begins to listen
  }
  ADD_FAILURE() << "nobody listens on port " << port;
}

Postfix::Postfix() {
  if (geteuid() != 0) {
    ADD_FAILURE() << "this test starts Postfix, whose master process runs as root only: run the tests as root";
    return;
  }
  Configure();
  const ProcessResult prepared =
      RunProgram({"/bin/sh", "-c", absl::StrReplaceAll(kPrepare, {{"DIR", directory_.path()}})},
                 {.environment = {"PATH=/usr/sbin:/usr/bin:/bin"}});
  EXPECT_EQ(prepared.exit_code, 0) << prepared.err;
  // Does not outlive the test, however that ends.
  process_.emplace(std::vector<std::string>{"/usr/bin/setpriv", "--pdeathsig", "TERM", "/usr/lib/postfix/sbin/master",
                                            "-c", directory_.path(), "-s"});
  AwaitPort(port_);
}

Postfix::~Postfix() {
  if (!process_) return;
  process_->Signal(SIGTERM);
  process_->Wait();
}

void Postfix::Configure() const {
  const auto write = [&](const std::string& name, const char* text) {
    directory_.Write(name, absl::StrReplaceAll(text, {{"DIR", directory_.path()}, {"PORT", std::to_string(port_)}}));
  };
  std::filesystem::create_directory(directory_.File("sasl"));
  write("main.cf", kMain);
  write("master.cf", kMaster);
  write("sasl/smtpd.conf", kSasl);
  write("boxes", "ana@clinic.test ana/\nbob@clinic.test bob/\n");
  write("log", "");
}

std::string Postfix::AwaitMail(const std::string& user) const {
  const std::filesystem::path box = directory_.File("mail/" + user + "/new");
  for (const absl::Time end = absl::Now() + absl::Minutes(5); absl::Now() < end;) {
    std::error_code not_yet;
    for (const auto& entry : std::filesystem::directory_iterator(box, not_yet)) return ReadFile(entry.path());
    absl::SleepFor(absl::Milliseconds(20));  // a mail is there when its file has been moved there
  }
  ADD_FAILURE() << "no mail for " << user << "; " << ReadFile(directory_.File("log"));
  return "";
}

}  // namespace aftercare::gateway
