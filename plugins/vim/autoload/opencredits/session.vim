" Keeps one core running for this Vim: starts it, tells it what was set, brings it back when it crashes.

let s:cpo = &cpo
set cpo&vim

let g:opencredits#session#version = '0.1.0'  " of this plugin; it goes with the core of the same version

let s:PROTOCOL = 1
let s:MOST_CRASHES = 5
let s:CRASHES_WITHIN = 180  " seconds
let s:FIRST_PAUSE = 500  " milliseconds; doubled with each crash

let s:OTHER_PROTOCOL = 'The core (%s) does not speak version %d of the protocol. '
      \ . 'Update the core and this plugin to the same version.'
let s:GAVE_UP = 'The core crashed %d times in 3 minutes, the last time with: %s. '
      \ . "See ':OpenCredits log'; ':OpenCredits restart' tries again."
let s:RESTRICTED = 'The core cannot be started in a restricted Vim (rvim, or vim -Z).'
let s:NOT_RUNNING = "The core is not running. ':OpenCredits restart' starts it."
let s:SWITCHED_OFF = "OpenCredits is switched off. ':let g:opencredits_enabled = 1' switches it on."
let s:CRASHED = 'The core crashed before it answered; it is started again.'

" Who sources this again finds the core that runs.
let s:bridge = get(s:, 'bridge', {})
let s:ready = get(s:, 'ready', 0)  " the core has answered to `initialize`
let s:early = get(s:, 'early', [])  " what waits for that
let s:told = get(s:, 'told', {})  " the options that the running core was told
let s:crashes = get(s:, 'crashes', [])  " when they were
let s:pause = get(s:, 'pause', 0)  " the timer that starts it again
let s:warned = get(s:, 'warned', '')  " the faults that were shown last

