-- What a payment bought, what was taken back of it, and what its disputes block.

local function read_payment(key)
  local v = redis.call('HMGET', key, 'request', 'credited', 'origin', 'back', 'target', 'reason', 'blocked', 'upto', 'disputes', 'revision')
  return {
    key = key,
    request = v[1],
    credited = tonumber(v[2] or 0),
    origin = v[3],
    back = tonumber(v[4] or 0),
    target = tonumber(v[5] or 0),
    reason = v[6] or '',
    blocked = tonumber(v[7] or 0),
    upto = tonumber(v[8] or 0),
    disputes = tonumber(v[9] or 0),
    revision = v[10] or '0',
  }
end

-- Blocks `amount` of what the payment bought, instead of what it blocked before.
local function block(pool, payment, amount)
  pool.blocked = pool.blocked + amount - payment.blocked
  payment.blocked = amount
  pool.text.blocked = int(pool.blocked)
  redis.call('HSET', pool.key, 'blocked', pool.text.blocked)
  redis.call('HSET', payment.key, 'blocked', int(amount))
end

-- What is left of what the payment bought, when what was bought first is spent first. `bought` counts all that was ever
-- bought and `upto` is where the payment ended on that count, so that nothing has to be searched; what is held counts as
-- spent.
local function unspent(pool, payment)
  if payment.origin ~= 'paid' then
    return 0
  end
  local gone = tonumber(redis.call('HGET', pool.key, 'bought') or 0) - pool.paid
  local free = pool.paid - pool.blocked + payment.blocked
  return math.max(0, math.min(payment.upto - gone, payment.credited - payment.back, free))
end

-- Takes back what the target says and was not taken yet, from the origin that was credited; it may leave a debt. What
-- was taken above the target is given back. Returns whether there was anything to move.
local function claw(pool, log, payment, e)
  local amount = math.min(payment.target, payment.credited) - payment.back
  if amount == 0 then
    return false
  end
  pool[payment.origin] = pool[payment.origin] - amount
  pool.outflow = pool.outflow + math.max(amount, 0)
  pool.inflow = pool.inflow + math.max(-amount, 0)
  append(pool, log, {
    kind = 'clawback', op = e.op, amount = amount,
    gift = payment.origin == 'gift' and amount or 0, paid = payment.origin == 'paid' and amount or 0,
    member = '', tag = '', actor = e.actor, reference = e.reference, request = '',
  })
  payment.back = payment.back + amount
  redis.call('HSET', payment.key, 'back', int(payment.back))
  if amount < 0 and payment.disputes > 0 then
    block(pool, payment, unspent(pool, payment))
  elseif payment.blocked > payment.credited - payment.back then
    block(pool, payment, payment.credited - payment.back)
  end
  return true
end
