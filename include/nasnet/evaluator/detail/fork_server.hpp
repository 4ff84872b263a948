/// Runs jobs in processes of their own, which a server forks that was forked before any thread began.
///
/// A process with threads must not fork and go on: the copy has one thread and all locks as they were. So the server is
/// forked first, has no threads, and does nothing but fork, wait, watch the time and kill. Each job has two lines of
/// its own: a socket, on which the program sends the request and the server says how the process ended, and a pipe, on
/// which the process sends what it found out.
#pragma once

#include <dirent.h>      // closedir, opendir, readdir
#include <fcntl.h>       // fcntl, F_SETFD, F_SETFL
#include <poll.h>        // poll, ppoll, pollfd
#include <signal.h>      // kill, sigaction, sigprocmask
#include <sys/socket.h>  // CMSG_*, recvmsg, send, sendmsg, shutdown, socketpair
#include <sys/uio.h>     // iovec
#include <sys/wait.h>    // waitpid
#include <unistd.h>      // _exit, close, fork, getpid, getppid, pipe, read, setpgid

#include <algorithm>    // max, min
#include <array>        // array
#include <cerrno>       // errno
#include <cmath>        // ceil, isfinite
#include <cstddef>      // byte, ptrdiff_t, size_t
#include <cstdint>      // int32_t, uint8_t
#include <cstdio>       // fclose, fflush, fgets, fopen, sscanf
#include <cstring>      // memcpy
#include <functional>   // function
#include <optional>     // nullopt, optional
#include <span>         // span
#include <string>       // string
#include <string_view>  // string_view
#include <utility>      // move
#include <vector>       // vector

#include "nasnet/core/error.hpp"
#include "nasnet/core/file.hpp"
#include "nasnet/core/steady_time.hpp"

#if defined(__linux__)
#include <sys/prctl.h>  // prctl
#endif

namespace nasnet::inline NASNET_ABI::detail {

/// How the process of a job ended.
struct ProcessEnd {
  enum class Kind : std::int32_t {
    exited,       ///< value: its exit status
    signalled,    ///< value: the signal
    timed_out,    ///< the server killed it
    not_started,  ///< the system makes no process, or no connection to one; value: its reason
    lost,         ///< the server has ended
    given_up,     ///< nobody waits for it any more, and the server kills it
  };
  Kind kind = Kind::lost;
  std::int32_t value = 0;
  std::int32_t system_killed = 0;  ///< not 0: meanwhile the system killed processes because its memory ran out
};

/// The two ends that a job's process has.
struct JobLines {
  int request = -1;  ///< a socket to read from
  int result = -1;   ///< a pipe to write to
};

/// Two connected descriptors, which programs started later do not inherit. Nothing where the system makes none (errno).
struct DescriptorPair {
  FileDescriptor first;
  FileDescriptor second;

  NASNET_LAZY [[nodiscard]] static std::optional<DescriptorPair> sockets() {
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return std::nullopt;
    return DescriptorPair(ends);
  }

  /// The first is to read, the second to write.
  NASNET_LAZY [[nodiscard]] static std::optional<DescriptorPair> pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe(ends.data()) != 0) return std::nullopt;
    return DescriptorPair(ends);
  }

 private:
  NASNET_LAZY explicit DescriptorPair(const std::array<int, 2>& ends) : first(ends[0]), second(ends[1]) {
    for (const int end : ends) static_cast<void>(::fcntl(end, F_SETFD, FD_CLOEXEC));
  }
};

