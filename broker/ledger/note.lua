#!lua flags=allow-oom
-- note(id): OK OPEN UNKNOWN. What became known of a generation only after its hold had ended, such as the provider's job.
-- What its record says already stays. Moves no money, so it leaves no entry; and what is noted lives as long as the record.
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
end
for i = 1, #ARGV, 2 do
  redis.call('HSETNX', hold.key, ARGV[i], ARGV[i + 1])
end
return hold_answer('OK', pool, hold)
