#!lua
-- freeze(id) and thaw(id): OK REPLAY CONFLICT MOVED. A frozen pool takes no new holds; open ones settle, and credits land.
-- KEYS: pool, log, operation
-- ARGV: id, 'freeze' or 'thaw', why, actor, request hash
local id, kind, why, actor, request = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local known = known_operation(KEYS[3], request)
if known then
  return answer(known, pool)
elseif kind == 'thaw' and redis.call('HEXISTS', KEYS[1], 'moved') == 1 then
  return answer('MOVED', pool)
end

append(pool, KEYS[2], {
  kind = kind, op = id, amount = 0, gift = 0, paid = 0, member = '', tag = '', actor = actor, reference = why, request = request,
})
remember_operation(KEYS[3], request, 'OK')
pool.status = kind == 'freeze' and 'frozen' or 'active'
redis.call('HSET', KEYS[1], 'status', pool.status)
return answer('OK', pool)
