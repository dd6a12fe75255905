"""The stand-in for Sublime Text is strict: a plugin that breaks a rule is caught."""

import ast
import importlib.metadata
import textwrap
from pathlib import Path

import pytest

from sublime_session import HOST, Sublime, python
from waiting import wait_for

pytestmark = pytest.mark.process

BASE = """
import queue, subprocess, threading, time
import sublime, sublime_plugin
told = queue.Queue()

class BadRunCommand(sublime_plugin.ApplicationCommand):
    def run(self):
        run()
"""


@pytest.fixture(scope="module", params=["3.8", "3.13"])
def program(request):
    """A Python of each plugin host."""
    return python(request.param)


@pytest.fixture
def start(program, tmp_path):
    """Start a host with this as its only plugin."""
    hosts = []

    def start(code, base=BASE):
        data = tmp_path / "data"
        for folder in ("Packages/User", "Packages/OpenCredits", "Installed Packages", "Local"):
            (data / folder).mkdir(parents=True)
        package = data / "Packages/OpenCredits"
        (package / ".python-version").write_text("3.8\n")
        (package / "bad.py").write_text(base + textwrap.dedent(code))
        hosts.append(Sublime(program, tmp_path, data))
        return hosts[-1].__enter__()

    yield start
    for host in hosts:
        host.forgive("")
        host.__exit__()


def run_bad(start, code):
    """The faults of a command that does this."""
    host = start("def run():\n" + textwrap.indent(textwrap.dedent(code), "    "))
    host.command(name="bad_run")
    return host


THREAD = "thread = threading.Thread(target=lambda: {call}, name='own')\nthread.start()\nthread.join()"


@pytest.mark.parametrize(
    "call",
    [
        "sublime.active_window()",
        "sublime.status_message('x')",
        "window.active_view()",
        "view.set_status('x', 'y')",
        "view.erase_status('x')",
        "sublime.load_settings('X.sublime-settings').get('x')",
    ],
)
def test_a_thread_of_the_plugin_may_only_queue(start, call):
    before = "window = sublime.active_window()\nview = window.active_view()\n"
    host = run_bad(start, before + THREAD.format(call=call))
    assert "on the thread 'own' (bad.py:" in "".join(host.faults())


def test_a_thread_of_the_plugin_may_queue(start):
    host = run_bad(start, THREAD.format(call="sublime.set_timeout(lambda: sublime.status_message('done'))"))
    wait_for(lambda: host.said() == ["done"], "the message")
    assert host.faults() == []


@pytest.mark.parametrize(
    "call",
    [
        "sublime.active_window().show_quick_panel(['a'], print)",
        "sublime.error_message('x')",
        "sublime.active_window().active_view().show_popup('x')",
        "sublime.run_command('hide_panel')",
    ],
)
def test_what_opens_something_is_for_the_main_thread(start, call):
    host = run_bad(start, f"sublime.set_timeout_async(lambda: {call})")
    wait_for(host.faults, "a fault")
    assert "on the thread 'async' (bad.py:" in host.faults()[0]


def test_nothing_is_to_be_called_while_importing(start):
    host = start("sublime.active_window()")
    assert "sublime.active_window() while OpenCredits.bad is imported" not in host.faults()[0]
    assert "active_window() while OpenCredits.bad is imported (bad.py:" in host.faults()[0]
    assert host.commands() == []


def test_nothing_is_to_be_called_at_the_end(start):
    host = start(
        """
        class Listener(sublime_plugin.EventListener):
            def on_exit(self):
                sublime.windows()
        """
    )
    host.quit()
    assert "BadCall: windows() after the API has shut down" in host.console()


def test_a_fault_that_the_plugin_swallows_is_one_all_the_same(start):
    host = run_bad(start, "try:\n    sublime.status_message(5)\nexcept Exception:\n    pass")
    assert "5 in place of a string" in host.faults()[0]


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("open('/dev/null').close()", "open"),
        ("subprocess.Popen(['true']).wait()", "subprocess.Popen"),
        ("time.sleep(0)", "sleep"),
        ("threading.Event().wait(0)", "wait"),
        ("__import__('os').path.exists('/')", "stat"),
        ("__import__('shutil').which('nothing')", "stat"),
    ],
)
def test_what_may_last_is_counted_on_the_main_thread(start, call, what):
    host = run_bad(start, f"{call}")
    assert what in [each["what"] for each in host.slow(phase="command")]
    assert all(each["at"].startswith("bad.py:") for each in host.slow(phase="command"))


