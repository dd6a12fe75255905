--- Asking the person for a text.

local M = {}

local WRITTEN_DOWN = "Neovim was started with -w or -W and writes down what is typed. "
  .. "Use 'opencredits login' in a terminal."

-- With a number -w is about a window's height.
local function is_written_down()
  for i, argument in ipairs(vim.v.argv) do
    local file = vim.v.argv[i + 1]
    if (argument == "-w" or argument == "-W") and file and not file:find("^%d+$") then
      return true
    end
  end
  return false
end

-- What is typed while a macro is recorded goes into a register, and from there to disk.
local function stop_recording()
  if vim.fn.reg_recording() ~= "" then
    vim.cmd.normal({ "q", bang = true })
  end
end

--- Ask for a secret: shown as asterisks while it is typed, and kept in no history, register or variable.
local function ask_secret(title, answer)
  if is_written_down() then
    require("opencredits.message").error(WRITTEN_DOWN)
    return
  end
  stop_recording()
  -- Ctrl-C raises an error.
  local is_given, text = pcall(vim.fn.inputsecret, title .. ": ")
  vim.cmd.redraw()
  if is_given and text ~= "" then
    answer(text)
  end
end

---@param prompt opencredits.Prompt
---@param answer fun(text: string) not called when nothing was entered
function M.ask(prompt, answer)
  if prompt.secret then
    ask_secret(prompt.title, answer)
    return
  end
  vim.ui.input({ prompt = prompt.title .. ": " }, function(text)
    if text and text ~= "" then
      answer(text)
    end
  end)
end

return M
