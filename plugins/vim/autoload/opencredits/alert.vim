" Alerts: each is shown once; one that offers actions waits for `:OpenCredits alert`.

let s:MOST = 20
let s:LOOK_AGAIN = 300  " milliseconds

let s:waiting = get(s:, 'waiting', [])  " newest first

" Show it as soon as it can be seen, and tell the core, at the other end of this bridge, so. What a core had to
" show when it ended is shown by another editor, or told again.
function! opencredits#alert#Receive(alert, bridge) abort
  if !opencredits#bridge#IsOpen(a:bridge)
    return
  elseif !opencredits#message#CanBeSeen()
    call timer_start(s:LOOK_AGAIN, {-> opencredits#alert#Receive(a:alert, a:bridge)})
    return
  endif
  call s:Show(a:alert)
  call opencredits#bridge#Notify(a:bridge, 'shown', {'id': a:alert.id})
endfunction

" Choose one that waits, and then what to do about it.
function! opencredits#alert#Choose() abort
  call opencredits#message#ClosePopups()
  if empty(s:waiting)
    call opencredits#message#Info('No alert waits for an answer.')
  elseif len(s:waiting) == 1
    call s:Act(s:waiting[0])
  else
    let l:choices = map(copy(s:waiting), {_, alert -> {'title': alert.title, 'detail': alert.message, 'alert': alert}})
    call opencredits#choice#Ask('OpenCredits', l:choices, {choice -> s:Act(choice.alert)})
  endif
endfunction

function! s:Show(alert) abort
  if !empty(a:alert.actions)
    let s:waiting = [a:alert] + s:Without(a:alert.id)[: s:MOST - 2]
  endif
  let l:hint = empty(a:alert.actions) ? '' : "[answer: ':OpenCredits alert']"
  call opencredits#message#Notify(a:alert.title, a:alert.message, l:hint, a:alert.level)
endfunction

function! s:Act(alert) abort
  call opencredits#choice#Ask(a:alert.title, a:alert.actions, {action -> s:Send(a:alert.id, action.id)})
endfunction

function! s:Send(subject, action) abort
  call opencredits#request#Send('act', {'subject': a:subject, 'action': a:action}, {_ -> s:Forget(a:subject)})
endfunction

function! s:Forget(id) abort
  let s:waiting = s:Without(a:id)
endfunction

function! s:Without(id) abort
  return filter(copy(s:waiting), 'v:val.id isnot# a:id')
endfunction
