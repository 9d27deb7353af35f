-- A person works on the sample lamp in Neovim: something breaks, an action cures it, a name is completed, a component is
-- renamed in every file, the text is laid out. Run by a test with --headless; it leaves with an error when a step fails.
--
-- $ROBOCONF is the program, $APP the folder of the application, $SAID the file for what happened.
local program, app, said = vim.env.ROBOCONF, vim.env.APP, vim.env.SAID
local log = assert(io.open(said, "w"))

local function tell(...)
  log:write(string.format(...), "\n")
  log:flush()
end

local function wait(what, condition)
  if not vim.wait(20000, condition, 10) then
    error("waited in vain: " .. what)
  end
end

local function equal(what, got, want)
  if not vim.deep_equal(got, want) then
    error(what .. ": got " .. vim.inspect(got) .. ", want " .. vim.inspect(want))
  end
end

local function line(number)
  return vim.api.nvim_buf_get_lines(0, number - 1, number, true)[1]
end

local function change(number, text)
  vim.api.nvim_buf_set_lines(0, number - 1, number, true, { text })
end

local function codes(buffer)
  local list = {}
  for _, d in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(list, string.format("%s %d:%d-%d", d.code or (d.user_data and d.user_data.lsp.code), d.lnum + 1, d.col + 1, d.end_col + 1))
  end
  table.sort(list)
  return list
end

local function ask(method, params)
  local answers, problem = vim.lsp.buf_request_sync(0, method, params, 20000)
  assert(answers, problem)
  for _, answer in pairs(answers) do
    assert(not answer.err, answer.err and answer.err.message)
    return answer.result
  end
end

local function number_of(text)
  for i, l in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, true)) do
    if l:find(text, 1, true) then
      return i
    end
  end
  error("no line holds " .. text)
end

local ended

local function story()
  vim.cmd("edit " .. app .. "/graph/main.graph")
  local main = vim.api.nvim_get_current_buf()
  local id = vim.lsp.start_client({
    name = "roboconf",
    cmd = { program, "lsp", "--log", said .. ".log" },
    root_dir = app,
    on_exit = function(code)
      ended = code
    end,
  })
  assert(id, "the server did not start")
  vim.lsp.buf_attach_client(0, id)
  local client = vim.lsp.get_client_by_id(id)
  wait("initialize", function()
    return client.initialized
  end)
  tell("attached, positions in %s", client.offset_encoding)

  -- Findings while typing.
  local broken = number_of("installer: script;")
  change(broken, "\tinstaller: script")
  wait("a finding", function()
    return #codes(0) > 0
  end)
  equal("findings", codes(0), { string.format("P_PROPERTY_ENDS_WITH_SEMI_COLON %d:2-19", broken) })
  tell("found %s", table.concat(codes(0), ", "))

  -- The action that cures it: the only one there is, or the preferred one.
  vim.ui.select = function(items, _, choose)
    choose(items[1], 1)
  end
  vim.api.nvim_win_set_cursor(0, { broken, 3 })
  vim.lsp.buf.code_action()
  wait("the cure", function()
    return line(broken) == "\tinstaller: script;"
  end)
  wait("no finding", function()
    return #codes(0) == 0
  end)
  tell("cured")

  -- What can be imported.
  local imports = number_of("imports: Tomcat.ip, Tomcat.port;")
  change(imports, "\timports: Tomcat.ip, MySQL.po;")
  local column = #"\timports: Tomcat.ip, MySQL.po"
  vim.api.nvim_win_set_cursor(0, { imports, column })
  local completions = ask("textDocument/completion", vim.lsp.util.make_position_params(0, client.offset_encoding))
  local chosen
  for _, item in ipairs(completions.items or completions) do
    if item.label == "MySQL.port" or item.label == "port" then
      chosen = item
    end
  end
  assert(chosen, "nothing completes MySQL.po: " .. vim.inspect(completions))
  vim.lsp.util.apply_text_edits({ chosen.textEdit }, main, client.offset_encoding)
  equal("the completed line", line(imports), "\timports: Tomcat.ip, MySQL.port;")
  tell("completed %s", chosen.label)
  change(imports, "\timports: Tomcat.ip, Tomcat.port;")

  -- What is it.
  vim.api.nvim_win_set_cursor(0, { imports, #"\timports: Tom" })
  local about = ask("textDocument/hover", vim.lsp.util.make_position_params(0, client.offset_encoding))
  assert(about and #about.contents.value > 0, "nothing is known of Tomcat")

  -- Another name, in all files; the folder of the recipes goes along.
  local tomcat = number_of("Tomcat {")
  vim.api.nvim_win_set_cursor(0, { tomcat, 1 })
  vim.lsp.buf.rename("AppServer")
  wait("the new name", function()
    return line(tomcat) == "AppServer {"
  end)
  equal("the importer", line(imports), "\timports: AppServer.ip, AppServer.port;")
  wait("the folder of recipes", function()
    return vim.fn.isdirectory(app .. "/graph/AppServer") == 1 and vim.fn.isdirectory(app .. "/graph/Tomcat") == 0
  end)
  -- Mentions in scripts were left for a person to decide: an action of their own.
  vim.ui.select = function(items, _, choose)
    for _, item in ipairs(items) do
      if item[2].title:find("inside recipes", 1, true) then
        return choose(item)
      end
    end
    error("nothing renames inside recipes")
  end
  vim.lsp.buf.code_action()
  local script = vim.fn.bufadd(app .. "/graph/HAProxy/scripts/start.sh")
  wait("the new name in a script", function()
    return vim.api.nvim_buf_is_loaded(script)
      and table.concat(vim.api.nvim_buf_get_lines(script, 0, -1, true), "\n"):find("AppServer", 1, true) ~= nil
  end)
  vim.cmd("silent wall")
  vim.cmd("edit " .. app .. "/instances/main.instances")
  number_of("instance of AppServer {")
  vim.cmd("buffer " .. main)
  tell("renamed")

  -- The one layout.
  change(broken, "   installer  :script ;")
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 20000 })
  else
    vim.lsp.buf.formatting_sync(nil, 20000)
  end
  equal("the laid out line", line(broken), "\tinstaller: script;")
  vim.cmd("silent wall")
  tell("laid out")

  wait("nothing severe", function()
    for _, d in ipairs(vim.diagnostic.get(nil, { severity = vim.diagnostic.severity.ERROR })) do
      return d == nil
    end
    return true
  end)
  vim.lsp.stop_client(id)
  wait("the end of the server", function()
    return ended ~= nil
  end)
  equal("the exit code", ended, 0)
  tell("ended")
end

local ok, problem = xpcall(story, debug.traceback)
if not ok then
  tell("failed: %s\nmessages: %s", problem, vim.fn.execute("messages"))
end
log:close()
vim.cmd(ok and "qall!" or "cquit 1")
