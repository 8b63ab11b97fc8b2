-- How a hold stands: for whatever moves or ends one.

-- A hold that was accepted once; nil when there is none, or when it was refused.
local function read_hold(key)
  local v = redis.call('HMGET', key, 'state', 'ceiling', 'splitGift', 'splitPaid', 'member', 'tag', 'captured', 'request', 'generation', 'stage', 'due')
  if not v[1] or v[1] == 'refused' then
    return nil
  end
  return {
    key = key,
    state = v[1],
    ceiling = tonumber(v[2]),
    gift = tonumber(v[3]),
    paid = tonumber(v[4]),
    member = v[5],
    tag = v[6],
    captured = v[7] or '0',
    request = v[8],
    generation = v[9],
    stage = v[10],
    due = tonumber(v[11]),
  }
end

-- How the hold stands, after the code and the pool in the answers of advance, capture, release and expire.
local function hold_answer(code, pool, hold)
  if not hold then
    return answer(code, pool, '', '', '', '0', '0', '0')
  end
  return answer(code, pool, hold.state, hold.generation, hold.stage, int(hold.ceiling), hold.captured, int(hold.due))
end

local function contains(list, item)
  return string.find(',' .. list .. ',', ',' .. item .. ',', 1, true) ~= nil
end
