-- Hand out signals whose readers are gone, oldest first, to whoever asks.
-- KEYS: prefix. ARGV: process, limit. Answers {entry, times handed out, fields} for each.
local p = KEYS[1]
local call = redis.call
local queue, process, limit = p .. 'signals', ARGV[1], tonumber(ARGV[2])
local adopted = {}
while #adopted < limit do
  local id = call('LPOP', p .. 'orphans')
  if not id then
    break
  end
  local claimed = call('XCLAIM', queue, 'read', process, 0, id)
  if #claimed == 1 then -- else it was filed after its reader was thought dead
    local pending = call('XPENDING', queue, 'read', id, id, 1)
    adopted[#adopted + 1] = { id, pending[1][4], claimed[1][2] }
  end
end
return adopted
