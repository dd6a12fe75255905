--- The one module that speaks to the user. What it says comes from the core, save for a few words about
--- a core that is missing or ends.

local M = {}

-- Neovim's own vim.notify prints to the message area, where a text that does not fit in one line makes
-- everything wait for a key. Whoever has replaced it can show more.
local function is_builtin(notify)
  local source = debug.getinfo(notify, "S").source
  return source == "?" or vim.startswith(source, "@vim/")
end

local function fits(text)
  return not text:find("\n") and vim.fn.strdisplaywidth(text) <= vim.v.echospace
end

local function shorten(text, command)
  local hint = " … " .. command
  local room = vim.v.echospace - vim.fn.strdisplaywidth(hint)
  return vim.fn.strcharpart(text:gsub("%s+", " "), 0, math.max(room, 0)) .. hint
end

local HIGHLIGHTS = {
  [vim.log.levels.INFO] = "Normal",
  [vim.log.levels.WARN] = "WarningMsg",
  [vim.log.levels.ERROR] = "ErrorMsg",
}

-- A text as lines that fit; a word that does not is broken.
local function wrap(text, width)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    local longer = line == "" and word or line .. " " .. word
    if vim.fn.strdisplaywidth(longer) <= width then
      line = longer
    else
      table.insert(lines, line ~= "" and line or nil)
      line = word
    end
    while vim.fn.strdisplaywidth(line) > width do
      local characters = math.floor(width / 2) -- each may be two cells wide
      table.insert(lines, vim.fn.strcharpart(line, 0, characters))
      line = vim.fn.strcharpart(line, characters)
    end
  end
  table.insert(lines, line)
  return lines
end

-- The whole text into `:messages`, what fits of it on the screen. A redraw after each line says that there
-- is nothing to wait for.
local function print_long(text, level, command)
  local group = HIGHLIGHTS[level]
  for _, line in ipairs(wrap(text, math.max(vim.v.echospace, 20))) do
    vim.api.nvim_echo({ { line, group } }, true, {})
    vim.cmd.redraw()
  end
  vim.api.nvim_echo({ { shorten(text, command), group } }, false, {})
end

--- Say it at once; from Neovim's main loop alone.
---@param text string
---@param level integer one of vim.log.levels
---@param answer? string the command that offers what can be done about it
function M.notify(text, level, answer)
  text = "OpenCredits: " .. text:gsub("%z", " ") .. (answer and (" [answer: '%s']"):format(answer) or "")
  if is_builtin(vim.notify) and not fits(text) then
    print_long(text, level, answer or ":messages")
  else
    vim.notify(text, level, { title = "OpenCredits" })
  end
end

-- What has to happen first; nil when a message would be seen now. Neovim waits by itself while it waits for a key.
local function what_hides()
  if #vim.api.nvim_list_uis() == 0 then
    return "UIEnter"
  end
  return vim.api.nvim_get_mode().mode:sub(1, 1) == "c" and "CmdlineLeave" or nil
end

--- Do this as soon as a message would be seen; from Neovim's main loop alone.
---@param action fun()
function M.when_seen(action)
  local event = what_hides()
  if not event then
    action()
    return
  end
  local again = vim.schedule_wrap(function()
    M.when_seen(action)
  end)
  vim.api.nvim_create_autocmd(event, { once = true, desc = "opencredits.message", callback = again })
end

local notify_soon = vim.schedule_wrap(M.notify)

function M.info(text)
  notify_soon(text, vim.log.levels.INFO)
end

function M.warn(text)
  notify_soon(text, vim.log.levels.WARN)
end

function M.error(text)
  notify_soon(text, vim.log.levels.ERROR)
end

--- What the core says has gone wrong, and what to do next.
---@param err opencredits.Error
function M.failure(err)
  local action = type(err.data) == "table" and err.data.action or ""
  M.error(vim.trim(err.message .. " " .. action))
end

return M
