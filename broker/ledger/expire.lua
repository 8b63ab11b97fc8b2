#!lua flags=allow-oom
-- expire(id): OK REPLAY TERMINAL NOT_DUE SUBMITTED UNKNOWN BAD_ARGUMENT. Held → available when its time is over.
-- A job that may have reached its provider is refused: whoever has asked the provider captures or releases it.
-- KEYS: see settle.lua
-- ARGV: id, member, tag, reason, actor, ttl of the record ms, record pairs…
local id, member, tag, reason, actor, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local ending, ended = open_hold(member, tag, function(hold)
  return hold.state == 'expired'
end)
if not ending then
  return ended
end
local pool, hold = ending.pool, ending.hold
if hold.due > NOW then
  return hold_answer('NOT_DUE', pool, hold)
elseif hold.stage ~= 'queued' and hold.stage ~= 'running' then
  return hold_answer('SUBMITTED', pool, hold)
end
give_back(ending, 'expire', 'failed', { op = id, actor = actor, reference = reason }, ttl, arguments_from(7))
return hold_answer('OK', pool, hold)