def test_what_may_last_is_not_counted_elsewhere(start):
    host = run_bad(start, "threading.Thread(target=lambda: (time.sleep(0), told.put(1))).start()")
    assert host.slow(phase="command") == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("raise KeyError('mine')", "KeyError: 'mine'"),
        ("threading.Thread(target=lambda: 1 / 0).start()", "ZeroDivisionError"),
        ("sublime.set_timeout(lambda: 1 / 0, 1)", "ZeroDivisionError"),
        ("sublime.set_timeout_async(lambda: 1 / 0)", "ZeroDivisionError"),
        ("sublime.run_command('nothing_of_the_kind')", "which nobody has"),
        ("subprocess.Popen(['true'])", "ResourceWarning"),
    ],
)
def test_what_goes_wrong_is_seen(start, code, fault):
    host = run_bad(start, code)
    wait_for(lambda: fault in "".join(host.faults()), lambda: f"{fault}; there are {host.faults()}")


@pytest.mark.parametrize(
    "markup", ["<table></table>", "<b>x", "<i onclick='x'>y</i>", "</p>", "<script>x</script>", "\\ud800"]
)
def test_what_minihtml_does_not_know_is_refused(start, markup):
    host = run_bad(start, f'sublime.active_window().active_view().show_popup("{markup}")')
    assert host.faults()
    assert host.shown() is None


def test_the_view_of_the_input_panel_stays_as_it_is(start):
    """With its settings, and what can be undone: a plugin that masks it has to take that back."""
    host = run_bad(
        start,
        """
        view = sublime.active_window().show_input_panel("Key", "", print, None, None)
        view.settings().set("password", True)
        """,
    )
    host.type_input(text="abc")
    assert host.input_panel() == {"caption": "Key", "text": "abc", "masked": True}
    host.press(key="enter")
    assert host.input_view() == {"text": "abc", "undo": ["a", "ab"], "settings": {"password": True}}
    assert "abc" in host.console()


LEAVES = """
    threading.Thread(target=told.get, name="own", daemon=True).start()
    sublime.set_timeout(print, 600_000)
    sublime.load_settings("X.sublime-settings").add_on_change("x", print)
    sublime.active_window().active_view().set_status("x", "y")
    sublime.active_window().active_view().show_popup("x")
    told.files = getattr(told, "files", []) + [__import__("socket").socketpair()]
    sublime.keep = getattr(sublime, "keep", []) + [type("Kept", (), {"__module__": __name__})]
"""


def test_what_a_plugin_leaves_behind_is_seen(start):
    host = start("def plugin_loaded():" + LEAVES)
    before = host.left()
    host.reload()
    after = host.left()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"threads", "timers", "callbacks", "classes", "files"}
    assert (after["statuses"], after["popups"]) == (1, 1)


def test_a_module_is_reloaded_in_place_and_a_package_that_was_disabled_from_the_start(start):
    host = start(
        """
        try:
            count += 1
        except NameError:
            count = 0
        def plugin_loaded():
            sublime.status_message("loaded %d" % count)
        def plugin_unloaded():
            sublime.status_message("unloaded %d" % count)
        """
    )
    host.reload()
    host.disable()
    assert host.commands() == []
    host.reload()
    assert host.said() == ["loaded 0", "unloaded 0", "loaded 1", "unloaded 1", "loaded 0"]
    assert host.commands() == ["bad_run"]


# what it has of the API


def stubs(module):
    """What Sublime Text itself has, by the typed stubs: functions and methods with their parameters."""
    files = importlib.metadata.files("sublime-text-stubs")
    (path,) = [file.locate() for file in files if str(file) == f"{module}-stubs/__init__.pyi"]
    return signatures(path)


def signatures(path):
    """Each function by its dotted name, with its parameters, those that may be left out with a "?"."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for owner in [node for node in tree.body if isinstance(node, ast.ClassDef)]:
        methods = [node for node in owner.body if isinstance(node, ast.FunctionDef)]
        functions |= {f"{owner.name}.{node.name}": node for node in methods}
    return {name: parameters(node.args) for name, node in functions.items()}


def parameters(args):
    """The parameters of one function."""
    names = [each.arg for each in [*args.posonlyargs, *args.args]]
    required = len(names) - len(args.defaults)
    optional = [f"{name}?" for name in names[required:]]
    only_by_name = [f"*{each.arg}?" for each in args.kwonlyargs]
    return [*names[:required], *optional, *only_by_name]


@pytest.mark.parametrize("module", ["sublime", "sublime_plugin"])
def test_signatures_are_those_of_sublime(module):
    """What is there can be called as in Sublime, and in no other way."""
    real = stubs(module)
    ours = {
        name: found
        for name, found in signatures(HOST / "api" / f"{module}.py").items()
        if name in real or (not name.startswith("_") and "._" not in name)
    }
    own = {"register", "forget", "tell_of_views", "find"} if module == "sublime_plugin" else set()
    assert len(ours) > 5
    assert {name: found for name, found in ours.items() if name not in own} == {
        name: real.get(name) for name in ours if name not in own
    }
