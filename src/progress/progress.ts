/** Progress as data: the core emits events, a sink draws them. */

export type ProgressEvent =
  | { readonly type: 'started'; readonly step: string; readonly detail?: string }
  | { readonly type: 'ended'; readonly step: string; readonly status: string; readonly durationMs: number };

export type ProgressSink = (event: ProgressEvent) => void;

/** A sink that draws nothing. */
export const silent: ProgressSink = () => {};
