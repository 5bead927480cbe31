-- The commit of reading: each signal leaves the queue and its reading joins the log, exactly once.
-- KEYS: prefix. ARGV: ms that names are remembered by default; then per reading its queue entry, identity,
-- own id ('' = none), version, time seen (domain µs), body. A reading that comes after that of a newer version
-- is marked late. Answers how many were filed.
local p = KEYS[1]
local call = redis.call
local queue, log = p .. 'signals', p .. 'readings'
local state = call('HMGET', p .. 'state', 'filed', 'signals_kept')
local before = tonumber(state[1] or 0)
local filed, kept = before, state[2] or ARGV[1]
for i = 2, #ARGV, 6 do
  if call('XACK', queue, 'read', ARGV[i]) == 1 then -- else it is filed already
    call('XDEL', queue, ARGV[i])
    filed = filed + 1
    local latest = p .. 'latest:' .. ARGV[i + 1]
    local known = call('GET', latest)
    if known and tonumber(string.match(known, '^%d+')) > tonumber(ARGV[i + 3]) then
      call('XADD', log, '*', 't', ARGV[i + 4], 'n', filed, 'b', ARGV[i + 5], 'late', 1)
      call('PEXPIRE', latest, kept)
    else
      local id = call('XADD', log, '*', 't', ARGV[i + 4], 'n', filed, 'b', ARGV[i + 5])
      call('SET', latest, ARGV[i + 3] .. ' ' .. id, 'PX', kept)
    end
    if ARGV[i + 2] ~= '' then
      call('SET', p .. 'named:' .. ARGV[i + 2], ARGV[i + 1], 'PX', kept)
    end
  end
end
if filed > before then
  call('HSET', p .. 'state', 'filed', filed)
end
return filed - before
