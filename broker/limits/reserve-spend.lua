-- The library's step, except that what would pass the limit is not counted: a large request that is refused leaves room
-- for small ones. Giving back is a negative amount.
-- KEYS[1] the window's total. ARGV: amount, seconds until it is forgotten, limit
local total = tonumber(redis.call('GET', KEYS[1]) or '0') + ARGV[1]
if total > tonumber(ARGV[3]) and tonumber(ARGV[1]) > 0 then
  return { string.format('%.0f', total), math.max(redis.call('PTTL', KEYS[1]), 0) }
end
redis.call('SET', KEYS[1], 0, 'EX', ARGV[2], 'NX')
return { redis.call('INCRBY', KEYS[1], ARGV[1]), redis.call('PTTL', KEYS[1]) }
