" The options of this plugin, g:opencredits_NAME. Those of the core are in `settings`; only the core knows them.

let s:cpo = &cpo
set cpo&vim

let s:UNKNOWN = 'There is no option g:%s; known are %s. Options of the core go into g:opencredits_settings.'
let s:SWITCH = [v:t_number, v:t_bool]
let s:OPTIONS = {
      \ 'enabled': {'types': s:SWITCH, 'default': 1, 'allowed': '0 or 1'},
      \ 'command': {'types': [v:t_string, v:t_list], 'default': '', 'allowed': 'a string or a list'},
      \ 'demo': {'types': s:SWITCH, 'default': 0, 'allowed': '0 or 1'},
      \ 'settings': {'types': [v:t_dict], 'default': {}, 'allowed': 'a dictionary of what JSON can hold'},
      \ 'statusline': {'types': s:SWITCH, 'default': 1, 'allowed': '0 or 1'},
      \ }

" The options as they are now. What cannot be used counts as its default, and Faults() names it.
function! opencredits#options#Get() abort
  return map(deepcopy(s:OPTIONS), {name, option -> s:Value(name, option)})
endfunction

" What is wrong with them, a list of sentences.
function! opencredits#options#Faults() abort
  let l:variables = sort(filter(keys(g:), 'v:val =~# "^opencredits_"'))
  return filter(map(l:variables, 's:Fault(v:val)'), 'v:val isnot# ""')
endfunction

function! s:Value(name, option) abort
  let l:value = get(g:, 'opencredits_' . a:name, a:option.default)
  return deepcopy(s:IsUsable(a:option, l:value) ? l:value : a:option.default)
endfunction

function! s:Fault(variable) abort
  let l:option = get(s:OPTIONS, a:variable[len('opencredits_'):], {})
  if empty(l:option)
    let l:known = join(map(sort(keys(s:OPTIONS)), '"g:opencredits_" . v:val'), ', ')
    return printf(s:UNKNOWN, a:variable, l:known)
  endif
  return s:IsUsable(l:option, g:[a:variable]) ? '' : printf('g:%s must be %s.', a:variable, l:option.allowed)
endfunction

function! s:IsUsable(option, value) abort
  try
    call json_encode(a:value)
  catch
    return 0
  endtry
  return index(a:option.types, type(a:value)) >= 0
endfunction

let &cpo = s:cpo
unlet s:cpo
