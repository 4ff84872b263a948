// The headers of component redis.
#include <nasnet/redis/queue_evaluator.hpp>
#include <nasnet/redis/queue_worker.hpp>

int main() { return nasnet::queue_address("redis:///name").port == 6379 ? 0 : 1; }
