#include "nasnet/genotype/json.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "catch.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/genotype/strict_json.hpp"
#include "random_architecture.hpp"

namespace {

using nasnet::architecture_from_json;
using nasnet::parse_strict_json;

std::string sentence_of(const std::string& text) {
  try {
    static_cast<void>(architecture_from_json(text));
  } catch (const nasnet::GenotypeError& error) {
    return error.what();
  }
  return "nothing wrong";
}

// An architecture whose normal cell is `cell`.
std::string with_normal(const std::string& cell) {
  return R"({"numbering": "current-first", "normal": )" + cell +
         R"(, "reduction": {"blocks": [{"left": [0, "a"], "right": [1, "a"]}]}})";
}
std::string with_block(const std::string& block) { return with_normal(R"({"blocks": [)" + block + "]}"); }

TEST_CASE("random architectures survive the JSON form") {
  nasnet::RandomStream random(5);
  for (int i = 0; i < 1000; ++i) {
    const auto architecture = nasnet_test::random_architecture(random);
    CHECK(architecture_from_json(nasnet::to_json_text(architecture)) == architecture);
    CHECK(architecture_from_json(nasnet::to_json(architecture)) == architecture);
    CHECK(nlohmann::ordered_json::parse(nasnet::to_json_text(architecture)) == nasnet::to_json(architecture));
  }
}

TEST_CASE("the JSON text is fixed") {
  const auto architecture = nasnet::architecture_from_json(with_block(R"({"left": [0, "a"], "right": [1, "b"]})"));
  CHECK(nasnet::to_json_text(architecture) ==
        R"({"numbering": "current-first",
 "normal": {"blocks": [
    {"left": [0, "a"], "right": [1, "b"], "combine": "add"}],
  "concat": [2]},
 "reduction": {"blocks": [
    {"left": [0, "a"], "right": [1, "a"], "combine": "add"}],
  "concat": [2]}})");
  CHECK(
      nasnet::to_json(architecture).dump() ==
      R"({"numbering":"current-first","normal":{"blocks":[{"left":[0,"a"],"right":[1,"b"],"combine":"add"}],"concat":[2]},)"
      R"("reduction":{"blocks":[{"left":[0,"a"],"right":[1,"a"],"combine":"add"}],"concat":[2]}})");
}

TEST_CASE("inputs and passed-on outputs are read") {
  const std::string cell = R"({"blocks": [{"left": [0, "a"], "right": [0, "a"]}], "concat": []})";
  const auto architecture = architecture_from_json(R"({"numbering": "current-first", "inputs": 1, "normal": )" + cell +
                                                   R"(, "reduction": )" + cell + "}");
  CHECK(architecture.inputs == 1);
  CHECK(architecture.normal.concat.empty());
}

TEST_CASE("each mistake is answered with its place") {
  const std::string block = R"({"left": [0, "a"], "right": [1, "a"]})";
  CHECK(sentence_of("[1]") == "architecture: an object expected, found an array of 1");
  CHECK(sentence_of(R"({"numbering": "current-first"})") == "architecture: the key \"normal\" is missing");
  CHECK(sentence_of(R"({"numbering": "current-first", "normal": 3})") ==
        "architecture: the key \"reduction\" is missing");
  CHECK(sentence_of(R"({"norml": 3})") ==
        "architecture: unknown key 'norml', did you mean 'normal'? Known are numbering, inputs, normal, reduction");
  CHECK(sentence_of(R"({"numbering": "older-first", "normal": 1, "reduction": 1})") ==
        "numbering: \"current-first\" expected (state 0 is the more recent input), found the text 'older-first'");
  CHECK(sentence_of(R"({"numbering": 1})") == "numbering: \"current-first\" expected, found 1");
  CHECK(sentence_of(R"({"numbering": "current-first", "inputs": 2.5})") ==
        "inputs: a number of inputs expected, found 2.5");
  CHECK(sentence_of(R"({"numbering": "current-first", "inputs": 0})") ==
        "inputs: a cell has 1 to 1000 inputs, found 0");
  CHECK(sentence_of(R"({"numbering": "current-first", "inputs": 4294967298})") ==
        "inputs: a number of inputs expected, found 4294967298, which is out of range");
  CHECK(sentence_of(R"({"numbering": "current-first", "inputs": -9000000000})") ==
        "inputs: a number of inputs expected, found -9000000000, which is out of range");
  CHECK(sentence_of(with_normal("true")) == "normal: an object expected, found true");
  CHECK(sentence_of(with_normal("{}")) == "normal: the key \"blocks\" is missing");
  CHECK(sentence_of(with_normal(R"({"blocks": {}})")) == "normal.blocks: an array of blocks expected, found an object");
  CHECK(sentence_of(with_normal(R"({"blocks": []})")) == "normal.blocks: a cell needs at least one block");
  CHECK(sentence_of(with_normal(R"({"blocks": [)" + block + R"(], "concat": "2"})")) ==
        "normal.concat: an array of states expected, found the text '2'");
  CHECK(sentence_of(with_normal(R"({"blocks": [)" + block + R"(], "concat": [2, null]})")) ==
        "normal.concat[1]: a state number expected, found null");
  CHECK(sentence_of(with_block("7")) == "normal.blocks[0]: an object expected, found 7");
  CHECK(sentence_of(with_block(R"({"left": [0, "a"]})")) == "normal.blocks[0]: the key \"right\" is missing");
  CHECK(sentence_of(with_block(block + R"(, {"left": 0, "right": [1, "a"]})")) ==
        "normal.blocks[1].left: [state, \"op\"] expected, found 0");
  CHECK(sentence_of(with_block(R"({"left": [0, "a", 1], "right": [1, "a"]})")) ==
        "normal.blocks[0].left: [state, \"op\"] expected, found an array of 3");
  CHECK(sentence_of(with_block(R"({"left": ["a", 0], "right": [1, "a"]})")) ==
        "normal.blocks[0].left: a state number expected, found the text 'a'");
  CHECK(sentence_of(with_block(R"({"left": [0, []], "right": [1, "a"]})")) ==
        "normal.blocks[0].left: the name of an op expected, found an array of 0");
  CHECK(sentence_of(with_block(R"({"left": [0, "a b"], "right": [1, "a"]})")) ==
        "normal.blocks[0].left: the name of an op is made of letters, digits, '_' and '-', the first a letter or '_', "
        "found "
        "'a b'");
  CHECK(sentence_of(with_block(R"({"left": [0, "a"], "right": [1, "a"], "combine": "sum"})")) ==
        "normal.blocks[0].combine: unknown combiner 'sum'; known are add, concat, add_layer_norm, add_instance_norm");
  CHECK(sentence_of(with_block(R"({"left": [0, "a"], "right": [1, "a"], "combine": null})")) ==
        "normal.blocks[0].combine: the name of a combiner expected, found null");
  CHECK(sentence_of(with_block(R"({"left": [0, "a"], "right": [2, "a"]})")) ==
        "normal.blocks[0].right: state 2 is the block's own output; it may read states 0 to 1");
}

