-- What lualine's components cost: writes it as JSON, and quits before a core is started.

local CALLS = 10000
local COLLECTIONS = 100

vim.opt.runtimepath:append(vim.env.BENCH_LUALINE)
vim.opt.runtimepath:prepend(vim.env.BENCH_ADAPTER)
require("lualine").setup({})
require("opencredits").setup({})
vim.cmd.edit("some_file.lua")

local HIGHLIGHT = require("lualine.highlight").format_highlight("c", true)

-- The component as lualine itself makes it.
local function made(name)
  local config = require("lualine").get_config()
  config.sections = { lualine_c = { name } }
  require("lualine.utils.loader").load_all(config)
  return config.sections.lualine_c[1]
end

local function median(figures)
  table.sort(figures)
  return figures[math.ceil(#figures / 2)]
end

-- Nanoseconds of a call.
local function time(call)
  collectgarbage()
  local before = vim.uv.hrtime()
  for _ = 1, CALLS do
    call()
  end
  return (vim.uv.hrtime() - before) / CALLS
end

-- Bytes that a call leaves behind. After a full collection: a string that still lies about from the call before
-- would be taken again, and cost nothing.
local function garbage(call)
  local found = {}
  for i = 1, COLLECTIONS do
    collectgarbage()
    collectgarbage("stop")
    local before = collectgarbage("count")
    call()
    found[i] = (collectgarbage("count") - before) * 1024
    collectgarbage("restart")
  end
  return median(found)
end

-- How often a call calls what leads to files, processes and the editor.
local function calls_outside(call)
  local count = 0
  local function counted(fn)
    return function(...)
      count = count + 1
      return fn(...)
    end
  end
  local undo = {}
  for _, library in ipairs({ vim.uv, io, os }) do
    for name, fn in pairs(library) do
      if type(fn) == "function" then
        table.insert(undo, function()
          library[name] = fn
        end)
        library[name] = counted(fn)
      end
    end
  end
  local vim_fn = vim.fn
  vim.fn = setmetatable({}, {
    __index = function(_, name)
      return counted(vim_fn[name])
    end,
  })
  call()
  vim.fn = vim_fn
  for _, action in ipairs(undo) do
    action()
  end
  return count
end

local calls, times = {}, {}
for _, name in ipairs({ "opencredits", "filename" }) do
  local component = made(name)
  calls[name] = function()
    return component:update_status(true)
  end
  calls[name .. " drawn"] = function()
    return component:draw(HIGHLIGHT, true)
  end
end
calls["opencredits drawn"]() -- lualine draws before everything else
assert(calls.opencredits():find("OpenRouter: $", 1, true), "there is no text")
assert(calls.filename() == "some_file.lua")

for name in pairs(calls) do
  times[name] = {}
end
for round = 0, tonumber(vim.env.BENCH_ROUNDS) do
  for name, call in pairs(calls) do
    times[name][round] = time(call) -- that of round 0, which warms up, is left out by median()
  end
end

local found = {}
for name, call in pairs(calls) do
  found[name] = { time = median(times[name]), garbage = garbage(call), outside = calls_outside(call) }
end
io.stdout:write(vim.json.encode(found))
vim.cmd("qall!")
