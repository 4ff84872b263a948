#include "nasnet/report/result_file.hpp"

#include <string>
#include <string_view>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "nasnet/genotype/json.hpp"
#include "nasnet/genotype/published.hpp"
#include "nasnet/graph/named_networks.hpp"

using namespace nasnet;
using Catch::Matchers::ContainsSubstring;

namespace {

SearchResult sample() {
  SearchResult result{.architecture = published_architecture("nasnet-a")};
  result.network = {.input_channels = 1, .classes = 7, .cells_per_stack = 3, .filters = 12};
  result.normalisation = {.mean = {0.25F}, .deviation = {0.1F}};
  result.validation_accuracy = 0.8815;
  result.test_accuracy = 0.9043;
  return result;
}

std::string sentence_of(const std::string& text) {
  const TemporaryFolder folder;
  const auto path = folder.write("file.json", text);
  try {
    static_cast<void>(read_result(path));
  } catch (const GenotypeError& error) {
    return error.what();
  }
  return "nothing wrong";
}

std::string with(const std::string& part) {
  return R"({"format": 1, "architecture": )" + to_json_text(published_architecture("darts-v1")) + ", " + part + "}";
}

}  // namespace

TEST_CASE("result file: what is written is read back") {
  const TemporaryFolder folder;
  SearchResult result = sample();
  result.network.stem = Stem::imagenet;
  result.network.skip_reduction_input = true;
  result.network.batch_norm = {.epsilon = 1e-3, .decay = 0.75};
  result.network.image_size = Size{64, 48};
  write_result(result, folder / "best.json");
  const SearchResult read = read_result(folder / "best.json");
  CHECK(to_json_text(read) == to_json_text(result));
  CHECK(read.architecture == result.architecture);
  CHECK(read.normalisation == result.normalisation);
  CHECK(read.network.image_size == Size{64, 48});
  CHECK(read.network.batch_norm.decay == 0.75);
  CHECK(read.validation_accuracy == 0.8815);
}

TEST_CASE("result file: of several evaluations with a budget") {
  const TemporaryFolder folder;
  SearchResult result = sample();
  CHECK(to_json_text(result).find("budget") == std::string::npos);
  CHECK(to_json_text(result).find("evaluations") == std::string::npos);
  result.budget = 27;
  result.evaluations = 3;
  write_result(result, folder / "best.json");
  CHECK(read_result(folder / "best.json").budget == 27);
  CHECK(read_result(folder / "best.json").evaluations == 3);
  for (const char* value : {"0", "-1", "1.5", "\"x\"", "9223372036854775808"}) {
    for (const char* key : {"budget", "evaluations"}) {
      CHECK_THAT(sentence_of(with(join('"', key, "\": ", value))),
                 ContainsSubstring(join("file.json': ", key, ": a whole number from 1 expected, found ")));
    }
  }
}

TEST_CASE("result file: every published network goes through a file and comes back the same graph") {
  const TemporaryFolder folder;
  for (const std::string_view name : network_names) {
    INFO(name);
    const SearchResult network = find_network(std::string(name));
    write_result(network, folder / "network.json");
    const SearchResult read = find_network((folder / "network.json").string());
    CHECK(to_json_text(read) == to_json_text(network));
    CHECK(read.architecture == network.architecture);
    CHECK(read.network.reduction_starts_stack == network.network.reduction_starts_stack);
    CHECK(read.network.skip_reduction_input == network.network.skip_reduction_input);
    CHECK(read.network.cell_count() == network.network.cell_count());
  }
  CHECK(find_network("nasnet-a-cifar-2@48").network.filters == 2);
}

TEST_CASE("result file: the text form") {
  const std::string text = to_json_text(sample());
  CHECK_THAT(text,
             Catch::Matchers::StartsWith("{\"format\": 1,\n \"architecture\": {\"numbering\": \"current-first\","));
  CHECK_THAT(text, ContainsSubstring(
                       "\"network\": {\"stem\":\"cifar\",\"cells\":3,\"filters\":12,\"classes\":7,\"channels\":1,"));
  CHECK_THAT(text, Catch::Matchers::EndsWith(" \"validation_accuracy\": 0.8815,\n \"test_accuracy\": 0.9043}\n"));
  SearchResult bare{.architecture = published_architecture("nasnet-a")};
  CHECK(to_json_text(bare).find("accuracy") == std::string::npos);
  CHECK(to_json_text(bare).find("normalisation") == std::string::npos);
}

