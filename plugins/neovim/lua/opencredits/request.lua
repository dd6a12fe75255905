--- A request that a person makes: whatever the answer carries is shown.

local message = require("opencredits.message")
local session = require("opencredits.session")
local status = require("opencredits.status")

local M = {}

local function confirm(question, agreed)
  vim.ui.select({ "Yes", "No" }, { prompt = question, kind = "opencredits" }, function(answer)
    if answer == "Yes" then
      agreed()
    end
  end)
end

--- Send it. Errors and messages are shown, and what needs a yes is asked.
---@param method string
---@param params? table
---@param done? fun(result: table) after it was done
function M.send(method, params, done)
  session.request(method, params, function(err, result)
    if err then
      message.failure(err)
      return
    end
    if result.status then
      status.take(result.status)
    end
    if result.message then
      message.info(result.message)
    end
    if result.url then
      require("opencredits.browser").open(result.url)
    end
    if result.page then
      require("opencredits.details").show(result.page)
    end
    if result.confirm then
      confirm(result.confirm.text, function()
        M.send(method, vim.tbl_extend("force", params, { confirm = result.confirm.token }), done)
      end)
    elseif done then
      done(result)
    end
  end)
end

return M
