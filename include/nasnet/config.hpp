/// The macros of the library, but for those that its CMake targets define. None of them changes a layout or a result.
#pragma once

#if !defined(__GNUC__)
#error "nasnet needs GCC or Clang: MSVC lacks the vectors and the inline assembly of the kernels"
#endif
#if __cplusplus < 202002L
#error "nasnet needs C++20: compile with -std=c++20"
#endif

/// 1 where the program links nasnet::compiled, whose target defines NASNET_COMPILED; 0 where the headers are all there
/// is.
#if defined(NASNET_COMPILED)
#define NASNET_HEADER_ONLY 0
#else
#define NASNET_HEADER_ONLY 1
#endif

/// The inline namespace of all that the library declares. Its name says how a program was built: what crosses from one
/// form into the other fails to link, and the linker's message says which.
#if NASNET_HEADER_ONLY
#define NASNET_ABI v0_header_only
#else
#define NASNET_ABI v0_compiled
#endif

// Where bodies stand. A header declares; the file of the same name that ends in .ipp has the bodies. Header-only, the
// header includes it; otherwise the compiled library does, once.
//
// Header-only, functions are templates without parameters to deduce: the compiler reads their bodies, but does no work
// for those that the program does not call. As inline functions they would cost every file that includes them the
// instantiation of all that they use.

/// NASNET_LAZY stands before the declaration of a function whose body is in the .ipp file, and before a private one or
/// a class of that file with its body right there (made as Name(...), without <>). NASNET_BODY stands before the body
/// in the .ipp file; NASNET_INLINE before one that cannot be a template: virtual, a destructor, a copy or a move.
#if NASNET_HEADER_ONLY
#define NASNET_LAZY template <class = void>
#define NASNET_BODY template <class>
#define NASNET_INLINE inline
#else
#define NASNET_LAZY
#define NASNET_BODY
#define NASNET_INLINE
#endif

/// 1 where exceptions are enabled, else 0.
#if defined(__cpp_exceptions) || defined(__EXCEPTIONS)
#define NASNET_HAS_EXCEPTIONS 1
#else
#define NASNET_HAS_EXCEPTIONS 0
#endif

/// Throws its argument; prints its text and aborts where exceptions are off. Called only from cold functions.
#if NASNET_HAS_EXCEPTIONS
#define NASNET_THROW(...) throw __VA_ARGS__
#else
#include <cstdio>   // fputs, stderr
#include <cstdlib>  // abort
#define NASNET_THROW(...)                     \
  do {                                        \
    std::fputs((__VA_ARGS__).what(), stderr); \
    std::fputs("\n", stderr);                 \
    std::abort();                             \
  } while (false)
#endif

/// Marks a function that runs only when something went wrong.
#define NASNET_COLD [[gnu::cold, gnu::noinline]]

/// Puts a function's body into its callers, whatever the optimiser thinks: bodies of vector kernels, which take on the
/// instruction set of the function that they end up in.
#define NASNET_ALWAYS_INLINE inline __attribute__((always_inline))

/// 1 where functions for stronger x86 processors than the compiler's target can be built.
#if defined(__x86_64__)
#define NASNET_HAS_X86_TARGETS 1
#define NASNET_TARGET_AVX2 __attribute__((target("avx2,fma")))
#else
#define NASNET_HAS_X86_TARGETS 0
#define NASNET_TARGET_AVX2
#endif

/// 1 where the compiler's target is AArch64, whose vectors of 16 bytes come with multiply-adds and 32 registers.
#if defined(__aarch64__)
#define NASNET_HAS_NEON 1
#else
#define NASNET_HAS_NEON 0
#endif

// clang halves vectors of 64 bytes where it tunes for processors that prefer 32, unless it is told their width.
#if NASNET_HAS_X86_TARGETS && defined(__clang__)
#define NASNET_TARGET_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"), min_vector_width(512)))
#elif NASNET_HAS_X86_TARGETS
#define NASNET_TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#else
#define NASNET_TARGET_AVX512
#endif

/// Before a loop of few turns, known when compiling: all turns one after another, so that arrays of vectors that the
/// loop indexes stay in registers.
#define NASNET_UNROLL _Pragma("GCC unroll 64")
