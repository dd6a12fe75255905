" What can be configured: a tree that the core makes.

function! opencredits#menu#Open() abort
  call opencredits#request#Send('menu', {}, {menu -> s:Show(menu.title, menu.choices)})
endfunction

function! s:Show(title, choices) abort
  call opencredits#choice#Ask(a:title, a:choices, function('s:Take'))
endfunction

function! s:Take(choice) abort
  if has_key(a:choice, 'choices')
    call s:Show(a:choice.title, a:choice.choices)
  elseif a:choice.prompt is v:null
    call opencredits#request#Send(a:choice.request.method, a:choice.request.params)
  else
    call opencredits#prompt#Send(a:choice.request, a:choice.prompt)
  endif
endfunction
