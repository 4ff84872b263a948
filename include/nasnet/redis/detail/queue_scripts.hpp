/// What a queue's server does in one step each, as Lua.
///
/// All take the same keys: the search (a hash), the trials (a stream with the group "workers"), their jobs (key of a
/// trial to entry of the stream), results (key of a trial to result), the answers (a stream, in the order in which
/// results came) and the begins (a stream). The first argument is the search's id; a queue that has another one answers
/// "gone".
#pragma once

#include <string>       // string
#include <string_view>  // string_view

#include "nasnet/core/error.hpp"

namespace nasnet::inline NASNET_ABI::detail {

/// What stands before each script.
inline constexpr std::string_view queue_prelude = R"lua(
local search, trials, jobs, results, answers, begins = unpack(KEYS)
local group = 'workers'
local id = ARGV[1]
local function is_gone() return redis.call('HGET', search, 'id') ~= id end
local function fields_of(entry)
  local found = redis.call('XRANGE', trials, entry, entry)
  if #found == 0 then return nil end
  local fields = {}
  for place = 1, #found[1][2], 2 do fields[found[1][2][place]] = found[1][2][place + 1] end
  return fields
end
local function remove(entry)
  if not entry then return end
  redis.call('XACK', trials, group, entry)
  redis.call('XDEL', trials, entry)
end
local function finish(entry, key, result)
  local is_first = redis.call('HSETNX', results, key, result)
  if is_first == 1 then redis.call('XADD', answers, '*', 'key', key, 'result', result) end
  remove(entry)
  remove(redis.call('HGET', jobs, key))
  redis.call('HDEL', jobs, key)
  return is_first
end
local function pending(entry) return redis.call('XPENDING', trials, group, entry, entry, 1)[1] end
)lua";

/// Arguments: id, description. Begins a search where there is none. Returns id, description and state of the one there
/// is, and whether it is new.
inline constexpr std::string_view open_script = R"lua(
local is_new = redis.call('EXISTS', search)
if is_new == 0 then
  redis.call('DEL', trials, jobs, results, answers)
  redis.call('HSET', search, 'id', id, 'description', ARGV[2], 'state', 'open')
  redis.call('XGROUP', 'CREATE', trials, group, '0', 'MKSTREAM')
  redis.call('XADD', begins, 'MAXLEN', '1', '*', 'id', id)
end
local found = redis.call('HMGET', search, 'id', 'description', 'state')
return {found[1], found[2], found[3], 1 - is_new}
)lua";

/// Arguments: id, state.
inline constexpr std::string_view set_state_script = R"lua(
if is_gone() then return {'gone'} end
redis.call('HSET', search, 'state', ARGV[2])
return {'done'}
)lua";

/// Arguments: id, key, trial. Puts a trial into the queue unless it is there or has a result, which is returned.
inline constexpr std::string_view submit_script = R"lua(
if is_gone() then return {'gone'} end
local key = ARGV[2]
local result = redis.call('HGET', results, key)
if result then return {'result', result} end
if redis.call('HEXISTS', jobs, key) == 1 then return {'known'} end
redis.call('HSET', jobs, key, redis.call('XADD', trials, '*', 'key', key, 'deaths', '0', 'trial', ARGV[3]))
return {'new'}
)lua";

/// Arguments: id, consumer (empty: none is wanted), lease in milliseconds, whether to look for abandoned trials, deaths
/// after which a trial is lost. Returns a trial that is the consumer's already (the server's answer was lost on the
/// way) or that was abandoned: entry, key, trial.
inline constexpr std::string_view recover_script = R"lua(
if is_gone() then return {'gone'} end
local consumer, lease = ARGV[2], ARGV[3]
if consumer ~= '' then
  for _, own in ipairs(redis.call('XPENDING', trials, group, '-', '+', 10, consumer)) do
    local fields = fields_of(own[1])
    if fields then
      redis.call('XCLAIM', trials, group, consumer, 0, own[1], 'JUSTID')
      return {'trial', own[1], fields.key, fields.trial}
    end
    remove(own[1])
  end
end
if ARGV[4] == '0' then return {'none'} end
for _, left in ipairs(redis.call('XPENDING', trials, group, 'IDLE', lease, '-', '+', 1000)) do
  local entry, fields = left[1], fields_of(left[1])
  local deaths = fields and tonumber(fields.deaths) + left[4]
  if not fields or redis.call('HEXISTS', results, fields.key) == 1 then
    remove(entry)
  elseif deaths >= tonumber(ARGV[5]) then
    local message = deaths .. ' workers began it and never answered, the last one ' .. left[2]
    finish(entry, fields.key, cjson.encode({kind = 'lost', message = message, worker = left[2]}))
  elseif consumer ~= '' then
    redis.call('XCLAIM', trials, group, consumer, lease, entry)
    return {'trial', entry, fields.key, fields.trial}
  end
end
return {'none'}
)lua";

/// Arguments: id, consumer, entry, key. Says that the consumer lives and works.
inline constexpr std::string_view beat_script = R"lua(
if is_gone() or redis.call('HEXISTS', results, ARGV[4]) == 1 then return {'gone'} end
local held = pending(ARGV[3])
if not held or held[2] ~= ARGV[2] then return {'taken'} end
redis.call('XCLAIM', trials, group, ARGV[2], 0, ARGV[3], 'JUSTID')
return {'held'}
)lua";

/// Arguments: id, entry, key, result. The first result of a trial counts, whoever brings it.
inline constexpr std::string_view finish_script = R"lua(
if is_gone() then return {'gone'} end
if finish(ARGV[2], ARGV[3], ARGV[4]) == 1 then return {'first'} end
return {'late'}
)lua";

/// Arguments: id, consumer, entry. The trial goes back into the queue, and what the consumer did with it is no death.
inline constexpr std::string_view give_back_script = R"lua(
if is_gone() then return {'gone'} end
local entry = ARGV[3]
local held, fields = pending(entry), fields_of(entry)
if not held or held[2] ~= ARGV[2] or not fields then return {'taken'} end
remove(entry)
local deaths = tonumber(fields.deaths) + held[4] - 1
local now = redis.call('XADD', trials, '*', 'key', fields.key, 'deaths', deaths, 'trial', fields.trial)
redis.call('HSET', jobs, fields.key, now)
return {'done'}
)lua";

[[nodiscard]] inline std::string queue_script(std::string_view body) { return join(queue_prelude, body); }

}  // namespace nasnet::inline NASNET_ABI::detail
