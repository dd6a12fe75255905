-- A configuration with lualine, with the adapter when BENCH_ADAPTER says where it is, and with the component that
-- BENCH_COMPONENT names. Neovim quits as soon as it is up; with the adapter it writes how many milliseconds after
-- the call of setup() there was a text.

local adapter = vim.env.BENCH_ADAPTER
vim.opt.runtimepath:append(vim.env.BENCH_LUALINE)
if adapter then
  vim.opt.runtimepath:prepend(adapter)
end
require("lualine").setup({ sections = { lualine_c = { "filename", vim.env.BENCH_COMPONENT } } })

if adapter then
  local before = vim.uv.hrtime()
  require("opencredits").setup({})
  vim.wait(10000, function()
    return vim.g.opencredits ~= nil and vim.g.opencredits.text ~= ""
  end, 1)
  io.stdout:write((vim.uv.hrtime() - before) / 1e6)
end

vim.api.nvim_create_autocmd("VimEnter", {
  callback = vim.schedule_wrap(function()
    vim.cmd("qall!")
  end),
})
