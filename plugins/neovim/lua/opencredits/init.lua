--- OpenRouter credits in the status line: the public door. What is not in here may change.
---
--- The core (`opencredits bridge`) decides what is shown; this adapter shows it.

local config = require("opencredits.config")
local status = require("opencredits.status")

local M = {}

-- Every start-up pays for what is loaded above; all the rest comes when it is used.
local function when_up(action)
  if vim.v.vim_did_enter == 1 then
    vim.schedule(action)
  else
    vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = vim.schedule_wrap(action) })
  end
end

--- Set the options and start. May be called again at any time: what has changed takes effect.
---@param options? opencredits.Options
function M.setup(options)
  config.set(options)
  status.load()
  when_up(function()
    require("opencredits.session").sync()
  end)
end

--- Start with the defaults, unless setup() was called.
function M.start()
  if not config.is_set() then
    M.setup()
  end
end

--- For a status line: the text in the colour of its level, "" when there is nothing to show.
---@param options? { plain: boolean } plain: without colour, for status lines that colour by themselves
---@return string # in the syntax of 'statusline'
function M.statusline(options)
  local shown = status.shown
  return options and options.plain and shown.escaped or shown.coloured
end

--- The newest status of the core, as `opencredits status --json` prints it; nil before the first one.
---@return opencredits.Status?
function M.status()
  return status.newest
end

--- Ask OpenRouter now.
function M.refresh()
  require("opencredits.request").send("refresh")
end

--- Show the details in a floating window.
function M.details()
  require("opencredits.details").open()
end

--- Choose what to configure: keys, accounts, interval.
function M.configure()
  require("opencredits.menu").open()
end

--- Answer an alert that offers something.
function M.alert()
  require("opencredits.alert").choose()
end

--- Stop the core and start it again; also after it was given up.
function M.restart()
  require("opencredits.session").restart()
end

--- Open the core's log.
function M.log()
  vim.cmd.split({ require("opencredits.paths").log(), magic = { file = false, bar = false } })
  vim.bo.readonly = true
  vim.bo.autoread = true
end

return M
