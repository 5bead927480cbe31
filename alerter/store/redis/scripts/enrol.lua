-- Schedule these sources and no others. One that is known with the same signature stays as it is; another one is
-- due and fares as told, its hold is gone, and a poll of it that is under way is fenced.
-- KEYS: prefix. ARGV: per source its id, due (domain µs, '' = not polled), signature, health ('' = as it is).
local p = KEYS[1]
local call = redis.call
local wanted, known = {}, {}
for i = 1, #ARGV, 4 do
  wanted[ARGV[i]] = true
end
local flat = call('HGETALL', p .. 'polls:signature')
for i = 1, #flat, 2 do
  known[flat[i]] = flat[i + 1]
end

local function unschedule(source)
  for _, key in ipairs({ 'polls:due', 'polls:held', 'polls:claimed' }) do
    call('ZREM', p .. key, source)
  end
  call('HDEL', p .. 'polls:after', source)
end

for source in pairs(known) do
  if not wanted[source] then
    unschedule(source)
    call('HDEL', p .. 'polls:signature', source)
  end
end
for i = 1, #ARGV, 4 do
  local source = ARGV[i]
  if known[source] ~= ARGV[i + 2] then
    unschedule(source)
    call('HSET', p .. 'polls:signature', source, ARGV[i + 2])
    call('HDEL', p .. 'polls:owner', source)
    if ARGV[i + 1] ~= '' then
      call('ZADD', p .. 'polls:due', ARGV[i + 1], source)
    end
    if ARGV[i + 3] ~= '' then
      call('HSET', p .. 'polls:health', source, ARGV[i + 3])
    end
  end
end
return 1
