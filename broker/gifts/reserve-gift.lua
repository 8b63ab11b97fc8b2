-- Takes one of a code's redemptions for a pool, before the pool gets anything: whoever dies after it has given too
-- little, never too much, and goes on from here.
-- KEYS: code, redemptions. ARGV: pool, the redemption, ms since 1970
-- Answers { 'TAKEN', credits, redemption }, with the redemption that was taken before if there is one; else { why not }.
local v = redis.call('HMGET', KEYS[1], 'credits', 'limit', 'expiresAt', 'revokedAt')
if not v[1] then
  return { 'UNKNOWN' }
end
-- A redemption that was taken is carried out, whatever became of the code since.
local there = redis.call('HGET', KEYS[2], ARGV[1])
if there then
  return { 'TAKEN', v[1], there }
elseif v[4] then
  return { 'REVOKED' }
elseif v[3] and tonumber(v[3]) <= tonumber(ARGV[3]) then
  return { 'EXPIRED' }
elseif redis.call('HLEN', KEYS[2]) >= tonumber(v[2]) then
  return { 'EXHAUSTED' }
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return { 'TAKEN', v[1], ARGV[2] }
