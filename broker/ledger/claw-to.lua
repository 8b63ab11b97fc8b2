#!lua flags=allow-oom
-- claw_to(payment, target): OK REPLAY EARLY. Takes credits back until `target` of the payment's are gone in all. The
-- target is cumulative and only grows, so duplicates and disorder change nothing. One that comes before its credit waits
-- for it.
-- KEYS: pool, log, payment
-- ARGV: payment id, target, reference, actor
local id, target, reference, actor = ARGV[1], to_amount(ARGV[2]), ARGV[3], ARGV[4]
if not target then
  return redis.error_reply('LEDGER bad argument to claw_to')
end

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local payment = read_payment(KEYS[3])
local grows = target > payment.target
payment.target = math.max(target, payment.target)
local code = 'EARLY'
if payment.request then
  code = claw(pool, KEYS[2], payment, { op = id, actor = actor, reference = reference }) and 'OK' or 'REPLAY'
end
if grows then
  redis.call('HSET', payment.key, 'target', int(target), 'reason', reference)
end
return answer(code, pool)
