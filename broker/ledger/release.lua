#!lua flags=allow-oom
-- release(id, reason): OK REPLAY TERMINAL TOO_LATE UNKNOWN BAD_ARGUMENT. Held → available, to where it came from.
-- KEYS: pool, log, hold, member, due; with a tag also its budget
-- ARGV: id, member, tag, generation state, reason, actor, stages in which it may be released (comma list, '' for any),
--       ttl of the record ms, record pairs…
local id, member, tag, generation, reason, actor, only, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local hold = read_hold(KEYS[3])
if not hold then
  return hold_answer('UNKNOWN', pool, nil)
elseif hold.state ~= 'held' then
  return hold_answer(hold.state == 'released' and 'REPLAY' or 'TERMINAL', pool, hold)
elseif member ~= hold.member or tag ~= hold.tag then
  return hold_answer('BAD_ARGUMENT', pool, hold)
elseif only ~= '' and not contains(only, hold.stage) then
  return hold_answer('TOO_LATE', pool, hold)
end
local keys = keys_to_give_back()
local entry = { op = id, actor = actor, reference = reason }
give_back(pool, hold, keys, 'release', entry, generation, ttl, arguments_from(9))
return hold_answer('OK', pool, hold)
