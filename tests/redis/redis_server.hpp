// A Redis server of a test's own, on a free port of this machine, with its files in a temporary folder.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/temporary_folder.hpp"
#include "nasnet/redis/trial_queue.hpp"

class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> more = {}) : more_(std::move(more)), port_(free_port()) { start(); }

  /// Encrypted, with a certificate of its own (see certificate()). Needs the program openssl.
  [[nodiscard]] static std::unique_ptr<RedisServer> encrypted() {
    return std::unique_ptr<RedisServer>(new RedisServer(Encrypted{}));
  }

  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() { kill(); }

  void start() {
    process_ = fork();
    if (process_ == 0) execute();
  }

  /// As kill -9 does.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }

  [[nodiscard]] nasnet::QueueAddress address(const std::string& name = "test") const {
    return {.port = port_, .name = name};
  }

  /// Waits for the server, which may just be starting.
  [[nodiscard]] static nasnet::RedisOptions patient() {
    return {.patient = true, .first_retry = std::chrono::milliseconds(5)};
  }

  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

  [[nodiscard]] std::string certificate() const { return (folder_ / "certificate").string(); }

 private:
  struct Encrypted {};

  explicit RedisServer(Encrypted) : port_(free_port()) {
    const std::string key = (folder_ / "key").string();
    const std::string command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout '" +
                                key + "' -out '" + certificate() + "' 2> /dev/null";
    if (std::system(command.c_str()) != 0) std::abort();
    more_ = {"--port",         "0", "--tls-port",         std::to_string(port_), "--tls-cert-file",    certificate(),
             "--tls-key-file", key, "--tls-ca-cert-file", certificate(),         "--tls-auth-clients", "no"};
    start();
  }

  [[nodiscard]] static int free_port() {
    const int socket_number = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(name);
    const bool is_bound = bind(socket_number, reinterpret_cast<sockaddr*>(&name), size) == 0 &&
                          getsockname(socket_number, reinterpret_cast<sockaddr*>(&name), &size) == 0;
    close(socket_number);
    if (!is_bound) std::abort();
    return ntohs(name.sin_port);
  }

  [[noreturn]] void execute() const {
    std::vector<std::string> command{
        "redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1",     "--dir", folder_.path().string(),
        "--save",       "",       "--appendonly",        "yes",    "--appendfsync", "always"};
    command.insert(command.end(), more_.begin(), more_.end());
    std::vector<char*> arguments;
    for (std::string& part : command) arguments.push_back(part.data());
    arguments.push_back(nullptr);
    const int log = open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }

  std::vector<std::string> more_;
  TemporaryFolder folder_;
  int port_;
  pid_t process_ = 0;
};

/// Ends the whole program as skipped where there is no server to run.
inline const bool has_redis_server = [] {
  if (std::system("redis-server --version > /dev/null 2>&1") == 0) return true;
  std::puts("skipped: redis-server is not installed");
  std::exit(77);
}();
