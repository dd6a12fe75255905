--- Keeps one core running for this editor: starts it, tells it what was set, brings it back when it crashes.

local alert = require("opencredits.alert")
local bridges = require("opencredits.bridge")
local config = require("opencredits.config")
local core = require("opencredits.core")
local focus = require("opencredits.focus")
local message = require("opencredits.message")
local status = require("opencredits.status")

local M = {}

local PROTOCOL = 1
local MOST_CRASHES = 5
local CRASHES_WITHIN = 180 -- seconds
local FIRST_PAUSE = 500 -- milliseconds; doubled with each crash

local OTHER_PROTOCOL = "The core (%s) does not speak version %d of the protocol. "
  .. "Update the core and this plugin to the same version."
local GAVE_UP = "The core crashed %d times in 3 minutes, the last time with: %s. "
  .. "See ':OpenCredits log'; ':OpenCredits restart' tries again."
local NOT_RUNNING = "The core is not running. "
  .. "':OpenCredits restart' starts it, ':checkhealth opencredits' says more."
local SWITCHED_OFF = "It is switched off: enabled = false in setup()."
local CRASHED = "The core crashed before it answered; it is started again."

-- Who reloads these modules starts a second session: the first one hears of it, and ends.
local UNLOAD = "OpenCreditsUnload"
vim.api.nvim_exec_autocmds("User", { pattern = UNLOAD, modeline = false })
local augroup = vim.api.nvim_create_augroup("OpenCredits", { clear = true })

local bridge ---@type opencredits.Bridge?
local ready = false -- the core has answered to `initialize`
local early = {} ---@type fun()[] what waits for that
local started_with = nil ---@type opencredits.Options? what the running core was told
local crashes = {} ---@type number[] when they were, in seconds
local pause ---@type uv.uv_timer_t?
local warned ---@type string? the faults that were shown last

--- The core that was found last, and what it said of itself; for `:checkhealth`.
M.core = nil ---@type opencredits.Core?
M.server = nil ---@type { name: string, version: string }?

local function set_bridge(new)
  bridge, ready, M.server = new, false, nil
end

local function stop(now)
  if pause then
    pause:close()
    pause = nil
  end
  if bridge then
    bridge:close(now)
    set_bridge(nil)
  end
  early = {}
  focus.stop()
end

-- Once for the same faults: a core that comes back after a crash says them again.
local function warn_of(faults)
  local text = table.concat(faults or {}, " ")
  if text ~= "" and text ~= warned then
    message.warn(text)
  end
  warned = text
end

local function tell_focus(focused)
  if bridge and ready then
    bridge:notify("focus", { focused = focused })
  end
end

local function on_notification(method, params)
  if method == "status_changed" then
    status.take(params.status)
  elseif method == "alert" then
    alert.receive(params, bridge)
  end
end

-- Another try would end in the same way.
local function refuse(text)
  stop()
  status.leave_alone()
  message.error(text)
end

local function on_initialized(err, result)
  if err then
    stop()
    status.leave_alone()
    message.failure(err)
    return
  end
  if result.protocol ~= PROTOCOL then
    refuse(OTHER_PROTOCOL:format(vim.tbl_get(result, "server", "version") or "?", PROTOCOL))
    return
  end
  ready, M.server = true, result.server
  status.take(result.status)
  warn_of(result.faults)
  if focus.is_here() then
    tell_focus(true)
  end
  local waiting = early
  early = {}
  for _, action in ipairs(waiting) do
    action()
  end
end

-- How many crashes there were lately, with this one.
local function count_crash()
  local now = vim.uv.hrtime() / 1e9
  crashes = vim.tbl_filter(function(at)
    return now - at < CRASHES_WITHIN
  end, crashes)
  table.insert(crashes, now)
  return #crashes
end

local start

local function on_crash(words)
  local waiting = bridge and bridge:take_waiting() or {}
  local was_ready = ready
  set_bridge(nil)
  status.leave_alone()
  local count = count_crash()
  if count >= MOST_CRASHES then
    early = {}
    message.error(GAVE_UP:format(count, words))
    return
  end
  pause = assert(vim.uv.new_timer())
  pause:start(FIRST_PAUSE * 2 ^ (count - 1), 0, vim.schedule_wrap(function()
    if pause then
      pause:close()
      pause = nil
      start()
    end
  end))
  if was_ready then -- before that only `initialize` waits, and is asked again
    for _, answer in ipairs(waiting) do
      answer({ message = CRASHED })
    end
  end
end

function start()
  local problem
  M.core, problem = core.find()
  if not M.core then
    refuse(problem)
    return
  end
  local options = config.get()
  local argv = vim.list_extend(vim.list_extend({}, M.core.command), { "bridge", options.demo and "--demo" or nil })
  local opened
  opened, problem = bridges.open(argv, on_notification, on_crash)
  if not opened then
    refuse(("The core cannot be started: %s (%s)."):format(problem, argv[1]))
    return
  end
  set_bridge(opened)
  started_with = vim.deepcopy(options)
  opened:request("initialize", {
    protocol = PROTOCOL,
    client = { name = "Neovim", version = require("opencredits.version") },
    settings = next(options.settings) and options.settings or nil,
  }, on_initialized)
end

-- Only what has changed; null takes one back.
local function changed_settings(old, new)
  local changed = {}
  for name in pairs(old) do
    changed[name] = new[name] == nil and vim.NIL or nil
  end
  for name, value in pairs(new) do
    if not vim.deep_equal(old[name], value) then
      changed[name] = value
    end
  end
  return changed
end

local function send_settings(options)
  local changed = changed_settings(started_with.settings, options.settings)
  started_with = vim.deepcopy(options)
  if next(changed) == nil then
    return
  end
  M.request("settings", changed, function(err, result)
    if err then
      message.failure(err)
      return
    end
    status.take(result.status)
    warn_of(result.faults)
  end)
end

local function must_restart(options)
  return options.demo ~= started_with.demo or not vim.deep_equal(options.command, started_with.command)
end

--- Bring what runs in line with the options.
function M.sync()
  local options = config.get()
  if not options.enabled then
    stop()
    status.hide()
    started_with = nil
  elseif not bridge or must_restart(options) then
    if started_with and started_with.demo ~= options.demo then
      status.hide() -- the figures of the one are nothing for the other
    end
    M.restart()
  else
    send_settings(options)
  end
end

--- Start the core anew, whatever became of the one before.
function M.restart()
  stop()
  crashes = {}
  if config.get().enabled then
    focus.start(augroup, tell_focus)
    start()
  end
end

--- Ask the core. One that is starting answers when it is up.
---@param method string
---@param params? table
---@param answer opencredits.Answer
function M.request(method, params, answer)
  if bridge and ready then
    bridge:request(method, params, answer)
  elseif bridge or pause then
    table.insert(early, function()
      M.request(method, params, answer)
    end)
  else
    answer({ message = config.get().enabled and NOT_RUNNING or SWITCHED_OFF })
  end
end

--- Whether a core has been started and has answered.
---@return boolean
function M.is_ready()
  return ready
end

vim.api.nvim_create_autocmd("VimLeavePre", {
  group = augroup,
  callback = function()
    stop(true)
  end,
})
vim.api.nvim_create_autocmd("User", {
  group = augroup,
  pattern = UNLOAD,
  callback = function()
    stop()
    status.unload()
  end,
})

return M
