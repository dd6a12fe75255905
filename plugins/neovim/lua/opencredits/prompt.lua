--- Asking the person for a text.

local M = {}

-- What is typed while a macro is recorded goes into a register, and from there to disk.
local function stop_recording()
  if vim.fn.reg_recording() ~= "" then
    vim.cmd.normal({ "q", bang = true })
  end
end

--- Ask for a secret: shown as asterisks while it is typed, and kept in no history, register or variable.
local function ask_secret(title, answer)
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
