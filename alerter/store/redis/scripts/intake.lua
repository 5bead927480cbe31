-- The commit of intake: new signals and new versions join the queue; a poll's cursor, due time and health move.
-- KEYS: prefix. ARGV: backlog limit, versions kept, ms that an unused identity is remembered by default,
-- source of the poll ('' = none), epoch, cursor, due (domain µs) and health ('' = the poll goes on), the same two
-- if a signal is new; number of runs of signals that belong to no poll, per run its source, length, time seen
-- (domain µs); then per signal its identity, content, body. An observation's content begins with 'o': known is
-- only its latest one, followed by its version from the second on. Of others all contents are known, in a row.
-- Answers 'fenced', 'busy', or for each signal 0 duplicate, 1 accepted, 2 updated.
local p = KEYS[1]
local call, find, sub, byte = redis.call, string.find, string.sub, string.byte
local source = ARGV[4]
if source ~= '' then
  local epoch = call('HGET', p .. 'polls:epoch', source)
  if epoch ~= ARGV[5] or call('HEXISTS', p .. 'polls:owner', source) == 0 then
    return 'fenced'
  end
end

local first = 12 + 3 * ARGV[11]
local queue = p .. 'signals'
local state = call('HMGET', p .. 'state', 'filed', 'evaluated', 'identities_kept')
local behind = call('XLEN', queue) + (state[1] or 0) - (state[2] or 0)
if #ARGV >= first and behind >= tonumber(ARGV[1]) then
  return 'busy'
end

local versions_kept, kept = tonumber(ARGV[2]), state[3] or ARGV[3]
local identities = p .. 'id:'
local statuses, is_new = {}, false

local function admit_observation(key, known, content, body)
  if sub(known, 1, #content) == content then
    call('PEXPIRE', key, kept)
    return 0
  end
  local version = byte(known) == 111 and (tonumber(sub(known, #content + 1)) or 1) or math.floor(#known / #content)
  call('SET', key, content .. string.format('%d', version + 1), 'PX', kept)
  call('XADD', queue, '*', 'v', version + 1, 'b', body)
  return 2
end

for i = first, #ARGV, 3 do
  local key, content = identities .. ARGV[i], ARGV[i + 1]
  local known = call('SET', key, content, 'NX', 'GET', 'PX', kept)
  local status = 0
  if not known then
    call('XADD', queue, '*', 'v', 1, 'b', ARGV[i + 2])
    status = 1
  elseif byte(content) == 111 then
    status = admit_observation(key, known, content, ARGV[i + 2])
  elseif find(known, content, 1, true) or #known >= #content * versions_kept then
    call('PEXPIRE', key, kept) -- what is still published is never forgotten
  else
    call('SET', key, known .. content, 'PX', kept)
    call('XADD', queue, '*', 'v', math.floor(#known / #content) + 1, 'b', ARGV[i + 2])
    status = 2
  end
  statuses[#statuses + 1] = status
  is_new = is_new or status > 0
end

local at = 0
for i = 12, first - 1, 3 do
  local till = at + ARGV[i + 1]
  while is_new and at < till do
    at = at + 1
    if statuses[at] > 0 then
      call('ZADD', p .. 'sources:heard', 'GT', ARGV[i + 2], ARGV[i])
      break
    end
  end
  at = till
end

if source ~= '' and ARGV[8] ~= '' then
  call('HDEL', p .. 'polls:owner', source)
  call('HSET', p .. 'polls:cursor', source, ARGV[6])
  call('HSET', p .. 'polls:health', source, is_new and ARGV[10] or ARGV[8])
  if call('ZREM', p .. 'polls:claimed', source) == 1 then -- else it was unscheduled while it was polled
    call('ZADD', p .. 'polls:due', is_new and ARGV[9] or ARGV[7], source)
  end
end
return statuses
