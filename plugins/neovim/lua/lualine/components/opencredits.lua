--- lualine's component `opencredits`: the text in the colour of its level; a click refreshes.
---
--- lualine asks at least once a second, so what was answered before is answered again, until the status or
--- lualine's own colours change.

local Component = require("lualine.component"):extend()

local function foreground(group)
  return function()
    local colour = vim.api.nvim_get_hl(0, { name = group, link = false }).fg
    return { fg = colour and ("#%06x"):format(colour) or nil }
  end
end

function Component:init(options)
  options.on_click = options.on_click or function()
    require("opencredits").refresh()
  end
  Component.super.init(self, options)
  self.colours = {}
  -- Who gave this component a colour wants that one.
  if options.colored ~= false and not options.color then
    for level, group in pairs(require("opencredits.status").GROUPS) do
      self.colours[group] = self:create_hl(foreground(group), level)
    end
  end
end

---@param shown opencredits.Shown
function Component:render(shown)
  local colour = self.colours[shown.group]
  return (colour and self:format_hl(colour) or "") .. shown.escaped
end

function Component:update_status()
  local shown = require("opencredits.status").shown
  if shown ~= self.shown then
    self.shown, self.rendered = shown, {}
  end
  -- The name of the section's own group tells its mode, in which the background may be another one.
  local text = self.rendered[self.default_hl]
  if not text then
    text = self:render(shown)
    self.rendered[self.default_hl] = text
  end
  return text
end

local function redraw()
  require("lualine").refresh()
end

vim.api.nvim_create_autocmd("User", {
  group = vim.api.nvim_create_augroup("OpenCreditsLualine", { clear = true }),
  pattern = "OpenCreditsChanged",
  callback = redraw,
})

return Component
