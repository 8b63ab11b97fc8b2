#!lua flags=allow-oom
-- capture(id, actual ≤ ceiling): OK REPLAY TERMINAL UNKNOWN BAD_ARGUMENT. Held → spent, the rest → available, each to
-- where it came from, gift spent first; the generation has succeeded.
-- KEYS: pool, log, hold, member, due; with a tag also its budget
-- ARGV: id, actual, member, tag, reference, actor, request hash, record pairs…
local log, member_key, due_key, budget_key = KEYS[2], KEYS[4], KEYS[5], KEYS[6]
local id, actual, member, tag, reference, actor, request = ARGV[1], to_amount(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local hold = read_hold(KEYS[3])
if not hold then
  return hold_answer('UNKNOWN', pool, nil)
elseif hold.state ~= 'held' then
  local same = hold.state == 'captured' and redis.call('HGET', hold.key, 'settlement') == request
  return hold_answer(same and 'REPLAY' or 'TERMINAL', pool, hold)
elseif not actual or actual > hold.ceiling or member ~= hold.member or tag ~= hold.tag then
  return hold_answer('BAD_ARGUMENT', pool, hold)
end
local periods = new_periods(member_key, NOW)
local budget_periods = budget_key and new_periods(budget_key, NOW)
redis.call('ZCARD', due_key)

local gift = math.min(hold.gift, actual)
local paid = actual - gift
pool.gift = pool.gift + hold.gift - gift
pool.paid = pool.paid + hold.paid - paid
pool.held = pool.held - hold.ceiling
pool.spent = pool.spent + actual
pool.open = pool.open - 1
append(pool, log, {
  kind = 'capture', op = id, amount = actual, gift = gift, paid = paid, member = member, tag = tag, actor = actor, reference = reference, request = request,
})
hold.state = 'captured'
hold.generation = 'succeeded'
hold.captured = int(actual)
-- stylua: ignore
redis.call('HSET', hold.key,
  'state', 'captured', 'generation', 'succeeded', 'captured', hold.captured, 'settlement', request,
  'settled', int(NOW), 'updated', int(NOW), unpack(arguments_from(8)))
redis.call('ZREM', due_key, id)
spend(member_key, periods, hold.ceiling, actual)
if budget_key then
  spend(budget_key, budget_periods, hold.ceiling, actual)
end
return hold_answer('OK', pool, hold)
