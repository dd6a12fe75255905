--- What is shown. A status line only reads: every string in here is made when the status changes.

local paths = require("opencredits.paths")

local M = {}

--- The highlight group of each level that has one.
M.GROUPS = {
  ok = "OpenCreditsOk",
  low = "OpenCreditsLow",
  critical = "OpenCreditsCritical",
  error = "OpenCreditsError",
}

local LINKS = {
  OpenCreditsOk = "DiagnosticOk",
  OpenCreditsLow = "DiagnosticWarn",
  OpenCreditsCritical = "DiagnosticError",
  OpenCreditsError = "DiagnosticError",
}
for group, target in pairs(LINKS) do
  vim.api.nvim_set_hl(0, group, { link = target, default = true })
end

local LOOK_AGAIN = 5000 -- milliseconds

---@type opencredits.Shown
local NOTHING = { text = "", level = "unknown", group = nil, escaped = "", coloured = "" }

--- Never nil; another table after every change.
M.shown = NOTHING

---@type opencredits.Status?
M.newest = nil

local aging ---@type uv.uv_timer_t?

local function one_line(text)
  return vim.trim((text:gsub("%c+", " ")))
end

---@param text string
---@param level opencredits.Level
---@return opencredits.Shown
local function shown_as(text, level)
  text = one_line(text)
  if text == "" then
    return NOTHING
  end
  local group, escaped = M.GROUPS[level], (text:gsub("%%", "%%%%"))
  local coloured = group and ("%%#%s#%s%%*"):format(group, escaped) or escaped
  return { text = text, level = level, group = group, escaped = escaped, coloured = coloured }
end

---@param state string where the core has not said one
local function publish(state)
  local newest = M.newest or {}
  vim.g.opencredits = {
    text = M.shown.text,
    level = M.shown.level,
    visible = M.shown ~= NOTHING,
    short = newest.short or "",
    state = newest.state or state,
    stale = newest.stale or false,
  }
end

publish("starting")

---@param shown opencredits.Shown
local function show(shown)
  M.shown = shown
  publish("hidden")
  vim.api.nvim_exec_autocmds("User", { pattern = "OpenCreditsChanged", modeline = false })
  if vim.v.vim_did_enter == 1 then
    vim.cmd.redrawstatus({ bang = true })
  end
end

local function stop_aging()
  if aging then
    aging:close()
    aging = nil
  end
end

-- Both are ISO 8601 in UTC to the second, so that they compare as text.
local function is_old(status)
  return status.stale_at and status.stale_at <= os.date("!%Y-%m-%dT%H:%M:%SZ")
end

local function is_status(value)
  return type(value) == "table" and type(value.text) == "string" and type(value.level) == "string"
end

--- Show what the core says; it will say when that has become old.
---@param status opencredits.Status
function M.take(status)
  if not is_status(status) then
    return
  end
  stop_aging()
  M.newest = status
  show(status.visible and shown_as(status.text, status.level) or NOTHING)
end

--- No core is there to say more: what is shown now becomes old by itself.
function M.leave_alone()
  local status = M.newest
  stop_aging()
  if not status or not status.visible then
    return
  end
  if is_old(status) then
    show(shown_as(status.stale_text or status.text, status.level))
    return
  end
  aging = vim.uv.new_timer()
  aging:start(LOOK_AGAIN, LOOK_AGAIN, vim.schedule_wrap(function()
    if aging and is_old(status) then
      M.leave_alone()
    end
  end))
end

--- Show what was stored last, unless the core has said something already or is not wanted.
function M.load()
  local options = require("opencredits.config").get()
  if M.newest or not options.enabled or options.demo then
    return
  end
  local status = paths.read_json(paths.status())
  if is_status(status) then
    M.take(status --[[@as opencredits.Status]])
    M.leave_alone()
  end
end

--- Show nothing.
function M.hide()
  stop_aging()
  M.newest = nil
  show(NOTHING)
end

--- Leave no timer behind.
function M.unload()
  stop_aging()
end

return M