TEST_CASE("result file: an architecture alone is read as well, and a network may be described in part") {
  const TemporaryFolder folder;
  const auto path = folder.write("cells.json", to_json_text(published_architecture("darts-v2")));
  CHECK(read_result(path).architecture == published_architecture("darts-v2"));
  CHECK(read_result(path).network.filters == NetworkConfig{}.filters);
  const auto part = folder.write("part.json", with(R"("network": {"stem": "imagenet", "filters": 44})"));
  CHECK(read_result(part).network.filters == 44);
  CHECK(read_result(part).network.classes == 1000);
  CHECK(read_result(part).network.batch_norm.epsilon == 1e-3);
}

TEST_CASE("result file: mistakes are named with file and place") {
  CHECK_THAT(sentence_of("{"), ContainsSubstring("file.json': ") && ContainsSubstring("line 1, column 2"));
  CHECK_THAT(sentence_of("[]"), ContainsSubstring("an object expected"));
  CHECK_THAT(sentence_of(R"({"format": 2})"), ContainsSubstring("format: 2 found, 1 is known"));
  CHECK_THAT(sentence_of(R"({"format": 1})"), ContainsSubstring("\"architecture\" is missing"));
  CHECK_THAT(sentence_of(with(R"("netwrok": {})")), ContainsSubstring("netwrok") && ContainsSubstring("network"));
  CHECK_THAT(sentence_of(with(R"("network": {"filter": 3})")), ContainsSubstring("filters"));
  CHECK_THAT(sentence_of(with(R"("network": {"filters": "many"})")),
             ContainsSubstring("network.filters: a whole number"));
  CHECK_THAT(sentence_of(with(R"("network": {"filters": 0})")), ContainsSubstring("filters are 0"));
  CHECK_THAT(sentence_of(with(R"("network": {"cells": -1})")), ContainsSubstring("are -1"));
  CHECK_THAT(
      sentence_of(with(R"("network": {"cells": 18446744073709551615})")),
      ContainsSubstring("file.json': network.cells: a whole number expected, found 18446744073709551615, which"));
  CHECK_THAT(sentence_of(with(R"("network": {"cells": 9223372036854775808})")),
             ContainsSubstring("found 9223372036854775808, which is out of range"));
  CHECK_THAT(sentence_of(with(R"("network": {"cells": 9223372036854775807})")),
             ContainsSubstring("are 9223372036854775807"));
  CHECK_THAT(sentence_of(with(R"("network": {"auxiliary_head": [1, 9223372036854775808]})")),
             ContainsSubstring("network.auxiliary_head[1]") && ContainsSubstring("found 9223372036854775808"));
  CHECK_THAT(sentence_of(with(R"("network": {"stem": "other"})")), ContainsSubstring("network.stem"));
  CHECK_THAT(sentence_of(with(R"("network": {"skip_reduction_input": 1})")), ContainsSubstring("true or false"));
  CHECK_THAT(sentence_of(with(R"("network": {"auxiliary_head": 3})")), ContainsSubstring("[height, width]"));
  CHECK_THAT(sentence_of(with(R"("network": [])")), ContainsSubstring("network"));
  CHECK_THAT(sentence_of(with(R"("normalisation": {"mean": [1], "deviation": []})")),
             ContainsSubstring("1 means and 0"));
  CHECK_THAT(sentence_of(with(R"("normalisation": {"mean": ["a"], "deviation": [1]})")), ContainsSubstring("a number"));
  for (const char* constant : {"0", "-1", "1e-60", "1e300"}) {
    CHECK_THAT(sentence_of(with(join(R"("normalisation": {"mean": [0, 0], "deviation": [1, )", constant, "]}"))),
               ContainsSubstring("file.json': normalisation.deviation[1]: a finite number above 0 expected, found "));
  }
  CHECK_THAT(sentence_of(with(R"("normalisation": {"mean": [1e300], "deviation": [1]})")),
             ContainsSubstring("normalisation.mean[0]: a finite number"));
  for (const char* accuracy : {R"("high")", "7", "-0.1", "1.01"}) {
    for (const char* key : {"test_accuracy", "validation_accuracy"}) {
      CHECK_THAT(sentence_of(with(join('"', key, "\": ", accuracy))),
                 ContainsSubstring(join(key, ": a number from 0 to 1 expected, found ")));
    }
  }
  CHECK_THAT(
      sentence_of(
          R"({"numbering": "current-first", "normal": {"blocks": [{"left": [2, "identity"], "right": [0, "identity"]}]},
                             "reduction": {"blocks": [{"left": [0, "identity"], "right": [0, "identity"]}]}})"),
      ContainsSubstring("file.json': normal.blocks[0].left"));
}

TEST_CASE("result file: networks by name or path") {
  CHECK(find_network("nasnet-a-large").network.filters == 168);
  CHECK_THROWS_AS(find_network("nasnet-z"), IoError);
  CHECK_THROWS_AS(find_network("/"), IoError);
}
