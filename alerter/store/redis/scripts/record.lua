-- The commit of a delivery's attempt: a ledger line, and the entry is freed, armed again, or held back.
-- KEYS: prefix. ARGV: entry, delivery id, attempt, outcome, now (domain µs), hold ms, receipt ('' = none),
-- ledger line, delivery, reason, ms that an idle entry is remembered, and with a receipt.
-- Answers 1, or 'fenced'.
local p = KEYS[1]
local call = redis.call
local entry, outcome, now = ARGV[1], ARGV[4], ARGV[5]
local key = p .. 'entry:' .. entry
local found = call('HMGET', key, 'frozen', 'attempt', 'dest', 'due', 'interval')
if found[1] ~= ARGV[2] or found[2] ~= ARGV[3] or call('HDEL', p .. 'claims', entry) == 0 then
  return 'fenced'
end
local destination = found[3]
call('XADD', p .. 'ledger', '*', 't', now, 'b', ARGV[8])

if outcome == 'retry' or outcome == 'ambiguous' then
  local time = call('TIME')
  local server = time[1] * 1000 + math.floor(time[2] / 1000)
  if outcome == 'ambiguous' then
    call('HSET', key, 'doubt', 1)
  end
  call('ZADD', p .. 'due:' .. destination, found[4], entry)
  call('ZADD', p .. 'held:' .. destination, server + tonumber(ARGV[6]), entry)
  return 1
end

if outcome == 'dead' then
  call('XADD', p .. 'dead:deliveries', '*', 't', now, 'why', ARGV[10], 'b', ARGV[9])
elseif ARGV[7] == '' then
  call('HDEL', key, 'receipt')
else
  call('HSET', key, 'receipt', ARGV[7])
end
call('DEL', p .. 'frozen:' .. entry)
call('HDEL', key, 'frozen', 'attempt', 'doubt', 'first', 'due')
call('HSET', key, 'flushed', now)
if call('EXISTS', p .. 'pending:' .. entry) == 1 then
  call('ZADD', p .. 'due:' .. destination, string.format('%.0f', now + found[5]), entry)
  return 1
end
call('SREM', p .. 'open:' .. destination, entry)
local kept = call('HEXISTS', key, 'receipt') == 1 and ARGV[12] or ARGV[11]
call('PEXPIRE', key, string.format('%.0f', math.max(kept, math.ceil(found[5] / 1000))))
return 1
