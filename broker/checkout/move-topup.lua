-- KEYS: the record, the pool's index of those that were credited
-- ARGV: the new state, seconds to keep the record (0: for ever), then field, value, ...
-- A state only moves up, so that late and repeated news change nothing.
-- Answers 1 when it moved, 0 when it was there or past it, -1 when there is no such record.
local rank = { created = 0, open = 1, pending = 2, expired = 3, failed = 3, credited = 4 }
local state = redis.call('HGET', KEYS[1], 'state')
if not state then
  return -1
end
if rank[ARGV[1]] <= rank[state] then
  return 0
end
redis.call('HSET', KEYS[1], 'state', ARGV[1], unpack(ARGV, 3))
if ARGV[1] == 'credited' then
  redis.call('ZADD', KEYS[2], redis.call('HGET', KEYS[1], 'createdAt'), redis.call('HGET', KEYS[1], 'id'))
end
if ARGV[2] == '0' then
  redis.call('PERSIST', KEYS[1])
else
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
return 1
