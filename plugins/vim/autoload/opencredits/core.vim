" Where the core is. The first step of the ladder that finds it wins: the option g:opencredits_command >
" what `opencredits setup` has recorded > PATH > the usual folders of a user.

let s:cpo = &cpo
set cpo&vim

let s:NOT_FOUND = "No core was found. Run 'pipx install opencredits', then ':OpenCredits restart'. Tried were %s."
let s:NOT_THERE = "g:opencredits_command names '%s', which cannot be run. Correct it, or leave it out."

" {command: what to start, step: by which step it was found}, or {problem: what was tried, what to do next}.
function! opencredits#core#Find(wanted) abort
  if !empty(a:wanted)
    let l:command = s:Command(a:wanted)
    " What comes after the program may hold a key.
    return !empty(l:command) ? {'command': l:command, 'step': 'g:opencredits_command'}
          \ : {'problem': printf(s:NOT_THERE, s:Words(a:wanted)[0])}
  endif
  let l:steps = [
        \ [opencredits#paths#Setup(), {-> s:Command(get(opencredits#paths#ReadJson(opencredits#paths#Setup()), 'command', ''))}],
        \ ['PATH', {-> s:OnPath()}],
        \ ['the usual folders (~/.local/bin, pipx, uv tools)', {-> s:InUserFolders()}],
        \ ]
  for [l:step, l:Look] in l:steps
    let l:command = l:Look()
    if !empty(l:command)
      return {'command': l:command, 'step': l:step}
    endif
  endfor
  return {'problem': printf(s:NOT_FOUND, join(map(l:steps, 'v:val[0]'), ', '))}
endfunction

function! s:Words(command) abort
  return map(type(a:command) == v:t_list ? copy(a:command) : [a:command], 'type(v:val) == v:t_string ? v:val : string(v:val)')
endfunction

" A command as it was written down: its program, and what comes after. [] where it cannot be run.
function! s:Command(command) abort
  let l:words = s:Words(a:command)
  let l:program = exepath(opencredits#paths#Expand(get(l:words, 0, '')))
  return l:program is# '' ? [] : [l:program] + l:words[1:]
endfunction

function! s:OnPath() abort
  let l:program = exepath('opencredits')
  " Windows looks into the current folder as well, where a project may have put anything.
  let l:is_here = has('win32') && fnamemodify(l:program, ':p:h') ==? getcwd()
  return l:program is# '' || l:is_here ? [] : [l:program]
endfunction

function! s:InUserFolders() abort
  for l:folder in s:UserFolders()
    let l:command = s:Command(l:folder . (has('win32') ? '/opencredits.exe' : '/opencredits'))
    if !empty(l:command)
      return l:command
    endif
  endfor
  return []
endfunction

" Where pipx, uv and pip put the programs of a user, and the environments of the first two.
function! s:UserFolders() abort
  let l:data = has('win32') ? s:Variable('APPDATA', '~/AppData/Roaming') : s:Variable('XDG_DATA_HOME', '~/.local/share')
  let l:environments = [
        \ s:Variable('PIPX_HOME', l:data . '/pipx') . '/venvs',
        \ '~/.local/pipx/venvs',
        \ '~/pipx/venvs',
        \ '~/Library/Application Support/pipx/venvs',
        \ s:Variable('UV_TOOL_DIR', l:data . '/uv/tools'),
        \ ]
  let l:programs = map(['PIPX_BIN_DIR', 'UV_TOOL_BIN_DIR', 'XDG_BIN_HOME'], 'opencredits#paths#Variable(v:val)')
  let l:scripts = has('win32') ? 'Scripts' : 'bin'
  return filter(l:programs, 'v:val isnot# ""') + ['~/.local/bin', '~/bin']
        \ + map(l:environments, 'v:val . "/opencredits/" . l:scripts')
endfunction

function! s:Variable(name, otherwise) abort
  let l:value = opencredits#paths#Variable(a:name)
  return l:value is# '' ? a:otherwise : l:value
endfunction

let &cpo = s:cpo
unlet s:cpo
