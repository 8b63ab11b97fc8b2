-- KEYS[1] the record. ARGV: field, value, ...
-- Answers { '1' } when the record was created, { '0', field, value, ... } when it was there before.
if redis.call('EXISTS', KEYS[1]) == 1 then
  local there = redis.call('HGETALL', KEYS[1])
  table.insert(there, 1, '0')
  return there
end
redis.call('HSET', KEYS[1], unpack(ARGV))
return { '1' }
