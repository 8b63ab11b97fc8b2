-- What a member or a tag has used and holds. What `used` was when this UTC day, week (from Monday) and month began is
-- kept for everyone, so that a cap set today counts from its period's start. A spend belongs to the period of its capture; an
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

-- What `used` was when the periods of `now` (ms) began, as fields to store; nil when they are the periods of the last
-- spend, which is nearly always. A clock that went back starts no new period.
local function new_periods(key, now)
  local at = tonumber(redis.call('HGET', key, 'at') or 0)
  local day, last = math.floor(now / 86400000), math.floor(at / 86400000)
  if day <= last then
    return nil
  end
  local v = redis.call('HMGET', key, 'used', 'week', 'month')
  local used = v[1] or '0'
  return {
    day = used,
    week = week_of(day) > week_of(last) and used or v[2],
    month = month_of(day) > month_of(last) and used or v[3],
    at = int(now),
  }
end

-- Whether `ceiling` more may be held under the cap; a cap that is not set refuses nothing.
local function has_room(key, cap, period, ceiling)
  if not cap then
    return true
  end
  local v = redis.call('HMGET', key, 'used', 'held', period)
  local began = period == 'total' and '0' or (new_periods(key, NOW) or {})[period] or v[3]
  return tonumber(v[1] or 0) - tonumber(began) + tonumber(v[2] or 0) + ceiling <= tonumber(cap)
end

-- Writes that a hold of `ceiling` became a spend of `actual`, in the periods that were read before the entry.
local function spend(key, periods, ceiling, actual)
  if periods then
    redis.call('HSET', key, 'day', periods.day, 'week', periods.week, 'month', periods.month, 'at', periods.at)
  end
  redis.call('HINCRBY', key, 'held', int(-ceiling))
  redis.call('HINCRBY', key, 'used', int(actual))
end
