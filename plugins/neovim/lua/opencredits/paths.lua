--- Where the core keeps its files: the same rules as its own (`core/opencredits/paths.py`).

local M = {}

-- Of vim.uv, because every start-up runs this: loading vim.fs for it would take longer than all the rest.
local uv = vim.uv

---@param name string
---@return string? # nil when it is not set or empty
function M.variable(name)
  local value = uv.os_getenv(name)
  return value and value:match("^%s*(.-)%s*$"):match(".+")
end

local function in_home(path)
  return (uv.os_homedir() or "~") .. path
end

local function state_folder()
  local own = M.variable("OPENCREDITS_HOME")
  if own then
    return own .. "/state"
  end
  local system = uv.os_uname().sysname
  if system:find("^Windows") or system:find("^MINGW") then
    return (M.variable("LOCALAPPDATA") or in_home("/AppData/Local")) .. "/opencredits"
  end
  if system == "Darwin" then
    return in_home("/Library/Application Support/opencredits")
  end
  return (M.variable("XDG_STATE_HOME") or in_home("/.local/state")) .. "/opencredits"
end

--- What was shown last, for an editor that starts.
function M.status()
  return state_folder() .. "/status.json"
end

--- Where `opencredits setup` found the core.
function M.setup()
  return state_folder() .. "/setup.json"
end

function M.log()
  return state_folder() .. "/opencredits.log"
end

--- The JSON in a file; nil when there is none that can be read.
---@param path string
---@return table?
function M.read_json(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local text = file:read("*a")
  file:close()
  local is_json, value = pcall(vim.json.decode, text, { luanil = { object = true, array = true } })
  return is_json and type(value) == "table" and value or nil
end

return M
