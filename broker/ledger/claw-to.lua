#!lua flags=allow-oom
-- claw_to(payment, target): OK REPLAY EARLY STALE. Takes credits back until `target` of the payment's are gone in all.
-- The target is cumulative and only grows, so duplicates and disorder change nothing. With the payment's revision it is
-- exact and may fall, and then gives back; it is STALE when another one came since the revision was read. One that comes
-- before its credit waits for it.
-- KEYS: pool, log, payment, aside
-- ARGV: payment id, target, reference, actor, revision or ''
local id, reference, actor, revision = ARGV[1], ARGV[3], ARGV[4], ARGV[5]
local exact = revision ~= ''
local target = exact and ARGV[2] == '0' and 0 or to_amount(ARGV[2])
if not target then
  return redis.error_reply('LEDGER bad argument to claw_to')
end

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local payment = read_payment(KEYS[3], KEYS[4])
if exact and revision ~= payment.revision then
  return answer('STALE', pool)
end
local known = payment.target
payment.target = exact and target or math.max(target, known)
local code = 'EARLY'
if payment.request then
  code = claw(pool, KEYS[2], payment, { op = id, actor = actor, reference = reference }) and 'OK' or 'REPLAY'
end
if payment.target ~= known then
  redis.call('HSET', payment.key, 'target', int(payment.target), 'reason', reference)
end
-- Also when it changed nothing: what was read before this must not be applied after it.
redis.call('HINCRBY', payment.key, 'revision', 1)
return answer(code, pool)
