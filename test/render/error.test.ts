import { describe, expect, it } from 'vitest';

import { exitStatus, UserError } from '../../src/errors.js';
import { renderError } from '../../src/render/error.js';
import { nasty, treacherous } from './samples.js';

describe('renderError', () => {
  it('gives a line, a hint and the status of what is the user’s', () => {
    const error = new UserError('the daemon is down', { exitStatus: exitStatus.unknown, hint: 'systemctl start lxd' });
    expect(renderError(error, false)).toEqual({
      text: 'crdoctor: the daemon is down\n  systemctl start lxd\n',
      status: 5,
    });
  });

  it('hides the stack of a defect until asked', () => {
    const { text, status } = renderError(new TypeError('x is not a function'), false);
    expect(text).toBe(
      'crdoctor: internal error: x is not a function\n' +
        '  This is a defect of crdoctor. CRDOCTOR_DEBUG=1 shows where it happened.\n',
    );
    expect(status).toBe(1);
    expect(renderError(new TypeError('x'), true).text).toContain('error.test.ts');
    expect(renderError('no error at all', false).text).toContain('internal error: no error at all');
  });

  it('does no harm', () => {
    expect(renderError(new UserError(nasty, { hint: nasty }), true).text).not.toMatch(treacherous);
    expect(renderError(new Error(nasty), true).text).not.toMatch(treacherous);
  });
});
