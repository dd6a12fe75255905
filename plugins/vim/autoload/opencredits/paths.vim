" Where the core keeps its files: the same rules as its own (core/opencredits/paths.py).

" An environment variable; '' when it is not set.
function! opencredits#paths#Variable(name) abort
  return trim(getenv(a:name) is v:null ? '' : getenv(a:name))
endfunction

" A path that may begin with ~.
function! opencredits#paths#Expand(path) abort
  return substitute(a:path, '^\~\ze\%(/\|$\)', escape(expand('~'), '\&~'), '')
endfunction

" What was shown last, for an editor that starts.
function! opencredits#paths#Status() abort
  return s:StateFolder() . '/status.json'
endfunction

" Where `opencredits setup` found the core.
function! opencredits#paths#Setup() abort
  return s:StateFolder() . '/setup.json'
endfunction

function! opencredits#paths#Log() abort
  return s:StateFolder() . '/opencredits.log'
endfunction

" The object in a JSON file; {} when there is none that can be read.
function! opencredits#paths#ReadJson(path) abort
  try
    let l:value = filereadable(a:path) ? json_decode(join(readfile(a:path), "\n")) : {}
  catch
    return {}
  endtry
  return type(l:value) == v:t_dict ? l:value : {}
endfunction

function! s:StateFolder() abort
  let l:own = opencredits#paths#Variable('OPENCREDITS_HOME')
  if l:own isnot# ''
    return l:own . '/state'
  elseif has('win32')
    return s:Or('LOCALAPPDATA', '~/AppData/Local') . '/opencredits'
  elseif has('mac')
    return opencredits#paths#Expand('~/Library/Application Support/opencredits')
  endif
  return s:Or('XDG_STATE_HOME', '~/.local/state') . '/opencredits'
endfunction

function! s:Or(name, otherwise) abort
  let l:value = opencredits#paths#Variable(a:name)
  return l:value is# '' ? opencredits#paths#Expand(a:otherwise) : l:value
endfunction
