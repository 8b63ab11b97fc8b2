#!lua flags=allow-oom
-- expire(id): OK REPLAY TERMINAL NOT_DUE SUBMITTED UNKNOWN BAD_ARGUMENT. Held → available when its time is over.
-- A job that may have reached its provider is refused: whoever has asked the provider captures or releases it.
-- KEYS: pool, log, hold, member, due; with a tag also its budget
-- ARGV: id, member, tag, reason, actor, ttl of the record ms, record pairs…
local id, member, tag, reason, actor, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local hold = read_hold(KEYS[3])
if not hold then
  return hold_answer('UNKNOWN', pool, nil)
elseif hold.state ~= 'held' then
  return hold_answer(hold.state == 'expired' and 'REPLAY' or 'TERMINAL', pool, hold)
elseif member ~= hold.member or tag ~= hold.tag then
  return hold_answer('BAD_ARGUMENT', pool, hold)
elseif hold.due > NOW then
  return hold_answer('NOT_DUE', pool, hold)
elseif hold.stage ~= 'queued' and hold.stage ~= 'running' then
  return hold_answer('SUBMITTED', pool, hold)
end
local keys = keys_to_give_back()
local entry = { op = id, actor = actor, reference = reason }
give_back(pool, hold, keys, 'expire', entry, 'failed', ttl, arguments_from(7))
return hold_answer('OK', pool, hold)
