" Tells where the person is: on gaining and losing focus, and at the first input after a while without.

let s:A_WHILE = 30  " seconds

" Begin to tell. Whoever starts is here, if they see anything.
function! opencredits#focus#Start(Tell) abort
  let s:Tell = a:Tell
  let s:focused = v:null  " as the last event said
  let s:last_input = opencredits#message#CanBeSeen() ? localtime() : 0
  augroup opencredits_focus
    autocmd!
    autocmd FocusGained,VimResume * call s:OnFocus(v:true)
    autocmd FocusLost,VimSuspend * call s:OnFocus(v:false)
    autocmd CursorMoved,CursorMovedI,InsertEnter,InsertCharPre,CmdlineEnter * call s:OnInput()
  augroup END
endfunction

" Tell nothing any more.
function! opencredits#focus#Stop() abort
  augroup opencredits_focus
    autocmd!
  augroup END
endfunction

" Whether the person is here, as far as can be known: not every terminal tells of focus.
function! opencredits#focus#IsHere() abort
  return s:focused is v:null ? localtime() - s:last_input < s:A_WHILE : s:focused
endfunction

function! s:OnFocus(focused) abort
  let s:focused = a:focused
  call s:Tell(a:focused)
endfunction

function! s:OnInput() abort
  let l:now = localtime()
  if l:now - s:last_input >= s:A_WHILE
    call s:Tell(v:true)
  endif
  let s:last_input = l:now
endfunction
