" The options of this plugin, g:opencredits_NAME. Those of the core are in `settings`; only the core knows them.

let s:cpo = &cpo
set cpo&vim

let s:SWITCH = [v:t_number, v:t_bool]
let s:OPTIONS = {
      \ 'enabled': {'types': s:SWITCH, 'default': 1, 'allowed': '0 or 1'},
      \ 'command': {'types': [v:t_string, v:t_list], 'default': '', 'allowed': 'a string or a list'},
      \ 'demo': {'types': s:SWITCH, 'default': 0, 'allowed': '0 or 1'},
      \ 'settings': {'types': [v:t_dict], 'default': {}, 'allowed': 'a dictionary'},
      \ 'statusline': {'types': s:SWITCH, 'default': 1, 'allowed': '0 or 1'},
      \ }

" The options as they are now. What cannot be used counts as its default, and Faults() names it.
function! opencredits#options#Get() abort
  return map(deepcopy(s:OPTIONS), {name, option -> s:Value(name, option)})
endfunction

" What is wrong with them, a list of sentences.
function! opencredits#options#Faults() abort
  let l:faults = []
  for l:variable in sort(filter(keys(g:), 'v:val =~# "^opencredits_"'))
    let l:option = get(s:OPTIONS, l:variable[len('opencredits_'):], {})
    if empty(l:option)
      let l:known = join(map(sort(keys(s:OPTIONS)), '"g:opencredits_" . v:val'), ', ')
      call add(l:faults, printf('There is no option g:%s; known are %s. Options of the core go into g:opencredits_settings.',
            \ l:variable, l:known))
    elseif index(l:option.types, type(g:[l:variable])) < 0
      call add(l:faults, printf('g:%s must be %s.', l:variable, l:option.allowed))
    endif
  endfor
  return l:faults
endfunction

function! s:Value(name, option) abort
  let l:value = get(g:, 'opencredits_' . a:name, a:option.default)
  return deepcopy(index(a:option.types, type(l:value)) < 0 ? a:option.default : l:value)
endfunction

let &cpo = s:cpo
unlet s:cpo
