#include "nasnet/redis/trial_queue.hpp"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "redis/redis_server.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using nasnet::QueuedTrial;
using nasnet::QueueStep;
using nasnet::TrialQueue;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds lease = 60ms;

nasnet::QueueSearch search(const std::string& id = "one") {
  return {.id = id, .description = {{"lease_ms", lease.count()}, {"deaths", 3}}};
}

/// A queue that holds search() and this end of it.
TrialQueue queue_on(const RedisServer& server, const std::string& name = "test") {
  TrialQueue queue(server.address(name), RedisServer::patient());
  const auto opened = queue.open(search());
  REQUIRE(opened);
  queue.attach(opened->search);
  return queue;
}

QueueStep submit(TrialQueue& queue, const std::string& key) {
  std::optional<std::string> result;
  return queue.submit(key, "trial " + key, result);
}

std::optional<QueuedTrial> claim(TrialQueue& queue, const std::string& consumer, std::chrono::milliseconds time = 1ms) {
  std::optional<QueuedTrial> trial;
  CHECK(queue.claim(consumer, time, trial) == QueueStep::done);
  return trial;
}

/// What a worker gets that stays until there is something.
QueuedTrial claim_at_last(TrialQueue& queue, const std::string& consumer) {
  for (int turn = 0; turn < 1000; ++turn) {
    if (const auto trial = claim(queue, consumer, 10ms)) return *trial;
  }
  FAIL("nothing to claim");
  return {};
}

std::vector<std::string> results(TrialQueue& queue) {
  std::string from_the_beginning = "0";
  std::vector<std::string> found;
  for (const nasnet::QueueAnswer& answer : queue.answers(from_the_beginning, 1ms)) {
    found.push_back(answer.key + "=" + answer.result);
  }
  return found;
}

}  // namespace

