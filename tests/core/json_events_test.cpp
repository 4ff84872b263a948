// What reads JSON receives each piece once, in order, and hears why a text is none.
#include "nasnet/core/json_events.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "nasnet/core/error.hpp"

namespace {

/// Writes down what it receives, and stops at a key named "stop".
class Recorder final : public nasnet::JsonEvents {
 public:
  [[nodiscard]] const std::string& events() const { return events_; }

  bool null() override { return add("null"); }
  bool boolean(bool value) override { return add(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) override { return add("i", value); }
  bool number_unsigned(std::uint64_t value) override { return add("u", value); }
  bool number_float(double value) override { return add("f", value); }
  bool string(std::string& value) override { return add("'", value, "'"); }
  bool start_object() override { return add("{"); }
  bool key(std::string& name) override { return add(name, ":") && name != "stop"; }
  bool end_object() override { return add("}"); }
  bool start_array() override { return add("["); }
  bool end_array() override { return add("]"); }
  void parse_error(std::size_t position, std::string_view reason) override {
    add("error at ", position, reason.empty() ? "" : " with a reason");
  }

 private:
  template <class... Parts>
  bool add(const Parts&... parts) {
    events_.append(events_.empty() ? "" : " ").append(nasnet::join(parts...));
    return true;
  }

  std::string events_;
};

}  // namespace

TEST_CASE("a text is handed over piece by piece") {
  Recorder recorder;
  CHECK(nasnet::read_json(R"({"a":[1,-2,0.5,true,null],"b":{"c":"d"}})", recorder));
  CHECK(recorder.events() == "{ a: [ u1 i-2 f0.500000 true null ] b: { c: 'd' } }");
}

TEST_CASE("reading ends where the receiver says stop, and where the text is no JSON") {
  Recorder stops;
  CHECK_FALSE(nasnet::read_json(R"({"a":1,"stop":2,"b":3})", stops));
  CHECK(stops.events() == "{ a: u1 stop:");
  Recorder broken;
  CHECK_FALSE(nasnet::read_json("[1,]", broken));
  CHECK(broken.events() == "[ u1 error at 4 with a reason");
  Recorder nothing;
  CHECK_FALSE(nasnet::read_json("", nothing));
  Recorder more;
  CHECK_FALSE(nasnet::read_json("1 2", more));
  CHECK(more.events() == "u1 error at 3 with a reason");
}
