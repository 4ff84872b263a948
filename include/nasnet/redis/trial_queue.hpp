/// A queue of trials on a Redis server, from which workers on any machines take them.
///
/// A driver opens a search on it and submits trials; workers claim them, renew their lease while they work, and finish
/// or give them back. Each step is one transaction in the server, and doing it twice changes nothing, so that a broken
/// connection may repeat it. docs/cluster.md has the guarantees. Commands are those of Redis 6.2 and of Valkey.
///
/// Needs hiredis (the CMake target nasnet::redis).
#pragma once

#include <chrono>             // milliseconds, steady_clock
#include <cstddef>            // size_t
#include <cstdint>            // int64_t
#include <cstdio>             // sscanf
#include <nlohmann/json.hpp>  // json
#include <optional>           // nullopt, optional
#include <string>             // string, to_string
#include <string_view>        // string_view
#include <utility>            // move
#include <vector>             // vector

#include "nasnet/config.hpp"
#include "nasnet/core/error.hpp"
#include "nasnet/redis/connection.hpp"
#include "nasnet/redis/detail/queue_scripts.hpp"
#include "nasnet/redis/detail/queue_texts.hpp"
#include "nasnet/redis/queue_address.hpp"

namespace nasnet::inline NASNET_ABI {

/// The search that a queue holds.
struct QueueSearch {
  std::string id;  ///< of this run of it on this queue
  nlohmann::json description = nlohmann::json::object();
  bool finished = false;  ///< its driver wants nothing more
};

/// A trial that a worker has claimed.
struct QueuedTrial {
  std::string entry;  ///< of the stream; changes where the trial is given back
  std::string key;    ///< of the trial within its search
  std::string trial;  ///< as it was submitted
};

/// A result as it came.
struct QueueAnswer {
  std::string key;
  std::string result;
};

/// What a queue says of a step. `stopped`: the server was away when the program was asked to stop. `gone`: the queue
/// does not hold this search.
enum class QueueStep {
  done,
  stopped,
  gone,
  known,  ///< submit: the trial is in the queue already
  late,   ///< finish: the trial has a result
  taken,  ///< beat, give_back: another worker has claimed the trial since
};

/// One end of a queue, for one thread at a time.
class TrialQueue {
 public:
  /// @throws as RedisConnection, and ArgumentError for a server before 6.2.
  explicit TrialQueue(const QueueAddress& address, RedisOptions options = {})
      : connection_(address, std::move(options)), info_(server_information()) {
    require_version();
  }

  [[nodiscard]] const QueueAddress& address() const { return connection_.address(); }
  [[nodiscard]] const RedisConnection& connection() const { return connection_; }

  /// Sentences for the user: why the server would lose what it is told, and who could listen.
  [[nodiscard]] std::vector<std::string> warnings() const {
    std::vector<std::string> sentences;
    const std::string server = join("the server ", address().server());
    const std::optional<std::string> append_only = information("aof_enabled");
    const std::optional<std::string> policy = information("maxmemory_policy");
    if (!append_only) sentences.push_back(join(server, " does not tell whether it keeps its data"));
    if (append_only == "0") {
      sentences.push_back(
          join(server, " has no append-only file and forgets the queue when it ends: set appendonly yes"));
    }
    if (policy && *policy != "noeviction") {
      sentences.push_back(
          join(server, " drops data when its memory is full (", *policy, "): set maxmemory-policy noeviction"));
    }
    if (!address().is_local() && !address().tls) {
      sentences.push_back(join("the connection to ", address().server(), " is not encrypted; see docs/cluster.md"));
    }
    return sentences;
  }

  // ---- searches

  /// The search that the queue holds, if any.
  [[nodiscard]] std::optional<QueueSearch> find() {
    const std::optional<RedisReply> reply = connection_.call({"HMGET", key("search"), "id", "description", "state"});
    if (!reply) return std::nullopt;
    require_list(*reply, 3);
    if (reply->list[0].kind != RedisReply::Kind::text) return std::nullopt;
    return search_of(reply->list);
  }

  /// Waits for a search. Nothing where the program was asked to stop, or none came in this time.
  [[nodiscard]] std::optional<QueueSearch> await(std::chrono::milliseconds time) {
    if (auto search = find()) return search;
    const auto reply = connection_.call({"XREAD", "BLOCK", text_of(time), "STREAMS", key("begins"), "0"}, time);
    if (reply) require_success(*reply);
    return find();
  }

