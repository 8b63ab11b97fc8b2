-- take-slot(member, generation, limit, life ms, patience ms): 1 when it has a slot, else 0.
-- A slot goes to whoever has the fewest: someone who waits and has fewer than this member goes first.
-- KEYS: slots (sorted set of "member generation" by expiry), waiting (sorted set of members by when they last asked)
local member, generation, limit, life, patience = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - patience)

local slot = member .. ' ' .. generation
local taken = redis.call('ZRANGE', KEYS[1], 0, -1)
local has = {}
for _, other in ipairs(taken) do
  local whose = string.match(other, '^(%S+) ')
  has[whose] = (has[whose] or 0) + 1
  if other == slot then
    redis.call('ZADD', KEYS[1], now + life, slot)
    return 1
  end
end

local mine = has[member] or 0
local first = #taken < limit
if first then
  for _, other in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    if other ~= member and (has[other] or 0) < mine then
      first = false
      break
    end
  end
end
if not first then
  redis.call('ZADD', KEYS[2], now, member)
  redis.call('PEXPIRE', KEYS[2], patience)
  return 0
end
redis.call('ZREM', KEYS[2], member)
redis.call('ZADD', KEYS[1], now + life, slot)
redis.call('PEXPIRE', KEYS[1], life)
return 1
