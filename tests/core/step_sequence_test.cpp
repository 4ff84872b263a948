#include "nasnet/core/step_sequence.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "nasnet/core/context.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/core/random.hpp"
#include "nasnet/core/thread_pool.hpp"

using namespace nasnet;

namespace {

// What began and ended when, by one clock.
struct Record {
  int step;
  std::int64_t task;
  int begin;
  int end;
};

class Recorder {
 public:
  void operator()(int step, std::int64_t task) {
    const int begin = clock_++;
    if (task % 3 == 0) std::this_thread::yield();
    const int end = clock_++;
    const std::lock_guard lock(mutex_);
    records_.push_back({step, task, begin, end});
  }

  [[nodiscard]] const std::vector<Record>& records() const { return records_; }

 private:
  std::atomic<int> clock_{0};
  std::mutex mutex_;
  std::vector<Record> records_;
};

void check_run(Context& context, const std::vector<SequenceStep>& steps) {
  Recorder recorder;
  run_sequence(context, steps, [&] { return [&](int step, std::int64_t task) { recorder(step, task); }; });
  std::vector<std::vector<int>> visits;
  std::vector<int> first_begin(steps.size(), 1 << 30);
  std::vector<int> last_end(steps.size(), -1);
  for (const SequenceStep& step : steps) visits.emplace_back(static_cast<std::size_t>(step.tasks));
  for (const Record& record : recorder.records()) {
    const auto step = static_cast<std::size_t>(record.step);
    ++visits.at(step).at(static_cast<std::size_t>(record.task));
    first_begin[step] = std::min(first_begin[step], record.begin);
    last_end[step] = std::max(last_end[step], record.end);
  }
  for (std::size_t step = 0; step < steps.size(); ++step) {
    for (const int count : visits[step]) REQUIRE(count == 1);
    for (int earlier = 0; earlier <= steps[step].after; ++earlier) {
      REQUIRE(last_end[static_cast<std::size_t>(earlier)] < first_begin[step]);
    }
  }
}

std::vector<SequenceStep> random_steps(RandomStream& random) {
  std::vector<SequenceStep> steps(static_cast<std::size_t>(1 + random.below(30)));
  for (std::size_t s = 0; s < steps.size(); ++s) {
    steps[s].tasks = random.below(s % 7 == 6 ? 60 : 6);  // now and then none
    steps[s].after = static_cast<int>(random.below(static_cast<std::int64_t>(s) + 1)) - 1;
  }
  return steps;
}

}  // namespace

TEST_CASE("each task of a sequence runs once, after the steps that it waits for", "[step_sequence]") {
  RandomStream random(3);
  for (const int threads : {1, 2, 3, 8}) {
    Context context(threads);
    for (int round = 0; round < 200; ++round) check_run(context, random_steps(random));
    check_run(context, {});
    check_run(context, {{.tasks = 0}});
    check_run(context, {{.tasks = 2}, {.tasks = 0, .after = 0}});
    check_run(context, std::vector<SequenceStep>(300, SequenceStep{.tasks = 2}));
  }
}

TEST_CASE("a thread without a task goes on with steps that need not wait", "[step_sequence]") {
  Context context(2);
  std::atomic<bool> second_began{false};
  // The only task of the first step ends when the second step has begun: only another thread can begin it.
  const std::vector<SequenceStep> steps{{.tasks = 1}, {.tasks = 1}};
  run_sequence(context, steps, [&] {
    return [&](int step, std::int64_t) {
      if (step == 1) second_began = true;
      while (!second_began) std::this_thread::yield();
    };
  });
  CHECK(second_began);
}

TEST_CASE("what earlier steps wrote is there", "[step_sequence]") {
  constexpr std::int64_t width = 16;
  Context context(3);
  std::vector<SequenceStep> steps(40, SequenceStep{.tasks = width});
  for (int s = 1; s < 40; ++s) steps[static_cast<std::size_t>(s)].after = s - 1;
  std::vector<std::int64_t> values(width * 40, 1);
  run_sequence(context, steps, [&] {
    return [&](int step, std::int64_t task) {
      if (step == 0) return;
      // Pascal's triangle on a ring: each value is the sum of two of the row before.
      const std::int64_t* before = values.data() + (step - 1) * width;
      values[static_cast<std::size_t>(step * width + task)] = before[task] + before[(task + 1) % width];
    };
  });
  for (std::int64_t task = 0; task < width; ++task) {
    CHECK(values[static_cast<std::size_t>(39 * width + task)] == std::int64_t{1} << 39);
  }
}

TEST_CASE("tasks of a sequence may have parallel loops", "[step_sequence]") {
  Context context(3);
  std::atomic<std::int64_t> sum{0};
  const std::vector<SequenceStep> steps{{.tasks = 4}, {.tasks = 4, .after = 0}};
  run_sequence(context, steps, [&] {
    return [&](int, std::int64_t) {
      context.parallel_for(10, 3, [&](std::int64_t begin, std::int64_t end) { sum += end - begin; });
    };
  });
  CHECK(sum == 80);
}

TEST_CASE("each thread makes one worker at most", "[step_sequence]") {
  for (const int threads : {1, 2, 4}) {
    Context context(threads);
    for (int round = 0; round < 50; ++round) {
      std::atomic<int> workers{0};
      const std::vector<SequenceStep> steps(5, SequenceStep{.tasks = 3});
      run_sequence(context, steps, [&] {
        ++workers;
        return [](int, std::int64_t) {};
      });
      REQUIRE(workers >= 1);
      REQUIRE(workers <= threads);
    }
  }
}

TEST_CASE("a step cannot wait for itself or a later one", "[step_sequence]") {
  Context context(2);
  const auto nothing = [] { return [](int, std::int64_t) {}; };
  const auto run = [&](const std::vector<SequenceStep>& steps) { run_sequence(context, steps, nothing); };
  REQUIRE_THROWS_AS(run({{.after = 0}}), ArgumentError);
  REQUIRE_THROWS_AS(run({{}, {.after = 2}, {}}), ArgumentError);
}

TEST_CASE("sequences of several callers share a pool", "[step_sequence]") {
  const auto pool = std::make_shared<ThreadPool>(3);
  std::vector<std::thread> callers;
  std::atomic<std::int64_t> sum{0};
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      Context context(pool);
      std::vector<SequenceStep> steps(20, SequenceStep{.tasks = 3});
      for (int s = 1; s < 20; ++s) steps[static_cast<std::size_t>(s)].after = s - 1;
      for (int round = 0; round < 20; ++round) {
        run_sequence(context, steps, [&] { return [&](int step, std::int64_t task) { sum += step * 3 + task; }; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(sum == 4 * 20 * (60 * 59 / 2));
}
