#!lua
-- set_member(id, member, role, cap): OK REPLAY CONFLICT OWNER. Makes a member, changes one, or removes one. What the
-- member used and holds stays, so open holds settle, and a lower cap refuses only new ones.
-- KEYS: pool, log, operation, member, members
-- ARGV: id, member, role ('' to remove), cap ('' for none), its period, terms in words, actor, request hash
local log, operation, member_key, members = KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, member, role, cap, period, terms, actor, request = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local known = known_operation(operation, request)
if known then
  return answer(known, pool)
elseif role ~= 'owner' and redis.call('HGET', KEYS[1], 'owner') == member then
  return answer('OWNER', pool)
end
local joined = redis.call('HGET', member_key, 'joined')
redis.call('ZCARD', members)

append(pool, log, {
  kind = 'member', op = id, amount = 0, gift = 0, paid = 0, member = member, tag = '', actor = actor, reference = terms, request = request,
})
remember_operation(operation, request, 'OK')
redis.call('HDEL', member_key, 'role', 'cap', 'period')
if role ~= '' then
  redis.call('HSET', member_key, 'role', role)
end
if cap ~= '' then
  redis.call('HSET', member_key, 'cap', cap, 'period', period)
end
if not joined then
  redis.call('HSET', member_key, 'used', '0', 'held', '0', 'joined', int(NOW))
  redis.call('ZADD', members, int(NOW), member)
end
return answer('OK', pool)
