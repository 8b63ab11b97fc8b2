#!lua
-- move_out(id, to): OK REPLAY CONFLICT OPEN_HOLDS DISPUTED DEBT. Takes all that a pool has out of it, so that another
-- broker may have it, and freezes it for good. Where it goes is fixed by the first call; what is given to it later stays.
-- KEYS: pool, log
-- ARGV: id, to, why, actor, request hash
local id, to, why, actor, request = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local moved = redis.call('HMGET', KEYS[1], 'moved', 'movedTo')
if moved[1] then
  return answer(moved[2] == to and 'REPLAY' or 'CONFLICT', pool)
elseif pool.open > 0 then
  return answer('OPEN_HOLDS', pool)
elseif pool.blocked > 0 then
  return answer('DISPUTED', pool)
elseif pool.paid < 0 or pool.gift < 0 then
  return answer('DEBT', pool)
end

local gift, paid, active = pool.gift, pool.paid, pool.status == 'active'
if active then
  append(pool, KEYS[2], {
    kind = 'freeze', op = id, amount = 0, gift = 0, paid = 0, member = '', tag = '', actor = actor, reference = why, request = request,
  })
end
pool.gift, pool.paid = 0, 0
pool.outflow = pool.outflow + gift + paid
append(pool, KEYS[2], {
  kind = 'adjust', op = id, amount = -gift - paid, gift = -gift, paid = -paid,
  member = '', tag = '', actor = actor, reference = why, request = request,
})
pool.status = 'frozen'
-- stylua: ignore
redis.call('HSET', KEYS[1],
  'status', 'frozen', 'moved', id, 'movedTo', to, 'movedSeq', pool.text.seq, 'movedGift', int(gift), 'movedPaid', int(paid),
  'movedBought', redis.call('HGET', KEYS[1], 'bought') or '0', 'movedActive', active and '1' or '0')
return answer('OK', pool)
