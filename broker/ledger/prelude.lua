-- What every ledger script shares. It is put after the script's flags line when the script is loaded.
-- A script is isolated but not rolled back, so each one validates, reads and decides first, and then writes: the entry
-- first, because XADD with an explicit id fails on a wrong sequence number while nothing has changed yet.

local clock = redis.call('TIME')
local NOW = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

-- `+ 0` turns a negative zero into zero: HINCRBY refuses '-0'.
local function int(n)
  return string.format('%.0f', n + 0)
end

-- An amount that one operation may move: a whole number from 1 to 10^9, else nil.
local function to_amount(text)
  local n = tonumber(text)
  return n and n > 0 and n <= 1000000000 and n == math.floor(n) and n or nil
end

local function read_pool(key)
  local v = redis.call('HMGET', key, 'status', 'paid', 'gift', 'held', 'in', 'spent', 'out', 'seq', 'head', 'open', 'blocked')
  if not v[1] then
    return nil
  end
  return {
    key = key,
    status = v[1],
    paid = tonumber(v[2]),
    gift = tonumber(v[3]),
    held = tonumber(v[4]),
    inflow = tonumber(v[5]),
    spent = tonumber(v[6]),
    outflow = tonumber(v[7]),
    seq = tonumber(v[8]),
    head = v[9],
    open = tonumber(v[10]),
    blocked = tonumber(v[11] or 0),
    -- stylua: ignore
    text = {
      paid = v[2], gift = v[3], held = v[4], inflow = v[5], spent = v[6], outflow = v[7], seq = v[8], open = v[10],
      blocked = v[11] or '0',
    },
  }
end

-- The reply of every script: the code, the pool after it, then what is particular to the script. All strings, because
-- numbers in a reply lose their fraction and an array ends at its first nil.
local function answer(code, pool, ...)
  local t = pool.text
  return { code, pool.status, t.paid, t.gift, t.held, t.inflow, t.spent, t.outflow, t.seq, t.open, t.blocked, ... }
end

-- The pool's numbers as text, after they were found sound: whole, still exact in a double, and conserved (I1).
local function to_text(pool)
  local text = {}
  for name in pairs(pool.text) do
    local n = pool[name]
    if n ~= math.floor(n) or math.abs(n) > 9007199254740991 then
      error('LEDGER ' .. pool.key .. ' ' .. name .. ' is not a safe integer')
    end
    text[name] = int(n)
  end
  if pool.held < 0 or pool.open < 0 then
    error('LEDGER ' .. pool.key .. ' would hold less than nothing')
  end
  if pool.inflow - pool.outflow - pool.spent ~= pool.paid + pool.gift + pool.held then
    error('LEDGER ' .. pool.key .. ' would not conserve')
  end
  return text
end

-- Appends the entry, then stores the balances. `pool` already has the amounts after the operation.
-- Each value is hashed with its length before it, so that no two entries have one encoding.
local function append(pool, log, e)
  pool.seq = pool.seq + 1
  local t = to_text(pool)
  -- stylua: ignore
  local values = {
    e.kind, e.op, int(e.amount), int(e.gift), int(e.paid), e.member, e.tag,
    t.paid, t.gift, t.held, e.actor, e.reference, int(NOW), e.request,
  }
  local sealed = { pool.head, t.seq }
  for i = 1, #values do
    sealed[i + 2] = #values[i] .. ':' .. values[i]
  end
  local hash = redis.sha1hex(table.concat(sealed, ','))
  -- stylua: ignore
  redis.call('XADD', log, t.seq .. '-0',
    'kind', values[1], 'op', values[2], 'amount', values[3], 'splitGift', values[4], 'splitPaid', values[5],
    'member', values[6], 'tag', values[7], 'paid', t.paid, 'gift', t.gift, 'held', t.held,
    'actor', values[11], 'reference', values[12], 'time', values[13], 'request', values[14], 'hash', hash)
  -- stylua: ignore
  redis.call('HSET', pool.key,
    'paid', t.paid, 'gift', t.gift, 'held', t.held, 'in', t.inflow, 'spent', t.spent, 'out', t.outflow,
    'seq', t.seq, 'head', hash, 'open', t.open)
  pool.head = hash
  pool.text = t
end

-- ARGV from `first` on.
local function arguments_from(first)
  local rest = {}
  for i = first, #ARGV do
    rest[#rest + 1] = ARGV[i]
  end
  return rest
end