TEST_CASE("trials of a queue, step by step") {
  const RedisServer server;
  TrialQueue queue = queue_on(server);

  SECTION("a trial is claimed once and has one result") {
    CHECK(submit(queue, "a") == QueueStep::done);
    CHECK(submit(queue, "a") == QueueStep::known);
    const auto trial = claim(queue, "w1");
    REQUIRE(trial);
    CHECK(trial->key == "a");
    CHECK(trial->trial == "trial a");
    CHECK_FALSE(claim(queue, "w2"));
    CHECK(queue.finish(*trial, "r1") == QueueStep::done);
    CHECK(queue.finish(*trial, "r2") == QueueStep::late);
    CHECK(results(queue) == std::vector<std::string>{"a=r1"});
    CHECK_FALSE(claim(queue, "w1"));

    std::optional<std::string> result;
    queue.submit("a", "trial a", result);
    CHECK(result == "r1");
  }

  SECTION("a claim whose answer was lost on the way is repeated") {
    submit(queue, "a");
    submit(queue, "b");
    const auto first = claim(queue, "w1");
    const auto again = claim(queue, "w1");
    REQUIRE((first && again));
    CHECK(first->entry == again->entry);
  }

  SECTION("an abandoned trial goes to another worker, and the first result counts") {
    submit(queue, "a");
    const auto dead = claim(queue, "w1");
    REQUIRE(dead);
    const QueuedTrial taken = claim_at_last(queue, "w2");
    CHECK(taken.entry == dead->entry);
    CHECK(queue.beat("w1", *dead) == QueueStep::taken);
    CHECK(queue.beat("w2", taken) == QueueStep::done);
    CHECK(queue.finish(*dead, "of w1, late but first") == QueueStep::done);
    CHECK(queue.beat("w2", taken) == QueueStep::gone);
    CHECK(queue.finish(taken, "of w2") == QueueStep::late);
    CHECK(results(queue) == std::vector<std::string>{"a=of w1, late but first"});
  }

  SECTION("signs of life keep a trial, however long it takes") {
    submit(queue, "a");
    const auto trial = claim(queue, "w1");
    REQUIRE(trial);
    const auto end = std::chrono::steady_clock::now() + 6 * lease;
    bool was_stolen = false;
    std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() < end) {
      CHECK(queue.beat("w1", *trial) == QueueStep::done);
      const bool in_time = std::chrono::steady_clock::now() - last < lease / 2;  // a busy machine may starve this test
      last = std::chrono::steady_clock::now();
      if (claim(queue, "w2", 5ms)) was_stolen = in_time;
      if (!in_time) break;
    }
    CHECK_FALSE(was_stolen);
  }

  SECTION("after three deaths a trial is lost, and a late result is ignored") {
    submit(queue, "a");
    const auto first = claim(queue, "w1");
    REQUIRE(first);
    claim_at_last(queue, "w2");
    claim_at_last(queue, "w3");
    std::string last = "0";
    std::vector<nasnet::QueueAnswer> answers;
    while (answers.empty()) {
      CHECK(queue.reap() == QueueStep::done);  // as the driver does, where no worker is left
      answers = queue.answers(last, 10ms);
    }
    REQUIRE(answers.size() == 1);
    CHECK_THAT(answers[0].result, ContainsSubstring(R"("kind":"lost")"));
    CHECK_THAT(answers[0].result, ContainsSubstring("3 workers"));
    CHECK_THAT(answers[0].result, ContainsSubstring("w3"));
    CHECK_FALSE(claim(queue, "w4"));
    CHECK(queue.finish(*first, "late") == QueueStep::late);
    CHECK(results(queue).size() == 1);
  }

  SECTION("what is given back is no death and is there at once") {
    submit(queue, "a");
    for (int turn = 0; turn < 5; ++turn) {
      const auto trial = claim(queue, "w1");
      REQUIRE(trial);
      CHECK(queue.give_back("w1", *trial) == QueueStep::done);
      CHECK(queue.give_back("w1", *trial) == QueueStep::taken);
    }
    const auto trial = claim(queue, "w2");
    REQUIRE(trial);
    CHECK(trial->trial == "trial a");
    CHECK(queue.finish(*trial, "r") == QueueStep::done);
  }

  SECTION("deaths are remembered when a trial is given back") {
    submit(queue, "a");
    REQUIRE(claim(queue, "w1"));
    const QueuedTrial second = claim_at_last(queue, "w2");
    CHECK(queue.give_back("w2", second) == QueueStep::done);
    claim_at_last(queue, "w3");
    claim_at_last(queue, "w4");
    while (results(queue).empty()) queue.reap();
    CHECK_THAT(results(queue)[0], ContainsSubstring("3 workers"));
  }

  SECTION("a result for a trial that was given back counts, and the trial is not run again") {
    submit(queue, "a");
    const auto trial = claim(queue, "w1");
    REQUIRE(trial);
    queue.give_back("w1", *trial);
    CHECK(queue.finish(*trial, "r") == QueueStep::done);
    CHECK_FALSE(claim(queue, "w2"));
  }

  SECTION("another search has the queue") {
    submit(queue, "a");
    const auto trial = claim(queue, "w1");
    REQUIRE(trial);
    queue.remove();
    CHECK(queue.finish(*trial, "r") == QueueStep::gone);
    CHECK_FALSE(queue.find());
    const auto other = queue.open(search("two"));
    REQUIRE(other);
    CHECK(other->is_new);
    CHECK(queue.finish(*trial, "r") == QueueStep::gone);
    CHECK(queue.beat("w1", *trial) == QueueStep::gone);
    CHECK(queue.give_back("w1", *trial) == QueueStep::gone);
    CHECK(submit(queue, "b") == QueueStep::gone);
    std::optional<QueuedTrial> claimed;
    CHECK(queue.claim("w1", 1ms, claimed) == QueueStep::gone);
    CHECK_FALSE(claimed);
  }

  SECTION("a queue keeps the search that it has") {
    const auto other = queue.open(search("two"));
    REQUIRE(other);
    CHECK_FALSE(other->is_new);
    CHECK(other->search.id == "one");
    CHECK_FALSE(other->search.finished);
    queue.set_finished(true);
    CHECK(queue.find()->finished);
    CHECK(queue.await(1ms)->id == "one");
  }

  SECTION("queues of other names are apart") {
    TrialQueue other = queue_on(server, "other");
    submit(queue, "a");
    CHECK_FALSE(claim(other, "w1"));
  }
}

TEST_CASE("a server that was killed comes back with everything") {
  RedisServer server;
  TrialQueue queue = queue_on(server);
  submit(queue, "a");
  submit(queue, "b");
  const auto trial = claim(queue, "w1");
  REQUIRE(trial);
  server.kill();
  server.start();
  CHECK(queue.finish(*trial, "r") == QueueStep::done);
  CHECK(queue.connection().connections() == 2);
  CHECK(results(queue) == std::vector<std::string>{"a=r"});
  CHECK(claim(queue, "w1")->key == "b");
}

