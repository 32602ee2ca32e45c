/** Reads the list of network links that `ip -details -json link show` prints (iproute2, since 4.13). */

import * as v from 'valibot';

const linkSchema = v.looseObject({
  ifindex: v.number(),
  ifname: v.string(),
  link_type: v.optional(v.string(), ''),
  linkinfo: v.optional(v.looseObject({ info_kind: v.optional(v.string(), '') })),
});

export interface LinkRecord {
  readonly index: number;
  readonly name: string;
  /** Hardware type: ether, loopback, sit, none … */
  readonly type: string;
  /** Kind that the kernel creates it by: veth, bridge, vxlan …; empty for a loopback and for a physical card. */
  readonly kind: string;
}

/**
 * Undefined when the text is something else, for example what an `ip` without JSON prints:
 *
 *     [{"ifindex":1,"ifname":"lo","link_type":"loopback"},
 *      {"ifindex":2,"ifname":"ifb9","link_type":"ether","linkinfo":{"info_kind":"ifb"}}]
 */
export function parseLinks(text: string): readonly LinkRecord[] | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const links = v.safeParse(v.array(linkSchema), data);
  if (!links.success) return undefined;
  return links.output.map(({ ifindex, ifname, link_type, linkinfo }) => ({
    index: ifindex,
    name: ifname,
    type: link_type,
    kind: linkinfo?.info_kind ?? '',
  }));
}
