-- Schedule these sources and no others; a known one keeps its due time if it is earlier.
-- KEYS: prefix. ARGV: per source its id and due time (domain µs).
local p = KEYS[1]
local call = redis.call
local wanted = {}
for i = 1, #ARGV, 2 do
  wanted[ARGV[i]] = ARGV[i + 1]
end
for _, key in ipairs({ p .. 'polls:due', p .. 'polls:claimed' }) do
  for _, source in ipairs(call('ZRANGE', key, 0, -1)) do
    if not wanted[source] then
      call('ZREM', key, source)
    end
  end
end
for source, due in pairs(wanted) do
  local polled = call('HEXISTS', p .. 'polls:owner', source) == 1
  call('ZADD', p .. (polled and 'polls:claimed' or 'polls:due'), 'LT', due, source)
end
return 1
