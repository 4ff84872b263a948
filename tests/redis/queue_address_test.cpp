#include "nasnet/redis/queue_address.hpp"

#include <cstdlib>
#include <string>

#include "catch.hpp"
#include "core/temporary_folder.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using nasnet::queue_address;

TEST_CASE("addresses of queues") {
  const nasnet::QueueAddress whole = queue_address("redis://node7:7000/cells-1");
  CHECK(whole.host == "node7");
  CHECK(whole.port == 7000);
  CHECK(whole.name == "cells-1");
  CHECK_FALSE(whole.tls);
  CHECK_FALSE(whole.is_local());
  CHECK(whole.server() == "node7:7000");

  const nasnet::QueueAddress least = queue_address("redis:///cells");
  CHECK(least.host == "127.0.0.1");
  CHECK(least.port == 6379);
  CHECK(least.is_local());

  const nasnet::QueueAddress locked = queue_address("rediss://:/etc/a@b/secret@[::1]:1/q");
  CHECK(locked.tls);
  CHECK(locked.password_file == "/etc/a@b/secret");
  CHECK(locked.user.empty());
  CHECK(locked.host == "::1");
  CHECK(locked.server() == "[::1]:1");
  CHECK(queue_address("redis://me:f@h/q").user == "me");
}

TEST_CASE("addresses that are none are refused without being repeated") {
  for (const char* text : {"", "redis://", "http://a/b", "redis://a", "redis://a/", "redis://a:0/q",
                           "redis://a:65536/q", "redis://a:x/q", "redis://a/q q", "redis://a/b/c", "redis://secret@a/q",
                           "redis://:@a/q", "redis://[::1/q", "redis://[::1]x/q", "redis://[]:1/q"}) {
    INFO(text);
    CHECK_THROWS_AS(queue_address(text), nasnet::ArgumentError);
  }
  CHECK_THROWS_MATCHES(queue_address("redis://secret@a/q"), nasnet::ArgumentError,
                       MessageMatches(!ContainsSubstring("secret@")));
}

TEST_CASE("the password comes from a file or the environment") {
  const TemporaryFolder folder;
  nasnet::QueueAddress address = queue_address("redis:///q");
  unsetenv("NASNET_REDIS_PASSWORD");
  CHECK_FALSE(address.password());
  setenv("NASNET_REDIS_PASSWORD", "from the environment", 1);
  CHECK(address.password() == "from the environment");
  address.password_file = folder.write("password", std::string("from the file\nand more\n"));
  CHECK(address.password() == "from the file");
  unsetenv("NASNET_REDIS_PASSWORD");

  address.password_file = folder.write("empty", std::string("\n"));
  CHECK_THROWS_MATCHES(address.password(), nasnet::IoError, MessageMatches(ContainsSubstring("empty line")));
  address.password_file = "my-secret";
  CHECK_THROWS_MATCHES(address.password(), nasnet::IoError, MessageMatches(!ContainsSubstring("my-secret")));
}
