/** Which side evidence belongs to, as in the keys of gaps. */

export type Side = 'source' | 'target' | 'instance';
