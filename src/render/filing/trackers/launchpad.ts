/** What Launchpad asks for: a source package, tags, a description. */

/** Bugs go to this source package of Ubuntu. */
export const launchpadPackage = 'criu';

/** Of every bug; the engine, the phase and the release are added. */
export const launchpadTags: readonly string[] = ['checkpoint', 'criu'];

/** What the description begins with, for the user to answer. */
export const launchpadQuestions: readonly (readonly [title: string, question: string])[] = [
  ['What I expected', 'what you expected'],
  ['What I did before', 'how the container was made, and what runs in it'],
  ['How often', 'whether it happens each time, and since when'],
];
