-- begin(arrangement, begun, month): takes the only place for a charge, counts it for the month, and records its top-up.
-- KEYS[1] the arrangement, KEYS[2] the new top-up's record.
-- ARGV: how many charges had begun when the balance was read, the month, the time in ms.
-- Answers 1, or 0 when it is not on, another is under way or was meanwhile, or the month's limit would be passed.
local names = { 'state', 'topup', 'begun', 'month', 'monthSpent', 'cents', 'monthlyCents' }
local v = {}
for i, value in ipairs(redis.call('HMGET', KEYS[1], unpack(names))) do
  v[names[i]] = value or ''
end
if v.state ~= 'on' or v.topup ~= '' or (tonumber(v.begun) or 0) ~= tonumber(ARGV[1]) then
  return 0
end
local spent = v.month == ARGV[2] and tonumber(v.monthSpent) or 0
if spent + tonumber(v.cents) > tonumber(v.monthlyCents) then
  return 0
end
local of = redis.call('HMGET', KEYS[1], 'pool', 'account', 'pack', 'credits', 'cents', 'customer', 'card')
local begun = string.format('%.0f', tonumber(ARGV[1]) + 1)
local id = 'auto-' .. begun
redis.call('HSET', KEYS[2], 'id', id, 'pool', of[1], 'account', of[2], 'pack', of[3], 'credits', of[4], 'cents', of[5],
  'customer', of[6], 'card', of[7], 'state', 'created', 'createdAt', ARGV[3])
redis.call('HSET', KEYS[1], 'topup', id, 'begun', begun, 'month', ARGV[2], 'monthSpent',
  string.format('%.0f', spent + tonumber(v.cents)))
return 1
