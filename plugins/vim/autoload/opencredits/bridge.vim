" The conversation with one core: JSON-RPC, one message per line. docs/bridge.md is its contract.

let s:cpo = &cpo
set cpo&vim

" Start a core and listen to it. OnNotification(method, params) hears what it tells; OnExit(words) that it has
" ended without having been asked to.
function! opencredits#bridge#Open(argv, OnNotification, OnExit) abort
  let l:bridge = {'waiting': {}, 'last_id': 0, 'OnNotification': a:OnNotification}
  let l:bridge.process = opencredits#process#Start(a:argv, {line -> s:Receive(l:bridge, line)}, a:OnExit)
  return l:bridge
endfunction

" Ask. Answer(error, result) is called with {} for the one that there is not.
function! opencredits#bridge#Request(bridge, method, params, Answer) abort
  let a:bridge.last_id += 1
  let a:bridge.waiting[a:bridge.last_id] = a:Answer
  call s:Write(a:bridge, {'id': a:bridge.last_id, 'method': a:method, 'params': a:params})
endfunction

function! opencredits#bridge#Notify(bridge, method, params) abort
  call s:Write(a:bridge, {'method': a:method, 'params': a:params})
endfunction

" Whether it is still listened to.
function! opencredits#bridge#IsOpen(bridge) abort
  return !a:bridge.process.stopped
endfunction

" Who waits for an answer; nobody does afterwards.
function! opencredits#bridge#TakeWaiting(bridge) abort
  let l:waiting = values(a:bridge.waiting)
  let a:bridge.waiting = {}
  return l:waiting
endfunction

" End it, and hear nothing of it any more.
function! opencredits#bridge#Close(bridge) abort
  call opencredits#process#Stop(a:bridge.process)
endfunction

function! s:Write(bridge, message) abort
  call opencredits#process#Write(a:bridge.process, json_encode(extend({'jsonrpc': '2.0'}, a:message)))
endfunction

function! s:Receive(bridge, line) abort
  try
    let l:message = json_decode(a:line)
  catch
    " It is nothing of the protocol.
    return
  endtry
  if type(l:message) != v:t_dict
    return
  endif
  if has_key(l:message, 'method')
    call a:bridge.OnNotification(l:message.method, get(l:message, 'params', {}))
  elseif has_key(a:bridge.waiting, get(l:message, 'id', ''))
    let l:Answer = remove(a:bridge.waiting, l:message.id)
    call l:Answer(get(l:message, 'error', {}), get(l:message, 'result', {}))
  endif
endfunction

let &cpo = s:cpo
unlet s:cpo
