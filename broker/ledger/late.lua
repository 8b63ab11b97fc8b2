#!lua flags=allow-oom
-- late(id): OK REPLAY OPEN TERMINAL UNKNOWN. A result that came after its hold was given back: the generation has
-- succeeded all the same, and costs nothing. Moves no money, so it leaves no entry.
-- KEYS: pool, hold
-- ARGV: record pairs…
local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local hold = read_hold(KEYS[2])
if not hold then
  return hold_answer('UNKNOWN', pool, nil)
elseif hold.state == 'held' then
  return hold_answer('OPEN', pool, hold)
elseif hold.state == 'captured' then
  return hold_answer('TERMINAL', pool, hold)
elseif hold.generation == 'succeeded' then
  return hold_answer('REPLAY', pool, hold)
end
hold.generation = 'succeeded'
redis.call('HSET', hold.key, 'generation', 'succeeded', 'late', '1', 'updated', int(NOW), unpack(arguments_from(1)))
-- It has pictures now, and lives as long as they do.
redis.call('PERSIST', hold.key)
return hold_answer('OK', pool, hold)
