" A child process that is spoken to in lines.
"
"   let process = opencredits#process#Start(argv, OnLine, OnExit)
"
" OnLine(line) is called for each line of its stdout; OnExit(words), once, when it has ended without having
" been asked to, with the last line of its stderr or how it ended. It is started without a shell, inherits the
" environment as it is, and sees the end of its stdin when Vim is gone, however that went.

let s:cpo = &cpo
set cpo&vim

let s:KILL_AFTER = 2000  " milliseconds
let s:LAST_WORDS = 100  " milliseconds for what it wrote before its end; a child of it may hold the pipe open
let s:LONGEST_WORDS = 400  " characters

" Start it. A program that cannot be started has ended at once.
function! opencredits#process#Start(argv, OnLine, OnExit) abort
  let l:process = {'words': '', 'stopped': 0, 'OnLine': a:OnLine, 'OnExit': a:OnExit}
  " noblock: Vim must not wait for one that does not read.
  let l:process.job = job_start(a:argv, {
        \ 'mode': 'nl',
        \ 'noblock': 1,
        \ 'out_cb': {_, line -> s:OnLine(l:process, line)},
        \ 'err_cb': {_, line -> s:OnWords(l:process, line)},
        \ 'exit_cb': {_, status -> timer_start(s:LAST_WORDS, {-> s:OnExit(l:process, status)})},
        \ })
  if job_status(l:process.job) is# 'fail'
    call timer_start(0, {-> s:OnExit(l:process, -1)})
  endif
  return l:process
endfunction

" Send a line. One that has ended hears nothing; its end is reported by itself.
function! opencredits#process#Write(process, line) abort
  try
    call ch_sendraw(a:process.job, a:line . "\n")
  catch /^Vim\%((\a\+)\)\=:E\%(631\|906\)/
  endtry
endfunction

" End it, and do not hear of it again.
function! opencredits#process#Stop(process) abort
  let a:process.stopped = 1
  call job_stop(a:process.job)
  call timer_start(s:KILL_AFTER, {-> job_stop(a:process.job, 'kill')})
endfunction

function! s:OnLine(process, line) abort
  if !a:process.stopped
    call a:process.OnLine(a:line)
  endif
endfunction

function! s:OnWords(process, line) abort
  let l:words = trim(a:line)
  let a:process.words = l:words is# '' ? a:process.words : strcharpart(l:words, 0, s:LONGEST_WORDS)
endfunction

function! s:OnExit(process, status) abort
  if !a:process.stopped
    let a:process.stopped = 1
    call a:process.OnExit(a:process.words is# '' ? s:End(a:process.job, a:status) : a:process.words)
  endif
endfunction

function! s:End(job, status) abort
  let l:signal = get(job_info(a:job), 'termsig', '')
  return l:signal is# '' ? 'exit status ' . a:status : 'signal ' . l:signal
endfunction

let &cpo = s:cpo
unlet s:cpo
