package io.souffleur.multimodal.source;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Addresses that are not the public Internet, so that no client can make this server speak to its
 * neighbours, to itself or to a cloud's metadata service.
 *
 * <p>After the registries of special-purpose addresses at IANA (RFC 6890 and successors). Of IPv6 only
 * 2000::/3 is global unicast at all; within it the forms that embed an IPv4 address are refused whatever
 * that address is, for a gateway would unwrap it behind our check.
 */
final class SpecialAddresses {
  private static final List<AddressRange> IPV4 = ranges(
      "0.0.0.0/8", // this network, unspecified
      "10.0.0.0/8", // private
      "100.64.0.0/10", // shared by carriers
      "127.0.0.0/8", // loopback
      "169.254.0.0/16", // link-local, metadata services
      "172.16.0.0/12", // private
      "192.0.0.0/24", // protocol assignments
      "192.0.2.0/24", // documentation
      "192.31.196.0/24", // AS112
      "192.52.193.0/24", // AMT
      "192.88.99.0/24", // 6to4 relays
      "192.168.0.0/16", // private
      "192.175.48.0/24", // AS112
      "198.18.0.0/15", // benchmarks
      "198.51.100.0/24", // documentation
      "203.0.113.0/24", // documentation
      "224.0.0.0/4", // multicast
      "240.0.0.0/4"); // reserved, broadcast

  private static final AddressRange GLOBAL_IPV6 = AddressRange.parse("2000::/3");

  private static final List<AddressRange> IPV6 = ranges(
      "2001::/23", // protocol assignments: Teredo, benchmarks, ORCHID
      "2001:db8::/32", // documentation
      "2002::/16", // 6to4
      "2620:4f:8000::/48", // AS112
      "3fff::/20"); // documentation

  private SpecialAddresses() {}

  private static List<AddressRange> ranges(String... texts) {
    return List.of(texts).stream().map(AddressRange::parse).toList();
  }

  static boolean isPublic(InetAddress address) {
    if (address instanceof Inet6Address) {
      return GLOBAL_IPV6.contains(address)
          && IPV6.stream().noneMatch(range -> range.contains(address))
          && !isIsatap(address.getAddress());
    }
    return IPV4.stream().noneMatch(range -> range.contains(address));
  }

  /** An IPv4 address behind 0:5efe or 200:5efe in the last half: RFC 5214. */
  private static boolean isIsatap(byte[] address) {
    return (address[8] & 0xfd) == 0
        && address[9] == 0
        && address[10] == 0x5e
        && (address[11] & 0xff) == 0xfe;
  }
}
