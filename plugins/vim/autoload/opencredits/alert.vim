" Alerts: each is shown once; one that offers actions waits for `:OpenCredits alert`.

let s:MOST = 20

let s:waiting = get(s:, 'waiting', [])  " newest first

function! opencredits#alert#Receive(alert) abort
  let l:hint = ''
  if !empty(a:alert.actions)
    let l:titles = join(map(copy(a:alert.actions), 'v:val.title'), ' | ')
    let l:hint = printf("[%s: ':OpenCredits alert']", l:titles)
    let s:waiting = [a:alert] + s:Without(a:alert.id)[: s:MOST - 2]
  endif
  call opencredits#message#Notify(a:alert.title, a:alert.message, l:hint, a:alert.level)
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
