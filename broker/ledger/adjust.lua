#!lua
-- adjust(id, ±): OK REPLAY CONFLICT INSUFFICIENT MOVED. A correction by hand, of one origin. It never takes more than that
-- origin and the pool have available, a refusal stays one under its id; and a pool that was moved to another broker is
-- given nothing, for nobody spends it here.
-- KEYS: pool, log, operation
-- ARGV: id, 'in' or 'out', amount, origin, why, actor, request hash
local log, operation = KEYS[2], KEYS[3]
local id, direction, amount, origin, why, actor, request = ARGV[1], ARGV[2], to_amount(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if not amount then
  return redis.error_reply('LEDGER bad argument to adjust')
end

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
-- Only what was bought can be blocked.
local own = pool[origin] - (origin == 'paid' and pool.blocked or 0)
local known = known_operation(operation, request)
if known then
  return answer(known, pool)
elseif direction == 'in' and redis.call('HEXISTS', KEYS[1], 'moved') == 1 then
  return answer('MOVED', pool)
elseif direction == 'out' and math.min(own, pool.paid + pool.gift - pool.blocked) < amount then
  remember_operation(operation, request, 'INSUFFICIENT')
  return answer('INSUFFICIENT', pool)
end

local change = direction == 'in' and amount or -amount
pool[origin] = pool[origin] + change
pool.inflow = pool.inflow + math.max(change, 0)
pool.outflow = pool.outflow + math.max(-change, 0)
append(pool, log, {
  kind = 'adjust', op = id, amount = change, gift = origin == 'gift' and change or 0, paid = origin == 'paid' and change or 0,
  member = '', tag = '', actor = actor, reference = why, request = request,
})
if origin == 'paid' and change > 0 then
  redis.call('HINCRBY', pool.key, 'bought', int(change))
end
remember_operation(operation, request, 'OK')
return answer('OK', pool)
