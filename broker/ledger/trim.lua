#!lua flags=allow-oom
-- trim(up to seq, head): OK HEAD_MISMATCH. Drops entries that are archived, if the archiver's head is theirs. The last
-- archived one stays: what follows it is checked against its balances and its hash.
-- KEYS: pool, log
-- ARGV: up to seq, head
local upto, head = tonumber(ARGV[1]), ARGV[2]

local pool = read_pool(KEYS[1])
if not pool then
  return { 'NO_POOL' }
end
local id = int(upto) .. '-0'
local entry = redis.call('XRANGE', KEYS[2], id, id)[1]
if not entry then
  local archived = tonumber(redis.call('HGET', KEYS[1], 'archived') or 0)
  return answer(upto < archived and 'OK' or 'HEAD_MISMATCH', pool)
end
local fields = entry[2]
for i = 1, #fields, 2 do
  if fields[i] == 'hash' and fields[i + 1] ~= head then
    return answer('HEAD_MISMATCH', pool)
  end
end

redis.call('XTRIM', KEYS[2], 'MINID', id)
redis.call('HSET', KEYS[1], 'archived', int(upto))
return answer('OK', pool)
