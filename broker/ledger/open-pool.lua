#!lua
-- open_pool(pool, owner): OK REPLAY CONFLICT. A pool with its first member and no credits.
-- KEYS: pool, log, member, members
-- ARGV: pool id, owner, actor
local pool_key, log, member_key, members = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, owner, actor = ARGV[1], ARGV[2], ARGV[3]

local known = read_pool(pool_key)
if known then
  return answer(redis.call('HGET', pool_key, 'owner') == owner and 'REPLAY' or 'CONFLICT', known)
end
redis.call('HLEN', member_key)
redis.call('ZCARD', members)

local pool = {
  key = pool_key, status = 'active', paid = 0, gift = 0, held = 0, inflow = 0, spent = 0, outflow = 0, seq = 0, head = '', open = 0, blocked = 0,
  text = { paid = '', gift = '', held = '', inflow = '', spent = '', outflow = '', seq = '', open = '', blocked = '' },
}
append(pool, log, {
  kind = 'open', op = id, amount = 0, gift = 0, paid = 0, member = owner, tag = '', actor = actor, reference = 'owner', request = '',
})
redis.call('HSET', pool_key, 'status', 'active', 'owner', owner, 'opened', int(NOW), 'archived', '0')
redis.call('HSET', member_key, 'role', 'owner', 'used', '0', 'held', '0', 'joined', int(NOW))
redis.call('ZADD', members, int(NOW), owner)
return answer('OK', pool)
