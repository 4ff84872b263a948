// Runs in processes that are killed at random points.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

#include "catch.hpp"
#include "nasnet/core/failure.hpp"
#include "nasnet/core/random.hpp"

namespace toy {

/// Runs something in a child process and kills that after some time. Whether it came to its end before.
inline bool run_and_kill(const std::function<void()>& run, std::chrono::microseconds patience) {
  const pid_t child = fork();
  if (child == 0) _exit(nasnet::catch_failure(run) ? 1 : 0);
  REQUIRE(child > 0);
  std::this_thread::sleep_for(patience);
  kill(child, SIGKILL);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFEXITED(status)) REQUIRE(WEXITSTATUS(status) == 0);
  return WIFEXITED(status);
}

/// Again and again until it is through. How often it was killed. The patience grows, so that a slow machine comes to an
/// end as well.
inline int kill_until_through(const std::function<void()>& run, nasnet::RandomStream& random) {
  int kills = 0;
  while (!run_and_kill(run, std::chrono::microseconds(random.below(6'000 + 3'000 * kills)))) ++kills;
  return kills;
}

}  // namespace toy
