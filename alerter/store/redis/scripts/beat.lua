-- A process says that it lives. Where the server's clock was set back since the last one did, whatever ends at a
-- time of that clock ends as much earlier: else what is held back, or was held by the dead, would be for as long.
-- KEYS: prefix. ARGV: process, liveness ms.
local p = KEYS[1]
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local back = tonumber(call('GET', p .. 'clock') or 0) - now

if back > 1000 then -- less is of no account
  local ends = { p .. 'processes', p .. 'polls:held' }
  for _, destination in ipairs(call('SMEMBERS', p .. 'destinations')) do
    ends[#ends + 1] = p .. 'held:' .. destination
  end
  for _, key in ipairs(ends) do
    for _, member in ipairs(call('ZRANGE', key, 0, -1)) do
      call('ZINCRBY', key, string.format('%.0f', -back), member)
    end
  end
  for _, name in ipairs(call('HKEYS', p .. 'leases:until')) do
    call('HINCRBY', p .. 'leases:until', name, string.format('%.0f', -back))
  end
end
call('SET', p .. 'clock', string.format('%.0f', now))
call('ZADD', p .. 'processes', now + tonumber(ARGV[2]), ARGV[1])
return 1
