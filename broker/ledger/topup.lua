#!lua flags=allow-oom
-- topup(payment, amount, origin): OK REPLAY CONFLICT MOVED. + paid or gift, and the mark that this payment has been credited,
-- in one step; and what was to be taken back of it or blocked before it came. It lands in a frozen pool too: what was paid for is never turned away.
-- What can go back to where it comes from may be refused by a pool that was moved to another broker: nobody spends it here.
-- KEYS: pool, log, payment, aside
-- ARGV: payment id, amount, origin, reference, actor, member, request hash, '1' to be refused by one that was moved
local log, payment_key, aside = KEYS[2], KEYS[3], KEYS[4]
local payment, amount, origin, reference, actor, member, request = ARGV[1], to_amount(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if not amount or (origin ~= 'paid' and origin ~= 'gift') then
  return redis.error_reply('LEDGER bad argument to topup')
end

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
-- Whether it came after the pool was moved to another broker: there nobody has it, and here nobody spends it.
local function is_stranded()
  local moved = tonumber(redis.call('HGET', pool.key, 'movedSeq') or '')
  return moved and tonumber(redis.call('HGET', payment_key, 'seq') or 0) > moved and '1' or '0'
end
local known = read_payment(payment_key, aside)
if known.request then
  return answer(known.request == request and 'REPLAY' or 'CONFLICT', pool, is_stranded())
elseif ARGV[8] == '1' and redis.call('HEXISTS', pool.key, 'moved') == 1 then
  return answer('MOVED', pool, '0')
end

local gift = origin == 'gift' and amount or 0
local paid = amount - gift
pool.gift = pool.gift + gift
pool.paid = pool.paid + paid
pool.inflow = pool.inflow + amount
append(pool, log, {
  kind = 'topup', op = payment, amount = amount, gift = gift, paid = paid, member = member, tag = '', actor = actor, reference = reference, request = request,
})
local bought = redis.call('HINCRBY', pool.key, 'bought', int(paid))
-- stylua: ignore
redis.call('HSET', payment_key,
  'credited', int(amount), 'origin', origin, 'request', request, 'time', int(NOW), 'seq', pool.text.seq, 'upto', int(bought))
if known.target > 0 or known.disputes > 0 then
  local credited = read_payment(payment_key, aside)
  if not claw(pool, log, credited, { op = payment, actor = actor, reference = known.reason }) then
    set_aside(pool, credited)
  end
end
return answer('OK', pool, is_stranded())
