/// Elementwise loops with vectors: out[i] = f(a[i], b[i], ...), split over the threads.
///
/// A lane function is a type with an operator()(out, in...), a NASNET_ALWAYS_INLINE template that sets `out` from
/// values of the same type: a scalar or a vector. Its kernels are made where it is called, so that each is called in
/// one source of the compiled library.
#pragma once

#include <cstddef>  // size_t
#include <cstdint>  // int64_t
#include <utility>  // index_sequence, make_index_sequence

#include "nasnet/core/context.hpp"
#include "nasnet/ops/detail/map.hpp"
#include "nasnet/ops/detail/simd.hpp"
#include "nasnet/primitive/op_call.hpp"

namespace nasnet::inline NASNET_ABI::detail {

template <class Scalar, class Function, std::size_t inputs>
struct LaneJob {
  std::int64_t count = 0;
  Scalar* out = nullptr;
  Function function{};
  const Scalar* in[inputs == 0 ? 1 : inputs] = {};
};

template <bool accumulate, std::size_t inputs>
struct LaneKernel {
  template <class Target, class Job>
  static NASNET_ALWAYS_INLINE void run(const Job& given) {
    using Full = typename Target::Full;
    using Single = Lanes<Target::set, typename Target::Scalar, 1>;
    const Job job = given;
    std::int64_t i = 0;
    for (; i + Full::width <= job.count; i += Full::width) {
      step<Full, typename Full::Vector>(job, i, std::make_index_sequence<inputs>{});
    }
    for (; i < job.count; ++i) {
      step<Single, typename Target::Scalar>(job, i, std::make_index_sequence<inputs>{});
    }
  }

 private:
  template <class L, class Value>
  static NASNET_ALWAYS_INLINE void read(Value& value, const typename L::Scalar* from) {
    if constexpr (L::width == 1) {
      value = *from;
    } else {
      load<L>(value, from);
    }
  }

  template <class L, class Value>
  static NASNET_ALWAYS_INLINE void write(typename L::Scalar* to, const Value& value) {
    if constexpr (L::width == 1) {
      *to = value;
    } else {
      store<L>(to, value);
    }
  }

  template <class L, class Value, class Job, std::size_t... index>
  static NASNET_ALWAYS_INLINE void step(const Job& job, std::int64_t i, std::index_sequence<index...>) {
    Value in[inputs == 0 ? 1 : inputs];
    (read<L>(in[index], job.in[index] + i), ...);
    Value out{};
    job.function(out, in[index]...);
    if constexpr (accumulate) {
      Value before;
      read<L>(before, job.out + i);
      out += before;
    }
    write<L>(job.out + i, out);
  }
};

/// out[i] = f(in[i]...), or out[i] += it, on this thread.
template <class Scalar, class Function, class... Inputs>
void run_lanes(std::int64_t count, Scalar* out, bool accumulate, const Function& f, const Inputs*... in) {
  const LaneJob<Scalar, Function, sizeof...(in)> job{count, out, f, {in...}};
  if (accumulate) {
    run_kernel<LaneKernel<true, sizeof...(in)>, Scalar>(instruction_set(), job);
  } else {
    run_kernel<LaneKernel<false, sizeof...(in)>, Scalar>(instruction_set(), job);
  }
}

/// out[i] = f(in[i]...) for all elements of out.
template <class Scalar, class Function, class... Inputs>
void map_lanes(Context& context, Tensor<Scalar>& out, const Function& f, const Inputs*... in) {
  Scalar* to = out.data();
  context.parallel_for(out.elements(), map_grain, [&](std::int64_t begin, std::int64_t end) {
    run_lanes(end - begin, to + begin, false, f, (in + begin)...);
  });
}

/// Writes f(in[i]...) to the slot's tensor or adds it; nothing for an empty slot.
template <class Scalar, class Function, class... Inputs>
void map_lanes_gradient(Context& context, GradientSlot<Scalar> slot, const Function& f, const Inputs*... in) {
  if (!slot) return;
  Scalar* to = slot.tensor->data();
  context.parallel_for(slot.tensor->elements(), map_grain, [&](std::int64_t begin, std::int64_t end) {
    run_lanes(end - begin, to + begin, slot.accumulate, f, (in + begin)...);
  });
}

/// out = 0.
struct ZeroLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out) const {
    out = Value{};
  }
};

/// out = a.
struct CopyLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& a) const {
    out = a;
  }
};

/// out = a + b.
struct AddLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& a, const Value& b) const {
    out = a + b;
  }
};

/// out = a - b.
struct SubtractLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& a, const Value& b) const {
    out = a - b;
  }
};

/// out = a * b.
struct MultiplyLanes {
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& a, const Value& b) const {
    out = a * b;
  }
};

/// out = factor * a.
template <class Scalar>
struct ScaleLanes {
  Scalar factor = 1;
  template <class Value>
  NASNET_ALWAYS_INLINE void operator()(Value& out, const Value& a) const {
    out = a * factor;
  }
};

}  // namespace nasnet::inline NASNET_ABI::detail
