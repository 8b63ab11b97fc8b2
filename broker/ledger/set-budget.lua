#!lua
-- set_budget(id, tag, cap): OK REPLAY CONFLICT. The cap on what everyone together spends under a tag. What was used and
-- is held under it stays.
-- KEYS: pool, log, operation, budget, budgets
-- ARGV: id, tag, cap ('' for none), its period, terms in words, actor, request hash
local log, operation, budget_key, budgets = KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, tag, cap, period, terms, actor, request = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local known = known_operation(operation, request)
if known then
  return answer(known, pool)
end
redis.call('HLEN', budget_key)
redis.call('ZCARD', budgets)

append(pool, log, {
  kind = 'budget', op = id, amount = 0, gift = 0, paid = 0, member = '', tag = tag, actor = actor, reference = terms, request = request,
})
remember_operation(operation, request, 'OK')
redis.call('HDEL', budget_key, 'cap', 'period')
if cap ~= '' then
  redis.call('HSET', budget_key, 'cap', cap, 'period', period)
end
redis.call('ZADD', budgets, 'NX', int(NOW), tag)
return answer('OK', pool)
