/// Any search space as a value, so that a strategy need not know which one it searches.
#pragma once

#include <concepts>  // convertible_to, same_as
#include <cstdint>   // int64_t, uint64_t
#include <memory>    // make_shared, shared_ptr
#include <optional>  // optional
#include <span>      // span
#include <string>    // string
#include <utility>   // move
#include <vector>    // vector

#include "nasnet/core/random.hpp"
#include "nasnet/genotype/architecture.hpp"
#include "nasnet/genotype/op_set.hpp"
#include "nasnet/space/big_unsigned.hpp"
#include "nasnet/space/search_space.hpp"

namespace nasnet::inline NASNET_ABI {

/// What a search space can do; SearchSpace says what each function means. An architecture is a sequence of decisions,
/// each a number from 0 to choices - 1, and a neighbour differs in one of them.
template <class T>
concept ArchitectureSpace = requires(const T& space, const Architecture& architecture, std::span<const int> sequence,
                                     RandomStream& random, int position, std::int64_t index) {
  { space.ops() } -> std::convertible_to<OpTable>;
  { space.decisions() } -> std::convertible_to<int>;
  { space.choices(position) } -> std::convertible_to<int>;
  { space.encode(architecture) } -> std::convertible_to<std::vector<int>>;
  { space.decode(sequence) } -> std::convertible_to<Architecture>;
  { space.sequences() } -> std::convertible_to<BigUnsigned>;
  { space.at(index) } -> std::convertible_to<Architecture>;
  { space.sample(random) } -> std::convertible_to<Architecture>;
  { space.mutate(architecture, random) } -> std::convertible_to<Architecture>;
  { space.crossover(architecture, architecture, random) } -> std::convertible_to<Architecture>;
  { space.neighbours(architecture) } -> std::convertible_to<std::vector<Architecture>>;
  { space.canonical_hash(architecture) } -> std::convertible_to<std::uint64_t>;
  { space.reason_against(architecture) } -> std::convertible_to<std::optional<std::string>>;
  { space.description() } -> std::convertible_to<std::string>;
};

/// A search space of any type. Copies share one, which never changes.
class AnySpace {
 public:
  template <class T>
    requires(!std::same_as<T, AnySpace> && (ArchitectureSpace<T> || std::convertible_to<T, SearchSpace>))
  AnySpace(T space)  // NOLINT: a space is any space
  {
    if constexpr (ArchitectureSpace<T>) {
      space_ = std::make_shared<const Model<T>>(std::move(space));
    } else {
      space_ = std::make_shared<const Model<SearchSpace>>(SearchSpace(space));
    }
  }

  /// What architectures are made of; some may lack their expansions.
  NASNET_LAZY [[nodiscard]] OpTable ops() const { return space_->ops(); }
  NASNET_LAZY [[nodiscard]] int decisions() const { return space_->decisions(); }
  NASNET_LAZY [[nodiscard]] int choices(int position) const { return space_->choices(position); }
  NASNET_LAZY [[nodiscard]] std::vector<int> encode(const Architecture& architecture) const {
    return space_->encode(architecture);
  }
  NASNET_LAZY [[nodiscard]] Architecture decode(std::span<const int> sequence) const {
    return space_->decode(sequence);
  }
  NASNET_LAZY [[nodiscard]] BigUnsigned sequences() const { return space_->sequences(); }
  NASNET_LAZY [[nodiscard]] Architecture at(std::int64_t index) const { return space_->at(index); }
  NASNET_LAZY [[nodiscard]] Architecture sample(RandomStream& random) const { return space_->sample(random); }
  NASNET_LAZY [[nodiscard]] Architecture mutate(const Architecture& architecture, RandomStream& random) const {
    return space_->mutate(architecture, random);
  }
  NASNET_LAZY [[nodiscard]] Architecture crossover(const Architecture& first, const Architecture& second,
                                                   RandomStream& random) const {
    return space_->crossover(first, second, random);
  }
  NASNET_LAZY [[nodiscard]] std::vector<Architecture> neighbours(const Architecture& architecture) const {
    return space_->neighbours(architecture);
  }
  NASNET_LAZY [[nodiscard]] std::uint64_t canonical_hash(const Architecture& architecture) const;
  NASNET_LAZY [[nodiscard]] std::optional<std::string> reason_against(const Architecture& architecture) const {
    return space_->reason_against(architecture);
  }
  NASNET_LAZY [[nodiscard]] bool contains(const Architecture& architecture) const;
  NASNET_LAZY [[nodiscard]] std::string description() const { return space_->description(); }

