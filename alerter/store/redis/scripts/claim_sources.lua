-- Claim sources that are due, the longest due first; what is held back comes back first where its hold has ended.
-- KEYS: prefix. ARGV: process, now (domain µs), limit. Answers {source, epoch, cursor or nil, health or nil} for each.
local p = KEYS[1]
local call = redis.call
local time = call('TIME')
local server = time[1] * 1000 + math.floor(time[2] / 1000)
for _, source in ipairs(call('ZRANGEBYSCORE', p .. 'polls:held', '-inf', server, 'LIMIT', 0, 500)) do
  local due = call('HGET', p .. 'polls:after', source)
  call('ZREM', p .. 'polls:held', source)
  call('HDEL', p .. 'polls:after', source)
  call('ZADD', p .. 'polls:due', due, source)
end

local due = call('ZRANGEBYSCORE', p .. 'polls:due', '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local claims = {}
for i = 1, #due, 2 do
  local source = due[i]
  call('ZREM', p .. 'polls:due', source)
  call('ZADD', p .. 'polls:claimed', due[i + 1], source)
  call('HSET', p .. 'polls:owner', source, ARGV[1])
  local epoch = call('HINCRBY', p .. 'polls:epoch', source, 1)
  claims[#claims + 1] =
    { source, epoch, call('HGET', p .. 'polls:cursor', source), call('HGET', p .. 'polls:health', source) }
end
return claims
