-- Keeps the answer and ends the lease, or without an answer only ends it. Does nothing for whoever has lost the lease.
-- KEYS[1] the key's record. ARGV: lease; then, with an answer, the answer and for how many ms it is kept
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then
  return 0
end
if ARGV[2] then
  redis.call('HSET', KEYS[1], 'answer', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
redis.call('HDEL', KEYS[1], 'lease', 'until')
return 1