/// Sends all bytes on a socket; false where the other end is closed.
NASNET_LAZY [[nodiscard]] inline bool send_all(int socket, std::span<const std::uint8_t> bytes) {
#if defined(MSG_NOSIGNAL)
  constexpr int quietly = MSG_NOSIGNAL;
#else
  constexpr int quietly = 0;
#endif
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), quietly);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Reads so many bytes; false where the end comes first.
NASNET_LAZY [[nodiscard]] inline bool read_all(int descriptor, std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto count = ::read(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

template <class Plain>
[[nodiscard]] std::span<const std::uint8_t> bytes_of_value(const Plain& value) {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}

template <class Plain>
[[nodiscard]] std::span<std::uint8_t> writable_bytes_of_value(Plain& value) {
  return {reinterpret_cast<std::uint8_t*>(&value), sizeof value};
}

/// What the program sends to begin a job: its limit and the server's ends of its lines.
struct DescriptorMessage {
  double seconds = 0;  ///< limit of the job; not finite: none
  std::array<int, 2> descriptors{-1, -1};

  NASNET_LAZY [[nodiscard]] bool send(int socket) const {
    double sent = seconds;
    Frame frame(sent);
    cmsghdr* head = CMSG_FIRSTHDR(&frame.message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof descriptors);
    std::memcpy(CMSG_DATA(head), descriptors.data(), sizeof descriptors);
#if defined(MSG_NOSIGNAL)
    constexpr int quietly = MSG_NOSIGNAL;
#else
    constexpr int quietly = 0;
#endif
    while (true) {
      if (::sendmsg(socket, &frame.message, quietly) == static_cast<ssize_t>(sizeof seconds)) return true;
      if (errno != EINTR) return false;
    }
  }

  /// False at the end.
  NASNET_LAZY [[nodiscard]] bool receive(int socket) {
    Frame frame(seconds);
    ssize_t count = -1;
    do count = ::recvmsg(socket, &frame.message, 0);
    while (count < 0 && errno == EINTR);
    const cmsghdr* head = CMSG_FIRSTHDR(&frame.message);
    if (count != static_cast<ssize_t>(sizeof seconds) || head == nullptr) return false;
    std::memcpy(descriptors.data(), CMSG_DATA(head), sizeof descriptors);
    for (const int descriptor : descriptors) static_cast<void>(::fcntl(descriptor, F_SETFD, FD_CLOEXEC));
    return true;
  }

 private:
  struct Frame {
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(2 * sizeof(int))> room{};
    iovec part{};
    msghdr message{};

    NASNET_LAZY explicit Frame(double& value) {
      part.iov_base = &value;
      part.iov_len = sizeof value;
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      message.msg_control = room.data();
      message.msg_controllen = room.size();
    }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
  };
};

/// How often the system has killed processes for want of memory; 0 where it does not say.
NASNET_LAZY [[nodiscard]] inline std::int64_t system_kills() {
#if defined(__linux__)
  std::FILE* file = std::fopen("/proc/vmstat", "re");
  if (file == nullptr) return 0;
  std::array<char, 128> line{};
  long long count = 0;
  while (std::fgets(line.data(), static_cast<int>(line.size()), file) != nullptr) {
    if (std::sscanf(line.data(), "oom_kill %lld", &count) == 1) break;
  }
  static_cast<void>(std::fclose(file));
  return count;
#else
  return 0;
#endif
}

/// Ends this process when the one that forked it does. @param parent its number, to notice that it has ended already
NASNET_LAZY inline void end_with(pid_t parent) {
#if defined(__linux__)
  static_cast<void>(::prctl(PR_SET_PDEATHSIG, SIGKILL));
#endif
  if (::getppid() != parent) ::_exit(1);
}

/// Threads of this process; 0 where the system does not say.
NASNET_LAZY [[nodiscard]] inline std::int64_t thread_count() {
  DIR* const tasks = ::opendir("/proc/self/task");
  if (tasks == nullptr) return 0;
  std::int64_t count = 0;
  while (const dirent* const entry = ::readdir(tasks)) count += entry->d_name[0] != '.' ? 1 : 0;
  ::closedir(tasks);
  return count;
}

/// What the server does, in its process.
class ForkServerLoop {
 public:
  using Job = std::function<void(const JobLines&)>;

  NASNET_LAZY ForkServerLoop(const Job& job, FileDescriptor control) : job_(job), control_(std::move(control)) {}

  /// Until the program closes the control socket, or ends.
  NASNET_LAZY void run() {
    prepare_signals();
    while (true) {
      reap();
      wait();
      if (polled_.front().revents != 0 && !begin_job()) break;
      end_jobs();
    }
    for (const Running& running : running_) kill_group(running.process);
    while (!running_.empty()) {
      int status = 0;
      const pid_t process = ::waitpid(-1, &status, 0);
      if (process < 0 && errno != EINTR) break;
      if (process > 0) report(process, status);
    }
  }

 private:
  struct Running {
    pid_t process = -1;
    FileDescriptor line;
    bool has_limit = false;
    bool timed_out = false;
    bool killed = false;
    SteadyTime deadline{};
    std::int64_t system_kills = 0;
  };

  /// Ctrl-C and SIGTERM are the program's business, with which the server ends and its jobs with it. The server is in a
  /// group of its own, but who stops a service, or a job of a cluster, may signal each of its processes.
  NASNET_LAZY void prepare_signals() {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGPIPE, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    action.sa_handler = [](int) {};  // interrupts the wait
    ::sigaction(SIGCHLD, &action, nullptr);
    sigset_t child{};
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, &mask_);
    sigdelset(&mask_, SIGCHLD);
  }

  NASNET_LAZY void wait() {
    polled_.clear();
    polled_.push_back({control_.number(), POLLIN, 0});
    for (const Running& running : running_) polled_.push_back({running.killed ? -1 : running.line.number(), 0, 0});
    const int milliseconds = milliseconds_left();
#if defined(__linux__)
    const timespec limit{milliseconds / 1000, (milliseconds % 1000) * 1'000'000L};
    const int count =
        ::ppoll(polled_.data(), static_cast<nfds_t>(polled_.size()), milliseconds < 0 ? nullptr : &limit, &mask_);
#else
    constexpr int tick = 20;  // without ppoll, the end of a process may be noticed so much later
    const int count = ::poll(polled_.data(), static_cast<nfds_t>(polled_.size()),
                             milliseconds < 0 ? tick : (std::min)(milliseconds, tick));
#endif
    if (count >= 0) return;
    for (pollfd& one : polled_) one.revents = 0;
  }

  /// Those beyond their time, and those that nobody waits for any more.
  NASNET_LAZY void end_jobs() {
    const SteadyTime now = SteadyTime::now();
    for (std::size_t n = 0; n < running_.size(); ++n) {
      Running& running = running_[n];
      if (running.killed) continue;
      // What was begun just now was not polled.
      const bool given_up = n + 1 < polled_.size() && (polled_[n + 1].revents & (POLLHUP | POLLERR)) != 0;
      running.timed_out = running.has_limit && now >= running.deadline;
      running.killed = given_up || running.timed_out;
      if (running.killed) kill_group(running.process);
    }
  }

  /// Until the next deadline; -1 without one.
  NASNET_LAZY [[nodiscard]] int milliseconds_left() const {
    double least = -1;
    for (const Running& running : running_) {
      if (!running.has_limit || running.killed) continue;
      const double left = 1000 * (running.deadline - SteadyTime::now());
      least = least < 0 ? (std::max)(left, 0.0) : (std::min)(least, (std::max)(left, 0.0));
    }
    return least < 0 ? -1 : static_cast<int>((std::min)(std::ceil(least), 1e8));
  }

  /// False at the end of the control socket.
  NASNET_LAZY [[nodiscard]] bool begin_job() {
    DescriptorMessage message;
    if (!message.receive(control_.number())) return false;
    Running running;
    running.line = FileDescriptor(message.descriptors[0]);
    const FileDescriptor result(message.descriptors[1]);
    running.system_kills = system_kills();
    const pid_t server = ::getpid();
    running.process = ::fork();
    if (running.process == 0) run_job(server, {running.line.number(), result.number()});
    if (running.process < 0) {
      send_end(running, {ProcessEnd::Kind::not_started, errno, 0});
      return true;
    }
    ::setpgid(running.process, running.process);
    running.has_limit = std::isfinite(message.seconds);
    if (running.has_limit) running.deadline = SteadyTime::now() + message.seconds;
    running_.push_back(std::move(running));
    return true;
  }

  NASNET_LAZY [[noreturn]] void run_job(pid_t server, const JobLines& lines) {
    end_with(server);
    ::setpgid(0, 0);
    static_cast<void>(control_.close());
    for (Running& other : running_) static_cast<void>(other.line.close());
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    // Not SIGINT and SIGTERM, which the server ignores: a trial that they end would count as a crash.
    for (const int signal : {SIGABRT, SIGBUS, SIGCHLD, SIGFPE, SIGILL, SIGPIPE, SIGSEGV, SIGTRAP}) {
      ::sigaction(signal, &action, nullptr);
    }
    ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
    job_(lines);
    std::fflush(nullptr);
    ::_exit(0);
  }

  NASNET_LAZY static void kill_group(pid_t process) {
    ::kill(-process, SIGKILL);
    ::kill(process, SIGKILL);  // where the group does not exist yet
  }

  NASNET_LAZY void reap() {
    int status = 0;
    for (pid_t process = ::waitpid(-1, &status, WNOHANG); process > 0; process = ::waitpid(-1, &status, WNOHANG)) {
      report(process, status);
    }
  }

  NASNET_LAZY void report(pid_t process, int status) {
    for (std::size_t n = 0; n < running_.size(); ++n) {
      Running& running = running_[n];
      if (running.process != process) continue;
      ::kill(-process, SIGKILL);  // what the job itself started
      ProcessEnd end{ProcessEnd::Kind::exited, WIFEXITED(status) ? WEXITSTATUS(status) : 0, 0};
      if (WIFSIGNALED(status)) end = {ProcessEnd::Kind::signalled, WTERMSIG(status), 0};
      if (running.timed_out) end.kind = ProcessEnd::Kind::timed_out;
      end.system_killed = system_kills() > running.system_kills ? 1 : 0;
      send_end(running, end);
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(n));
      return;
    }
  }

  NASNET_LAZY static void send_end(const Running& running, const ProcessEnd& end) {
    static_cast<void>(send_all(running.line.number(), bytes_of_value(end)));
  }

  const Job& job_;
  FileDescriptor control_;
  sigset_t mask_{};
  std::vector<Running> running_;
  std::vector<pollfd> polled_;  // the control socket, then the lines of those running
};

