-- What a member or a tag has used and holds, and in how many holds. What `used` was when this UTC day, week (from Monday)
-- and month began is kept for everyone, so that a cap set today counts from its period's start. A spend belongs to the
-- period of its capture; an open hold counts in whatever period it is asked about.

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

-- A tally, read at once and before the first write. `began` tells what `used` was when the periods of `now` began; `is_new`
-- that these are not the periods of the last spend. A clock that went back starts no new period.
local function read_tally(key, now)
  local v = redis.call('HMGET', key, 'used', 'held', 'open', 'at', 'day', 'week', 'month', 'cap', 'period', 'role')
  local used = v[1] or '0'
  local day, last = math.floor(now / 86400000), math.floor(tonumber(v[4] or 0) / 86400000)
  local is_new = day > last
  return {
    key = key,
    used = tonumber(used),
    held = tonumber(v[2] or 0),
    open = tonumber(v[3] or 0),
    cap = v[8] and tonumber(v[8]),
    period = v[9],
    role = v[10],
    is_new = is_new,
    began = {
      day = is_new and used or v[5],
      week = is_new and week_of(day) > week_of(last) and used or v[6],
      month = is_new and month_of(day) > month_of(last) and used or v[7],
      total = '0',
    },
  }
end

-- Whether `ceiling` more may be held under the cap; a cap that is not set refuses nothing.
local function has_room(tally, ceiling)
  return not tally.cap or tally.used - tonumber(tally.began[tally.period]) + tally.held + ceiling <= tally.cap
end

-- Writes that one more hold began.
local function add_hold(tally, ceiling)
  redis.call('HSET', tally.key, 'held', int(tally.held + ceiling), 'open', int(tally.open + 1))
end

-- Writes that a hold of `ceiling` has ended, and what was spent of it.
local function end_hold(tally, ceiling, spent)
  if spent > 0 and tally.is_new then
    local began = tally.began
    redis.call('HSET', tally.key, 'day', began.day, 'week', began.week, 'month', began.month, 'at', int(NOW))
  end
  redis.call('HSET', tally.key, 'held', int(tally.held - ceiling), 'open', int(tally.open - 1), 'used', int(tally.used + spent))
end
