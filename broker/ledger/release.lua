#!lua flags=allow-oom
-- release(id, reason): OK REPLAY TERMINAL TOO_LATE UNKNOWN BAD_ARGUMENT. Held → available, to where it came from.
-- KEYS: see settle.lua
-- ARGV: id, member, tag, generation state, reason, actor, stages in which it may be released (comma list, '' for any),
--       ttl of the record ms, record pairs…
local id, member, tag, generation, reason, actor, only, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]

local ending, ended = open_hold(member, tag, function(hold)
  return hold.state == 'released'
end)
if not ending then
  return ended
end
local pool, hold = ending.pool, ending.hold
if only ~= '' and not contains(only, hold.stage) then
  return hold_answer('TOO_LATE', pool, hold)
end
give_back(ending, 'release', generation, { op = id, actor = actor, reference = reason }, ttl, arguments_from(9))
return hold_answer('OK', pool, hold)