  /// 16 hexadecimal digits of the description.
  NASNET_LAZY [[nodiscard]] std::string fingerprint() const;

 private:
  struct Interface {
    Interface() = default;
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;
    virtual ~Interface() = default;
    [[nodiscard]] virtual OpTable ops() const = 0;
    [[nodiscard]] virtual int decisions() const = 0;
    [[nodiscard]] virtual int choices(int position) const = 0;
    [[nodiscard]] virtual std::vector<int> encode(const Architecture& architecture) const = 0;
    [[nodiscard]] virtual Architecture decode(std::span<const int> sequence) const = 0;
    [[nodiscard]] virtual BigUnsigned sequences() const = 0;
    [[nodiscard]] virtual Architecture at(std::int64_t index) const = 0;
    [[nodiscard]] virtual Architecture sample(RandomStream& random) const = 0;
    [[nodiscard]] virtual Architecture mutate(const Architecture& architecture, RandomStream& random) const = 0;
    [[nodiscard]] virtual Architecture crossover(const Architecture& first, const Architecture& second,
                                                 RandomStream& random) const = 0;
    [[nodiscard]] virtual std::vector<Architecture> neighbours(const Architecture& architecture) const = 0;
    [[nodiscard]] virtual std::uint64_t canonical_hash(const Architecture& architecture) const = 0;
    [[nodiscard]] virtual std::optional<std::string> reason_against(const Architecture& architecture) const = 0;
    [[nodiscard]] virtual std::string description() const = 0;
  };

  template <class T>
  struct Model final : Interface {
    explicit Model(T space) : space_(std::move(space)) {}
    [[nodiscard]] OpTable ops() const override { return space_.ops(); }
    [[nodiscard]] int decisions() const override { return space_.decisions(); }
    [[nodiscard]] int choices(int position) const override { return space_.choices(position); }
    [[nodiscard]] std::vector<int> encode(const Architecture& a) const override { return space_.encode(a); }
    [[nodiscard]] Architecture decode(std::span<const int> sequence) const override { return space_.decode(sequence); }
    [[nodiscard]] BigUnsigned sequences() const override { return space_.sequences(); }
    [[nodiscard]] Architecture at(std::int64_t index) const override { return space_.at(index); }
    [[nodiscard]] Architecture sample(RandomStream& random) const override { return space_.sample(random); }
    [[nodiscard]] Architecture mutate(const Architecture& a, RandomStream& random) const override {
      return space_.mutate(a, random);
    }
    [[nodiscard]] Architecture crossover(const Architecture& a, const Architecture& b,
                                         RandomStream& random) const override {
      return space_.crossover(a, b, random);
    }
    [[nodiscard]] std::vector<Architecture> neighbours(const Architecture& a) const override {
      return space_.neighbours(a);
    }
    [[nodiscard]] std::uint64_t canonical_hash(const Architecture& a) const override {
      return space_.canonical_hash(a);
    }
    [[nodiscard]] std::optional<std::string> reason_against(const Architecture& a) const override {
      return space_.reason_against(a);
    }
    [[nodiscard]] std::string description() const override { return space_.description(); }

   private:
    T space_;
  };

  std::shared_ptr<const Interface> space_;
};

}  // namespace nasnet::inline NASNET_ABI

#if NASNET_HEADER_ONLY
#include "nasnet/space/any_space.ipp"
#endif
