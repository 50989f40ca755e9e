import { BlockList, isIP } from 'node:net'

/**
 * IPv4 networks that are not the public internet, from the IANA IPv4 Special-Purpose Address Registry
 * (https://www.iana.org/assignments/iana-ipv4-special-registry), plus multicast and Azure's wire server,
 * which hands out instance metadata from a public-looking address. AWS, Google, Oracle and Alibaba keep theirs inside
 * these networks.
 */
const refusedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const

/**
 * Of IPv6 only global unicast is taken. That leaves out loopback, link-local, unique local, multicast, IPv4-mapped and
 * NAT64 addresses without naming them; inside it, these carry IPv4 addresses (Teredo, 6to4) or are for documentation
 * and protocols.
 */
const globalUnicastIpv6 = '2000::/3'
const refusedIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const

/** True when an IP address, as text, belongs to the public internet. False for anything that is not an IP address. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !refused.check(address, 'ipv4')
  // A zone id (fe80::1%eth0) only makes sense on a local link.
  if (version !== 6 || address.includes('%')) return false
  return globalIpv6.check(address, 'ipv6') && !refused.check(address, 'ipv6')
}

const refused = blockListOf([...refusedIpv4, ...refusedIpv6])
const globalIpv6 = blockListOf([globalUnicastIpv6])

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}
