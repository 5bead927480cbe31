-- Claim sources that are due and not held back, the longest due first.
-- KEYS: prefix. ARGV: process, now (domain µs), limit. Answers {source, epoch, cursor or nil} for each.
local p = KEYS[1]
local call = redis.call
local process, limit = ARGV[1], tonumber(ARGV[3])
local time = call('TIME')
call('ZREMRANGEBYSCORE', p .. 'polls:held', '-inf', time[1] * 1000 + math.floor(time[2] / 1000))
local reach = limit + call('ZCARD', p .. 'polls:held')
local due = call('ZRANGEBYSCORE', p .. 'polls:due', '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', 0, reach)
local claims = {}
for i = 1, #due, 2 do
  local source = due[i]
  if #claims < limit and not call('ZSCORE', p .. 'polls:held', source) then
    call('ZREM', p .. 'polls:due', source)
    call('ZADD', p .. 'polls:claimed', due[i + 1], source)
    call('HSET', p .. 'polls:owner', source, process)
    local epoch = call('HINCRBY', p .. 'polls:epoch', source, 1)
    claims[#claims + 1] = { source, epoch, call('HGET', p .. 'polls:cursor', source) }
  end
end
return claims
