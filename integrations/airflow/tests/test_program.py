import threading

from extracts_airflow.program import Program


def run(command, *arguments, environment=None):
    lines = []
    program = Program([*command, *arguments], folder="/", environment=environment or {"PATH": "/bin:/usr/bin"})
    return program, lines


def test_its_output_and_its_lines(program, tmp_path):
    command = program('echo "$1"; pwd; echo "one" >&2; echo >&2; echo "two" >&2; exit 3')
    lines = []
    started = Program([*command, "a b"], folder=str(tmp_path), environment={"PATH": "/bin:/usr/bin"})
    ended = started.wait(lines.append)
    assert (ended.code, ended.output, lines) == (3, f"a b\n{tmp_path}\n", ["one", "two"])


def test_much_output_on_both_streams_does_not_block_it(program):
    started, lines = run(program("seq 100000 140000; seq 20000 >&2"))
    ended = started.wait(lines.append)
    assert (len(ended.output.splitlines()), len(lines)) == (40001, 20000)


def test_stopped_it_gets_the_signal_and_is_waited_for(program):
    started, lines = run(program('trap "echo cleaned >&2; exit 143" TERM; echo ready >&2; while :; do sleep 0.05; done'))
    ready = threading.Event()

    def log(line):
        lines.append(line)
        ready.set()

    stopper = threading.Thread(target=lambda: (ready.wait(10), started.stop()))
    stopper.start()
    ended = started.wait(log)
    stopper.join()
    assert (ended.code, lines) == (143, ["ready", "cleaned"])
    started.stop()
