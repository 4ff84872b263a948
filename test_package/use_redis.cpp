// A port at which no server listens: hiredis says so.
#include <cstdio>

#include <nasnet/redis/connection.hpp>

int main() {
  try {
    nasnet::RedisConnection(nasnet::queue_address("redis://127.0.0.1:1/name"));
  } catch (const nasnet::Error& error) {
    std::puts(error.what());
    return 0;
  }
  return 1;
}
