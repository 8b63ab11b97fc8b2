#!lua flags=allow-oom
-- capture(id, actual ≤ ceiling): OK REPLAY TERMINAL UNKNOWN BAD_ARGUMENT. Held → spent, the rest → available, each to
-- where it came from, gift spent first; the generation has succeeded.
-- KEYS: see settle.lua
-- ARGV: id, actual, member, tag, reference, actor, request hash, record pairs…
local id, actual, member, tag, reference, actor, request = ARGV[1], to_amount(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]

local ending, ended = open_hold(member, tag, function(hold)
  return hold.state == 'captured' and redis.call('HGET', hold.key, 'settlement') == request
end)
if not ending then
  return ended
end
local pool, hold = ending.pool, ending.hold
if not actual or actual > hold.ceiling then
  return hold_answer('BAD_ARGUMENT', pool, hold)
end

local gift = math.min(hold.gift, actual)
local paid = actual - gift
local fields = arguments_from(8)
hold.captured = int(actual)
for _, word in ipairs({ 'captured', hold.captured, 'settlement', request }) do
  fields[#fields + 1] = word
end
local entry = { kind = 'capture', op = id, amount = actual, gift = gift, paid = paid, actor = actor, reference = reference, request = request }
settle(ending, 'captured', 'succeeded', gift, paid, entry, fields)
return hold_answer('OK', pool, hold)
