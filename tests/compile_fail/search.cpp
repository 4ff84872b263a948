// Strategies and evaluators that lack something.
//
// error 1: a strategy needs ask\(\) that returns a nasnet::Answer
// error 2: a strategy needs tell\(const nasnet::Trial&\)
// error 3: a strategy needs save\(\) const -> nlohmann::json
// error 4: a strategy needs settings\(\) const -> nlohmann::json
// error 5: an evaluator
#include <nlohmann/json_fwd.hpp>

#include "nasnet/evaluator/evaluator.hpp"
#include "nasnet/strategy/strategy.hpp"

struct Ask {
  nasnet::Answer ask();
};
struct Tell {
  void tell(const nasnet::Trial& trial);
};
struct Save {
  nlohmann::json save() const;
  void load(const nlohmann::json& state);
};
struct Settings {
  nlohmann::json settings() const;
};
struct Whole : Ask, Tell, Save, Settings {};
static_assert(nasnet::detail::check_strategy<Whole>());

#if CASE == 1
struct Mute : Tell, Save, Settings {};
static_assert(nasnet::detail::check_strategy<Mute>());
#elif CASE == 2
struct Deaf : Ask, Save, Settings {};
static_assert(nasnet::detail::check_strategy<Deaf>());
#elif CASE == 3
struct Forgetful : Ask, Tell, Settings {};
static_assert(nasnet::detail::check_strategy<Forgetful>());
#elif CASE == 4
struct Nondescript : Ask, Tell, Save {};
static_assert(nasnet::detail::check_strategy<Nondescript>());
#elif CASE == 5
struct Judgeless {};
static_assert(nasnet::detail::check_evaluator<Judgeless>());
#endif
