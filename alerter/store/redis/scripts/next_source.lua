-- When a source can be claimed next: the earliest due time, how long until the first hold ends, and how many are
-- being polled. KEYS: prefix. Answers {due (domain µs) or '', ms or '', count}.
local p = KEYS[1]
local due = redis.call('ZRANGE', p .. 'polls:due', 0, 0, 'WITHSCORES')
local held = redis.call('ZRANGE', p .. 'polls:held', 0, 0, 'WITHSCORES')
local wait = ''
if held[2] then
  local time = redis.call('TIME')
  wait = string.format('%.0f', held[2] - (time[1] * 1000 + math.floor(time[2] / 1000)))
end
return { due[2] or '', wait, redis.call('ZCARD', p .. 'polls:claimed') }
