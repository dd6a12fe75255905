--- The options of this adapter. Those of the core are in `settings`, and only the core knows them.

local M = {}

--- Every option once.
M.options = {
  enabled = {
    types = { "boolean" },
    default = true,
    description = "Whether it runs and is shown.",
  },
  command = {
    types = { "string", "table" },
    default = nil,
    description = "The program `opencredits`, or a list of it and its first arguments; found by itself if not given.",
  },
  demo = {
    types = { "boolean" },
    default = false,
    description = "Play an account that is being spent, without a key.",
  },
  settings = {
    types = { "table" },
    default = {},
    description = "Options of the core for this editor alone, by their names in config.toml.",
  },
}

---@type opencredits.Options?
local current

local function fault(name, value)
  local option = M.options[name]
  if not option then
    local known = table.concat(vim.fn.sort(vim.tbl_keys(M.options)), ", ")
    return ("there is no option '%s' in setup(); known are %s. Options of the core go into settings."):format(name, known)
  end
  if not vim.list_contains(option.types, type(value)) then
    local allowed = table.concat(option.types, " or ")
    return ("%s in setup() is a %s, but must be a %s."):format(name, type(value), allowed)
  end
end

-- An empty table says nothing: whether it is a list or an object, nobody can tell.
local function without_empty(settings)
  return vim.tbl_map(function(value)
    if type(value) ~= "table" or next(value) ~= nil then
      return value
    end
  end, settings)
end

--- Use these; what cannot be used is named, and its default taken.
---@param given? opencredits.Options
function M.set(given)
  local options = {}
  for name, option in pairs(M.options) do
    options[name] = option.default
  end
  for name, value in pairs(given or {}) do
    local problem = fault(name, value)
    if problem then
      require("opencredits.message").warn(problem)
    else
      options[name] = value
    end
  end
  options.settings = without_empty(options.settings)
  current = options
end

---@return boolean
function M.is_set()
  return current ~= nil
end

---@return opencredits.Options
function M.get()
  if not current then
    M.set()
  end
  return current --[[@as opencredits.Options]]
end

return M
