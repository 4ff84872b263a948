/// A connection to a Redis server that comes back after it broke.
///
/// Needs hiredis 0.14 or later (the CMake target nasnet::redis). Encrypted connections need hiredis 1.0 or later with
/// its SSL part, which the target finds out (NASNET_REDIS_TLS).
#pragma once

#include <hiredis/hiredis.h>  // freeReplyObject, redisCommandArgv, redisConnectWithTimeout, redisContext, redisFree, redisReply

#include <sys/time.h>  // timeval

#include <algorithm>    // any_of, min
#include <array>        // array
#include <chrono>       // duration_cast, microseconds, milliseconds, seconds, steady_clock
#include <cstddef>      // size_t
#include <cstdint>      // int64_t
#include <functional>   // function
#include <memory>       // unique_ptr
#include <optional>     // nullopt, optional
#include <string>       // string
#include <string_view>  // string_view
#include <thread>       // sleep_for
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/config.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/redis/queue_address.hpp"

#ifdef NASNET_REDIS_TLS
#include <hiredis/hiredis_ssl.h>  // redisCreateSSLContext, redisFreeSSLContext, redisInitiateSSLWithContext, redisInitOpenSSL

#include <cstdlib>  // getenv
#endif

namespace nasnet::inline NASNET_ABI {

/// What a server answers.
struct RedisReply {
  enum class Kind { nothing, number, text, list, error };
  Kind kind = Kind::nothing;
  std::int64_t number = 0;
  std::string text{};  ///< also of an error
  std::vector<RedisReply> list{};

  [[nodiscard]] bool is_error(std::string_view code) const { return kind == Kind::error && text.starts_with(code); }
};

namespace detail {

[[nodiscard]] inline RedisReply reply_value(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER: return {.kind = RedisReply::Kind::number, .number = reply.integer};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS: return {.kind = RedisReply::Kind::text, .text = {reply.str, reply.len}};
    case REDIS_REPLY_ERROR: return {.kind = RedisReply::Kind::error, .text = {reply.str, reply.len}};
    case REDIS_REPLY_ARRAY: {
      RedisReply list{.kind = RedisReply::Kind::list};
      for (std::size_t index = 0; index < reply.elements; ++index) {
        list.list.push_back(reply_value(*reply.element[index]));
      }
      return list;
    }
    default: return {};
  }
}

struct FreeRedis {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
#ifdef NASNET_REDIS_TLS
  void operator()(redisSSLContext* context) const { redisFreeSSLContext(context); }
#endif
};

[[nodiscard]] inline timeval timeval_of(std::chrono::milliseconds time) {
  timeval value{};
  value.tv_sec = static_cast<decltype(value.tv_sec)>(time.count() / 1000);
  value.tv_usec = static_cast<decltype(value.tv_usec)>(time.count() % 1000 * 1000);
  return value;
}

/// Answers of a server that will serve later: it starts, its disk or memory is full, another one takes over.
[[nodiscard]] inline bool says_later(const RedisReply& reply) {
  constexpr std::array<std::string_view, 8> codes{"LOADING",  "BUSY ",    "MASTERDOWN", "CLUSTERDOWN",
                                                  "TRYAGAIN", "READONLY", "MISCONF",    "OOM "};
  return std::any_of(codes.begin(), codes.end(), [&](std::string_view code) { return reply.is_error(code); });
}

}  // namespace detail

/// What a connection tells its user, and when it gives up.
struct RedisOptions {
  std::function<void(const std::string&)> notice{};  ///< sentences: the server has gone, it is back
  std::function<bool()> should_stop{};               ///< true: do not wait for the server any longer
  std::chrono::milliseconds timeout{
      10'000};           ///< for connecting, and for an answer beyond what the command itself waits
  bool patient = false;  ///< wait for a server that cannot be reached the first time, too
  std::chrono::milliseconds first_retry{
      50};  ///< pause before the second attempt to connect; it doubles, to two seconds
};

/// One connection, for one thread at a time. A command that meets a broken connection is sent again once the server is
/// back, so commands must bear being done twice.
class RedisConnection {
 public:
  /// @throws ArgumentError for rediss:// without TLS in this program, IoError where the server cannot be reached or
  /// does not let us in.
  explicit RedisConnection(QueueAddress address, RedisOptions options = {})
      : address_(std::move(address)), options_(std::move(options)) {
    require_tls();
    if (!connect() && (is_refused_ || !options_.patient)) fail<IoError>("queue: ", trouble_);
  }

  [[nodiscard]] const QueueAddress& address() const { return address_; }

  /// How often a connection was made: it changes when the server was away.
  [[nodiscard]] std::int64_t connections() const { return connections_; }

  /// When the present connection was made.
  [[nodiscard]] std::chrono::steady_clock::time_point since() const { return since_; }

  /// Sends a command and waits for the answer, which may be an error. Nothing where should_stop() came first.
  /// @param waits how long the command itself waits in the server
  [[nodiscard]] std::optional<RedisReply> call(const std::vector<std::string>& command,
                                               std::chrono::milliseconds waits = std::chrono::milliseconds(0)) {
    std::chrono::milliseconds pause = options_.first_retry;
    bool complained = false;
    while (true) {
      std::optional<RedisReply> reply = is_connected() ? send(command, waits) : std::nullopt;
      if (reply && !detail::says_later(*reply)) {
        if (complained) tell(join("the server ", address_.server(), " is back"));
        return reply;
      }
      if (reply) trouble_ = join("the server ", address_.server(), " answers '", reply->text, '\'');
      if (options_.should_stop && options_.should_stop()) return std::nullopt;
      if (!reply && connect()) continue;
      if (!complained) tell(join(trouble_, "; trying again"));
      complained = true;
      std::this_thread::sleep_for(pause);
      constexpr std::chrono::milliseconds longest{2000};
      pause = (std::min)(2 * pause, longest);
    }
  }

