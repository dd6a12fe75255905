--- Where the core is. The first step of the ladder that finds it wins:
--- the option `command` > what `opencredits setup` has recorded > PATH > the usual folders of a user.

local config = require("opencredits.config")
local paths = require("opencredits.paths")

local M = {}

M.INSTALL = "pipx install opencredits"

-- What to do comes first: on a narrow screen only the beginning is seen.
local NOT_FOUND = "No core was found. Run '%s', then ':OpenCredits restart'. Tried were %s."
local NOT_RUNNABLE = "The option 'command' names '%s', which cannot be run. Correct it, or leave it out."

local is_windows = vim.fn.has("win32") == 1
local PROGRAM = is_windows and "opencredits.exe" or "opencredits"

---@class opencredits.Core
---@field command string[] What to start; arguments are added
---@field step string By which step it was found

---@param path string
---@return string? # absolute
local function program_at(path)
  local found = vim.fn.exepath(vim.fs.normalize(path))
  return found ~= "" and found or nil
end

-- A command as it was written down: its program, and what comes after.
local function command_of(value)
  local words = type(value) == "table" and value or { value }
  local program = type(words[1]) == "string" and program_at(words[1])
  return program and vim.list_extend({ program }, words, 2) or nil
end

--- The folders where pipx, uv and pip put programs of a user, and the environments of the first two.
---@return string[]
local function user_folders()
  local data = is_windows and (paths.variable("APPDATA") or "~/AppData/Roaming")
    or paths.variable("XDG_DATA_HOME")
    or "~/.local/share"
  local scripts = is_windows and "Scripts" or "bin"
  local folders = {
    paths.variable("PIPX_BIN_DIR") or false,
    paths.variable("UV_TOOL_BIN_DIR") or false,
    paths.variable("XDG_BIN_HOME") or false,
    "~/.local/bin",
    "~/bin",
  }
  local homes = {
    (paths.variable("PIPX_HOME") or data .. "/pipx") .. "/venvs",
    "~/.local/pipx/venvs",
    "~/pipx/venvs",
    "~/Library/Application Support/pipx/venvs",
    paths.variable("UV_TOOL_DIR") or data .. "/uv/tools",
  }
  for _, home in ipairs(homes) do
    table.insert(folders, ("%s/opencredits/%s"):format(home, scripts))
  end
  return vim.tbl_filter(function(folder)
    return folder
  end, folders)
end

---@return string?
local function in_user_folders()
  for _, folder in ipairs(user_folders()) do
    local program = program_at(folder .. "/" .. PROGRAM)
    if program then
      return program
    end
  end
end

local function recorded()
  local setup = paths.read_json(paths.setup())
  return setup and setup.command
end

--- Find the core.
---@return opencredits.Core? core
---@return string? problem what was tried, and what to do next
function M.find()
  local wanted = config.get().command
  if wanted then
    local command = command_of(wanted)
    if command then
      return { command = command, step = "the option 'command'" }
    end
    local program = type(wanted) == "table" and wanted[1] or wanted -- what comes after may hold a key
    return nil, NOT_RUNNABLE:format(program)
  end
  local steps = {
    { paths.setup(), recorded() },
    { "PATH", PROGRAM },
    { "the usual folders (~/.local/bin, pipx, uv tools)", in_user_folders() },
  }
  local tried = {}
  for _, step in ipairs(steps) do
    local command = step[2] and command_of(step[2])
    if command then
      return { command = command, step = step[1] }
    end
    table.insert(tried, step[1])
  end
  return nil, NOT_FOUND:format(M.INSTALL, table.concat(tried, ", "))
end

return M
