-- Operations that leave no hold and no payment behind are remembered by their id, for good: a repeat must never be
-- carried out as if it were new.

-- The answer to an id that was used before; false for a new one.
local function known_operation(key, request)
  local v = redis.call('HMGET', key, 'request', 'code')
  if v[1] and v[1] ~= request then
    return 'CONFLICT'
  end
  return v[2] == 'OK' and 'REPLAY' or v[2]
end

local function remember_operation(key, request, code)
  redis.call('HSET', key, 'request', request, 'code', code)
end
