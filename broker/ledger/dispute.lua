#!lua flags=allow-oom
-- dispute(payment, id, phase): OK REPLAY STALE. An open dispute blocks what is left of what its payment bought, and
-- nothing that other payments bought. Phases only go forward. One that comes before its credit waits for it.
-- KEYS: pool, log, payment, aside
-- ARGV: payment id, dispute id, phase, actor
local id, dispute, phase, actor = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local RANK = { inquiry = 1, open = 2, won = 3, lost = 4 }

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local field = 'dispute:' .. dispute
local known = redis.call('HGET', KEYS[3], field)
if known == phase then
  return answer('REPLAY', pool)
elseif known and RANK[known] > RANK[phase] then
  return answer('STALE', pool)
end
local payment = read_payment(KEYS[3], KEYS[4])

append(pool, KEYS[2], {
  kind = 'dispute', op = id, amount = 0, gift = 0, paid = 0, member = '', tag = '', actor = actor, reference = dispute .. ' ' .. phase, request = '',
})
payment.disputes = payment.disputes + (phase == 'open' and 1 or 0) - (known == 'open' and 1 or 0)
redis.call('HSET', KEYS[3], field, phase, 'disputes', int(payment.disputes))
if payment.request then
  set_aside(pool, payment)
end
return answer('OK', pool)
