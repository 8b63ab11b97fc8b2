-- finish(arrangement, topup, outcome): gives the place for a charge free. A charge that took no money does not count for
-- the month; with a reason, nothing more is charged, and the owner is to be mailed.
-- KEYS[1] the arrangement. ARGV: the top-up's id, its cents, '1' if they were paid, the reason or ''.
-- Answers 1, or 0 when the top-up was finished before.
if redis.call('HGET', KEYS[1], 'topup') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'topup', '')
if ARGV[3] == '0' then
  redis.call('HINCRBY', KEYS[1], 'monthSpent', '-' .. ARGV[2])
end
if ARGV[4] ~= '' and redis.call('HGET', KEYS[1], 'state') == 'on' then
  redis.call('HSET', KEYS[1], 'state', 'stopped', 'reason', ARGV[4], 'mailDue', '1')
end
return 1
