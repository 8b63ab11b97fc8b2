-- What a payment bought, what was taken back of it, and what its disputes block.

-- `aside` is the key of what is taken back or blocked of each of the pool's paid payments, where there is any, by where
-- the payment ended on the count of all that was bought (`upto`). It is read here, before the first write, so that one of
-- a wrong type fails while nothing has changed.
local function read_payment(key, aside)
  redis.call('HLEN', aside)
  local v = redis.call('HMGET', key, 'request', 'credited', 'origin', 'back', 'target', 'reason', 'blocked', 'upto', 'disputes', 'revision', 'left')
  local back, blocked = tonumber(v[4] or 0), tonumber(v[7] or 0)
  return {
    key = key,
    aside = aside,
    request = v[1],
    credited = tonumber(v[2] or 0),
    origin = v[3],
    back = back,
    target = tonumber(v[5] or 0),
    reason = v[6] or '',
    blocked = blocked,
    upto = tonumber(v[8] or 0),
    disputes = tonumber(v[9] or 0),
    revision = v[10] or '0',
    left = tonumber(v[11]) or blocked > 0 and blocked + back or nil,
  }
end

-- What a dispute that opens now finds left of what the payment bought, as if nothing had been taken back of it. Bought
-- first is spent first, and what is held counts as spent: so what the pool has free is of the newest payments, each as far
-- as it is neither taken back nor blocked, and what then is over is of this one.
-- A clawback from before `aside` was kept counts as none until it changes: then less is found.
local function find_left(pool, payment)
  if payment.origin ~= 'paid' then
    return 0
  end
  local newer = tonumber(redis.call('HGET', pool.key, 'bought') or 0) - payment.upto
  local aside = redis.call('HGETALL', payment.aside)
  for i = 1, #aside, 2 do
    if tonumber(aside[i]) > payment.upto then
      newer = newer - tonumber(aside[i + 1])
    end
  end
  local free = pool.paid - pool.blocked + payment.blocked
  return math.max(0, math.min(free + payment.back - newer, payment.credited))
end

-- Blocks what was left of the payment when its dispute opened, less what was taken back of it: while it is blocked,
-- nothing of it is spent. `left` is kept while a dispute is open. Writes what is set aside of the payment.
local function set_aside(pool, payment)
  if payment.disputes > 0 then
    payment.left = payment.left or find_left(pool, payment)
    redis.call('HSET', payment.key, 'left', int(payment.left))
  else
    payment.left = nil
    redis.call('HDEL', payment.key, 'left')
  end
  local blocked = math.max(0, (payment.left or 0) - payment.back)
  pool.blocked = pool.blocked + blocked - payment.blocked
  pool.text.blocked = int(pool.blocked)
  redis.call('HSET', pool.key, 'blocked', pool.text.blocked)
  redis.call('HSET', payment.key, 'blocked', int(blocked))
  if payment.origin ~= 'paid' then
    return
  end
  if payment.back + blocked > 0 then
    redis.call('HSET', payment.aside, int(payment.upto), int(payment.back + blocked))
  else
    redis.call('HDEL', payment.aside, int(payment.upto))
  end
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
  set_aside(pool, payment)
  return true
end
