#include "nasnet/report/result_file.hpp"

#include "fuzz/fuzz_target.hpp"

namespace {

nasnet::SearchResult parse(std::string_view text) {
  return nasnet::detail::ResultReader::read(nasnet::parse_strict_json(text, "JSON"), "input");
}

void run(std::span<const std::uint8_t> bytes) {
  nasnet::SearchResult result;
  if (!fuzz::reads([&] { result = parse(fuzz::text_of(bytes)); })) return;
  const std::string text = to_json_text(result);
  fuzz::require(to_json_text(parse(text)) == text, "another result", text);
}

const fuzz::Registration registration({"result_file", &run});

}  // namespace