TEST_CASE("a server that was away gives the living the time of a lease") {
  RedisServer server;
  TrialQueue queue(server.address(), RedisServer::patient());
  nasnet::QueueSearch slow = search();
  slow.description["lease_ms"] = 2000;
  REQUIRE(queue.open(slow));
  queue.attach(slow);
  submit(queue, "a");
  REQUIRE(claim(queue, "w1"));
  server.kill();
  server.start();
  CHECK_FALSE(claim(queue, "w2"));
}

TEST_CASE("who waits for a server may be called away") {
  bool stop = false;
  RedisServer server;
  nasnet::RedisOptions options = RedisServer::patient();
  std::vector<std::string> notices;
  options.should_stop = [&] { return stop; };
  options.notice = [&](const std::string& sentence) {
    notices.push_back(sentence);
    stop = true;
  };
  TrialQueue(server.address(), RedisServer::patient());  // it runs
  TrialQueue queue(server.address(), options);
  server.kill();
  CHECK(queue.set_finished(true) == QueueStep::stopped);
  REQUIRE(notices.size() == 1);
  CHECK_THAT(notices[0], ContainsSubstring(server.address().server()));
}

TEST_CASE("a server that is not there is one sentence") {
  RedisServer server;
  server.kill();
  CHECK_THROWS_MATCHES(TrialQueue(server.address()), nasnet::IoError,
                       MessageMatches(ContainsSubstring("cannot reach a server at 127.0.0.1")));
}

TEST_CASE("a server may want a password") {
  const RedisServer server({"--requirepass", "open sesame"});
  nasnet::QueueAddress address = server.address();
  address.password_file = server.folder().write("password", std::string("open sesame\n"));
  TrialQueue queue(address, RedisServer::patient());
  CHECK(queue.open(search()));

  address.password_file.clear();
  CHECK_THROWS_MATCHES(TrialQueue(address), nasnet::IoError, MessageMatches(ContainsSubstring("wants a password")));
  address.password_file = server.folder().write("wrong", std::string("secret guess\n"));
  CHECK_THROWS_MATCHES(TrialQueue(address), nasnet::IoError,
                       MessageMatches(ContainsSubstring("does not let us in") && !ContainsSubstring("guess")));
}

TEST_CASE("a server that would lose its data is warned of") {
  const RedisServer sound;
  CHECK(TrialQueue(sound.address(), RedisServer::patient()).warnings().empty());

  const RedisServer forgetful({"--appendonly", "no", "--maxmemory-policy", "allkeys-lru"});
  const std::vector<std::string> warnings = TrialQueue(forgetful.address(), RedisServer::patient()).warnings();
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], ContainsSubstring("appendonly yes"));
  CHECK_THAT(warnings[1], ContainsSubstring("allkeys-lru"));
}

#ifndef NASNET_REDIS_TLS
TEST_CASE("without TLS an address that wants it is refused") {
  CHECK_THROWS_MATCHES(TrialQueue(nasnet::queue_address("rediss:///q")), nasnet::ArgumentError,
                       MessageMatches(ContainsSubstring("rediss://") && ContainsSubstring("hiredis 1.0") &&
                                      ContainsSubstring("ssh or stunnel")));
}
#else
TEST_CASE("with TLS a queue is used as without, and a server that nobody vouches for is refused") {
  const auto server = RedisServer::encrypted();
  const auto other = RedisServer::encrypted();
  nasnet::QueueAddress address = server->address();
  address.tls = true;
  setenv("NASNET_REDIS_CA", server->certificate().c_str(), 1);
  TrialQueue queue(address, RedisServer::patient());
  const auto opened = queue.open(search());
  REQUIRE(opened);
  CHECK(opened->is_new);

  setenv("NASNET_REDIS_CA", other->certificate().c_str(), 1);
  CHECK_THROWS_MATCHES(TrialQueue(address), nasnet::IoError,
                       MessageMatches(ContainsSubstring("no encrypted connection to 127.0.0.1")));
  setenv("NASNET_REDIS_CA", (server->folder() / "absent").c_str(), 1);
  CHECK_THROWS_MATCHES(TrialQueue(address), nasnet::IoError,
                       MessageMatches(ContainsSubstring("TLS cannot be started")));
  unsetenv("NASNET_REDIS_CA");
  CHECK_THROWS_AS(TrialQueue(server->address()), nasnet::IoError);  // without encryption
}
#endif
