-- change(arrangement, states, fields): writes the fields if the arrangement is in one of the states, '' for none yet.
-- KEYS[1] the arrangement. ARGV: states with commas, then field, value, ...
-- Answers 1 when it was written, else 0.
local state = redis.call('HGET', KEYS[1], 'state') or ''
if not string.find(',' .. ARGV[1] .. ',', ',' .. state .. ',', 1, true) then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1