TEST_CASE("a file without its numbering is refused, whatever else it holds") {
  auto json = nasnet::to_json(nasnet::published_architecture("nasnet-a"));
  CHECK(sentence_of(json.dump()) == "nothing wrong");
  json.erase("numbering");
  CHECK(sentence_of(json.dump()) == "architecture: the key \"numbering\" is missing");
  CHECK(sentence_of("{}") == "architecture: the key \"numbering\" is missing");
  CHECK_THROWS_WITH(architecture_from_json(json, "architecture"), "architecture: the key \"numbering\" is missing");
}

TEST_CASE("a value within a larger one is named by its path") {
  const auto file = nlohmann::json::parse(
      R"({"architecture": {"numbering": "current-first", "normal": {"blocks": 3}, "reduction": {}}})");
  CHECK_THROWS_WITH(architecture_from_json(file["architecture"], "architecture"),
                    "architecture.normal.blocks: an array of blocks expected, found 3");
  auto broken = nasnet::to_json(nasnet::published_architecture("nasnet-a"));
  broken["normal"]["blocks"][0]["left"][0] = 9;
  CHECK_THROWS_WITH(architecture_from_json(broken, "architecture"),
                    Catch::Matchers::StartsWith("architecture.normal.blocks[0].left: state 9 does not exist"));
}

TEST_CASE("broken syntax is answered with line and column") {
  CHECK(sentence_of("{\n  \"normal\": x\n}") ==
        "architecture: line 2, column 13: syntax error while parsing value - invalid literal; last read: '\"normal\": "
        "x'");
  CHECK_THAT(sentence_of(""), Catch::Matchers::StartsWith("architecture: line 1, column 1: syntax error"));
  CHECK_THAT(sentence_of("{} {}"), Catch::Matchers::StartsWith("architecture: line 1, column 4: syntax error"));
  CHECK_THAT(sentence_of("[1e999]"), Catch::Matchers::ContainsSubstring("number overflow"));
  CHECK_THAT(sentence_of("\"\xff\""), Catch::Matchers::ContainsSubstring("ill-formed UTF-8"));
  CHECK(sentence_of("\"" + std::string(1'000'000, 'a')).size() < 400);
}

TEST_CASE("a repeated key is refused with its path") {
  CHECK(sentence_of(with_normal(R"({"blocks": [{"left": [0, "a"], "left": [1, "a"]}]})")) ==
        "architecture: normal.blocks[0]: key 'left' stands there twice");
  CHECK(sentence_of(R"({"normal": 1, "normal": 2})") == "architecture: key 'normal' stands there twice");
}

TEST_CASE("deep nesting is refused, whatever its depth") {
  for (const std::size_t depth : {std::size_t{64}, std::size_t{65}, std::size_t{1'000'000}}) {
    const std::string arrays = std::string(depth, '[') + std::string(depth, ']');
    if (depth <= nasnet::max_json_depth) {
      CHECK(parse_strict_json(arrays, "text").is_array());
    } else {
      CHECK_THROWS_WITH(parse_strict_json(arrays, "text"), Catch::Matchers::EndsWith("nested deeper than 64 levels"));
    }
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i) objects.append("{\"a\":");
    CHECK_THROWS_AS(parse_strict_json(objects, "text"), nasnet::GenotypeError);
  }
}

TEST_CASE("huge cells are refused before they are looked at") {
  std::string blocks(R"({"left": [0, "a"], "right": [1, "a"]})");
  for (int i = 0; i < 1000; ++i) blocks.append(R"(, {"left": [0, "a"], "right": [1, "a"]})");
  CHECK(sentence_of(with_block(blocks)) == "normal.blocks: 1001 blocks found, at most 1000 are possible");
}

TEST_CASE("no prefix and no changed byte of a JSON text crashes") {
  const std::string text = nasnet::to_json_text(nasnet::published_architecture("darts-v1"));
  nasnet::RandomStream random(6);
  for (std::size_t size = 0; size < text.size(); ++size) {
    CHECK(sentence_of(text.substr(0, size)) != "nothing wrong");
    std::string changed = text;
    changed[size] = static_cast<char>(random.below(256));
    static_cast<void>(sentence_of(changed));
  }
}

}  // namespace
