/** Guarded commands at a terminal: what they see and read there, and that no end of it reaches them. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  countOf,
  deleteContainer,
  folder,
  guardWords,
  hookMs,
  isCounting,
  makeContainer,
  newestGuard,
  record,
  statusOf,
  store,
  writeTable,
} from './guard-lab.js';
import { isLabUp, labHost, must, onHost, type Ran } from './lab.js';

/** A client that asks before it does what it was told to. */
const asking = `#!/bin/bash
echo "on $(tty) $(stty size) $TERM"
trap 'echo "size now $(stty size)"' WINCH
read -r -p 'proceed? ' answer
echo "answer $answer"
while [ ! -e ${folder}/go ]; do sleep 0.1; done
read -r -s -p 'secret: ' secret
echo
echo "length \${#secret}"
exec /usr/bin/lxc "$@"
`;

/** What a test may call while somebody sits at the terminal: keys, sizes, waiting for what is displayed. */
const terminal = `
  rm -f keys screen screen.tty go; mkfifo keys; exec 3<>keys
  at_terminal() { # shell words
    : >screen
    script -qfec "stty rows 40 cols 99; tty >screen.tty; $1" screen <keys >/dev/null & terminal=$!
  }
  shows() {
    for i in $(seq 300); do grep -q -- "$1" screen && return; sleep 0.1; done
    echo "never shown: $1" >&2; cat screen >&2; exit 99
  }
  types() { printf "$1" >&3; }
`;

/** Runs a script with the words of a guarded command in \`$guard\`. */
function atTerminal(argv: readonly string[], script: string): Ran {
  const words = guardWords(argv).join(' ');
  const ran = onHost(labHost, ['bash', '-c', `cd ${folder}; guard=$1\n${terminal}\n${script}`, 'bash', words]);
  const screen = must('cat', `${folder}/screen`).replaceAll(/\r+\n/g, '\n');
  // What is on the screen is both streams, as the table of faults takes them.
  return { ...ran, stderr: screen, shown: `${screen}${ran.stderr}` };
}

describe.runIf(isLabUp)('guard at a terminal', { timeout: 300_000 }, () => {
  let six = '';
  const client = `${folder}/lxc`;
  beforeAll(() => {
    must('mkdir', '-p', folder);
    must('sh', '-c', 'cat >"$1" <<"END"\n' + asking + 'END\nchmod 755 "$1"', 'sh', client);
    six = makeContainer('six');
  }, hookMs);
  afterAll(() => {
    deleteContainer(six);
    onHost(labHost, ['rm', '-rf', folder]);
    writeTable();
  }, hookMs);
  beforeEach(() => {
    if (statusOf(six) === 'RUNNING') return;
    deleteContainer(six);
    six = makeContainer('six');
  }, hookMs);

  it('the command sees a terminal of the same size, asks, is answered, and hears of a new size', () => {
    const before = countOf(six);
    const ran = atTerminal(
      ['--', client, 'stop', six, '--stateful'],
      `at_terminal "$guard"
       shows 'proceed'; types 'yes\\n'; shows 'answer yes'
       stty -F "$(cat screen.tty)" rows 22 cols 66; shows 'size now 22 66'; touch go
       shows 'secret'; types 'hidden\\n'
       wait $terminal`,
    );
    expect(ran.status, ran.shown).toBe(0);
    expect(ran.stderr).toMatch(/on \/dev\/pts\/\d+ 40 99 \S+\nproceed\? yes\nanswer yes\n/);
    expect(ran.stderr).toContain('secret: \nlength 6');
    expect(ran.stderr).not.toContain('hidden');
    expect(statusOf(six)).toBe('STOPPED, state saved');
    record('none: a client that asks at the terminal', six, ran, before, 'nothing to recover');
    must('lxc', 'start', six);
  });

  it('is still asking after a SIGKILL of crdoctor, and is answered from another terminal', () => {
    const before = countOf(six);
    const ran = atTerminal(
      ['--', client, 'stop', six, '--stateful'],
      `at_terminal "$guard"
       shows 'proceed'
       kill -9 $(pgrep -f '^node .*cli[.]js guard -- ${client}'); wait $terminal
       id=$(ls ${store}/guards | tail -n 1)
       at_terminal "\${guard%% guard *} guard --resume $id"
       shows 'proceed'; types 'later\\n'; shows 'answer later'; touch go
       shows 'secret'; types 'x\\n'
       wait $terminal`,
    );
    expect(ran.status, ran.shown).toBe(0);
    expect(ran.stderr).toContain('length 1');
    expect(ran.stderr).toContain('its state is saved');
    record('SIGKILL of crdoctor while the command asks', six, ran, before, '--resume answered it');
    must('lxc', 'start', six);
  });

  it('Ctrl-C ends the waiting and not the command', () => {
    const before = countOf(six);
    const ran = atTerminal(
      ['--', client, 'stop', six, '--stateful'],
      `at_terminal "$guard"
       shows 'proceed'; types '\\003'; shows 'guard --resume'
       wait $terminal; echo "status $?"
       id=$(ls ${store}/guards | tail -n 1)
       at_terminal "\${guard%% guard *} guard --resume $id"
       touch go; types 'on\\n'; shows 'answer on'; shows 'secret'; types 'x\\n'
       wait $terminal`,
    );
    expect(ran.status, ran.shown).toBe(0);
    expect(ran.stdout).toBe('status 130\n');
    expect(ran.stderr).toContain('its state is saved');
    record('Ctrl-C at the terminal', six, ran, before, 'the command ran on; --resume finished it');
    must('lxc', 'start', six);
  });

  it('neither a closed terminal nor the end of what holds its own reaches the command', () => {
    const before = countOf(six);
    const ran = atTerminal(
      ['--', client, 'stop', six, '--stateful'],
      `at_terminal "$guard"
       shows 'proceed'; kill -9 $terminal; types 'yes\\n'; types 'x\\n'; wait $terminal
       touch go
       id=$(ls ${store}/guards | tail -n 1)
       sed 's/.*"terminal".*/a terminal/' ${store}/guards/$id/started.json; echo
       kill -9 $(pgrep -f '^script -q -e -f') || true
       at_terminal "\${guard%% guard *} guard --resume $id"
       wait $terminal; true`,
    );
    expect(ran.stdout).toContain('a terminal');
    expect(ran.stderr).toContain(six);
    const { status } = onHost(labHost, ['grep', '-q', '"signal"', `${store}/guards/${newestGuard()}/ended.json`]);
    // It read the end of its input, and went on to do what it was told to.
    expect(status, must('cat', `${store}/guards/${newestGuard()}/ended.json`)).toBe(1);
    expect(statusOf(six)).toBe('STOPPED, state saved');
    must('lxc', 'start', six);
    expect(isCounting(six)).toBe(true);
    record('the terminal is closed, and its own taken away', six, ran, before, 'the command did its work');
  });

  it('what is no terminal stays a file: nothing of the one gets into the other', () => {
    const ran = atTerminal(
      ['--', client, 'stop', six, '--stateful'],
      `at_terminal "$guard | head -n 1 >piped; cat piped"
       shows 'proceed'; types 'yes\\n'; touch go; shows 'secret'; types 'x\\n'
       wait $terminal`,
    );
    // bash asks on standard error, which is a terminal still.
    expect(ran.stderr).toMatch(/proceed\? yes/);
    expect(must('cat', `${folder}/piped`)).toMatch(/^on \/dev\/pts\/\d+ 40 99/);
    expect(statusOf(six)).toBe('STOPPED, state saved');
    must('lxc', 'start', six);
  });
});