/// The server as the program sees it.
class ForkServer {
 public:
  using Job = ForkServerLoop::Job;

  /// Forks the server, which keeps a copy of everything that exists now.
  /// @param job called in a new process for each run()
  /// @throws ArgumentError where the program has threads, IoError where the system makes no process.
  NASNET_LAZY explicit ForkServer(const Job& job) : owner_(::getpid()) {
    if (const std::int64_t threads = thread_count(); threads > 1) {
      fail<ArgumentError>("processes for trials: the program has ", threads,
                          " threads: they are to be prepared before the first thread pool");
    }
    std::optional<DescriptorPair> control = DescriptorPair::sockets();
    if (!control)
      fail<IoError>("processes for trials: the system cannot connect two processes: ", system_reason(errno));
    std::fflush(nullptr);  // or the copy writes it again
    server_ = ::fork();
    if (server_ < 0) fail<IoError>("processes for trials: the system cannot start a process: ", system_reason(errno));
    if (server_ == 0) {
      ::setpgid(0, 0);
      end_with(owner_);
#if defined(__linux__)
      static_cast<void>(::prctl(PR_SET_CHILD_SUBREAPER, 1));  // what jobs leave behind ends here
#endif
      static_cast<void>(control->first.close());
      ForkServerLoop(job, std::move(control->second)).run();
      ::_exit(0);
    }
    control_ = std::move(control->first);
  }
  ForkServer(const ForkServer&) = delete;
  ForkServer& operator=(const ForkServer&) = delete;