  /// Begins a search where the queue holds none. What it then holds, and whether that is new.
  struct Opened {
    QueueSearch search;
    bool is_new = false;
  };
  [[nodiscard]] std::optional<Opened> open(const QueueSearch& search) {
    const auto reply = run(detail::open_script, {search.id, detail::one_line(search.description)});
    if (!reply) return std::nullopt;
    require_list(*reply, 4);
    return Opened{search_of(reply->list), reply->list[3].number == 1};
  }

  /// All that follows is about this search.
  void attach(const QueueSearch& search) {
    id_ = search.id;
    lease_ = std::chrono::milliseconds(search.description.value("lease_ms", default_lease_ms));
    deaths_ = search.description.value("deaths", default_deaths);
  }

  [[nodiscard]] const std::string& id() const { return id_; }

  /// How long a claimed trial waits for a sign of life of its worker.
  [[nodiscard]] std::chrono::milliseconds lease() const { return lease_; }

  QueueStep set_finished(bool finished) {
    return step(detail::set_state_script, {id_, finished ? "finished" : "open"});
  }

  /// Takes everything of this queue out of the server.
  void remove() {
    std::vector<std::string> command = keys();
    command.insert(command.begin(), "DEL");
    if (const auto reply = connection_.call(command)) require_success(*reply);
  }

  // ---- the driver

  /// @param result set where the trial has one already
  QueueStep submit(const std::string& trial_key, const std::string& trial, std::optional<std::string>& result) {
    const auto reply = run(detail::submit_script, {id_, trial_key, trial});
    if (!reply) return QueueStep::stopped;
    if (word(*reply) == "result") result = text_at(*reply, 1);
    return step_of(word(*reply));
  }

  /// Results after the place `last`, which moves on; "0" is the beginning. Waits for the next one, but not longer than
  /// `time`.
  [[nodiscard]] std::vector<QueueAnswer> answers(std::string& last, std::chrono::milliseconds time) {
    constexpr const char* most = "1000";
    const auto reply =
        connection_.call({"XREAD", "COUNT", most, "BLOCK", text_of(time), "STREAMS", key("answers"), last}, time);
    std::vector<QueueAnswer> found;
    if (!reply) return found;
    for (const Entry& entry : entries(*reply)) {
      found.push_back({entry.field("key"), entry.field("result")});
      last = entry.id;
    }
    return found;
  }

  /// Gives the trials up whose workers died too often, where no worker is left to do it.
  QueueStep reap() {
    const auto reply = recover("");
    return reply ? step_of(word(*reply)) : QueueStep::stopped;
  }

  // ---- workers

  /// A trial for this worker: one that was abandoned, or the next one. Waits for one, but not longer than `time`.
  QueueStep claim(const std::string& consumer, std::chrono::milliseconds time, std::optional<QueuedTrial>& claimed) {
    const auto left = recover(consumer);
    if (!left) return QueueStep::stopped;
    if (word(*left) == "gone") return QueueStep::gone;
    if (word(*left) == "trial") {
      claimed = {text_at(*left, 1), text_at(*left, 2), text_at(*left, 3)};
      return QueueStep::done;
    }
    const auto reply = connection_.call({"XREADGROUP", "GROUP", "workers", consumer, "COUNT", "1", "BLOCK",
                                         text_of(time), "STREAMS", key("trials"), ">"},
                                        time);
    if (!reply) return QueueStep::stopped;
    // The queue was taken away, perhaps while this waited.
    if (reply->is_error("NOGROUP") || reply->is_error("UNBLOCKED")) return QueueStep::gone;
    for (const Entry& entry : entries(*reply)) claimed = {entry.id, entry.field("key"), entry.field("trial")};
    return QueueStep::done;
  }

  /// Renews the lease.
  QueueStep beat(const std::string& consumer, const QueuedTrial& trial) {
    return step(detail::beat_script, {id_, consumer, trial.entry, trial.key});
  }

  QueueStep finish(const QueuedTrial& trial, const std::string& result) {
    return step(detail::finish_script, {id_, trial.entry, trial.key, result});
  }

  QueueStep give_back(const std::string& consumer, const QueuedTrial& trial) {
    return step(detail::give_back_script, {id_, consumer, trial.entry});
  }

  static constexpr std::int64_t default_lease_ms = 60'000;
  static constexpr std::int64_t default_deaths = 3;

 private:
  struct Entry {
    std::string id;
    std::vector<RedisReply> fields;

    [[nodiscard]] std::string field(std::string_view name) const {
      for (std::size_t place = 0; place + 1 < fields.size(); place += 2) {
        if (fields[place].text == name) return fields[place + 1].text;
      }
      return {};
    }
  };

  /// Names that a cluster of servers keeps together, by what stands between the braces.
  [[nodiscard]] std::string key(std::string_view part) const { return join("nasnet:{", address().name, "}:", part); }

