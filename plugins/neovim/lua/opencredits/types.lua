---@meta
-- The shapes that pass between the modules. docs/bridge.md has the contract.

---@alias opencredits.Level "ok"|"low"|"critical"|"error"|"unknown"

---@class opencredits.Options
---@field enabled? boolean
---@field command? string|string[]
---@field demo? boolean
---@field settings? table<string, any>

---@class opencredits.Status
---@field text string
---@field short string
---@field level opencredits.Level
---@field state string
---@field stale boolean
---@field visible boolean
---@field stale_at? string UTC; `stale_text` is to be shown from then on, where no core is there to say more
---@field stale_text? string
---@field tooltip string Markdown
---@field tooltip_text string
---@field read_at? string
---@field accounts table[]

---@class (exact) opencredits.Shown
---@field text string On one line; "" when there is nothing to show
---@field level opencredits.Level
---@field group? string The highlight group of the level
---@field escaped string For a status line
---@field coloured string For a status line, in the colour of the level

---@class opencredits.Error
---@field code? integer
---@field message string
---@field data? { kind: string, action: string }

---@class opencredits.Prompt
---@field title string
---@field into string
---@field secret boolean

---@class opencredits.Choice
---@field title string
---@field detail? string
---@field choices? opencredits.Choice[]
---@field request? { method: string, params: table }
---@field prompt? opencredits.Prompt

---@class opencredits.Action
---@field id string
---@field title string

---@class opencredits.Alert
---@field id string
---@field kind string
---@field level "info"|"warn"|"error"
---@field title string
---@field message string
---@field actions opencredits.Action[]

---@class opencredits.Row
---@field id string
---@field text string
---@field detail? string
---@field actions opencredits.Action[]

---@class opencredits.Details
---@field title string
---@field markdown string
---@field text string
---@field lists { title: string, rows: opencredits.Row[] }[]
