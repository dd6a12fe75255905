" What is shown. A status line only reads: every text in here is made when the status changes.

let s:cpo = &cpo
set cpo&vim

let s:GROUPS = {
      \ 'ok': 'OpenCreditsOk',
      \ 'low': 'OpenCreditsLow',
      \ 'critical': 'OpenCreditsCritical',
      \ 'error': 'OpenCreditsError',
      \ }
let s:NOTHING = {'text': '', 'escaped': '', 'coloured': '', 'level': 'unknown'}
let s:LOOK_AGAIN = 5000  " milliseconds
let s:REDRAW_AGAIN = 300  " milliseconds

highlight default link OpenCreditsOk StatusLine
highlight default link OpenCreditsLow WarningMsg
highlight default link OpenCreditsCritical ErrorMsg
highlight default link OpenCreditsError ErrorMsg

" Who sources this again finds what is shown.
let g:opencredits#status#shown = get(g:, 'opencredits#status#shown', s:NOTHING)
let g:opencredits#status#newest = get(g:, 'opencredits#status#newest', {})
let s:aging = get(s:, 'aging', 0)  " the timer that looks whether it has become old

" The highlight group of a level; '' for "unknown".
function! opencredits#status#Group(level) abort
  return get(s:GROUPS, a:level, '')
endfunction

" Show what the core says; it will say when that has become old.
function! opencredits#status#Take(status) abort
  call s:StopAging()
  let g:opencredits#status#newest = a:status
  call s:Show(a:status.visible ? s:Shown(a:status.text, a:status.level) : s:NOTHING)
endfunction

" No core is there to say more: what is shown now becomes old by itself.
function! opencredits#status#LeaveAlone() abort
  let l:status = g:opencredits#status#newest
  call s:StopAging()
  if !get(l:status, 'visible', v:false)
    return
  elseif s:IsOld(l:status)
    let l:text = l:status.stale_text is v:null ? l:status.text : l:status.stale_text
    call s:Show(s:Shown(l:text, l:status.level))
  else
    let s:aging = timer_start(s:LOOK_AGAIN, {-> opencredits#status#LeaveAlone()})
  endif
endfunction

" Show what was stored last, unless the core has said something already or is not wanted.
function! opencredits#status#Load() abort
  let l:options = opencredits#options#Get()
  if !empty(g:opencredits#status#newest) || !l:options.enabled || l:options.demo
    return
  endif
  try
    call opencredits#status#Take(opencredits#paths#ReadJson(opencredits#paths#Status()))
    call opencredits#status#LeaveAlone()
  catch /^Vim\%((\a\+)\)\=:E\%(716\|73\d\|121\)/  " not a status at all
    call opencredits#status#Hide()
  endtry
endfunction

" Show nothing.
function! opencredits#status#Hide() abort
  call s:StopAging()
  let g:opencredits#status#newest = {}
  call s:Show(s:NOTHING)
endfunction

function! s:Shown(text, level) abort
  " A line break would end the status line's part as ^J.
  let l:text = trim(substitute(a:text, '[[:cntrl:]]\+', ' ', 'g'))
  let l:escaped = substitute(l:text, '%', '%%', 'g')
  let l:group = opencredits#status#Group(a:level)
  let l:coloured = l:group is# '' || l:text is# '' ? l:escaped : printf('%%#%s#%s%%*', l:group, l:escaped)
  return {'text': l:text, 'escaped': l:escaped, 'coloured': l:coloured, 'level': a:level}
endfunction

function! s:Show(shown) abort
  if a:shown ==# g:opencredits#status#shown
    return
  endif
  let g:opencredits#status#shown = a:shown
  call s:Redraw()
  if exists('#User#OpenCreditsChanged')
    doautocmd <nomodeline> User OpenCreditsChanged
  endif
endfunction

" Not over what somebody reads before they press a key.
function! s:Redraw() abort
  if mode() =~# '^r'
    call timer_start(s:REDRAW_AGAIN, {-> s:Redraw()})
    return
  endif
  redrawstatus!
  redrawtabline
endfunction

function! s:StopAging() abort
  call timer_stop(s:aging)
  let s:aging = 0
endfunction

function! s:IsOld(status) abort
  return a:status.stale_at isnot v:null && s:Epoch(a:status.stale_at) <= localtime()
endfunction

" Seconds since 1970 of a moment such as 2026-11-20T20:12:00Z. strptime() knows local time only.
function! s:Epoch(utc) abort
  let [l:year, l:month, l:day, l:hour, l:minute, l:second] = map(split(a:utc, '\D'), 'str2nr(v:val)')[:5]
  let l:year -= l:month <= 2  " years that begin in March have their leap day at the end
  let l:leap_days = l:year / 4 - l:year / 100 + l:year / 400
  let l:days = 365 * l:year + l:leap_days + (153 * ((l:month + 9) % 12) + 2) / 5 + l:day - 719469
  return ((l:days * 24 + l:hour) * 60 + l:minute) * 60 + l:second
endfunction

let &cpo = s:cpo
unlet s:cpo
