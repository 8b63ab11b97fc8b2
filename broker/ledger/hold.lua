#!lua
-- hold(id, ceiling): OK REPLAY CONFLICT INSUFFICIENT CAP BUDGET FROZEN TOO_MANY TOO_MANY_BY_MEMBER NOT_A_MEMBER.
-- Available → held, and the generation's record. A refusal is remembered under the id: a top-up that lands later must not
-- revive an old request.
-- No allow-oom: when memory is short, new work stops first and old work settles.
-- KEYS: pool, log, hold, member, due, generations; with a tag also its budget, budgets
-- ARGV: id, ceiling, member, tag, ttl ms, most open holds of the pool, of the member, 'yes' for a generation that its
--       pool's history shows, request hash, actor, ttl of a refusal ms, record pairs…
local log, hold_key, member_key, due_key, generations, budget_key, budgets = KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local id, ceiling, member, tag, ttl = ARGV[1], to_amount(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5])
local most_open, most_by_member, is_listed = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] == 'yes'
local request, actor, refusal_ttl = ARGV[9], ARGV[10], ARGV[11]
if not ceiling or not ttl or not most_open or not most_by_member then
  return redis.error_reply('LEDGER bad argument to hold')
end

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local function reply(code, repeated, created, due)
  return answer(code, pool, repeated, created, due)
end

local known = redis.call('HMGET', hold_key, 'state', 'request', 'refusal', 'created', 'due')
if known[1] then
  if known[2] ~= request then
    return reply('CONFLICT', '0', '0', '0')
  end
  if known[1] == 'refused' then
    return reply(known[3], '1', known[4], '0')
  end
  return reply('REPLAY', '1', known[4], known[5])
end

local by_member = read_tally(member_key, NOW)
local budget = budget_key and read_tally(budget_key, NOW)
-- Read before the first write, so that a key of a wrong type fails while nothing has changed.
redis.call('ZCARD', due_key)
redis.call('ZCARD', generations)
if budget_key then
  redis.call('ZCARD', budgets)
end

local refusal
if not by_member.role then
  refusal = 'NOT_A_MEMBER'
elseif pool.status ~= 'active' then
  refusal = 'FROZEN'
elseif by_member.open >= most_by_member then
  refusal = 'TOO_MANY_BY_MEMBER'
elseif pool.open >= most_open then
  refusal = 'TOO_MANY'
elseif not has_room(by_member, ceiling) then
  refusal = 'CAP'
elseif budget and not has_room(budget, ceiling) then
  refusal = 'BUDGET'
elseif pool.paid + pool.gift - pool.blocked < ceiling then
  refusal = 'INSUFFICIENT'
end
if refusal then
  redis.call('HSET', hold_key, 'state', 'refused', 'request', request, 'refusal', refusal, 'created', int(NOW))
  redis.call('PEXPIRE', hold_key, refusal_ttl)
  return reply(refusal, '0', int(NOW), '0')
end

local gift = math.min(math.max(pool.gift, 0), ceiling)
local paid = ceiling - gift
pool.gift = pool.gift - gift
pool.paid = pool.paid - paid
pool.held = pool.held + ceiling
pool.open = pool.open + 1
append(pool, log, {
  kind = 'hold', op = id, amount = ceiling, gift = gift, paid = paid, member = member, tag = tag, actor = actor, reference = '', request = request,
})
local due = int(NOW + ttl)
-- stylua: ignore
redis.call('HSET', hold_key,
  'state', 'held', 'request', request, 'ceiling', int(ceiling), 'splitGift', int(gift), 'splitPaid', int(paid),
  'member', member, 'tag', tag, 'due', due, 'created', int(NOW), 'updated', int(NOW),
  'generation', 'queued', 'stage', 'queued', unpack(arguments_from(12)))
redis.call('ZADD', due_key, due, id)
if is_listed then
  redis.call('ZADD', generations, int(NOW), id)
end
add_hold(by_member, ceiling)
if budget then
  add_hold(budget, ceiling)
  redis.call('ZADD', budgets, 'NX', int(NOW), tag)
end
return reply('OK', '0', int(NOW), due)
