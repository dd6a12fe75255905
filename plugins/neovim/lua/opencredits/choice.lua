--- Choosing among what the core offers.

local M = {}

local function one_line(text)
  return (text:gsub("%s+", " "))
end

---@generic T: { title: string, detail?: string }
---@param title string
---@param choices T[]
---@param chosen fun(choice: T)
function M.ask(title, choices, chosen)
  vim.ui.select(choices, {
    prompt = one_line(title),
    kind = "opencredits",
    format_item = function(choice)
      local detail = choice.detail
      return one_line(detail and detail ~= "" and ("%s (%s)"):format(choice.title, detail) or choice.title)
    end,
  }, function(choice)
    if choice then
      chosen(choice)
    end
  end)
end

return M
