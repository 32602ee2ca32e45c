import { describe, expect, it } from 'vitest';

import { formatBytes } from '../../src/rules/format-bytes.js';
import { compileCondition, compileList, compileLogCondition, ExpressionError } from '../../src/rules/language.js';
import { compileTemplate } from '../../src/rules/template.js';

const evaluate = (text: string, variables: Record<string, unknown>, each?: string): unknown => {
  const reading = compileCondition(text, each === undefined ? {} : { each }).evaluate(variables);
  return reading.status === 'known' ? reading.value : reading;
};

const problemOf = (text: string): string => {
  try {
    compileCondition(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error.problem.message;
    throw error;
  }
  return 'accepted';
};

describe('facts are typed', () => {
  it.each([
    ["host.kernel.relase == '5'", 'No such key: relase'],
    ['host.kernel.release > 5', 'no such overload: string > int'],
    ["instance.mounts.exists(m, m.typ == 'ramfs')", 'No such key: typ'],
    ["nothing == 'x'", 'Unknown variable: nothing'],
    ['host.kernel.release', 'is of type string, bool is needed'],
    ['host.kernel.release ==', 'Unexpected token: EOF'],
  ])('%s is refused', (text, message) => {
    expect(problemOf(text)).toContain(message);
  });
});

describe('a missing fact is unknown, never false', () => {
  it('names the fact', () => {
    expect(evaluate("host.kernel.release == '5'", { host: { kernel: {} } })).toEqual({
      status: 'unknown',
      path: 'host.kernel.release',
    });
  });

  it('also when the side or the branch was never collected', () => {
    expect(evaluate("target.kernel.release == '5'", {})).toMatchObject({ status: 'unknown' });
    expect(evaluate("host.kernel.release == '5'", { host: undefined })).toMatchObject({ status: 'unknown' });
    expect(evaluate('has(host.kernel.release)', { host: {} })).toMatchObject({ status: 'unknown' });
  });

  it('unless && or || decide without it', () => {
    const variables = { host: { kernel: {}, machine: 'x86_64' } };
    expect(evaluate("host.kernel.release == '5' || host.machine == 'x86_64'", variables)).toBe(true);
    expect(evaluate("host.kernel.release == '5' && host.machine == 'arm'", variables)).toBe(false);
    expect(evaluate("!(host.kernel.release == '5')", variables)).toMatchObject({ status: 'unknown' });
  });

  it('in one element does not hide another', () => {
    const instance = { mounts: [{ root: '/' }, { type: 'ramfs' }] };
    expect(evaluate("instance.mounts.exists(m, m.type == 'ramfs')", { instance })).toBe(true);
    expect(evaluate("instance.mounts.exists(m, m.type == 'bpf')", { instance })).toMatchObject({ status: 'unknown' });
  });
});

describe('numbers of facts meet literals', () => {
  it.each([
    ['instance.lxc.ptyMax == 8', true],
    ['8 == instance.lxc.ptyMax', true],
    ['instance.lxc.ptyMax != 8', false],
    ['instance.lxc.ptyMax + 1 > 8', true],
    ['instance.lxc.ptyMax * 2 >= 16.5', false],
    ['instance.lxc.ptyMax - 8 == 0', true],
    ['instance.lxc.ptyMax / 2 < 5', true],
  ])('%s is %s', (text, value) => {
    expect(evaluate(text, { instance: { lxc: { ptyMax: 8 } } })).toBe(value);
  });
});

describe('functions of the language', () => {
  const host = {
    kernel: { release: '6.18.44-custom', config: { CONFIG_A: 'y' } },
    criu: { version: '4.1.1-1+deb13u1' },
  };

  it.each([
    ["host.kernel.release.before('6.18.44')", false],
    ["host.kernel.release.atLeast('6.18.44')", true],
    ["host.criu.version.before('4.2')", true],
    ["host.kernel.config.get('CONFIG_A', 'n') == 'y'", true],
    ["host.kernel.config.get('CONFIG_B', 'n') == 'n'", true],
    ["host.kernel.config.get('constructor', 'n') == 'n'", true],
    ["['a', 'b'].minus(['a']).size() == 1", true],
    ["number('12') == 12", true],
    ["few(['a', 'b']) == 'a, b'", true],
    ["few([]) == 'none'", true],
    ["few('abcdefghijklmnop'.split('')) == 'a, b, c, d, e, f, g, h, i, j, k, l and 4 more'", true],
    ["few('abcdefghijklm'.split('')) == 'a, b, c, d, e, f, g, h, i, j, k, l, m'", true],
    ["smaller({'a': '2', 'b': '2', 'c': 'x', 'd': '2'}, {'a': '1', 'b': '2', 'c': '1'}) == ['a']", true],
    ["those({'a': '2', 'b': '3'}, ['b', 'c']) == ['b 3']", true],
  ])('%s is %s', (text, value) => {
    expect(evaluate(text, { host })).toBe(value);
  });

  it('leaves a text that is no version or no number unknown', () => {
    expect(evaluate("host.criu.version.before('4.2')", { host: { criu: { version: 'unknown' } } })).toMatchObject({
      status: 'unknown',
    });
    expect(evaluate("number('') == 0", {})).toMatchObject({ status: 'unknown' });
  });

  it('writes bytes as people do', () => {
    expect([0, 1023, 1024, 1610612736].map(formatBytes)).toEqual(['0 bytes', '1023 bytes', '1 KiB', '1.5 GiB']);
  });
});

describe('an expression tells about itself', () => {
  it('lists the facts it reads', () => {
    const { reads } = compileCondition("host.criu.version.before('4.2') && instance.mounts.exists(m, m.type == 'x')");
    expect(reads).toEqual(expect.arrayContaining(['host.criu.version', 'instance.mounts']));
  });

  it('closes the parentheses of its operands', () => {
    const text = "(!(host.machine == ')')) && !(host.machine == 'b')";
    const [part] = compileCondition(text).parts.filter(({ kind }) => kind === 'and');
    expect(part?.operands.map(({ start, end }) => text.slice(start, end))).toEqual([
      "!(host.machine == ')')",
      "!(host.machine == 'b')",
    ]);
  });

  it('knows the element type of a list', () => {
    expect(compileList('instance.mounts').elementType).toBe('Mount');
    expect(compileList("instance.mounts.filter(m, m.root == '/')").elementType).toBe('Mount');
  });
});

describe('templates', () => {
  it('put values into text', () => {
    const template = compileTemplate("{each.name} is uid {each.uid}, {each.name.startsWith('}') ? 'odd' : 'fine'}", {
      each: 'Task',
    });
    expect(template.render({ each: { name: 'sh', uid: 1000 } })).toBe('sh is uid 1000, fine');
  });

  it('say so when a value is not known', () => {
    expect(compileTemplate('kernel {host.kernel.release}').render({})).toBe('kernel (unknown)');
  });

  it.each(['{host.kernel.releas}', 'an open {brace', '{host.kernel.config}'])('%s is refused', (text) => {
    expect(() => compileTemplate(text)).toThrow(ExpressionError);
  });
});

describe('conditions over logs', () => {
  it('see captures and what the log tells', () => {
    const condition = compileLogCondition("log.phase == 'dump' && family == '40'", ['family']);
    expect(condition({ phase: 'dump' }, { family: '40' })).toBe(true);
    expect(condition({}, { family: '40' })).toBeUndefined();
  });

  it('do not see the facts of a host', () => {
    expect(() => compileLogCondition("host.machine == 'x86_64'", [])).toThrow(ExpressionError);
  });

  it('refuse captures that are named like words of the language', () => {
    expect(() => compileLogCondition("type == 'x'", ['type'])).toThrow('cannot be named type');
  });
});
