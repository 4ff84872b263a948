/// Where a queue of trials is: a server and a name on it, as a URL.
///
///     redis://host:port/name                        redis://localhost/name (port 6379), redis:///name (127.0.0.1)
///     redis://:password-file@host:port/name         the password is the first line of a file
///     redis://user:password-file@host:port/name     with the name of a user, where the server has users
///     rediss://...                                  encrypted (TLS)
///
/// A password itself never stands in an address, which others see in the list of processes. Without a file it comes
/// from the environment variable NASNET_REDIS_PASSWORD, where that is set. Needs hiredis (the CMake target
/// nasnet::redis).
#pragma once

#include <charconv>      // from_chars
#include <cstddef>       // size_t
#include <cstdlib>       // getenv
#include <filesystem>    // path
#include <optional>      // optional
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // errc

#include "nasnet/core/error.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/file.hpp"

namespace nasnet::inline NASNET_ABI {

/// A server, a queue on it, and how to be let in.
struct QueueAddress {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string name;  ///< of the queue: letters, digits and . _ -
  std::string user{};
  std::filesystem::path password_file{};
  bool tls = false;

  /// Whether the server is on this machine, by the name that it is called here.
  [[nodiscard]] bool is_local() const {
    return host == "localhost" || host == "::1" || host.starts_with("127.") || host.starts_with('/');
  }

  /// Host and port, for messages.
  [[nodiscard]] std::string server() const {
    return host.find(':') == std::string::npos ? join(host, ':', port) : join('[', host, "]:", port);
  }

  /// The password of the file, or of NASNET_REDIS_PASSWORD; absent where there is neither.
  /// @throws IoError for a file that cannot be read or begins with an empty line.
  [[nodiscard]] std::optional<std::string> password() const {
    if (password_file.empty()) {
      const char* value = std::getenv("NASNET_REDIS_PASSWORD");
      return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
    }
    constexpr std::size_t longest = 4096;
    std::string text;
    // What stands there may be a password given by mistake, and is not repeated.
    if (catch_failure([&] { text = read_text_file(password_file, longest); })) {
      fail<IoError>(
          "queue: the password file that the address names cannot be read. What stands before the @ is the name of ",
          "a file that holds the password");
    }
    text = text.substr(0, text.find_first_of("\r\n"));
    if (text.empty()) fail<IoError>("queue: the password file that the address names begins with an empty line");
    return text;
  }
};

namespace detail {

/// Takes an address apart.
class QueueAddressReader {
 public:
  explicit QueueAddressReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] QueueAddress read() {
    QueueAddress address;
    address.tls = read_scheme();
    read_login(address);
    const std::size_t slash = rest_.rfind('/');
    if (slash == std::string_view::npos) refuse("the name of the queue is missing");
    address.name = std::string(rest_.substr(slash + 1));
    require_name(address.name);
    read_server(rest_.substr(0, slash), address);
    return address;
  }

 private:
  [[nodiscard]] bool read_scheme() {
    for (const std::string_view scheme : {std::string_view("redis://"), std::string_view("rediss://")}) {
      if (!rest_.starts_with(scheme)) continue;
      rest_.remove_prefix(scheme.size());
      return scheme == "rediss://";
    }
    refuse("it begins with neither redis:// nor rediss://");
  }

  /// A file's name may have any letters, also / and @.
  void read_login(QueueAddress& address) {
    const std::size_t at = rest_.rfind('@');
    if (at == std::string_view::npos) return;
    const std::string_view login = rest_.substr(0, at);
    rest_.remove_prefix(at + 1);
    const std::size_t colon = login.find(':');
    if (colon == std::string_view::npos) refuse("before the @ stands no :password-file");
    address.user = std::string(login.substr(0, colon));
    address.password_file = std::string(login.substr(colon + 1));
    if (address.password_file.empty()) refuse("the password file has no name");
  }

  void require_name(std::string_view name) const {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    constexpr std::size_t longest = 100;
    if (name.empty()) refuse("the name of the queue is missing");
    if (name.size() > longest || name.find_first_not_of(allowed) != std::string_view::npos) {
      refuse("a queue's name has letters, digits and . _ - and at most 100 of them");
    }
  }

  void read_server(std::string_view server, QueueAddress& address) const {
    std::string_view port;
    if (server.starts_with('[')) {
      const std::size_t end = server.find(']');
      if (end == std::string_view::npos) refuse("a [ is not closed");
      address.host = std::string(server.substr(1, end - 1));
      port = server.substr(end + 1);
      if (!port.empty() && !port.starts_with(':')) refuse("after the ] stands no :port");
    } else {
      const std::size_t colon = server.find(':');
      if (!server.substr(0, colon).empty()) address.host = std::string(server.substr(0, colon));
      port = colon == std::string_view::npos ? std::string_view() : server.substr(colon);
    }
    if (address.host.empty()) refuse("the host is missing");
    if (address.host.find('/') != std::string::npos) refuse("a host has no /");
    if (!port.empty()) read_port(port.substr(1), address.port);
  }

  void read_port(std::string_view text, int& port) const {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool is_whole = error == std::errc{} && rest == text.data() + text.size();
    if (!is_whole || port < 1 || port > 65535) refuse("the port is no number from 1 to 65535");
  }

  /// The address itself is not repeated: it may hold what was meant as a secret.
  [[noreturn]] NASNET_COLD static void refuse(std::string_view reason) {
    fail<ArgumentError>("queue: ", reason, ": wanted is redis://[user:password-file@]host:port/name");
  }

  std::string_view rest_;
};

}  // namespace detail

/// Takes the text of an address apart.
/// @throws ArgumentError that says what is wrong with it.
[[nodiscard]] inline QueueAddress queue_address(std::string_view text) {
  return detail::QueueAddressReader(text).read();
}

}  // namespace nasnet::inline NASNET_ABI
