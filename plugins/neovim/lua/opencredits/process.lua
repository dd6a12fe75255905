--- A child process that is spoken to in lines.
---
--- It is started without a shell, inherits the environment as it is, and leads a session of its own, so that
--- what a terminal does to the editor (Ctrl-Z) does not stop it. It sees the end of its stdin when the editor
--- is gone, however that went.

local uv = vim.uv

local M = {}

local KILL_AFTER = 2000 -- milliseconds from the end of its stdin
local LAST_WORDS = 500 -- milliseconds for what it wrote before its end; a child of it may hold the pipe open
local LONGEST_WORDS = 400 -- bytes of stderr that are kept

---@class opencredits.Process
---@field private handle uv.uv_process_t
---@field private pipes uv.uv_pipe_t[] stdin, stdout, stderr
---@field private words string The end of what came from stderr
---@field private ended boolean
local Process = {}
Process.__index = Process

---@param pieces string[] What has arrived of a line
---@param piece string
---@param on_line fun(line: string)
local function feed(pieces, piece, on_line)
  local from = 1
  local at = piece:find("\n", from, true)
  while at do
    table.insert(pieces, piece:sub(from, at - 1))
    local line = table.concat(pieces)
    for i = #pieces, 1, -1 do
      pieces[i] = nil
    end
    on_line(line)
    from = at + 1
    at = piece:find("\n", from, true)
  end
  table.insert(pieces, piece:sub(from))
end

local function close(handle)
  if not handle:is_closing() then
    handle:close()
  end
end

local function close_all(handles)
  for _, handle in ipairs(handles) do
    close(handle)
  end
end

--- Start it. `on_line` and `on_exit` are called outside of Neovim's main loop: schedule what needs the API.
---@param argv string[]
---@param on_line fun(line: string)
---@param on_exit fun(words: string) the last line that it wrote to stderr, or how it ended
---@return opencredits.Process? process
---@return string? problem
function M.start(argv, on_line, on_exit)
  local self = setmetatable({ words = "", ended = false }, Process)
  self.pipes = { uv.new_pipe(), uv.new_pipe(), uv.new_pipe() }
  local silent, exited
  local function report()
    if not self.ended and exited and silent then
      self.ended = true
      close_all(self.pipes)
      on_exit(self:last_words(exited))
    end
  end
  local handle, problem = uv.spawn(argv[1], {
    args = vim.list_slice(argv, 2),
    stdio = self.pipes,
    detached = true,
    hide = true,
  }, function(code, signal)
    close(self.handle)
    exited = signal ~= 0 and ("signal %d"):format(signal) or ("exit status %d"):format(code)
    report()
    vim.defer_fn(function()
      silent = true
      report()
    end, LAST_WORDS)
  end)
  if not handle then
    close_all(self.pipes)
    return nil, problem
  end
  self.handle = handle
  local pieces = {}
  self.pipes[2]:read_start(function(_, piece)
    if piece then
      feed(pieces, piece, on_line)
    end
  end)
  self.pipes[3]:read_start(function(_, piece)
    if piece then
      self.words = (self.words .. piece):sub(-LONGEST_WORDS)
    else
      silent = true
      report()
    end
  end)
  return self
end

---@private
function Process:last_words(exited)
  local last = ""
  for line in self.words:gmatch("[^\r\n]+") do
    last = line:find("%S") and vim.trim(line) or last
  end
  return last ~= "" and last or exited
end

---@return integer
function Process:pid()
  return self.handle:get_pid()
end

--- Send a line. One that has ended hears nothing; its end is reported by itself.
---@param line string
function Process:write(line)
  if not self.pipes[1]:is_closing() then
    self.pipes[1]:write(line .. "\n")
  end
end

--- End it, and do not hear of it again.
---@param now? boolean the editor itself ends, and cannot see to it later
function Process:stop(now)
  self.ended = true
  close_all(self.pipes)
  if self.handle:is_closing() then
    return
  end
  if now then
    self.handle:kill("sigterm")
    return
  end
  local timer = assert(uv.new_timer())
  timer:start(KILL_AFTER, 0, function()
    timer:close()
    if not self.handle:is_closing() then
      self.handle:kill("sigkill")
    end
  end)
end

return M
