-- Take or renew a lease. The epoch is new at each change of hands, and after each lapse; it is never forgotten.
-- KEYS: prefix. ARGV: name, process, ttl ms. Answers the epoch, or nil when another process holds the lease.
local p = KEYS[1]
local name, process = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local owner = redis.call('HGET', p .. 'leases:owner', name)
local held = owner and tonumber(redis.call('HGET', p .. 'leases:until', name)) > now
if held and owner ~= process then
  return false
end
redis.call('HSET', p .. 'leases:owner', name, process)
redis.call('HSET', p .. 'leases:until', name, now + tonumber(ARGV[3]))
return redis.call('HINCRBY', p .. 'leases:epoch', name, held and 0 or 1)
