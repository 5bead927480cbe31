-- End a source's claim without progress: due again in domain time, but held back in the server's.
-- KEYS: prefix. ARGV: source, epoch, due (domain µs), hold ms, health. Answers 1, or 'fenced'.
local p = KEYS[1]
local call = redis.call
local source = ARGV[1]
local epoch = call('HGET', p .. 'polls:epoch', source)
if epoch ~= ARGV[2] or call('HEXISTS', p .. 'polls:owner', source) == 0 then
  return 'fenced'
end
call('HDEL', p .. 'polls:owner', source)
call('HSET', p .. 'polls:health', source, ARGV[5])
if call('ZREM', p .. 'polls:claimed', source) == 1 then -- else it was unscheduled while it was polled
  if tonumber(ARGV[4]) > 0 then
    local time = call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    call('HSET', p .. 'polls:after', source, ARGV[3])
    call('ZADD', p .. 'polls:held', now + tonumber(ARGV[4]), source)
  else
    call('ZADD', p .. 'polls:due', ARGV[3], source)
  end
end
return 1
