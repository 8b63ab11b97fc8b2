-- What a member or a tag has used and holds. What was used this UTC day, week (from Monday) and month is kept for
-- everyone, so that a cap set today counts from its period's start. A spend belongs to the period of its capture; an
-- open hold counts in whatever period it is asked about.

local function week_of(day)
  return math.floor((day + 3) / 7)
end

-- The month of a day since 1970, as a number that grows by one each month: Howard Hinnant's `civil_from_days`.
local function month_of(day)
  local z = day + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  return (era * 400 + yoe) * 12 + math.floor((5 * doy + 2) / 153)
end

-- As of `now`, ms. A clock that went back starts no new period.
local function read_tally(key, now)
  local v = redis.call('HMGET', key, 'used', 'held', 'day', 'week', 'month', 'at')
  -- stylua: ignore
  local tally = {
    key = key, total = tonumber(v[1] or 0), held = tonumber(v[2] or 0), day = tonumber(v[3] or 0),
    week = tonumber(v[4] or 0), month = tonumber(v[5] or 0), at = tonumber(v[6] or 0),
  }
  local day, last = math.floor(now / 86400000), math.floor(tally.at / 86400000)
  if day > last then
    tally.day = 0
    tally.week = week_of(day) > week_of(last) and 0 or tally.week
    tally.month = month_of(day) > month_of(last) and 0 or tally.month
  end
  tally.at = math.max(now, tally.at)
  return tally
end

-- Whether `ceiling` more may be held under the cap; a cap that is not set refuses nothing.
local function has_room(key, cap, period, ceiling)
  if not cap then
    return true
  end
  local tally = read_tally(key, NOW)
  return tally[period] + tally.held + ceiling <= tonumber(cap)
end

-- Writes that a hold of `ceiling` became a spend of `actual`.
local function spend(tally, ceiling, actual)
  -- stylua: ignore
  redis.call('HSET', tally.key,
    'held', int(tally.held - ceiling), 'used', int(tally.total + actual), 'day', int(tally.day + actual),
    'week', int(tally.week + actual), 'month', int(tally.month + actual), 'at', int(tally.at))
end
