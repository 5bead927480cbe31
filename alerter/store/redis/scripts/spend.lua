-- Count one call against a budget, if no closure and none of its limits forbids it. The time is the server's.
-- KEYS: prefix. ARGV: name, then per limit how many calls, and within how many µs.
-- Answers {calls left, 0}, or {0, µs to wait}; what is no longer needed expires by itself.
local p = KEYS[1]
local call = redis.call
local closed = call('PTTL', p .. 'closed:' .. ARGV[1])
if closed > 0 then
  return { 0, closed * 1000 }
end
local key = p .. 'calls:' .. ARGV[1]
local time = call('TIME')
local now = time[1] * 1000000 + time[2]
local longest = 0
for i = 3, #ARGV, 2 do
  longest = math.max(longest, tonumber(ARGV[i]))
end
call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - longest))
for _, made in ipairs(call('ZRANGEBYSCORE', key, '(' .. string.format('%.0f', now), '+inf')) do
  call('ZADD', key, string.format('%.0f', now), made) -- the clock was set back: it counts, but no longer than others
end

local wait, left = 0, nil
for i = 2, #ARGV, 2 do
  local calls, within = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local made = call('ZCOUNT', key, '(' .. string.format('%.0f', now - within), '+inf')
  if made >= calls then -- the call that must be out of the window for one more to be in it
    local last = calls > 0 and call('ZRANGE', key, -calls, -calls, 'WITHSCORES')[2] or now
    wait = math.max(wait, last + within - now)
  end
  left = math.min(left or calls, calls - made)
end
if wait > 0 then
  return { 0, wait }
end
if left then
  call('ZADD', key, string.format('%.0f', now), string.format('%.0f', now) .. ':' .. call('ZCARD', key))
  call('PEXPIRE', key, math.ceil(longest / 1000))
end
return { (left or 1) - 1, 0 }
