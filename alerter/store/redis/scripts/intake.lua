-- The commit of intake: new signals and new versions join the queue; a poll's cursor, due time and health move.
-- KEYS: prefix. ARGV: backlog limit, versions kept, ms that an unused identity is remembered by default,
-- source of the poll ('' = pushed), epoch, cursor, due (domain µs), health; then per signal its identity,
-- content hash, body. Answers 'fenced', 'busy', or for each signal 0 duplicate, 1 accepted, 2 updated.
local p = KEYS[1]
local call, find = redis.call, string.find
local source = ARGV[4]
if source ~= '' then
  local epoch = call('HGET', p .. 'polls:epoch', source)
  if epoch ~= ARGV[5] or call('HEXISTS', p .. 'polls:owner', source) == 0 then
    return 'fenced'
  end
end

local queue = p .. 'signals'
local state = call('HMGET', p .. 'state', 'filed', 'evaluated', 'identities_kept')
local behind = call('XLEN', queue) + (state[1] or 0) - (state[2] or 0)
if #ARGV > 8 and behind >= tonumber(ARGV[1]) then
  return 'busy'
end

local versions_kept, kept = tonumber(ARGV[2]), state[3] or ARGV[3]
local identities = p .. 'id:'
local statuses = {}
for i = 9, #ARGV, 3 do
  local key, content = identities .. ARGV[i], ARGV[i + 1]
  local known = call('SET', key, content, 'NX', 'GET', 'PX', kept) -- all hashes of the identity, in a row
  local status = 0
  if not known then
    call('XADD', queue, '*', 'v', 1, 'b', ARGV[i + 2])
    status = 1
  elseif find(known, content, 1, true) or #known >= #content * versions_kept then
    call('PEXPIRE', key, kept) -- what is still published is never forgotten
  else
    call('SET', key, known .. content, 'PX', kept)
    call('XADD', queue, '*', 'v', #known / #content + 1, 'b', ARGV[i + 2])
    status = 2
  end
  statuses[#statuses + 1] = status
end

if source ~= '' then
  call('HDEL', p .. 'polls:owner', source)
  call('HSET', p .. 'polls:cursor', source, ARGV[6])
  call('HSET', p .. 'polls:health', source, ARGV[8])
  if call('ZREM', p .. 'polls:claimed', source) == 1 then -- else it was unscheduled while it was polled
    call('ZADD', p .. 'polls:due', ARGV[7], source)
  end
end
return statuses