" Start, and follow the options from here on.
function! opencredits#session#Begin() abort
  augroup opencredits
    autocmd!
    autocmd VimLeavePre * call s:Stop()
    " Options are plain variables. These are the moments at which they may have changed; a command
    " line is left before it is executed.
    autocmd CmdlineLeave : call timer_start(0, {-> opencredits#session#Sync()})
    autocmd SourcePost,CursorHold,FocusGained * call opencredits#session#Sync()
  augroup END
  call opencredits#session#Sync()
endfunction

" Bring what runs in line with the options.
function! opencredits#session#Sync() abort
  let l:options = opencredits#options#Get()
  if l:options ==# s:told
    return
  endif
  call s:WarnOf(opencredits#options#Faults())
  let l:before = s:told
  let s:told = l:options
  if !l:options.enabled
    call s:Stop()
    call opencredits#status#Hide()
    call opencredits#line#Restore()
  elseif empty(l:before) || !l:before.enabled || s:Argv(l:before) !=# s:Argv(l:options)
    if !empty(l:before) && l:before.demo != l:options.demo
      call opencredits#status#Hide()  " the figures of the one are nothing for the other
    endif
    call opencredits#line#Show()
    call opencredits#session#Restart()
  else
    call s:SendSettings(l:before.settings, l:options.settings)
  endif
endfunction

" Start the core anew, whatever became of the one before.
function! opencredits#session#Restart() abort
  call s:Stop()
  let s:crashes = []
  let s:told = opencredits#options#Get()
  if s:told.enabled
    call opencredits#focus#Start(function('s:TellFocus'))
    call s:Start()
  endif
endfunction

" Ask the core: Answer(error, result), one of which is {}. One that is starting answers when it is up.
function! opencredits#session#Request(method, params, Answer) abort
  if s:ready
    call opencredits#bridge#Request(s:bridge, a:method, a:params, a:Answer)
  elseif !empty(s:bridge) || s:pause
    call add(s:early, {-> opencredits#session#Request(a:method, a:params, a:Answer)})
  else
    call a:Answer({'message': opencredits#options#Get().enabled ? s:NOT_RUNNING : s:SWITCHED_OFF}, {})
  endif
endfunction

" What only a new core can take over.
function! s:Argv(options) abort
  return [a:options.command, a:options.demo]
endfunction

function! s:Start() abort
  let l:core = opencredits#core#Find(s:told.command)
  if has_key(l:core, 'problem')
    call s:Refuse({'message': l:core.problem})
    return
  endif
  let l:argv = l:core.command + ['bridge'] + (s:told.demo ? ['--demo'] : [])
  try
    let s:bridge = opencredits#bridge#Open(l:argv, function('s:OnNotification'), function('s:OnCrash'))
  catch /^Vim\%((\a\+)\)\=:E145/
    call s:Refuse({'message': s:RESTRICTED})
    return
  endtry
  let l:params = {'protocol': s:PROTOCOL, 'client': {'name': 'Vim', 'version': g:opencredits#session#version}}
  let l:params.settings = s:told.settings
  call opencredits#bridge#Request(s:bridge, 'initialize', l:params, function('s:OnInitialized'))
endfunction

function! s:Stop() abort
  call timer_stop(s:pause)
  let s:pause = 0
  if !empty(s:bridge)
    call opencredits#bridge#Close(s:bridge)
  endif
  call opencredits#focus#Stop()
  call s:Forget()
  let s:early = []
endfunction

function! s:Forget() abort
  let s:bridge = {}
  let s:ready = 0
endfunction

function! s:TellFocus(focused) abort
  if s:ready
    call opencredits#bridge#Notify(s:bridge, 'focus', {'focused': a:focused})
  endif
endfunction

" Another try would end in the same way.
function! s:Refuse(error) abort
  call s:Stop()
  call opencredits#status#LeaveAlone()
  call opencredits#message#Failure(a:error)
endfunction

function! s:OnInitialized(error, result) abort
  if !empty(a:error)
    call s:Refuse(a:error)
    return
  endif
  if get(a:result, 'protocol', 0) != s:PROTOCOL
    let l:version = get(get(a:result, 'server', {}), 'version', '?')
    call s:Refuse({'message': printf(s:OTHER_PROTOCOL, l:version, s:PROTOCOL)})
    return
  endif
  let s:ready = 1
  call opencredits#status#Take(a:result.status)
  call s:WarnOf(get(a:result, 'faults', []))
  if opencredits#focus#IsHere()
    call s:TellFocus(v:true)
  endif
  let l:early = s:early
  let s:early = []
  for l:Ask in l:early
    " What is asked may hold a key, and 'verbose' writes arguments down.
    0verbose call l:Ask()
  endfor
endfunction

function! s:OnNotification(method, params) abort
  if a:method is# 'status_changed'
    call opencredits#status#Take(a:params.status)
  elseif a:method is# 'alert'
    call opencredits#alert#Receive(a:params, s:bridge)
  endif
endfunction

function! s:OnCrash(words) abort
  " Before the answer to `initialize` only that one waits, and is asked again.
  let l:waiting = s:ready ? opencredits#bridge#TakeWaiting(s:bridge) : []
  call s:Forget()
  call opencredits#status#LeaveAlone()
  let l:count = s:CountCrash()
  if l:count >= s:MOST_CRASHES
    let s:early = []
    call opencredits#message#Error(printf(s:GAVE_UP, l:count, a:words))
    return
  endif
  let s:pause = timer_start(float2nr(s:FIRST_PAUSE * pow(2, l:count - 1)), {-> s:StartAgain()})
  for l:Answer in l:waiting
    call l:Answer({'message': s:CRASHED}, {})
  endfor
endfunction

function! s:StartAgain() abort
  let s:pause = 0
  call s:Start()
endfunction

" How many crashes there were lately, with this one.
function! s:CountCrash() abort
  let l:now = localtime()
  call add(filter(s:crashes, 'l:now - v:val < s:CRASHES_WITHIN'), l:now)
  return len(s:crashes)
endfunction

" Only what has changed; null takes one back.
function! s:SendSettings(old, new) abort
  " In a list: 1 and '1' are equal by themselves.
  let l:changed = filter(copy(a:new), {name, value -> !has_key(a:old, name) || [a:old[name]] !=# [value]})
  for l:name in filter(keys(a:old), '!has_key(a:new, v:val)')
    let l:changed[l:name] = v:null
  endfor
  if !empty(l:changed)
    call opencredits#session#Request('settings', l:changed, function('s:OnSettings'))
  endif
endfunction

function! s:OnSettings(error, result) abort
  if !empty(a:error)
    call opencredits#message#Failure(a:error)
    return
  endif
  call opencredits#status#Take(a:result.status)
  call s:WarnOf(get(a:result, 'faults', []))
endfunction

" Once for the same faults: a core that comes back after a crash says them again.
function! s:WarnOf(faults) abort
  let l:text = join(a:faults)
  if l:text isnot# '' && l:text isnot# s:warned
    call opencredits#message#Warn(l:text)
  endif
  let s:warned = l:text is# '' ? s:warned : l:text
endfunction

let &cpo = s:cpo
unlet s:cpo