  /// Ends the server and all jobs that run.
  ~ForkServer() {
    if (::getpid() != owner_) return;  // a copy in another process
    ::shutdown(control_.number(), SHUT_RDWR);
    int status = 0;
    while (::waitpid(server_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  [[nodiscard]] pid_t process() const { return server_; }

  /// Runs the job in a new process and waits for its end. May be called from several threads at once.
  /// @param seconds limit, not finite: none
  /// @param received takes what the process sends, piece by piece; false ends it
  /// @param given_up may be empty; asked now and then whether to end it
  /// @throws what `received` throws; the process is then killed.
  NASNET_LAZY [[nodiscard]] ProcessEnd run(std::string_view request, double seconds,
                                           const std::function<bool(std::string_view)>& received,
                                           const std::function<bool()>& given_up = {}) const {
    std::optional<DescriptorPair> line = DescriptorPair::sockets();
    std::optional<DescriptorPair> result = line ? DescriptorPair::pipe() : std::nullopt;
    if (!result) return {ProcessEnd::Kind::not_started, errno, 0};
    const DescriptorMessage message{seconds, {line->second.number(), result->second.number()}};
    if (!message.send(control_.number())) return {};
    static_cast<void>(line->second.close());
    static_cast<void>(result->second.close());
    static_cast<void>(send_all(line->first.number(), bytes_of(request)));  // a process that has ended says so below
    return follow(line->first.number(), result->first.number(), received, given_up);
  }

 private:
  using Received = std::function<bool(std::string_view)>;

  NASNET_LAZY [[nodiscard]] static ProcessEnd follow(int line, int result, const Received& received,
                                                     const std::function<bool()>& given_up) {
    constexpr int tick = 50;  // milliseconds: how soon it is seen that a job is given up
    std::array<pollfd, 2> polled{pollfd{line, POLLIN, 0}, pollfd{result, POLLIN, 0}};
    while (true) {
      const int ready = ::poll(polled.data(), polled.size(), given_up ? tick : -1);
      if (given_up && given_up()) return {ProcessEnd::Kind::given_up, 0, 0};
      if (ready <= 0) continue;  // interrupted, or a tick
      if (polled[1].revents != 0) {
        const Piece piece = take(result, received);
        if (piece == Piece::refused) return {ProcessEnd::Kind::exited, 0, 0};
        if (piece == Piece::end) polled[1].fd = -1;
      }
      if (polled[0].revents == 0) continue;
      ProcessEnd end;
      if (!read_all(line, writable_bytes_of_value(end))) end = {};
      static_cast<void>(::fcntl(result, F_SETFL, O_NONBLOCK));
      while (take(result, received) == Piece::taken) {
      }
      return end;
    }
  }

  enum class Piece { taken, refused, end };

  NASNET_LAZY [[nodiscard]] static Piece take(int result, const Received& received) {
    std::array<char, 65536> piece;
    ssize_t count = -1;
    do count = ::read(result, piece.data(), piece.size());
    while (count < 0 && errno == EINTR);
    if (count <= 0) return Piece::end;
    return received({piece.data(), static_cast<std::size_t>(count)}) ? Piece::taken : Piece::refused;
  }

  pid_t owner_;
  pid_t server_ = -1;
  FileDescriptor control_;
};

}  // namespace nasnet::inline NASNET_ABI::detail
