-- A process says that it lives.
-- KEYS: prefix. ARGV: process, liveness ms.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1] .. 'processes', now + tonumber(ARGV[2]), ARGV[1])
return 1
