/// Forward declarations.
#pragma once

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI {

// core
class Allocator;
class Context;
class RandomStream;
class Shape;
class ThreadPool;

// genotype
struct Architecture;
struct Block;
struct BlockInput;
struct Cell;
class OpTable;
struct OpEntry;
struct OpInfo;

// graph
class GraphBuilder;
struct OpContext;
struct Value;

// space
class SearchSpace;

}  // namespace nasnet::inline NASNET_ABI
