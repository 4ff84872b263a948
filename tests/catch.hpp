// Catch2, version 2 or 3, under the names of version 3.
//
//   Approx(x), Catch::Approx(x)
//   Catch::Matchers::ContainsSubstring, StartsWith, EndsWith, Equals, WithinAbs, WithinRel, WithinULP
//   Catch::Matchers::Message(text), MessageMatches(string matcher)   for REQUIRE_THROWS_MATCHES
//     (name them one by one: `using namespace Catch::Matchers` brings a second Approx)
//   GENERATE with values, range, random, take, ... of Catch::Generators
#pragma once

#if __has_include(<catch2/catch_all.hpp>)

#include <catch2/catch_all.hpp>

#else

#include <catch2/catch.hpp>
#include <exception>  // exception
#include <string>     // string

namespace Catch {

using Detail::Approx;

namespace Matchers {

inline StdString::ContainsMatcher ContainsSubstring(const std::string& text,
                                                    CaseSensitive::Choice sensitivity = CaseSensitive::Yes) {
  return Contains(text, sensitivity);
}

/// Matches an exception whose text the given string matcher accepts.
template <class StringMatcher>
class MessageMatcher : public Impl::MatcherBase<std::exception> {
 public:
  explicit MessageMatcher(StringMatcher matcher) : matcher_(matcher) {}
  bool match(const std::exception& error) const override { return matcher_.match(error.what()); }
  std::string describe() const override { return "exception message " + matcher_.toString(); }

 private:
  StringMatcher matcher_;
};

template <class StringMatcher>
MessageMatcher<StringMatcher> MessageMatches(const StringMatcher& matcher) {
  return MessageMatcher<StringMatcher>(matcher);
}

}  // namespace Matchers
}  // namespace Catch

#endif

using Catch::Approx;
