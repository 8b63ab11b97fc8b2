#!lua flags=no-writes,allow-oom
-- What an audit compares, all of one moment, so that traffic cannot look like a fault. It reads keys that only the pool's
-- own sets name: they are in the same slot.
-- KEYS: pool, log, due, members, budgets, aside, payments…
-- ARGV: the last entry that is known, most entries, in front of the keys of holds, of members, of budgets
-- Answers { the pool, entries, { { hold id, record }… }, { { member, tally }… }, { { tag, tally }… }, { payment… }, aside },
-- each hash as names and values in turn; one of a wrong type is empty.

local function hash(key)
  local fields = redis.pcall('HGETALL', key)
  return fields.err and {} or fields
end

local function named(set, prefix)
  local found = {}
  for i, name in ipairs(redis.call('ZRANGE', set, 0, -1)) do
    found[i] = { name, hash(prefix .. name) }
  end
  return found
end

local payments = {}
for i = 7, #KEYS do
  payments[i - 6] = hash(KEYS[i])
end
-- stylua: ignore
return {
  hash(KEYS[1]),
  redis.call('XRANGE', KEYS[2], '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2]),
  named(KEYS[3], ARGV[3]), named(KEYS[4], ARGV[4]), named(KEYS[5], ARGV[5]), payments,
  hash(KEYS[6]),
}
