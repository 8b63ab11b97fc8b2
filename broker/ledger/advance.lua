#!lua flags=allow-oom
-- advance(id, stage, fields): OK REPLAY TERMINAL WRONG_STAGE UNKNOWN. Moves an open hold's generation; moves no money.
-- An id that is among the last four is a repeat, whatever came between, such as somebody's wish to cancel; another id
-- asking for the same move is a rival and must lose, because two workers that both believe they moved a generation to
-- `submitting` would pay its provider twice.
-- KEYS: pool, hold, due
-- ARGV: id, operation, stages to move from (comma list, '' for any that is not later), stage ('' for the same), its
--       generation state, ttl ms ('' for the same), record pairs…
local id, op, from, stage, generation, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local REMEMBERED = 4
local RANK = { queued = 0, running = 1, submitting = 2, submitted = 3, storing = 4 }

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local hold = read_hold(KEYS[2])
if not hold then
  return hold_answer('UNKNOWN', pool, nil)
elseif hold.state ~= 'held' then
  return hold_answer('TERMINAL', pool, hold)
end
local ops = redis.call('HGET', hold.key, 'ops') or ''
if contains(ops, op) then
  return hold_answer('REPLAY', pool, hold)
elseif from ~= '' and not contains(from, hold.stage) then
  return hold_answer('WRONG_STAGE', pool, hold)
elseif from == '' and stage ~= '' and RANK[stage] < RANK[hold.stage] then
  return hold_answer('WRONG_STAGE', pool, hold)
end

-- A key of another type fails here, while nothing has changed.
redis.call('ZCARD', KEYS[3])
local kept = { op }
for earlier in string.gmatch(ops, '[^,]+') do
  if #kept < REMEMBERED then
    kept[#kept + 1] = earlier
  end
end
if stage ~= '' then
  hold.stage = stage
  hold.generation = generation
end
if ttl ~= '' then
  hold.due = NOW + tonumber(ttl)
end
-- stylua: ignore
redis.call('HSET', hold.key,
  'ops', table.concat(kept, ','), 'stage', hold.stage, 'generation', hold.generation, 'due', int(hold.due), 'updated', int(NOW),
  unpack(arguments_from(7)))
if ttl ~= '' then
  redis.call('ZADD', KEYS[3], 'XX', int(hold.due), id)
end
return hold_answer('OK', pool, hold)
