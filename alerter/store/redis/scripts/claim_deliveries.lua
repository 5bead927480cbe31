-- Claim due entries, the longest due first, and freeze what they have gathered under a delivery id.
-- KEYS: prefix. ARGV: process, now (domain µs), all ('1' = also those that are not yet due or held back); then
-- destinations and how many entries of each. Answers for each entry: entry, destination, group, delivery id,
-- attempt, doubt ('1' = an earlier attempt may have arrived), first attempt (domain µs), receipt or nil,
-- members ("change order alert").
local p = KEYS[1]
local call = redis.call
local process, now, all = ARGV[1], ARGV[2], ARGV[3] == '1'
local time = call('TIME')
local server = time[1] * 1000 + math.floor(time[2] / 1000)

local function freeze(entry, key)
  local number = call('HINCRBY', p .. 'state', 'deliveries', 1)
  local id = string.sub(redis.sha1hex(entry .. ' ' .. number .. ' ' .. now), 1, 16)
  call('RENAME', p .. 'pending:' .. entry, p .. 'frozen:' .. entry)
  call('HSET', key, 'frozen', id, 'attempt', 0, 'doubt', 0, 'first', now)
end

local function claim(entry, destination, due)
  local key = p .. 'entry:' .. entry
  call('ZREM', p .. 'due:' .. destination, entry)
  call('ZREM', p .. 'held:' .. destination, entry)
  if call('HEXISTS', key, 'frozen') == 0 then
    freeze(entry, key)
  end
  call('HSET', p .. 'claims', entry, process)
  call('HSET', key, 'due', due)
  call('HINCRBY', key, 'attempt', 1)
  local row = call('HMGET', key, 'dest', 'group', 'frozen', 'attempt', 'doubt', 'first', 'receipt')
  table.insert(row, 1, entry)
  row[9] = call('HVALS', p .. 'frozen:' .. entry)
  return row
end

local claimed = {}
for i = 4, #ARGV, 2 do
  local destination, slots = ARGV[i], tonumber(ARGV[i + 1])
  local held = p .. 'held:' .. destination
  call('ZREMRANGEBYSCORE', held, '-inf', all and '+inf' or server)
  local reach = slots + call('ZCARD', held)
  local due = call('ZRANGEBYSCORE', p .. 'due:' .. destination, '-inf', all and '+inf' or now,
    'WITHSCORES', 'LIMIT', 0, reach)
  local taken = 0
  for j = 1, #due, 2 do
    if taken < slots and not call('ZSCORE', held, due[j]) then
      claimed[#claimed + 1] = claim(due[j], destination, due[j + 1])
      taken = taken + 1
    end
  end
end
return claimed