  [[nodiscard]] std::vector<std::string> keys() const {
    return {key("search"), key("trials"), key("jobs"), key("results"), key("answers"), key("begins")};
  }

  [[nodiscard]] static std::string text_of(std::chrono::milliseconds time) { return std::to_string(time.count()); }

  [[nodiscard]] std::optional<RedisReply> run(std::string_view script, const std::vector<std::string>& arguments) {
    const std::vector<std::string> names = keys();
    std::vector<std::string> command{"EVAL", detail::queue_script(script), std::to_string(names.size())};
    command.insert(command.end(), names.begin(), names.end());
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::optional<RedisReply> reply = connection_.call(command);
    if (reply) require_success(*reply);
    return reply;
  }

  [[nodiscard]] QueueStep step(std::string_view script, const std::vector<std::string>& arguments) {
    const auto reply = run(script, arguments);
    return reply ? step_of(word(*reply)) : QueueStep::stopped;
  }

  /// A server that was away for long has leases that ran out meanwhile: the living get the time of one to renew theirs.
  [[nodiscard]] std::optional<RedisReply> recover(const std::string& consumer) {
    const bool may_look = std::chrono::steady_clock::now() >= connection_.since() + lease_;
    return run(detail::recover_script, {id_, consumer, text_of(lease_), may_look ? "1" : "0", std::to_string(deaths_)});
  }

  [[nodiscard]] static QueueStep step_of(std::string_view word) {
    if (word == "gone") return QueueStep::gone;
    if (word == "known") return QueueStep::known;
    if (word == "late") return QueueStep::late;
    if (word == "taken") return QueueStep::taken;
    return QueueStep::done;
  }

  [[nodiscard]] std::string word(const RedisReply& reply) const { return text_at(reply, 0); }

  [[nodiscard]] std::string text_at(const RedisReply& reply, std::size_t place) const {
    require_list(reply, place + 1);
    return reply.list[place].text;
  }

  [[nodiscard]] QueueSearch search_of(const std::vector<RedisReply>& fields) const {
    QueueSearch search{.id = fields[0].text, .finished = fields[2].text == "finished"};
    search.description = parse_json(fields[1].text);
    if (!search.description.is_object()) {
      fail<DataError>("queue '", address().name, "' on ", address().server(),
                      ": what it says of its search is no JSON object");
    }
    return search;
  }

  /// Those of an answer to XREAD or XREADGROUP about one stream.
  [[nodiscard]] std::vector<Entry> entries(const RedisReply& reply) const {
    require_success(reply);
    std::vector<Entry> found;
    for (const RedisReply& stream : reply.list) {
      if (stream.list.size() < 2) continue;
      for (const RedisReply& entry : stream.list[1].list) {
        if (entry.list.size() == 2) found.push_back({entry.list[0].text, entry.list[1].list});
      }
    }
    return found;
  }

  void require_success(const RedisReply& reply) const {
    if (reply.kind == RedisReply::Kind::error) {
      fail<IoError>("queue '", address().name, "' on ", address().server(), ": ", reply.text);
    }
  }

  void require_list(const RedisReply& reply, std::size_t size) const {
    require_success(reply);
    if (reply.list.size() < size) {
      fail<IoError>("queue '", address().name, "' on ", address().server(), ": an answer has ", reply.list.size(),
                    " parts, wanted are ", size);
    }
  }

  // ---- the server

  [[nodiscard]] std::string server_information() {
    const auto reply = connection_.call({"INFO"});
    return reply && reply->kind == RedisReply::Kind::text ? reply->text : std::string();
  }

  [[nodiscard]] std::optional<std::string> information(std::string_view name) const {
    const std::string start = join('\n', name, ':');
    const std::size_t found = info_.find(start);
    if (found == std::string::npos) return std::nullopt;
    const std::size_t begin = found + start.size();
    return info_.substr(begin, info_.find_first_of("\r\n", begin) - begin);
  }

  void require_version() const {
    const std::optional<std::string> version = information("redis_version");
    int major = 0;
    int minor = 0;
    if (!version || std::sscanf(version->c_str(), "%d.%d", &major, &minor) != 2) return;
    if (major < 6 || (major == 6 && minor < 2)) {
      fail<ArgumentError>("queue: the server ", address().server(), " has version ", *version,
                          ", 6.2 or later is wanted");
    }
  }

  RedisConnection connection_;
  std::string info_;
  std::string id_;
  std::chrono::milliseconds lease_{default_lease_ms};
  std::int64_t deaths_ = default_deaths;
};

}  // namespace nasnet::inline NASNET_ABI
