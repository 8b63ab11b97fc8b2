#!lua
-- move_in(id): OK REPLAY CONFLICT INCOMPLETE. Makes a pool of the entries that were put into its log, and gives it what
-- it had at the broker that it comes from. Until then there is no pool, whatever else of it has been written.
-- KEYS: pool, log
-- ARGV: id, seq, head, in, spent, out, gift, paid, bought, owner, opened, 'active' or 'frozen', why, actor, request hash
local id, seq, head, why, actor, request = ARGV[1], ARGV[2], ARGV[3], ARGV[13], ARGV[14], ARGV[15]
local gift, paid = tonumber(ARGV[7]), tonumber(ARGV[8])

local known = read_pool(KEYS[1])
if known then
  return answer(redis.call('HGET', KEYS[1], 'import') == id and 'REPLAY' or 'CONFLICT', known)
end
local pool = {
  key = KEYS[1], status = 'frozen', paid = 0, gift = 0, held = 0, seq = tonumber(seq), head = head, open = 0, blocked = 0,
  inflow = tonumber(ARGV[4]), spent = tonumber(ARGV[5]), outflow = tonumber(ARGV[6]),
  text = { paid = '', gift = '', held = '', inflow = '', spent = '', outflow = '', seq = '', open = '', blocked = '' },
}
pool.text = to_text(pool)
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local hash
for i = 1, last and #last[2] or 0, 2 do
  if last[2][i] == 'hash' then
    hash = last[2][i + 1]
  end
end
if not last or last[1] ~= seq .. '-0' or hash ~= head or redis.call('XLEN', KEYS[2]) ~= pool.seq then
  return answer('INCOMPLETE', pool)
end

pool.gift, pool.paid = gift, paid
pool.inflow = pool.inflow + gift + paid
append(pool, KEYS[2], {
  kind = 'adjust', op = id, amount = gift + paid, gift = gift, paid = paid,
  member = '', tag = '', actor = actor, reference = why, request = request,
})
if ARGV[12] == 'active' then
  append(pool, KEYS[2], {
    kind = 'thaw', op = id, amount = 0, gift = 0, paid = 0, member = '', tag = '', actor = actor, reference = why, request = request,
  })
  pool.status = 'active'
end
-- stylua: ignore
redis.call('HSET', KEYS[1],
  'status', pool.status, 'owner', ARGV[10], 'opened', ARGV[11], 'archived', '0', 'bought', ARGV[9], 'import', id)
return answer('OK', pool)