 private:
  [[nodiscard]] bool is_connected() const { return context_ != nullptr; }

  void tell(const std::string& sentence) const {
    if (options_.notice) options_.notice(detail::harmless(sentence));
  }

  [[nodiscard]] std::optional<RedisReply> send(const std::vector<std::string>& command,
                                               std::chrono::milliseconds waits) {
    set_timeout(options_.timeout + waits);
    std::vector<const char*> parts;
    std::vector<std::size_t> sizes;
    for (const std::string& part : command) {
      parts.push_back(part.data());
      sizes.push_back(part.size());
    }
    const std::unique_ptr<redisReply, detail::FreeRedis> reply(static_cast<redisReply*>(
        redisCommandArgv(context_.get(), static_cast<int>(parts.size()), parts.data(), sizes.data())));
    if (reply) return detail::reply_value(*reply);
    trouble_ = join("the connection to ", address_.server(), " broke (", context_->errstr, ')');
    context_.reset();
    return std::nullopt;
  }

  void set_timeout(std::chrono::milliseconds timeout) {
    if (timeout == timeout_) return;
    redisSetTimeout(context_.get(), detail::timeval_of(timeout));
    timeout_ = timeout;
  }

  [[nodiscard]] bool connect() {
    is_refused_ = false;
    context_.reset(redisConnectWithTimeout(address_.host.c_str(), address_.port, detail::timeval_of(options_.timeout)));
    timeout_ = std::chrono::milliseconds(-1);
    if (!context_ || context_->err != 0) {
      return give_up(join("cannot reach a server at ", address_.server(), " (",
                          context_ ? static_cast<const char*>(context_->errstr) : "no memory left", ')'));
    }
    redisEnableKeepAlive(context_.get());
    if (!start_tls() || !log_in()) return false;
    ++connections_;
    since_ = std::chrono::steady_clock::now();
    return true;
  }

  [[nodiscard]] bool refuse(std::string trouble) {
    is_refused_ = true;
    return give_up(std::move(trouble));
  }

  [[nodiscard]] bool give_up(std::string trouble) {
    trouble_ = std::move(trouble);
    context_.reset();
    return false;
  }

  /// A PING tells at once whether a password is wanted.
  [[nodiscard]] bool log_in() {
    const std::optional<std::string> password = address_.password();
    std::vector<std::string> command{"PING"};
    if (password && address_.user.empty()) command = {"AUTH", *password};
    if (password && !address_.user.empty()) command = {"AUTH", address_.user, *password};
    const std::optional<RedisReply> reply = send(command, std::chrono::milliseconds(0));
    if (!reply) return give_up(trouble_);
    if (reply->is_error("NOAUTH")) {
      return refuse(join("the server ", address_.server(),
                         " wants a password: name a file that holds it, as in redis://:FILE@", address_.server(), '/',
                         address_.name, ", or set NASNET_REDIS_PASSWORD"));
    }
    // A server without a password says so, and lets everybody in.
    if (reply->kind == RedisReply::Kind::error && !detail::says_later(*reply) &&
        reply->text.find("without any password") == std::string::npos) {
      return refuse(join("the server ", address_.server(), " does not let us in: ", reply->text));
    }
    return true;
  }

#ifdef NASNET_REDIS_TLS
  void require_tls() {
    if (!address_.tls) return;
    redisInitOpenSSL();
    const auto variable = [](const char* name) {
      const char* value = std::getenv(name);
      return value == nullptr || *value == '\0' ? nullptr : value;
    };
    redisSSLContextError error = REDIS_SSL_CTX_NONE;
    const char* authority = variable("NASNET_REDIS_CA");
    tls_.reset(redisCreateSSLContext(authority, authority == nullptr ? "/etc/ssl/certs" : nullptr,
                                     variable("NASNET_REDIS_CERTIFICATE"), variable("NASNET_REDIS_KEY"),
                                     address_.host.c_str(), &error));
    if (!tls_) fail<IoError>("queue: TLS cannot be started: ", redisSSLContextGetError(error));
  }

  [[nodiscard]] bool start_tls() {
    if (!address_.tls || redisInitiateSSLWithContext(context_.get(), tls_.get()) == REDIS_OK) return true;
    return give_up(join("no encrypted connection to ", address_.server(), " (", context_->errstr, ')'));
  }

  std::unique_ptr<redisSSLContext, detail::FreeRedis> tls_;
#else
  void require_tls() const {
    if (!address_.tls) return;
    fail<ArgumentError>(
        "queue: rediss:// needs hiredis 1.0 or later with its SSL part, which this program was built without: use ",
        "redis:// through ssh or stunnel");
  }

  [[nodiscard]] static constexpr bool start_tls() { return true; }
#endif

  QueueAddress address_;
  RedisOptions options_;
  std::unique_ptr<redisContext, detail::FreeRedis> context_;
  std::chrono::milliseconds timeout_{-1};  // of context_
  std::string trouble_;                    // why the last attempt failed
  bool is_refused_ = false;                // by the login
  std::int64_t connections_ = 0;
  std::chrono::steady_clock::time_point since_{};
};

}  // namespace nasnet::inline NASNET_ABI
