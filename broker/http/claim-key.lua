-- Who may work on the request of an idempotency key now. Answers
-- { 'mine', id, first }: nobody has an answer or a lease; `first` is '1' when nobody ever had.
-- { 'running', ms }: somebody has a lease, for so long. { 'answered', answer }. { 'reused' }: it came with another body.
-- Claiming again with the same lease gives the same, so that a lost reply may be asked for again.
-- KEYS[1] the key's record. ARGV: hash of the body, id if new, lease, its life in ms, life of a new record in ms
local known = redis.call('HMGET', KEYS[1], 'hash', 'id', 'answer', 'lease', 'until')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%.0f', now + ARGV[4])
if not known[1] then
  redis.call('HSET', KEYS[1], 'hash', ARGV[1], 'id', ARGV[2], 'lease', ARGV[3], 'until', ends, 'first', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return { 'mine', ARGV[2], '1' }
end
if known[1] ~= ARGV[1] then
  return { 'reused' }
end
if known[3] then
  return { 'answered', known[3] }
end
if known[4] and known[4] ~= ARGV[3] and tonumber(known[5]) > now then
  return { 'running', string.format('%.0f', known[5] - now) }
end
redis.call('HSET', KEYS[1], 'lease', ARGV[3], 'until', ends)
return { 'mine', known[2], redis.call('HGET', KEYS[1], 'first') == ARGV[3] and '1' or '0' }
