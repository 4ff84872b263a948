// The box for JSON: what goes in comes out, copies are deep, and it goes into other JSON as the value that it holds.
#include "nasnet/core/json_value.hpp"

#include <nlohmann/json.hpp>  // json, ordered_json
#include <type_traits>        // is_constructible_v, is_convertible_v, is_nothrow_move_constructible_v
#include <utility>            // move

#include "catch.hpp"

namespace {

using nasnet::JsonValue;
using nlohmann::json;

json taken(const json& value) { return value; }

}  // namespace

TEST_CASE("json value: what goes in comes out") {
  CHECK(JsonValue().get() == json::object());
  const json tree{{"name", "random"}, {"seeds", {1, 2}}};
  const JsonValue copied = tree;
  CHECK(copied.get() == tree);
  json source = tree;
  const JsonValue moved = std::move(source);
  CHECK(moved.get() == tree);
  const JsonValue null = json();
  CHECK(null.get().is_null());
}

TEST_CASE("json value: copies are deep") {
  JsonValue first = json{{"depth", 1}};
  const JsonValue second = first;
  CHECK(first == second);
  first.get()["depth"] = 2;
  CHECK(second.get()["depth"] == 1);
  CHECK_FALSE(first == second);
  JsonValue third;
  third = first;
  first.get()["depth"] = 3;
  CHECK(third.get()["depth"] == 2);
  third = std::move(first);
  CHECK(third.get()["depth"] == 3);
}

TEST_CASE("json value: what was moved from may be assigned, copied and destroyed") {
  JsonValue first = json{{"depth", 1}};
  const JsonValue second = std::move(first);
  const JsonValue third = first;  // NOLINT: that is the test
  first = second;
  CHECK(first.get()["depth"] == 1);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<JsonValue>);
}

TEST_CASE("json value: is JSON where JSON is wanted") {
  const JsonValue value = json{{"name", "mine"}};
  CHECK(taken(value) == value.get());
  CHECK(value["name"] == "mine");
  JsonValue changed = value;
  changed["name"] = "yours";
  CHECK(changed.get().dump() == R"({"name":"yours"})");
  CHECK(value == json{{"name", "mine"}});
  CHECK(json{{"name", "mine"}} == value);
  CHECK_FALSE(value == json{{"name", "yours"}});
  json tree{{"strategy", value}};
  tree["again"] = value;
  CHECK(tree.dump() == R"({"again":{"name":"mine"},"strategy":{"name":"mine"}})");
  const json list = json::array({value, value});
  CHECK(list.size() == 2);
  CHECK(list[1]["name"] == "mine");
  const nlohmann::ordered_json ordered = value.get();
  CHECK(ordered["name"] == "mine");
}

TEST_CASE("json value: nothing but JSON becomes one") {
  STATIC_REQUIRE(std::is_convertible_v<json, JsonValue>);
  STATIC_REQUIRE(std::is_convertible_v<const json&, JsonValue>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<JsonValue, int>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<JsonValue, const char*>);
}
