-- What capture, release and expire have in common: the hold that they end, and how it ends.
-- KEYS of all three: pool, log, hold, member, due; with a tag also its budget

-- The open hold that is to end, and everything that its end changes, read before the first write, so that a key of a wrong
-- type fails while nothing has changed; or nil and the answer, when there is nothing to end.
-- is_repeat: whether a hold that has ended did so by this very operation.
local function open_hold(member, tag, is_repeat)
  local pool = read_pool(KEYS[1])
  if not pool then
    return nil, { 'NO_POOL' }
  end
  local hold = read_hold(KEYS[3])
  if not hold then
    return nil, hold_answer('UNKNOWN', pool, nil)
  elseif hold.state ~= 'held' then
    return nil, hold_answer(is_repeat(hold) and 'REPLAY' or 'TERMINAL', pool, hold)
  elseif member ~= hold.member or tag ~= hold.tag then
    return nil, hold_answer('BAD_ARGUMENT', pool, hold)
  end
  redis.call('ZCARD', KEYS[5])
  return { pool = pool, hold = hold, member = read_tally(KEYS[4], NOW), budget = KEYS[6] and read_tally(KEYS[6], NOW) }
end

-- Ends it. `gift` and `paid` of it were spent; the rest goes back to where it came from. The entry, the record's fields
-- and how the generation ended are the operation's.
local function settle(ending, state, generation, gift, paid, e, fields)
  local pool, hold, spent = ending.pool, ending.hold, gift + paid
  pool.gift = pool.gift + hold.gift - gift
  pool.paid = pool.paid + hold.paid - paid
  pool.held = pool.held - hold.ceiling
  pool.spent = pool.spent + spent
  pool.open = pool.open - 1
  e.member, e.tag = hold.member, hold.tag
  append(pool, KEYS[2], e)
  hold.state = state
  hold.generation = generation
  redis.call('HSET', hold.key, 'state', state, 'generation', generation, 'settled', int(NOW), 'updated', int(NOW), unpack(fields))
  redis.call('ZREM', KEYS[5], e.op)
  end_hold(ending.member, hold.ceiling, spent)
  if ending.budget then
    end_hold(ending.budget, hold.ceiling, spent)
  end
end

-- Ends it without a spend. Its record lives for `ttl` ms.
local function give_back(ending, kind, generation, e, ttl, fields)
  local hold = ending.hold
  local state = kind == 'expire' and 'expired' or 'released'
  e.kind, e.amount, e.gift, e.paid, e.request = kind, hold.ceiling, hold.gift, hold.paid, hold.request
  fields[#fields + 1] = 'reason'
  fields[#fields + 1] = e.reference
  settle(ending, state, generation, 0, 0, e, fields)
  redis.call('PEXPIRE', hold.key, ttl)
end
